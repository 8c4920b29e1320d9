using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class SiLU : nn.ParamLessModule<Tensor, Tensor>
{
    internal SiLU(bool inplace)
        : base(nameof(SiLU))
    {
        this.inplace = inplace;
    }

    public bool inplace { get; }

    public override Tensor forward(Tensor tensor) => inplace ? tensor.InPlace(Aten.SiluInPlace, tensor) : tensor.silu();
}

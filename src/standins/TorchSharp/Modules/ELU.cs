using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class ELU : nn.ParamLessModule<Tensor, Tensor>
{
    internal ELU(double alpha, bool inplace)
        : base(nameof(ELU))
    {
        this.alpha = alpha;
        this.inplace = inplace;
    }

    public double alpha { get; }

    public bool inplace { get; }

    public override Tensor forward(Tensor tensor) => inplace ? tensor.InPlace(Aten.EluInPlace, tensor, alpha, 1L, 1L) : Aten.Elu.Call(tensor, alpha, 1L, 1L);
}

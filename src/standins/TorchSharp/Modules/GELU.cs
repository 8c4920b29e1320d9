using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class GELU : nn.ParamLessModule<Tensor, Tensor>
{
    private readonly Approximate _approximate;

    internal GELU(Approximate approximate)
        : base(nameof(GELU)) => _approximate = approximate;

    public enum Approximate
    {
        none,
        tanh,
    }

    public override Tensor forward(Tensor tensor) => Aten.Gelu.Call(tensor, _approximate.ToString());
}

using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Tanh : nn.ParamLessModule<Tensor, Tensor>
{
    internal Tanh(bool inplace)
        : base(nameof(Tanh))
    {
        this.inplace = inplace;
    }

    public bool inplace { get; }

    public override Tensor forward(Tensor tensor) => inplace ? tensor.tanh_() : tensor.tanh();
}

using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class ReLU : nn.ParamLessModule<Tensor, Tensor>
{
    internal ReLU(bool inplace)
        : base(nameof(ReLU))
    {
        this.inplace = inplace;
    }

    public bool inplace { get; }

    public override Tensor forward(Tensor tensor) => inplace ? tensor.relu_() : tensor.relu();
}

using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class LeakyReLU : nn.ParamLessModule<Tensor, Tensor>
{
    internal LeakyReLU(double negative_slope, bool inplace)
        : base(nameof(LeakyReLU))
    {
        this.negative_slope = negative_slope;
        this.inplace = inplace;
    }

    public double negative_slope { get; }

    public bool inplace { get; }

    public override Tensor forward(Tensor tensor) => inplace ? tensor.InPlace(Aten.LeakyReluInPlace, tensor, negative_slope) : Aten.LeakyRelu.Call(tensor, negative_slope);
}

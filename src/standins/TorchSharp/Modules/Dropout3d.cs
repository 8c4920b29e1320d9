using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Dropout3d : nn.ParamLessModule<Tensor, Tensor>
{
    internal Dropout3d(double p, bool inplace)
        : base(nameof(Dropout3d))
    {
        this.p = p;
        this.inplace = inplace;
    }

    public double p { get; }

    public bool inplace { get; }

    public override Tensor forward(Tensor tensor) => nn.functional.dropout3d(tensor, p, training, inplace);
}

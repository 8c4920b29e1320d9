using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Dropout : nn.ParamLessModule<Tensor, Tensor>
{
    internal Dropout(double p, bool inplace)
        : base(nameof(Dropout))
    {
        this.p = p;
        this.inplace = inplace;
    }

    public double p { get; }

    public bool inplace { get; }

    public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
}

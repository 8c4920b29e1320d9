using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Softmax : nn.ParamLessModule<Tensor, Tensor>
{
    internal Softmax(long dim)
        : base(nameof(Softmax))
    {
        this.dim = dim;
    }

    public long dim { get; }

    public override Tensor forward(Tensor tensor) => tensor.softmax(dim);
}

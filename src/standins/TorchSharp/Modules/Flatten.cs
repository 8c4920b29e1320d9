using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Flatten : nn.ParamLessModule<Tensor, Tensor>
{
    internal Flatten(long start_dim, long end_dim)
        : base(nameof(Flatten))
    {
        this.start_dim = start_dim;
        this.end_dim = end_dim;
    }

    public long start_dim { get; }

    public long end_dim { get; }

    public override Tensor forward(Tensor tensor) => tensor.flatten(start_dim, end_dim);
}

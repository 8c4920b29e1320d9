using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Upsample : nn.ParamLessModule<Tensor, Tensor>
{
    internal Upsample(long[] size, double[] scale_factor, UpsampleMode mode, bool? align_corners)
        : base(nameof(Upsample))
    {
        this.size = size;
        this.scale_factor = scale_factor;
        this.mode = mode;
        this.align_corners = align_corners;
    }

    public long[] size { get; }

    public double[] scale_factor { get; }

    public UpsampleMode mode { get; }

    public bool? align_corners { get; }

    public override Tensor forward(Tensor tensor) => nn.functional.interpolate(tensor, size, scale_factor, (InterpolationMode)mode, align_corners);
}

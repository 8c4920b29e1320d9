using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class AvgPool3d : nn.ParamLessModule<Tensor, Tensor>
{
    internal AvgPool3d(long[] kernel_size, long[] stride, long[] padding, bool ceil_mode, bool count_include_pad, long? divisor_override)
        : base(nameof(AvgPool3d))
    {
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.ceil_mode = ceil_mode;
        this.count_include_pad = count_include_pad;
        this.divisor_override = divisor_override;
    }

    public long[] kernel_size { get; }

    public long[] stride { get; }

    public long[] padding { get; }

    public bool ceil_mode { get; }

    public bool count_include_pad { get; }

    public long? divisor_override { get; }

    public override Tensor forward(Tensor tensor) => nn.functional.avg_pool3d(tensor, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
}

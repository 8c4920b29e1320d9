using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public enum GridSampleMode
    {
        Nearest = 0,
        Bilinear = 2,
    }

    public enum GridSamplePaddingMode
    {
        Zeros = 0,
        Reflection = 1,
        Border = 2,
    }

    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor interpolate(Tensor x, long[] size = null, double[] scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                int spatial = (int)x.Dimensions - 2;
                if ((size is null) == (scale_factor is null))
                {
                    throw new ArgumentException(size is null ? "either size or scale_factor should be defined" : "only one of size or scale_factor should be defined");
                }

                double[] scales = scale_factor is { Length: 1 } ? Enumerable.Repeat(scale_factor[0], spatial).ToArray() : scale_factor;
                long[] sizes = size is { Length: 1 } ? Enumerable.Repeat(size[0], spatial).ToArray() : size;
                bool aligned = align_corners ?? false;
                return (mode, spatial) switch
                {
                    (InterpolationMode.Nearest, 1) => Aten.Nearest1d.Call(x, sizes, scales),
                    (InterpolationMode.Nearest, 2) => Aten.Nearest2d.Call(x, sizes, scales),
                    (InterpolationMode.Nearest, 3) => Aten.Nearest3d.Call(x, sizes, scales),
                    (InterpolationMode.Linear, 1) => Aten.Linear1d.Call(x, sizes, aligned, scales),
                    (InterpolationMode.Bilinear, 2) => Aten.Bilinear2d.Call(x, sizes, aligned, scales),
                    (InterpolationMode.Bicubic, 2) => Aten.Bicubic2d.Call(x, sizes, aligned, scales),
                    (InterpolationMode.Trilinear, 3) => Aten.Trilinear3d.Call(x, sizes, aligned, scales),
                    _ => throw new ArgumentException($"Input of {spatial + 2} dimensions cannot be interpolated in the mode {mode}."),
                };
            }

            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                return (mode, pad.Length / 2) switch
                {
                    (PaddingModes.Constant or PaddingModes.Zeros, _) => Aten.Pad.Call(input, pad, value),
                    (PaddingModes.Reflect, 1) => Aten.Reflect1d.Call(input, pad),
                    (PaddingModes.Reflect, 2) => Aten.Reflect2d.Call(input, pad),
                    (PaddingModes.Reflect, 3) => Aten.Reflect3d.Call(input, pad),
                    (PaddingModes.Replicate, 1) => Aten.Replicate1d.Call(input, pad),
                    (PaddingModes.Replicate, 2) => Aten.Replicate2d.Call(input, pad),
                    (PaddingModes.Replicate, 3) => Aten.Replicate3d.Call(input, pad),
                    _ => throw new ArgumentException($"Padding of {pad.Length} numbers is not offered in the mode {mode}."),
                };
            }

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, pad.ToArray(), mode, value);

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => functional.pad(input, [pad, pad], mode, value);

            public static Tensor grid_sample(Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear, GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                int padding = padding_mode switch { GridSamplePaddingMode.Border => 1, GridSamplePaddingMode.Reflection => 2, _ => 0 };
                return Aten.GridSampler.Call(input, grid, mode == GridSampleMode.Nearest ? 1 : 0, padding, align_corners ?? false);
            }

            public static Tensor affine_grid(Tensor theta, long[] size = null, bool align_corners = false) => Aten.AffineGrid.Call(theta, size, align_corners);
        }
    }
}

using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size, 2), Many(stride, 2), Many(padding, 2), null, Many(dilation, 2), padding_mode, groups, bias), device, dtype);

        public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size), Many(stride, 1), Many(padding, 0), null, Many(dilation, 1), padding_mode, groups, bias), device, dtype);

        public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size, 2), Many(stride, 2), Many(0, 2), padding, Many(dilation, 2), padding_mode, groups, bias), device, dtype);

        public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size), Many(stride, 1), Many(0, 2), padding, Many(dilation, 1), padding_mode, groups, bias), device, dtype);

        public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size, 2), Many(stride, 2), Many(padding, 2), null, Many(dilation, 2), padding_mode, groups, bias) { OutputPadding = Many(output_padding, 2) }, device, dtype);

        public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? output_padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size), Many(stride, 1), Many(padding, 0), null, Many(dilation, 1), padding_mode, groups, bias) { OutputPadding = Many(output_padding, 0) }, device, dtype);

        public static Conv3d Conv3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size, 3), Many(stride, 3), Many(padding, 3), null, Many(dilation, 3), padding_mode, groups, bias), device, dtype);

        public static Conv3d Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size), Many(stride, 1), Many(padding, 0), null, Many(dilation, 1), padding_mode, groups, bias), device, dtype);

        public static Conv3d Conv3d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size, 3), Many(stride, 3), Many(0, 3), padding, Many(dilation, 3), padding_mode, groups, bias), device, dtype);

        public static Conv3d Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, Padding padding, (long, long, long)? stride = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size), Many(stride, 1), Many(0, 3), padding, Many(dilation, 1), padding_mode, groups, bias), device, dtype);

        public static ConvTranspose3d ConvTranspose3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size, 3), Many(stride, 3), Many(padding, 3), null, Many(dilation, 3), padding_mode, groups, bias) { OutputPadding = Many(output_padding, 3) }, device, dtype);

        public static ConvTranspose3d ConvTranspose3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? output_padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, Many(kernel_size), Many(stride, 1), Many(padding, 0), null, Many(dilation, 1), padding_mode, groups, bias) { OutputPadding = Many(output_padding, 0) }, device, dtype);
    }
}

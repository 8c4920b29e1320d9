using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Conv3d : Convolution
{
    internal Conv3d(ConvolutionOptions options, Device device, ScalarType? dtype)
        : base(nameof(Conv3d), options, device, dtype)
    {
    }

    internal override Operator Plain => Aten.Conv3d;

    internal override Operator Named => Aten.Conv3dPadding;
}

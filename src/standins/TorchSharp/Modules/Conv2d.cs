using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Conv2d : Convolution
{
    internal Conv2d(ConvolutionOptions options, Device device, ScalarType? dtype)
        : base(nameof(Conv2d), options, device, dtype)
    {
    }

    internal override Operator Plain => Aten.Conv2d;

    internal override Operator Named => Aten.Conv2dPadding;
}

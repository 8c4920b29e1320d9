using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class ConvTranspose2d : ConvolutionTranspose
{
    internal ConvTranspose2d(ConvolutionOptions options, Device device, ScalarType? dtype)
        : base(nameof(ConvTranspose2d), options, device, dtype)
    {
    }

    internal override Operator Plain => Aten.ConvTranspose2d;
}

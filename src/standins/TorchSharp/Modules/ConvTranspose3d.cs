using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class ConvTranspose3d : ConvolutionTranspose
{
    internal ConvTranspose3d(ConvolutionOptions options, Device device, ScalarType? dtype)
        : base(nameof(ConvTranspose3d), options, device, dtype)
    {
    }

    internal override Operator Plain => Aten.ConvTranspose3d;
}

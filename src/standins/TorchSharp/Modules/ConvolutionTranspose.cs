using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract class ConvolutionTranspose : Convolution
{
    internal ConvolutionTranspose(string name, ConvolutionOptions options, Device device, ScalarType? dtype)
        : base(name, options, device, dtype)
    {
        if (options.PaddingMode != PaddingModes.Zeros)
        {
            throw new ArgumentException("Only `zeros` padding mode is supported for ConvTranspose");
        }
    }

    public long[] output_padding => _options.OutputPadding;

    public override Tensor forward(Tensor input) =>
        Plain.Call(input, weight, bias, _options.Stride, _options.Padding, _options.OutputPadding, _options.Groups, _options.Dilation);
}

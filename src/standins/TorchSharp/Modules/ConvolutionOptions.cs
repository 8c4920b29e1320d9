namespace TorchSharp.Modules;

internal sealed record ConvolutionOptions(
    long InChannels,
    long OutChannels,
    long[] Kernel,
    long[] Stride,
    long[] Padding,
    Padding? NamedPadding,
    long[] Dilation,
    PaddingModes PaddingMode,
    long Groups,
    bool Bias)
{
    internal long[] OutputPadding { get; init; }
}

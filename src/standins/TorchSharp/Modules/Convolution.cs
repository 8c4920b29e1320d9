using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    private protected readonly ConvolutionOptions _options;

    [ComponentName(Name = "weight")]
    private Parameter _weight;

    [ComponentName(Name = "bias")]
    private Parameter _bias;

    private long[] _around;

    internal Convolution(string name, ConvolutionOptions options, Device device, ScalarType? dtype)
        : base(name)
    {
        _options = options;
        long[] sizes = this is ConvolutionTranspose
            ? [options.InChannels, options.OutChannels / options.Groups, .. options.Kernel]
            : [options.OutChannels, options.InChannels / options.Groups, .. options.Kernel];
        weight = new Parameter(empty(sizes, dtype, device));
        if (options.Bias)
        {
            bias = new Parameter(empty([options.OutChannels], dtype, device));
        }

        Initialisation.OfLayer(_weight, _bias);
    }

    public long in_channels => _options.InChannels;

    public long out_channels => _options.OutChannels;

    public long[] kernel_size => _options.Kernel;

    public long[] stride => _options.Stride;

    public long[] padding => _options.Padding;

    public long[] dilation => _options.Dilation;

    public long groups => _options.Groups;

    public PaddingModes padding_mode => _options.PaddingMode;

    public Parameter weight
    {
        get => _weight;
        set
        {
            _weight = value;
            ConditionallyRegisterParameter("weight", value);
        }
    }

    public Parameter bias
    {
        get => _bias;
        set
        {
            _bias = value;
            ConditionallyRegisterParameter("bias", value);
        }
    }

    internal abstract Operator Plain { get; }

    internal virtual Operator Named => null;

    public override Tensor forward(Tensor input)
    {
        if (_options.PaddingMode != PaddingModes.Zeros)
        {
            using Tensor padded = nn.functional.pad(input, _around ??= Around(), _options.PaddingMode);
            return Plain.Call(padded, _weight, _bias, _options.Stride, new long[_options.Kernel.Length], _options.Dilation, _options.Groups);
        }

        return _options.NamedPadding is { } named
            ? Named.Call(input, _weight, _bias, _options.Stride, named == Padding.Same ? "same" : "valid", _options.Dilation, _options.Groups)
            : Plain.Call(input, _weight, _bias, _options.Stride, _options.Padding, _options.Dilation, _options.Groups);
    }

    protected override void RegisterComponents()
    {
    }

    // Padding before and after each axis, the last axis first.
    private long[] Around()
    {
        var around = new List<long>();
        for (int d = _options.Kernel.Length - 1; d >= 0; d--)
        {
            long all = _options.Dilation[d] * (_options.Kernel[d] - 1);
            long before = _options.NamedPadding switch { Padding.Same => all / 2, Padding.Valid => 0, _ => _options.Padding[d] };
            around.Add(before);
            around.Add(_options.NamedPadding == Padding.Same ? all - before : before);
        }

        return [.. around];
    }
}

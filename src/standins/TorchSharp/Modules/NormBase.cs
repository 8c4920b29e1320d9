using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What batch and instance normalisation share: the affine parameters and the running statistics.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    private protected Parameter _weight;
    private protected Parameter _bias;
    private protected Tensor _runningMean;
    private protected Tensor _runningVar;
    private protected Tensor _batches;

    internal NormBase(string name, long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = new Parameter(ones([num_features], dtype, device));
            bias = new Parameter(zeros([num_features], dtype, device));
        }

        if (track_running_stats)
        {
            running_mean = zeros([num_features], dtype, device);
            running_var = ones([num_features], dtype, device);
            num_batches_tracked = tensor(0L, device: device);
        }
    }

    public long num_features { get; }

    public double eps { get; set; }

    public double momentum { get; set; }

    public bool affine { get; }

    public bool track_running_stats { get; }

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

    public Tensor running_mean
    {
        get => _runningMean;
        set
        {
            _runningMean = value;
            ConditionallyRegisterBuffer("running_mean", value);
        }
    }

    public Tensor running_var
    {
        get => _runningVar;
        set
        {
            _runningVar = value;
            ConditionallyRegisterBuffer("running_var", value);
        }
    }

    public Tensor num_batches_tracked
    {
        get => _batches;
        set
        {
            _batches = value;
            ConditionallyRegisterBuffer("num_batches_tracked", value);
        }
    }

    public void reset_running_stats()
    {
        if (track_running_stats)
        {
            _runningMean.zero_();
            _runningVar.fill_(1);
            _batches.zero_();
        }
    }

    protected override void RegisterComponents()
    {
    }

    private protected static void Dimensions(Tensor input, params ReadOnlySpan<long> allowed)
    {
        if (!allowed.Contains(input.Dimensions))
        {
            throw new ArgumentException($"expected {string.Join(" or ", allowed.ToArray().Select(d => $"{d}D"))} input, but got {input.Dimensions}D input.");
        }
    }
}

using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract class InstanceNorm : NormBase
{
    private readonly long[] _ranks;

    internal InstanceNorm(string name, long[] ranks, long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
        : base(name, num_features, eps, momentum, affine, track_running_stats, device, dtype) => _ranks = ranks;

    public override Tensor forward(Tensor input)
    {
        Dimensions(input, _ranks);
        return nn.functional.instance_norm(input, _runningMean, _runningVar, _weight, _bias, training || !track_running_stats, momentum, eps);
    }
}

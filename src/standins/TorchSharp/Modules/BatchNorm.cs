using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract class BatchNorm : NormBase
{
    private readonly long[] _ranks;

    internal BatchNorm(string name, long[] ranks, long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
        : base(name, num_features, eps, momentum, affine, track_running_stats, device, dtype) => _ranks = ranks;

    public override Tensor forward(Tensor input)
    {
        Dimensions(input, _ranks);
        double share = momentum;
        if (training && track_running_stats && _batches is not null)
        {
            _batches.add_(1);

            // A momentum of 0 asks for the plain average of all batches.
            share = momentum == 0 ? 1.0 / _batches.ToInt64() : momentum;
        }

        bool ofBatch = training || _runningMean is null || _runningVar is null;
        bool running = !training || track_running_stats;
        return nn.functional.batch_norm(input, running ? _runningMean : null, running ? _runningVar : null, _weight, _bias, ofBatch, share, eps);
    }
}

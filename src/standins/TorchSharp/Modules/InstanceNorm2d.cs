using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class InstanceNorm2d : InstanceNorm
{
    internal InstanceNorm2d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
        : base(nameof(InstanceNorm2d), [3, 4], num_features, eps, momentum, affine, track_running_stats, device, dtype)
    {
    }
}

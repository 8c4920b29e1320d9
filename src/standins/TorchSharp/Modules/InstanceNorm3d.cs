using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class InstanceNorm3d : InstanceNorm
{
    internal InstanceNorm3d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device device, ScalarType? dtype)
        : base(nameof(InstanceNorm3d), [4, 5], num_features, eps, momentum, affine, track_running_stats, device, dtype)
    {
    }
}

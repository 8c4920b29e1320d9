using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class GroupNorm : nn.Module<Tensor, Tensor>
{
    internal GroupNorm(long num_groups, long num_channels, double eps, bool affine, Device device, ScalarType? dtype)
        : base(nameof(GroupNorm))
    {
        this.num_groups = num_groups;
        this.num_channels = num_channels;
        this.eps = eps;
        if (affine)
        {
            register_parameter("weight", new Parameter(ones([num_channels], dtype, device)));
            register_parameter("bias", new Parameter(zeros([num_channels], dtype, device)));
        }
    }

    public long num_groups { get; }

    public long num_channels { get; }

    public double eps { get; }

    public Parameter weight => get_parameter("weight");

    public Parameter bias => get_parameter("bias");

    public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, weight, bias, eps);
}

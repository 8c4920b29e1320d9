using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly long[] _shape;

    internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        _shape = normalized_shape;
        this.eps = eps;
        if (elementwise_affine)
        {
            register_parameter("weight", new Parameter(ones(normalized_shape, dtype, device)));
            if (bias)
            {
                register_parameter("bias", new Parameter(zeros(normalized_shape, dtype, device)));
            }
        }
    }

    public double eps { get; }

    public Parameter weight => get_parameter("weight");

    public Parameter bias => get_parameter("bias");

    public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, _shape, weight, bias, eps);
}

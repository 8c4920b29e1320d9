using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class PReLU : nn.Module<Tensor, Tensor>
{
    internal PReLU(long num_parameters, double init, Device device, ScalarType? dtype)
        : base(nameof(PReLU))
    {
        this.num_parameters = num_parameters;
        register_parameter("weight", new Parameter(full([num_parameters], init, dtype, device)));
    }

    public long num_parameters { get; }

    public Parameter weight => get_parameter("weight");

    public override Tensor forward(Tensor tensor) => tensor.prelu(weight);
}

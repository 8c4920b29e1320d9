using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

public sealed class Linear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter _weight;

    [ComponentName(Name = "bias")]
    private Parameter _bias;

    internal Linear(Parameter weight, Parameter bias)
        : base(nameof(Linear))
    {
        this.weight = weight;
        if (bias is not null)
        {
            this.bias = bias;
        }

        in_features = weight.shape[1];
        out_features = weight.shape[0];
    }

    internal Linear(long inputSize, long outputSize, bool hasBias, Device device, ScalarType? dtype)
        : this(new Parameter(empty([outputSize, inputSize], dtype, device)), hasBias ? new Parameter(empty([outputSize], dtype, device)) : null)
    {
        Initialisation.OfLayer(_weight, _bias);
    }

    public long in_features { get; }

    public long out_features { get; }

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

    public override Tensor forward(Tensor tensor) => Aten.Linear.Call(tensor, _weight, _bias);

    protected override void RegisterComponents()
    {
    }
}

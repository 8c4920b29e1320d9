using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public sealed class BCELoss : Loss<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Tensor _weight;

    internal BCELoss(Tensor weight, Reduction reduction)
        : base(nameof(BCELoss), reduction)
    {
        _weight = weight;
        ConditionallyRegisterBuffer("weight", weight, persistent: false);
    }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.binary_cross_entropy(input, target, _weight, reduction);

    protected override void RegisterComponents()
    {
    }
}

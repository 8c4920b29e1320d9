using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public sealed class BCEWithLogitsLoss : Loss<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Tensor _weight;
    [ComponentName(Name = "pos_weights")]
    private readonly Tensor _pos_weights;

    internal BCEWithLogitsLoss(Tensor weight, Reduction reduction, Tensor pos_weights)
        : base(nameof(BCEWithLogitsLoss), reduction)
    {
        _weight = weight;
        _pos_weights = pos_weights;
        ConditionallyRegisterBuffer("weight", weight, persistent: false);
        ConditionallyRegisterBuffer("pos_weights", pos_weights, persistent: false);
    }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.binary_cross_entropy_with_logits(input, target, _weight, reduction, _pos_weights);

    protected override void RegisterComponents()
    {
    }
}

using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public sealed class NLLLoss : Loss<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Tensor _weight;

    internal NLLLoss(Tensor weight, Reduction reduction)
        : base(nameof(NLLLoss), reduction)
    {
        _weight = weight;
        ConditionallyRegisterBuffer("weight", weight, persistent: false);
    }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.nll_loss(input, target, _weight, reduction);

    protected override void RegisterComponents()
    {
    }
}

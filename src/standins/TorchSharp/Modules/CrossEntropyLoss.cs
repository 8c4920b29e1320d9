using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public sealed class CrossEntropyLoss : Loss<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Tensor _weight;
    private readonly long? _ignore_index;

    internal CrossEntropyLoss(Tensor weight, long? ignore_index, Reduction reduction)
        : base(nameof(CrossEntropyLoss), reduction)
    {
        _weight = weight;
        _ignore_index = ignore_index;
        ConditionallyRegisterBuffer("weight", weight, persistent: false);
    }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.cross_entropy(input, target, _weight, _ignore_index ?? -100, reduction);

    protected override void RegisterComponents()
    {
    }
}

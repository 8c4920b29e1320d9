using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public sealed class SmoothL1Loss : Loss<Tensor, Tensor, Tensor>
{
    private readonly double _beta;

    internal SmoothL1Loss(Reduction reduction, double beta)
        : base(nameof(SmoothL1Loss), reduction)
    {
        _beta = beta;
    }

    public override Tensor forward(Tensor input, Tensor target) => nn.functional.smooth_l1_loss(input, target, reduction, _beta);

    protected override void RegisterComponents()
    {
    }
}

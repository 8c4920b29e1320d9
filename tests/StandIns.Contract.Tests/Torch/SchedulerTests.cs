using MLNetScinti.StandIns.Contract.Recorded;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace MLNetScinti.StandIns.Contract.Torch;

/// <summary>The learning rate before each of eight steps.</summary>
[Collection(TorchCollection.Name)]
public sealed class SchedulerTests
{
    private static readonly RecordedCases s_cases = All();

    public static TheoryData<string> Cases => s_cases.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_recorded(string name) => s_cases.Assert(name);

    [Fact]
    public void A_schedule_begun_again_at_a_later_epoch_goes_on_as_before()
    {
        double[] whole = Rates(optimizer => lr_scheduler.StepLR(optimizer, 3, 0.5));
        using SGD optimizer = SGD([Any()], whole[4]);
        foreach (ILearningRateController group in optimizer.ParamGroups)
        {
            group.InitialLearningRate = 0.1;
        }

        lr_scheduler.LRScheduler scheduler = lr_scheduler.StepLR(optimizer, 3, 0.5, last_epoch: 4);
        Assert.Equal(whole[5], optimizer.ParamGroups.Single().LearningRate, 12);
        scheduler.step();
        Assert.Equal(whole[6], scheduler.get_last_lr().Single(), 12);
    }

    private static RecordedCases All()
    {
        RecordedCases cases = new(RecordedFile.Torch, "schedulers");
        Add("StepLR 3, 0.5", optimizer => lr_scheduler.StepLR(optimizer, 3, 0.5));
        Add("CosineAnnealingLR T_max 5", optimizer => lr_scheduler.CosineAnnealingLR(optimizer, 5));
        Add("ExponentialLR 0.9", optimizer => lr_scheduler.ExponentialLR(optimizer, 0.9));
        Add("MultiStepLR [2,4] 0.1", optimizer => lr_scheduler.MultiStepLR(optimizer, [2, 4], 0.1));
        Add("LinearLR 0.1 -> 1 over 4", optimizer => lr_scheduler.LinearLR(optimizer, 0.1, 1, 4));
        Add("ReduceLROnPlateau patience 1 factor 0.1, losses 1,.9,.9,.9,.9,.8,.8,.8", optimizer => lr_scheduler.ReduceLROnPlateau(optimizer, patience: 1, factor: 0.1), 1, .9, .9, .9, .9, .8, .8, .8);
        return cases;

        void Add(string name, Func<Optimizer, lr_scheduler.LRScheduler> make, params double[] losses) =>
            cases.AddWhole(name, Comparison.Within(1e-9, 1e-12), () => Rates(make, losses));
    }

    private static double[] Rates(Func<Optimizer, lr_scheduler.LRScheduler> make, params double[] losses)
    {
        using SGD optimizer = SGD([Any()], 0.1);
        lr_scheduler.LRScheduler scheduler = make(optimizer);
        double[] rates = new double[8];
        for (int step = 0; step < rates.Length; step++)
        {
            rates[step] = optimizer.ParamGroups.Single().LearningRate;
            optimizer.step();
            if (losses.Length > 0)
            {
                scheduler.step(losses[step]);
            }
            else
            {
                scheduler.step();
            }
        }

        return rates;
    }

    private static Parameter Any() => new(zeros(1));
}

using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Tests;

/// <summary>Each loss against its formula in double precision, on random outputs and answers.</summary>
[Collection("torch")]
public sealed class LossTests
{
    [Fact]
    public void BinaryCrossEntropyIsThatByHand() => Each(random =>
    {
        (double[] x, double[] y) = (Outputs(random, 5), Labels(random, 5));
        double expected = x.Zip(y, (logit, label) => (label > 0 ? 3.421 : 1.413) * SoftPlus(label > 0 ? -logit : logit)).Average();
        return Same(expected, new BinaryCrossEntropy { ClassWeights = [1.413, 3.421] }, x, [5, 1], y, [5, 1])
            && Same(x.Zip(y, (logit, label) => SoftPlus(label > 0 ? -logit : logit)).Average(), new BinaryCrossEntropy(), x, [5, 1], y, [5, 1]);
    });

    [Fact]
    public void SoftmaxCrossEntropyIsThatByHandForIndicesAndForOneNumberAClass() => Each(random =>
    {
        double[] x = Outputs(random, 12);
        double[] classes = [.. Enumerable.Range(0, 4).Select(_ => (double)random.Next(3))];
        double[] weights = [0.5, 2, 3];
        double expected = Enumerable.Range(0, 4).Average(item => -weights[(int)classes[item]] * Math.Log(Softmax(x.AsSpan(item * 3, 3))[(int)classes[item]]));
        double[] one = [.. classes.SelectMany(index => Enumerable.Range(0, 3).Select(at => at == (int)index ? 1.0 : 0))];
        SoftmaxCrossEntropy loss = new() { ClassWeights = [0.5, 2, 3] };
        return Same(expected, loss, x, [4, 3], classes, [4, 1]) && Same(expected, loss, x, [4, 3], one, [4, 3]);
    });

    [Fact]
    public void EachLabelHasItsOwnWeights() => Each(random =>
    {
        (double[] x, double[] y) = (Outputs(random, 6), Labels(random, 6));
        ClassWeights[] weights = [[1, 4], [2, 0.5]];
        double expected = x.Select((logit, index) => weights[index % 2][(int)y[index]] * SoftPlus(y[index] > 0 ? -logit : logit)).Average();
        return Same(expected, new MultiLabelCrossEntropy { LabelWeights = weights }, x, [3, 2], y, [3, 2]);
    });

    [Theory]
    [InlineData(DiceForm.Squared)]
    [InlineData(DiceForm.Plain)]
    [InlineData(DiceForm.Product)]
    public void DiceIsThatByHand(DiceForm form) => Each(random =>
    {
        (double[] x, double[] y) = (Outputs(random, 2 * 12), Labels(random, 2 * 12));
        double dice = Enumerable.Range(0, 2).Average(item =>
        {
            double[] p = [.. x.Skip(item * 12).Take(12).Select(logit => 1 / (1 + Math.Exp(-logit)))];
            double[] t = [.. y.Skip(item * 12).Take(12)];
            double both = p.Zip(t, (a, b) => a * b).Sum();
            double size = form switch
            {
                DiceForm.Squared => p.Sum(a => a * a) + t.Sum(a => a * a),
                DiceForm.Plain => p.Sum() + t.Sum(),
                _ => p.Sum(a => a * a) * t.Sum(a => a * a),
            };
            return 1 - (((2 * both) + 0.5) / (size + 0.5));
        });
        double entropy = x.Zip(y, (logit, label) => SoftPlus(label > 0 ? -logit : logit)).Average();
        DiceLoss loss = new(form) { Smoothing = 0.5 };
        return Same(dice, loss, x, [2, 1, 3, 4], y, [2, 1, 3, 4])
            && Same(dice + (0.7 * entropy), loss with { CrossEntropy = 0.7 }, x, [2, 1, 3, 4], y, [2, 1, 3, 4]);
    });

    [Fact]
    public void DiceOverClassesLeavesTheBackgroundOutWhereAsked() => Each(random =>
    {
        double[] x = Outputs(random, 3 * 8);
        double[] classes = [.. Enumerable.Range(0, 8).Select(_ => (double)random.Next(3))];
        double[] Dice() => [.. Enumerable.Range(0, 3).Select(channel =>
        {
            double both = 0, size = 0;
            for (int pixel = 0; pixel < 8; pixel++)
            {
                double p = Softmax([x[pixel], x[8 + pixel], x[16 + pixel]])[channel];
                double t = (int)classes[pixel] == channel ? 1 : 0;
                both += p * t;
                size += (p * p) + (t * t);
            }

            return (2 * both + 1) / (size + 1);
        })];
        DiceLoss loss = new() { Smoothing = 1 };
        return Same(1 - Dice().Average(), loss, x, [1, 3, 2, 4], classes, [1, 1, 2, 4])
            && Same(1 - Dice().Skip(1).Average(), loss with { Background = false }, x, [1, 3, 2, 4], classes, [1, 1, 2, 4]);
    });

    [Fact]
    public void FiguresOfMasksAreThoseByHand()
    {
        using DisposeScope scope = NewDisposeScope();
        ValidationFigures figures = new DiceLoss().NewFigures();
        figures.Add(torch.tensor(new float[] { 1, -1, 1, -1, -1, -1 }, [2, 1, 1, 3]), torch.tensor(new float[] { 1, 1, 0, 0, 0, 0 }, [2, 1, 1, 3]));
        Assert.Equal((0.5 + 1) / 2, figures.Result()["dice"], 12);
        Assert.Equal((1 + 3) / 6.0, figures.Result()["accuracy"], 12);
    }

    [Fact]
    public void TheAreaUnderTheCurveCountsRightPairs() => Each(random =>
    {
        int count = random.Next(2, 30);
        float[] scores = [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(6))];
        bool[] positive = [.. Enumerable.Range(0, count).Select(_ => random.Next(2) == 1)];
        List<double> pairs = [.. from a in Enumerable.Range(0, count) where positive[a] from b in Enumerable.Range(0, count) where !positive[b] select scores[a] > scores[b] ? 1.0 : scores[a] < scores[b] ? 0 : 0.5];
        double area = ValidationFigures.AreaUnderCurve(scores, positive);
        return pairs.Count == 0 ? double.IsNaN(area) : Math.Abs(area - pairs.Average()) < 1e-12;
    });

    [Theory]
    [InlineData("loss", 9, 200, true)]
    [InlineData("loss", 11, 200, false)]
    [InlineData("loss", 3, 20, true)]
    [InlineData("loss", 4, 20, false)]
    [InlineData("loss", 1, 9, false)]
    public void AnEarlyBestEpochIsAWarning(string figure, int best, int epochs, bool warned)
    {
        string? warning = new Selection(figure, false).Warning(new EpochResult(best, 0, 0, new Dictionary<string, double>(), 0), epochs);
        Assert.Equal(warned, warning is not null);
        Assert.True(warning is null || warning.StartsWith($"The weights of epoch {best} of {epochs} are kept, because none of the epochs after it had a better validation loss", StringComparison.Ordinal));
    }

    [Fact]
    public void LossesSayWhatTheyTake()
    {
        Assert.Contains("the network gives [2], and the answers are [1]", Refusal(new BinaryCrossEntropy(), [2], [1]), StringComparison.Ordinal);
        Assert.Contains("3 classes; found class weights 1 and 2", Refusal(new SoftmaxCrossEntropy { ClassWeights = [1, 2] }, [3], [1]), StringComparison.Ordinal);
        Assert.Contains("the network gives [2], and the answers are [3]", Refusal(new MultiLabelCrossEntropy(), [2], [3]), StringComparison.Ordinal);
        Assert.Contains("the answers are [1, 4, 4]", Refusal(new DiceLoss(), [1, 8, 8], [1, 4, 4]), StringComparison.Ordinal);

        static string Refusal(Loss loss, TensorShape output, TensorShape target) => Assert.Throws<ArgumentException>(() => loss.MustFit(output, target)).Message;
    }

    private static void Each(Func<Random, bool> holds) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll(ArbMap.Default.GeneratorFor<int>().ToArbitrary(), seed => holds(new Random(seed))));

    private static bool Same(double expected, Loss loss, double[] output, long[] outputShape, double[] target, long[] targetShape)
    {
        using DisposeScope scope = NewDisposeScope();
        float found = loss.Compute(
            torch.tensor((float[])[.. output.Select(value => (float)value)], outputShape),
            torch.tensor((float[])[.. target.Select(value => (float)value)], targetShape)).item<float>();
        return Math.Abs(expected - found) < 1e-5 * Math.Max(1, Math.Abs(expected));
    }

    private static double[] Outputs(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (6 * random.NextDouble()) - 3)];

    private static double[] Labels(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (double)random.Next(2))];

    private static double SoftPlus(double x) => Math.Log(1 + Math.Exp(x));

    private static double[] Softmax(ReadOnlySpan<double> x)
    {
        double[] exponentials = [.. x.ToArray().Select(Math.Exp)];
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }
}

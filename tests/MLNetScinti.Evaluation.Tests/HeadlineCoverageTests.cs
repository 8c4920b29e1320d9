using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using Xunit;
using Xunit.Abstractions;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Whether the intervals that come first in a report hold the truth as often as they say, with kidneys of one patient that resemble each other.</summary>
public sealed class HeadlineCoverageTests(ITestOutputHelper output)
{
    private const int Studies = 2000;

    [Theory]
    [InlineData(100, 0.3)]
    [InlineData(100, 0.6)]
    [InlineData(150, 0.9)]
    public void Headline_intervals_of_2000_evaluations_cover_94_to_96_percent(int patients, double within)
    {
        const double Distance = 1.8, Threshold = 0.9;
        double area = Gaussian.Cumulative(Distance / Math.Sqrt(2)), share = Gaussian.Cumulative(Distance - Threshold);
        DecisionThreshold threshold = DecisionThreshold.Fixed(1 / (1 + MathF.Exp(-(float)Threshold)));
        EvaluationOptions options = new() { BootstrapReplicates = 0 };
        int[] covered = new int[3];
        Parallel.For(0, Studies, study =>
        {
            TestScores test = Study(study, patients, within, Distance);
            OperatingPoint point = OperatingPoint.Of(test, threshold, options);
            Metric[] headline = [RankingFigures.AreaUnderRoc(test, options), point.Sensitivity, point.Specificity];
            double[] truth = [area, share, share];
            for (int k = 0; k < covered.Length; k++)
            {
                ConfidenceInterval interval = headline[k].Interval!;
                if (interval.Lower <= truth[k] && truth[k] <= interval.Upper)
                {
                    Interlocked.Increment(ref covered[k]);
                }
            }
        });
        output.WriteLine($"{patients} patients, kidneys alike by {within}: area {covered[0] / (double)Studies:0.0000}, sensitivity {covered[1] / (double)Studies:0.0000}, specificity {covered[2] / (double)Studies:0.0000} of {Studies}");
        Assert.All(covered, count => Assert.InRange(count / (double)Studies, 0.94, 0.96));
    }

    [Fact]
    public void They_are_the_intervals_that_a_report_prints()
    {
        TestScores test = Study(0, 60, 0.6, 1.8);
        DecisionThreshold threshold = DecisionThreshold.Fixed(0.7f);
        EvaluationOptions options = new() { BootstrapReplicates = 0 };
        BinaryEvaluation evaluation = BinaryEvaluation.Of(test, threshold, options);
        Assert.Equal(RankingFigures.AreaUnderRoc(test, options).Interval, evaluation.AreaUnderRoc.Interval);
        Assert.Equal(OperatingPoint.Of(test, threshold, options).Sensitivity.Interval, evaluation.OperatingPoint.Sensitivity.Interval);
        Assert.StartsWith("Obuchowski", evaluation.AreaUnderRoc.Interval!.Method, StringComparison.Ordinal);
    }

    // A third of the kidneys is abnormal, both of a patient more often than by chance, and scores of a patient's kidneys share a part of their variance.
    private static TestScores Study(int study, int patients, double within, double distance)
    {
        CounterRandom random = new(401, study, (ulong)patients, "headline");
        List<ScoredCase> cases = [];
        for (int patient = 0; patient < patients; patient++)
        {
            double shared = random.NextNormal(), prone = random.NextDouble() < 0.5 ? 0.5 : 0.2;
            for (int side = 0; side < 2; side++)
            {
                bool label = random.NextDouble() < prone;
                float score = (float)((label ? distance : 0) + (Math.Sqrt(within) * shared) + (Math.Sqrt(1 - within) * random.NextNormal()));
                cases.Add(new($"P{patient}-{side}", $"P{patient}", label, score, 1 / (1 + MathF.Exp(-score))));
            }
        }

        return new(cases);
    }
}

using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Where a small test looks perfect, no figure may look certain.</summary>
public sealed class EdgeOfCertaintyTests
{
    private static readonly EvaluationOptions s_options = new() { BootstrapReplicates = 300 };

    [Fact]
    public void With_every_case_called_right_every_figure_still_has_a_width()
    {
        OperatingPoint point = OperatingPoint.Of(new TestScores(Fixture.Counts(20, 0, 0, 20)), DecisionThreshold.Fixed(0.5f), s_options);
        Assert.All(point.Metrics, entry =>
        {
            Assert.Equal(1, entry.Metric.Value);
            Assert.Equal(1, entry.Metric.Interval!.Upper, 1e-6);
            Assert.InRange(entry.Metric.Interval.Lower, 0.5, 0.95);
        });
        Assert.Contains("Bonferroni", point.Kappa.Interval!.Method, StringComparison.Ordinal);

        // Twenty of twenty: Wilson's lower limit at 97.5 % is n / (n + z^2), and Youden's index is twice that less 1.
        double z = Gaussian.TwoSidedQuantile(0.975), limit = 20 / (20 + (z * z));
        Assert.Equal((2 * limit) - 1, point["youden"].Interval!.Lower, 1e-6);
        Assert.Equal((2 * limit) - 1, point.Kappa.Interval.Lower, 1e-6);
    }

    [Fact]
    public void With_every_case_called_normal_kappa_is_0_and_not_certainly_so()
    {
        OperatingPoint point = OperatingPoint.Of(new TestScores(Fixture.Counts(0, 20, 0, 20)), DecisionThreshold.Fixed(0.5f), s_options);
        Assert.Equal(0, point.Kappa.Value);
        Assert.InRange(point.Kappa.Interval!.Upper, 0.1, 0.3);
        Assert.InRange(point.Kappa.Interval.Lower, -0.3, -0.1);
        Assert.False(point.MatthewsCorrelation.IsDefined);
    }

    [Fact]
    public void Where_the_bootstrap_has_something_to_say_it_says_it() => Assert.StartsWith(
        "bootstrap by patient",
        OperatingPoint.Of(new TestScores(Fixture.Counts(18, 2, 1, 19)), DecisionThreshold.Fixed(0.5f), s_options).Kappa.Interval!.Method,
        StringComparison.Ordinal);

    [Fact]
    public void Two_perfect_models_are_not_shown_as_certainly_equal()
    {
        AucComparison comparison = DeLong.Compare([.1, .2, .3, .7, .8, .9], [.2, .1, .3, .9, .8, .7], [false, false, false, true, true, true]);
        Assert.Equal(0, comparison.Difference);
        Assert.True(comparison.IsAtBoundary);
        ConfidenceInterval interval = comparison.Interval();
        Assert.InRange(interval.Upper, 0.1, 0.7);
        Assert.Equal(-interval.Upper, interval.Lower, 1e-12);
    }

    [Fact]
    public void A_class_of_one_case_leaves_the_paired_test_undefined_and_the_interval_wide()
    {
        AucComparison comparison = DeLong.Compare([.1, .2, .3, .9], [.1, .2, .8, .5], [false, false, false, true]);
        Assert.Equal(double.NaN, comparison.P);
        Assert.InRange(comparison.Interval().Upper - comparison.Interval().Lower, 0.5, 2);
        Assert.Equal(double.NaN, DeLong.Compare([.1, .2, .3, .9], [.1, .2, .3, .5], [false, false, false, true]).P);
    }

    [Fact]
    public void A_perfect_model_in_a_comparison_is_pointed_out()
    {
        ComparisonReport report = SampleComparison.Make();
        Assert.Equal(1, report.Comparison.Models[0].AreaUnderRoc.Value);
        Assert.StartsWith("dmsa-2.5d separates this test perfectly.", report.Comparison.Caution, StringComparison.Ordinal);
        Assert.Contains("separates this test perfectly", ConsoleReport.Text(report).ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Empty(report.Comparison.Models[0].RocBand);
        Assert.Null(report.Comparison.Models[0].Ranking.Single(entry => entry.Key == "averagePrecision").Metric.Interval);
        Assert.Equal("", SampleComparison.Make(patients: 200).Comparison.Caution);
    }
}

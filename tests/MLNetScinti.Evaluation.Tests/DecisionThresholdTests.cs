using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class DecisionThresholdTests
{
    [Fact]
    public void Youden_on_validation_data_takes_the_highest_of_tied_thresholds()
    {
        DecisionThreshold threshold = DecisionThreshold.FitYouden(new(Fixture.Cases(Fixture.First)));
        Assert.Equal(0.60f, threshold.Value);
        Assert.Equal(ThresholdProtocol.Validation, threshold.Protocol);
        Assert.False(threshold.IsOptimistic);
        Assert.Equal(20, threshold.FittedOnCases);
        Assert.Equal(10, threshold.FittedOnPatients);
        Assert.True(threshold.IsPositive(0.60f));
        Assert.False(threshold.IsPositive(0.59f));
    }

    [Fact]
    public void The_papers_protocol_is_marked()
    {
        DecisionThreshold threshold = DecisionThreshold.OptimisticPaperProtocol(new(Fixture.Cases(Fixture.First)));
        Assert.True(threshold.IsOptimistic);
        Assert.Contains("optimistic", threshold.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_both_classes_there_is_nothing_to_fit()
    {
        ValidationScores validation = new(Fixture.Cases(Fixture.First).Where(one => one.Label));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => DecisionThreshold.FitYouden(validation));
        Assert.Contains("no negative case", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_worse_than_chance_still_gets_a_threshold_that_is_a_score()
    {
        double[] reversed = [.. Fixture.First.Select(p => 1 - p)];
        DecisionThreshold threshold = DecisionThreshold.FitYouden(new(Fixture.Cases(reversed)));
        Assert.True(float.IsFinite(threshold.Value));
    }

    [Fact]
    public void A_threshold_is_a_probability() => Assert.Throws<ArgumentOutOfRangeException>(() => DecisionThreshold.Fixed(1.5f));
}

using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Thresholds on validation data by rules.</summary>
public sealed class ThresholdRuleTests
{
    [Fact]
    public void TheMiddleOfTheBestRangeLeavesRoomOnBothSides()
    {
        // Separated: from above 0.0474 up to 0.9526 every threshold is as good.
        Assert.Equal(0.5f, DecisionThreshold.Fit(Set((3, true), (3, true), (-3, false), (-3, false))).Value, 1e-6f);
        Assert.Equal(0.9526f, DecisionThreshold.Fit(Set((3, true), (3, true), (-3, false), (-3, false)), ThresholdRule.HighestOfBest).Value, 1e-4f);

        // Two ranges are as good as each other: the wider one.
        ValidationScores two = Set((4, true), (3.9f, false), (2, true), (-2, false));
        Assert.Equal(0.5f, DecisionThreshold.Fit(two).Value, 1e-6f);
        Assert.Equal(ThresholdProtocol.Validation, DecisionThreshold.Fit(two).Protocol);
    }

    [Fact]
    public void SensitivityOrSpecificityIsReached()
    {
        Random random = new(3);
        for (int set = 0; set < 50; set++)
        {
            ValidationScores scores = Set([.. Enumerable.Range(0, 60).Select(i => ((float)Math.Round((4 * random.NextDouble()) - 2 + (i % 2), 1), i % 2 == 1))]);
            foreach (double target in (double[])[0.5, 0.8, 0.95, 1])
            {
                OperatingPoint sensitive = Point(ThresholdRule.AtSensitivity(target)), specific = Point(ThresholdRule.AtSpecificity(target));
                Assert.True(sensitive.Sensitivity.Value >= target, $"{sensitive.Sensitivity.Value} {target}");
                Assert.True(specific.Specificity.Value >= target, $"{specific.Specificity.Value} {target}");
            }

            // As good as the highest one, to the integer.
            OperatingPoint middle = Point(ThresholdRule.MiddleOfBest), highest = Point(ThresholdRule.HighestOfBest);
            Assert.Equal(highest["youden"].Value, middle["youden"].Value, 1e-12);
            Assert.True(middle.Sensitivity.Value >= highest.Sensitivity.Value || middle.Specificity.Value >= highest.Specificity.Value);

            OperatingPoint Point(ThresholdRule rule) => OperatingPoint.Of(new TestScores(scores.Cases), DecisionThreshold.Fit(scores, rule), new() { BootstrapReplicates = 0 });
        }
    }

    [Fact]
    public void DataThatSupportNoThresholdSaySo()
    {
        foreach (ValidationScores scores in new[] { Set((1, true), (1, false), (1, true), (1, false)), Set((-1, true), (2, false), (0, true), (1, false)) })
        {
            DecisionThreshold threshold = DecisionThreshold.Fit(scores);
            Assert.Equal((0.5f, ThresholdProtocol.Fixed), (threshold.Value, threshold.Protocol));
            Assert.Contains("support no threshold", threshold.Rule, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("middle-of-best", "middle-of-best")]
    [InlineData("highest-of-best", "highest-of-best")]
    [InlineData("sensitivity  0.95", "sensitivity 0.95")]
    [InlineData("specificity 1", "specificity 1")]
    public void RulesAreReadByName(string text, string read) => Assert.Equal(read, ThresholdRule.Parse(text).ToString());

    [Theory]
    [InlineData("youden")]
    [InlineData("sensitivity")]
    [InlineData("sensitivity 95")]
    [InlineData("specificity 0")]
    [InlineData("")]
    public void WhatIsNoRuleIsRefused(string text) => Assert.Contains("middle-of-best", Assert.Throws<FormatException>(() => ThresholdRule.Parse(text)).Message, StringComparison.Ordinal);

    private static ValidationScores Set(params (float Logit, bool Label)[] cases) =>
        new(cases.Select((one, i) => new ScoredCase($"C{i}", $"P{i}", one.Label, one.Logit, 1 / (1 + MathF.Exp(-one.Logit)))));
}

using MLNetScinti.Evaluation.Statistics;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class BinaryEvaluationTests
{
    private static readonly ValidationScores s_validation = new(Fixture.Cases(Fixture.Second, "V"));
    private static readonly TestScores s_test = new(Fixture.Cases(Fixture.First));

    [Fact]
    public void Threshold_comes_from_validation_and_figures_from_test()
    {
        BinaryEvaluation evaluation = BinaryEvaluation.Of(s_validation, s_test, new() { WithPaperProtocol = true });
        Assert.Equal(RocCurve.Of(Fixture.Second, Fixture.Labels).BestYouden.Threshold, evaluation.OperatingPoint.Threshold.Value, 1e-6);
        Assert.Equal(0.815, evaluation.AreaUnderRoc.Value);
        Assert.Equal(0.5500125595887797, evaluation.AreaUnderRoc.FurtherIntervals[0].Lower, 1e-6);
        Assert.Equal(20, evaluation.AreaUnderRoc.Cases);
        Assert.Equal(10, evaluation.AreaUnderRoc.Patients);
        Assert.True(evaluation.PaperProtocol!.Threshold.IsOptimistic);
        Assert.Equal(0.60f, evaluation.PaperProtocol.Threshold.Value);
        Assert.Equal(evaluation.OperatingPoint.Counts.FalseNegatives, evaluation.Misjudged.Count(wrong => wrong.Missed));
        Assert.Equal(evaluation.OperatingPoint.Counts.FalsePositives, evaluation.Misjudged.Count(wrong => !wrong.Missed));
        Assert.Equal(evaluation.Misjudged.OrderByDescending(wrong => wrong.Distance), evaluation.Misjudged);
    }

    [Fact]
    public void A_patient_on_both_sides_is_refused_by_its_pseudonym()
    {
        TestScores leaked = new([.. s_test.Cases, s_validation.Cases[3] with { CaseId = "another" }]);
        LeakedPatientException error = Assert.Throws<LeakedPatientException>(() => BinaryEvaluation.Of(s_validation, leaked));
        Assert.Equal("V01", error.PatientId);
        Assert.Contains("'V01'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'another'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_set_of_one_class_leaves_ranking_undefined_and_the_rest_standing()
    {
        TestScores normal = new(s_test.Cases.Where(one => !one.Label));
        BinaryEvaluation evaluation = BinaryEvaluation.Of(s_validation, normal);
        Assert.Equal("the test set holds no positive case", evaluation.AreaUnderRoc.UndefinedReason);
        Assert.Null(evaluation.Roc);
        Assert.True(evaluation.OperatingPoint.Specificity.IsDefined);
    }

    [Fact]
    public void An_empty_test_set_leaves_everything_undefined()
    {
        BinaryEvaluation evaluation = BinaryEvaluation.Of(s_validation, new TestScores([]));
        Assert.All(evaluation.Ranking, entry => Assert.False(entry.Metric.IsDefined));
        Assert.All(evaluation.OperatingPoint.Metrics, entry => Assert.False(entry.Metric.IsDefined));
    }

    [Fact]
    public void Certainty_about_the_wrong_thing_costs_what_the_logit_says_and_is_undefined_without_one()
    {
        Metric Loss(IEnumerable<ScoredCase> cases) => BinaryEvaluation.Of(new TestScores(cases), DecisionThreshold.Fixed(0.5f)).Ranking.Single(entry => entry.Key == "logLoss").Metric;
        ScoredCase wrong = new("X", "X", true, -200, 0);
        Assert.Equal((Loss(s_test.Cases).Value * s_test.Count + 200) / (s_test.Count + 1), Loss([.. s_test.Cases, wrong]).Value, 1e-9);
        Assert.Contains("infinite", Loss([.. s_test.Cases, wrong with { Score = 1 }]).UndefinedReason, StringComparison.Ordinal);
    }

    /// <summary>Probabilities that are 1 in their last digit tie; their logits still rank the cases.</summary>
    [Fact]
    public void Equal_probabilities_are_ranked_by_their_logits()
    {
        ScoredCase[] cases = [.. Enumerable.Range(0, 20).Select(i => new ScoredCase($"C{i}", $"P{i}", i % 2 == 1, 20 + (i % 2) + (0.01f * i), 1))];
        Assert.Equal(1, BinaryEvaluation.Of(new TestScores(cases), DecisionThreshold.Fixed(0.5f)).AreaUnderRoc.Value);
        Assert.Equal(0.5, BinaryEvaluation.Of(new TestScores(cases.Select(one => one with { Score = one.Score - 30 })), DecisionThreshold.Fixed(0.5f)).AreaUnderRoc.Value);
    }

    [Theory]
    [InlineData("", "P", 0.5f, 0f)]
    [InlineData("C", " ", 0.5f, 0f)]
    [InlineData("C", "P", 1.5f, 0f)]
    [InlineData("C", "P", float.NaN, 0f)]
    [InlineData("C", "P", 0.5f, float.PositiveInfinity)]
    public void Cases_that_cannot_be_judged_are_refused(string caseId, string patientId, float probability, float score) =>
        Assert.Throws<ArgumentException>(() => new TestScores([new(caseId, patientId, true, score, probability)]));

    [Fact]
    public void A_case_twice_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new TestScores([s_test.Cases[0], s_test.Cases[0]]));
        Assert.Contains("'T00-L'", error.Message, StringComparison.Ordinal);
    }
}

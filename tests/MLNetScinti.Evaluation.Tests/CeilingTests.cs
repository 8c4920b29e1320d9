using System.Text.Json;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>What some models cannot pass is said before every figure, and compared case by case.</summary>
public sealed class CeilingTests
{
    private static readonly FactCeiling s_ceiling = new("The first image's own truth", "Limit", "Shift", "the half that moved most");

    [Fact]
    public void BothAreMeansOverTheSameCasesAndTheHarderHalf()
    {
        SegmentationEvaluation evaluation = Evaluate(SampleTasks.SegmentedCases(1));
        CeilingFigures found = evaluation.Ceiling!;
        SegmentedCase[] known = [.. evaluation.Test.Cases.Where(one => one.Facts.Number("Limit") is not null && one.Labels.Any(label => label.Dice.IsDefined))];
        Assert.Equal(evaluation.Test.Count - 1, known.Length);
        Assert.Equal(known.Average(one => one.Facts.Number("Limit")!.Value), found.Overall.Value, 1e-12);
        Assert.Equal(known.Average(Dice), found.Model.Value, 1e-12);
        Assert.Equal((known.Length, evaluation.Test.PatientCount), (found.Overall.Cases, found.Overall.Patients));

        // Shifts are the cases' numbers: those of the upper half are known by hand.
        SegmentedCase[] harder = [.. known.OrderByDescending(one => one.Facts.Number("Shift")).Take((known.Length + 1) / 2)];
        Assert.Equal(harder.Length, found.Harder.Cases);
        Assert.Equal(harder.Average(one => one.Facts.Number("Limit")!.Value), found.Harder.Value, 1e-12);
        Assert.Equal(harder.Average(Dice) - found.Harder.Value, found.AboveInHarder.Value, 1e-12);
        Assert.InRange(found.AboveInHarder.Value, found.AboveInHarder.Interval!.Lower, found.AboveInHarder.Interval.Upper);
        Assert.Equal(["", "smoke", "", "smoke", "smoke"], new[] { found.Overall, found.Model, found.Harder, found.ModelInHarder, found.AboveInHarder }.Select(one => one.Mark));
    }

    [Fact]
    public void ItIsTheFirstLineOfEveryReport()
    {
        SegmentationEvaluation evaluation = Evaluate(SampleTasks.SegmentedCases(1));
        EvaluationReport report = SampleTasks.Report(evaluation);
        string sentence = evaluation.Ceiling!.Sentence;
        Assert.StartsWith("The first image's own truth: Dice 0.", sentence, StringComparison.Ordinal);
        Assert.StartsWith(sentence + "\n", ConsoleReport.Text(report), StringComparison.Ordinal);
        string html = HtmlReport.Text(report);
        Assert.InRange(html.IndexOf("own truth: Dice", StringComparison.Ordinal), 0, html.IndexOf("overlap with a mean", StringComparison.Ordinal));
        string json = MetricsJson.Text(report);
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, json));
        Assert.Equal(evaluation.Ceiling.Harder.Value, JsonDocument.Parse(json).RootElement.GetProperty("evaluation").GetProperty("ceiling").GetProperty("harder").GetProperty("value").GetDouble());
    }

    [Fact]
    public void WhereNoCaseKnowsItNothingIsSaid()
    {
        SegmentedCase[] cases = SampleTasks.SegmentedCases(1);
        Assert.Null(SegmentationEvaluation.Of(SampleTasks.Labels, new TestScores<SegmentedCase>(cases), new() { Ceiling = s_ceiling, BootstrapReplicates = 50 }).Ceiling);
        Assert.Null(SegmentationEvaluation.Of(SampleTasks.Labels, new TestScores<SegmentedCase>(cases)).Ceiling);
        // Known without what makes cases hard.
        CeilingFigures found = SegmentationEvaluation.Of(SampleTasks.Labels, new TestScores<SegmentedCase>(cases.Select(one => one with { Facts = Facts.Of(("Limit", 0.8)) })), new() { Ceiling = s_ceiling, BootstrapReplicates = 50 }).Ceiling!;
        Assert.False(found.Harder.IsDefined);
        Assert.EndsWith("The half that moved most is not known.", found.Sentence, StringComparison.Ordinal);
    }

    /// <summary>ML.NET's evaluator of regressions stands beside the agreement of every quantity in masks.</summary>
    [Fact]
    public void MlnetJudgesQuantitiesInMasksToo()
    {
        SegmentationEvaluation evaluation = SampleTasks.Segmentation();
        foreach (PartAgreement part in evaluation.Volumes!.Parts)
        {
            Assert.Equal(part.Pairs.Average(pair => Math.Abs(pair.Difference)), part.Stock.Metrics.Named("MeanAbsoluteError").Value, 1e-4);
            Assert.Equal(part.Pairs.Average(pair => pair.Difference * pair.Difference), part.Stock.Metrics.Named("MeanSquaredError").Value, 1e-4 * part.Stock.Metrics.Named("MeanSquaredError").Value);
        }

        JsonElement kept = JsonDocument.Parse(MetricsJson.Text(SampleTasks.Report(evaluation))).RootElement.GetProperty("agreements")[0].GetProperty("parts")[0].GetProperty("mlnet");
        Assert.Equal(evaluation.Volumes.Parts[0].Stock.Metrics.Named("RSquared").Value, kept.GetProperty("RSquared").GetProperty("value").GetDouble());
    }

    [Fact]
    public void AMarkStaysWithEveryFigureOfMasksAndQuantities()
    {
        SegmentationEvaluation masks = Evaluate(SampleTasks.SegmentedCases(1));
        Assert.All(masks.Figures.Concat(masks.Labels.SelectMany(label => label.Metrics)).Concat(masks.Stock.SelectMany(stock => stock.Metrics)).Concat(masks.Subgroups.SelectMany(group => group.Metrics)), entry => Assert.Equal("smoke", entry.Metric.Mark));
        RegressionEvaluation quantities = RegressionEvaluation.Of("dose", "Gy", new TestScores<QuantifiedCase>(SampleTasks.QuantifiedCases()), new() { Mark = "smoke", BootstrapReplicates = 50 });
        Assert.All(quantities.Figures.Concat(quantities.Stock.Metrics), entry => Assert.Equal("smoke", entry.Metric.Mark));
    }

    private static double Dice(SegmentedCase one) => one.Labels.Where(label => label.Dice.IsDefined).Average(label => label.Dice.Value);

    // One case has no limit; shifts are the cases' numbers.
    private static SegmentationEvaluation Evaluate(SegmentedCase[] cases) => SegmentationEvaluation.Of(
        SampleTasks.Labels,
        new TestScores<SegmentedCase>(cases.Select((one, i) => i == 3 ? one : one with { Facts = Facts.Of(("Limit", 0.9 - (0.004 * i)), ("Shift", (double)i), ("Camera", i % 2 == 0 ? "A" : "B")) })),
        new() { Ceiling = s_ceiling, Mark = "smoke", BootstrapReplicates = 200, Groupings = [Grouping.ByValue("Camera", "Camera")] });
}

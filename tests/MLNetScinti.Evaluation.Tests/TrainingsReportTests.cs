using System.Net;
using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Several trainings of one definition, in all three forms; and what a report of one training says of another.</summary>
public sealed class TrainingsReportTests
{
    private static readonly Lazy<SegmentationEvaluation> s_masks = new(() => SampleTasks.Segmentation());

    public static TheoryData<string, TrainingsKind, bool> Reports { get; } = new()
    {
        { "binary", TrainingsKind.Seeds, true },
        { "binary", TrainingsKind.Folds, true },
        { "multiclass", TrainingsKind.Folds, true },
        { "multilabel", TrainingsKind.Seeds, true },
        { "segmentation", TrainingsKind.Folds, true },
        { "segmentation", TrainingsKind.Seeds, false },
        { "one class", TrainingsKind.Folds, true },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void What_was_found_is_in_every_form(string task, TrainingsKind kind, bool together)
    {
        TrainingsReport report = Report(task, kind, together);
        string json = TrainingsJson.Text(report), page = TrainingsHtml.Text(report), text = ConsoleReport.Text(report);
        Assert.Empty(SchemaChecks.Violations(TrainingsJson.Schema, json));
        Assert.Equal(together, JsonNode.Parse(json)!["together"] is not null);
        _ = Pages.Body(page);
        Assert.All(report.Found(), sentence =>
        {
            Assert.Contains(WebUtility.HtmlEncode(sentence), page, StringComparison.Ordinal);
            Assert.Contains(sentence.Replace('\u00A0', ' '), text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        });
        Assert.All((string[])[page, text], form =>
        {
            Assert.DoesNotContain("NaN", form, StringComparison.Ordinal);
            Assert.All(report.Trainings, training => Assert.Contains(training.Name, form, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_spread_is_that_of_the_trainings_and_an_undefined_figure_is_not_zero()
    {
        FigureSpread spread = new("f", "F", [Metric.Of(0.5, 1, 1), Metric.Of(0.8, 1, 1), Metric.Undefined("no case"), Metric.Of(0.8, 1, 1)]);
        Assert.Equal(3, spread.Trainings);
        Assert.Equal(0.7, spread.Mean, 1e-15);
        Assert.Equal(Math.Sqrt((0.04 + 0.01 + 0.01) / 2), spread.StandardDeviation, 1e-15);
        Assert.Equal((0.5, 0.8), (spread.Minimum, spread.Maximum));
        FigureSpread none = new("f", "F", [Metric.Undefined("no case")]);
        Assert.All([none.Mean, none.StandardDeviation, none.Minimum, none.Maximum], value => Assert.True(double.IsNaN(value)));
        Assert.True(double.IsNaN(new FigureSpread("f", "F", [Metric.Of(1, 1, 1)]).StandardDeviation));
    }

    [Fact]
    public void Cases_of_several_models_are_called_as_their_own_model_called_them()
    {
        DecisionThreshold low = DecisionThreshold.Fixed(0.2f), high = DecisionThreshold.Fixed(0.8f);
        ScoredCase[] cases = [.. SampleReport.Make(options => options with { BootstrapReplicates = 0 }).Binary().Test.Cases];
        ScoredCase[] first = [.. cases.Take(20)], second = [.. cases.Skip(20)];
        BinaryEvaluation pooled = BinaryEvaluation.Of(
            new TestScores([.. first.Select(one => one with { Decision = low.IsPositive(one.Probability) }), .. second.Select(one => one with { Decision = high.IsPositive(one.Probability) })]),
            DecisionThreshold.OfEach([low, high]), new EvaluationOptions { BootstrapReplicates = 0, WithPaperProtocol = true });
        Assert.Equal(ConfusionCounts.Of(new TestScores(first), low) + ConfusionCounts.Of(new TestScores(second), high), pooled.OperatingPoint.Counts);
        Assert.NotEqual(ConfusionCounts.Of(new TestScores(cases), DecisionThreshold.Fixed(0.5f)), pooled.OperatingPoint.Counts);
        Assert.Equal(pooled.OperatingPoint.Counts.Total - pooled.OperatingPoint.Counts.Correct, pooled.Misjudged.Count);
        Assert.Contains("(0.2, 0.8)", pooled.OperatingPoint.Threshold.Rule, StringComparison.Ordinal);
        // A threshold of its own for the whole set does not ask the models.
        Assert.Equal(ConfusionCounts.Of(new TestScores(cases), pooled.PaperProtocol!.Threshold), pooled.PaperProtocol.Counts);
    }

    [Theory]
    [InlineData("binary")]
    [InlineData("multiclass")]
    public void A_report_of_one_training_says_that_its_intervals_hold_patients_only(string task)
    {
        EvaluationReport report = task == "binary" ? SampleReport.Make(options => options with { BootstrapReplicates = 0 }) : SampleTasks.Report(SampleTasks.Multiclass());
        Assert.Contains("hold for other patients only", HtmlReport.Text(report), StringComparison.Ordinal);
        Assert.Contains("of patients only", ConsoleReport.Text(report), StringComparison.Ordinal);
    }

    private static TrainingsReport Report(string task, TrainingsKind kind, bool together)
    {
        EvaluationReport sample = SampleReport.Make(options => options with { BootstrapReplicates = 0 });
        IEvaluation Make(string name, int number) => task switch
        {
            "binary" => Binary(name, number, oneClass: false),
            "one class" => Binary(name, number, oneClass: number != 9),
            "multiclass" => MulticlassEvaluation.Of(SampleTasks.Classes, SampleTasks.MulticlassCases($"T{number}"), SampleTasks.Options(name)),
            "multilabel" => MultiLabelEvaluation.Of(SampleTasks.Classes[1..], new TestScores<MultiLabelCase>(SampleTasks.MultiLabelCases($"T{number}")), [DecisionThreshold.Fixed(0.5f), DecisionThreshold.Fixed(0.4f)], SampleTasks.Options(name)),
            _ => s_masks.Value,
        };
        return new TrainingsReport
        {
            Title = "Trainings <of> one definition",
            Kind = kind,
            Trainings = [.. Enumerable.Range(1, 3).Select(number => new ReportedTraining(kind == TrainingsKind.Seeds ? $"seed-{number}" : $"fold-{number}", (ulong)number, Make($"m-{number}", number)) { ReportLink = $"seed-{number}/report.html" })],
            Together = together ? Make("together", 9) : null,
            Ensemble = together ? "All models together are one." : "",
            Data = sample.Data,
            Model = sample.Model,
            Run = sample.Run,
        };
    }

    private static BinaryEvaluation Binary(string name, int number, bool oneClass) => BinaryEvaluation.Of(new TestScores(Enumerable.Range(0, 24).Select(i =>
    {
        CounterRandom random = new((ulong)number, 0, (ulong)i, "trainings");
        bool label = !oneClass && i % 2 == 0;
        float score = (float)random.NextNormal(label ? 1 : -1, 1.2);
        return new ScoredCase($"C{i}", $"P{i / 2}", label, score, 1 / (1 + MathF.Exp(-score)));
    })), DecisionThreshold.Fixed(0.5f), SampleTasks.Options(name));
}

using System.Net;
using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Models of several classes or labels on the same cases.</summary>
public sealed class FigureComparisonTests
{
    [Fact]
    public void Differences_are_of_the_same_draws_of_patients()
    {
        MulticlassEvaluation good = Classes("good", 2.5, 1), poor = Classes("poor", 0.8, 2);
        FigureComparison comparison = FigureComparison.Of([poor, good]);
        Assert.Equal(["good", "poor"], comparison.Models.Select(model => model.Model));
        FigurePair accuracy = comparison.Pairs.Single(pair => pair.Key == "microAccuracy");
        Assert.Equal(good.MicroAccuracy.Value - poor.MicroAccuracy.Value, accuracy.Difference, 1e-15);

        // The interval of accuracy from the draws themselves, computed otherwise: patients with their cases, one draw after the other.
        PatientBootstrap draws = new(good.Test.PatientOfCase, good.Options.BootstrapReplicates, good.Options.Seed);
        double[] differences = [.. Enumerable.Range(0, good.Options.BootstrapReplicates).Select(replicate =>
        {
            int[] weights = draws.WeightsOf(replicate);
            double Share(MulticlassEvaluation model) => model.Test.Cases.Select((one, i) => one.Called == one.Label ? weights[i] : 0).Sum() / (double)weights.Sum();
            return Share(good) - Share(poor);
        }).Order()];
        Assert.Equal(Quantile.Of(differences, 0.025), accuracy.Interval!.Lower, 1e-12);
        Assert.Equal(Quantile.Of(differences, 0.975), accuracy.Interval.Upper, 1e-12);
        int beyond = Math.Min(differences.Count(d => d <= 0), differences.Count(d => d >= 0));
        Assert.Equal(Math.Min(1, 2.0 * (beyond + 1) / (differences.Length + 1)), accuracy.P, 1e-12);
    }

    [Fact]
    public void The_order_of_cases_does_not_matter_and_nothing_differs_from_itself()
    {
        MulticlassEvaluation first = Classes("first", 1.2, 1), second = Classes("second", 1, 2);
        MulticlassEvaluation shuffled = MulticlassEvaluation.Of(first.Names, second.Test.Cases.Reverse(), second.Options);
        foreach ((FigurePair a, FigurePair b) in FigureComparison.Of([first, second]).Pairs.Zip(FigureComparison.Of([first, shuffled]).Pairs))
        {
            Assert.Equal(a.Difference, b.Difference, 1e-12);
            Assert.Equal(a.P, b.P, 1e-12);
            Assert.Equal(a.Interval!.Lower, b.Interval!.Lower, 1e-12);
        }

        MulticlassEvaluation same = MulticlassEvaluation.Of(first.Names, first.Test.Cases, first.Options with { Model = "same" });
        Assert.All(FigureComparison.Of([first, same]).Pairs, pair => Assert.Equal((0, 1, 1), (pair.Difference, pair.P, pair.AdjustedP)));
    }

    [Fact]
    public void A_better_model_is_supported_after_holms_correction_and_the_verdict_rests_on_one_figure()
    {
        FigureComparison comparison = FigureComparison.Of([Classes("good", 3, 1), Classes("poor", 0.4, 2), Classes("bad", 0, 3)]);
        Assert.Equal(3 * 4, comparison.Pairs.Count);
        foreach (IGrouping<string, FigurePair> figure in comparison.Pairs.GroupBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Assert.Equal(HolmCorrection.Adjust([.. figure.Select(pair => pair.P)]), figure.Select(pair => pair.AdjustedP));
        }

        Assert.StartsWith("By Area under ROC, macro, this test of 60 scans of 30 patients supports", comparison.Verdict, StringComparison.Ordinal);
        Assert.Contains("good over bad", comparison.Verdict, StringComparison.Ordinal);
        Assert.Contains("Holm's correction for 3 pairs", comparison.Verdict, StringComparison.Ordinal);
        Assert.EndsWith("Do not rank them.", FigureComparison.Of([Classes("one", 1, 1), Classes("other", 1, 2)]).Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_models_are_told_apart_about_as_seldom_as_is_claimed()
    {
        int wrong = 0;
        for (ulong trial = 1; trial <= 60; trial++)
        {
            FigureComparison comparison = FigureComparison.Of([Classes("one", 1.5, 1000 + trial, replicates: 200), Classes("other", 1.5, 5000 + trial, replicates: 0)]);
            wrong += comparison.Pairs.Single(pair => pair.Key == comparison.Main.Key).P < 0.05 ? 1 : 0;
        }

        // One in twenty is three of 60; ten or more would come up once in 1000 times.
        Assert.InRange(wrong, 0, 9);
    }

    [Fact]
    public void Several_labels_are_compared_by_the_figures_of_their_own_report()
    {
        MultiLabelEvaluation first = Labels("first", 1.4, 1), second = Labels("second", 0.9, 2);
        FigureComparison comparison = FigureComparison.Of([first, second]);
        Assert.Equal(["areaUnderRocMacro", "macroF1", "microF1", "subsetAccuracy"], comparison.Pairs.Select(pair => pair.Key));
        Assert.All(comparison.Pairs, pair => Assert.Equal(comparison.Models[0].Figures.Named(pair.Key).Value - comparison.Models[1].Figures.Named(pair.Key).Value, pair.Difference, 1e-12));
        Assert.All(comparison.Pairs, pair => Assert.InRange(pair.Difference, pair.Interval!.Lower, pair.Interval.Upper));
    }

    [Fact]
    public void Models_judged_on_other_cases_are_refused_by_name()
    {
        MulticlassEvaluation first = Classes("first", 1, 1), second = Classes("second", 1, 2);
        string Refused(params IEvaluation[] models) => Assert.Throws<ArgumentException>(() => FigureComparison.Of(models)).Message;
        Assert.Contains("59 cases", Refused(first, MulticlassEvaluation.Of(first.Names, second.Test.Cases.Skip(1), second.Options)), StringComparison.Ordinal);
        MulticlassCase[] other = [.. second.Test.Cases.Select((one, i) => i == 7 ? one with { Label = (one.Label + 1) % 3 } : one)];
        Assert.Contains($"'{other[7].CaseId}'", Refused(first, MulticlassEvaluation.Of(first.Names, other, second.Options)), StringComparison.Ordinal);
        Assert.Contains("same classes", Refused(first, MulticlassEvaluation.Of(["a", "b", "c"], second.Test.Cases, second.Options)), StringComparison.Ordinal);
        Assert.Contains("same classes", Refused(first, Labels("labels", 1, 1)), StringComparison.Ordinal);
        Assert.Contains("'first'", Refused(first, first), StringComparison.Ordinal);
        Assert.Contains("at least two", Refused(first), StringComparison.Ordinal);
    }

    public static TheoryData<string> Tasks { get; } = new("classes", "labels", "masks", "perfect");

    [Theory]
    [MemberData(nameof(Tasks))]
    public void The_comparison_is_in_every_form(string task)
    {
        EvaluationReport sample = SampleReport.Make(options => options with { BootstrapReplicates = 0 });
        IEvaluation[] evaluations = task switch
        {
            "classes" => [Classes("good <&>", 2, 1), Classes("poor", 0.5, 2)],
            "labels" => [Labels("good <&>", 2, 1), Labels("poor", 0.5, 2)],
            "perfect" => [Classes("good <&>", 60, 1), Classes("poor", 60, 2)],
            _ => [SampleTasks.Segmentation("good <&>"), SampleTasks.Segmentation("poor", 2)],
        };
        TaskComparisonReport report = TaskComparisonReport.Of("Two models", [.. evaluations.Select(one => new JudgedModel(one) { Training = "2 epochs", ReportLink = "../one/report.html" })], sample.Data, sample.Run) with { Protocol = "Trained 2 epochs." };
        string json = TaskComparisonJson.Text(report);
        Assert.Empty(SchemaChecks.Violations(TaskComparisonJson.Schema, json));
        Assert.Equal(report.Verdict, (string?)JsonNode.Parse(json)!["verdict"]);
        string page = ComparisonHtml.Text(report);
        Assert.Contains(WebUtility.HtmlEncode(report.Verdict), page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<&>", page, StringComparison.Ordinal);
        _ = Pages.Body(page);
        string text = ConsoleReport.Text((IComparisonReport)report);
        Assert.Contains(report.Verdict.Replace('\u00A0', ' '), text.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    private static MulticlassEvaluation Classes(string name, double skill, ulong seed, int replicates = 400) => MulticlassEvaluation.Of(SampleTasks.Classes, Enumerable.Range(0, 60).Select(i =>
    {
        CounterRandom random = new(seed, 0, (ulong)i, "figure comparison");
        int label = i / 2 % 3;
        double[] odds = [.. Enumerable.Range(0, 3).Select(k => Math.Exp((k == label ? skill : 0) + random.NextNormal()))];
        return new MulticlassCase($"C{i:00}", $"P{i / 2:00}", label, [.. odds.Select(odd => (float)(odd / odds.Sum()))]);
    }), SampleTasks.Options(name, replicates));

    private static MultiLabelEvaluation Labels(string name, double skill, ulong seed) => MultiLabelEvaluation.Of(SampleTasks.Labels, new TestScores<MultiLabelCase>(Enumerable.Range(0, 60).Select(i =>
    {
        CounterRandom random = new(seed, 0, (ulong)i, "figure comparison");
        bool[] labels = [i % 3 == 0, i % 4 < 2];
        return new MultiLabelCase($"C{i:00}", $"P{i / 2:00}", labels, [.. labels.Select(label => (float)(1 / (1 + Math.Exp(-random.NextNormal(label ? skill : -skill, 1.3)))))]);
    })), [DecisionThreshold.Fixed(0.5f), DecisionThreshold.Fixed(0.5f)], SampleTasks.Options(name, 400));
}

using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class ModelComparisonTests
{
    private static readonly BinaryEvaluation s_first = Model("first", Fixture.First);
    private static readonly BinaryEvaluation s_second = Model("second", Fixture.Second);

    [Fact]
    public void Pairs_are_tested_on_the_same_cases()
    {
        ModelComparison comparison = ModelComparison.Of([s_second, s_first]);
        Assert.Equal(["first", "second"], comparison.Models.Select(model => model.Model));
        ModelPair pair = Assert.Single(comparison.Pairs);
        Assert.Equal(0.6168753382279333, pair.Areas.P, 1e-6);
        Assert.Equal(pair.Areas.P, pair.AdjustedP);
        Assert.False(pair.IsSupported);
        Assert.Contains("does not support any ranking", comparison.Verdict, StringComparison.Ordinal);
        Assert.Equal(15 - pair.Errors.OnlyFirstCorrect, Right(s_second) - pair.Errors.OnlySecondCorrect);
    }

    [Fact]
    public void The_order_of_cases_does_not_matter()
    {
        BinaryEvaluation shuffled = BinaryEvaluation.Of(new TestScores(s_second.Test.Cases.Reverse()), DecisionThreshold.Fixed(0.5f), s_second.Options);
        Assert.Equal(
            ModelComparison.Of([s_first, s_second]).Pairs[0].Areas.P,
            ModelComparison.Of([s_first, shuffled]).Pairs[0].Areas.P,
            1e-12);
    }

    [Fact]
    public void A_better_model_is_called_better_and_p_values_are_corrected_for_all_pairs()
    {
        ModelComparison comparison = ModelComparison.Of([Separating("good", 3), Separating("poor", 0.2), Separating("bad", 0)]);
        Assert.Equal(3, comparison.Pairs.Count);
        Assert.StartsWith("good has a larger area under the ROC curve than each of the others", comparison.Verdict, StringComparison.Ordinal);
        Assert.All(comparison.Pairs, pair => Assert.True(pair.AdjustedP >= pair.Areas.P));
        Assert.True(comparison.Pairs.Single(pair => pair.First == "good" && pair.Second == "bad").IsSupported);
    }

    [Fact]
    public void Models_judged_on_other_cases_are_refused()
    {
        BinaryEvaluation fewer = BinaryEvaluation.Of(new TestScores(s_second.Test.Cases.Skip(1)), DecisionThreshold.Fixed(0.5f), new() { Model = "fewer", BootstrapReplicates = 0 });
        ArgumentException error = Assert.Throws<ArgumentException>(() => ModelComparison.Of([s_first, fewer]));
        Assert.Contains("19 cases", error.Message, StringComparison.Ordinal);
        BinaryEvaluation relabelled = BinaryEvaluation.Of(
            new TestScores(s_second.Test.Cases.Select((one, i) => i == 4 ? one with { Label = true } : one)), DecisionThreshold.Fixed(0.5f), new() { Model = "other", BootstrapReplicates = 0 });
        Assert.Contains("'T02-L'", Assert.Throws<ArgumentException>(() => ModelComparison.Of([s_first, relabelled])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ModelComparison.Of([s_first]));
        Assert.Throws<ArgumentException>(() => ModelComparison.Of([s_first, s_first]));
    }

    [Fact]
    public void The_comparison_is_in_every_form_of_the_report()
    {
        ModelComparison comparison = ModelComparison.Of([s_first, s_second]);
        EvaluationReport report = SampleReport.Make() with { Comparison = comparison };
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, MetricsJson.Text(report)));
        Assert.Contains(System.Net.WebUtility.HtmlEncode(comparison.Verdict), HtmlReport.Text(report), StringComparison.Ordinal);
        string text = ConsoleReport.Text(report);
        Assert.Contains("Top 2 models explored", text, StringComparison.Ordinal);
        Assert.Contains("|1    first ", text, StringComparison.Ordinal);
        string[] table = [.. ConsoleReport.Comparison(comparison).Split('\n').Where(line => line.StartsWith('|'))];
        Assert.Equal(4, table.Length);
        Assert.Single(table.Select(line => line.Length).Distinct());
    }

    [Fact]
    public void A_contrast_that_was_named_beforehand_is_not_corrected_and_the_others_are_among_themselves()
    {
        BinaryEvaluation[] models = [Separating("good", 1.5), Separating("poor", 0.6), Separating("bad", 0)];
        ModelComparison without = ModelComparison.Of(models), with = ModelComparison.Of(models, new("bad", "poor"));
        ModelPair primary = with.Pairs.Single(pair => pair.IsPrimary);
        Assert.Equal(("poor", "bad"), (primary.First, primary.Second));
        Assert.Equal(primary.AreasByPatient.DecidingP, primary.AdjustedPByPatient);
        Assert.Equal(primary.Areas.DecidingP, primary.AdjustedP);
        ModelPair[] rest = [.. with.Pairs.Where(pair => !pair.IsPrimary)];
        Assert.Equal(HolmCorrection.Adjust([.. rest.Select(pair => pair.AreasByPatient.DecidingP)]), rest.Select(pair => pair.AdjustedPByPatient));
        Assert.Equal(HolmCorrection.Adjust([.. without.Pairs.Select(pair => pair.Areas.DecidingP)]), without.Pairs.Select(pair => pair.AdjustedP));
        Assert.StartsWith("The primary contrast, named beforehand: ", with.PrimaryVerdict, StringComparison.Ordinal);
        Assert.Contains("not corrected, ", with.PrimaryVerdict, StringComparison.Ordinal);
        Assert.Contains("Holm's correction for the 2 other pairs, the primary contrast uncorrected", with.Verdict, StringComparison.Ordinal);
        Assert.Equal("", without.PrimaryVerdict);
        Assert.Contains("expected two of good, poor, bad", Assert.Throws<ArgumentException>(() => ModelComparison.Of(models, new("good", "best"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ModelComparison.Of(models, new("good", "good")));
    }

    [Fact]
    public void Shares_are_compared_on_the_same_cases()
    {
        ModelPair pair = ModelComparison.Of([s_first, s_second]).Pairs[0];
        Assert.Equal(["sensitivity", "specificity", "accuracy"], pair.Shares.Select(share => share.Key));
        PairedProportions[] shares = [.. pair.Shares.Select(share => share.Proportions)];
        Assert.Equal((s_first.Test.Positives, s_first.Test.Negatives, s_first.Test.Count), (shares[0].Cases, shares[1].Cases, shares[2].Cases));
        Assert.Equal(s_first.OperatingPoint.Sensitivity.Value - s_second.OperatingPoint.Sensitivity.Value, shares[0].Difference, 1e-12);
        Assert.Equal(s_first.OperatingPoint.Specificity.Value - s_second.OperatingPoint.Specificity.Value, shares[1].Difference, 1e-12);
        Assert.Equal((pair.Errors.OnlyFirstCorrect, pair.Errors.OnlySecondCorrect), (shares[2].OnlyFirst, shares[2].OnlySecond));
    }

    [Fact]
    public void Masks_and_figures_know_the_contrast_too()
    {
        SegmentationEvaluation[] masks = [SampleTasks.Segmentation("a", 0.5), SampleTasks.Segmentation("b", 1), SampleTasks.Segmentation("c", 1.5)];
        SegmentationComparison comparison = SegmentationComparison.Of(masks, new("a", "c"));
        MaskPair[] own = [.. comparison.Pairs.Where(pair => pair.IsPrimary && pair.Key == "dice")], rest = [.. comparison.Pairs.Where(pair => !pair.IsPrimary && pair.Key == "dice")];
        Assert.Equal((2, 4), (own.Length, rest.Length));
        Assert.Equal(HolmCorrection.Adjust([.. own.Select(pair => pair.Wilcoxon!.P)]), own.Select(pair => pair.AdjustedP));
        Assert.Equal(HolmCorrection.Adjust([.. rest.Select(pair => pair.Wilcoxon!.P)]), rest.Select(pair => pair.AdjustedP));
        Assert.Contains("corrected for its own labels alone", comparison.PrimaryVerdict, StringComparison.Ordinal);
        MulticlassEvaluation[] classes = [Named("one"), Named("two"), Named("three")];
        FigureComparison figures = FigureComparison.Of(classes, new("three", "one"));
        Assert.All(figures.Pairs.Where(pair => pair.IsPrimary), pair => Assert.Equal(pair.P, pair.AdjustedP));
        Assert.Equal(MainFigures.Of(classes[0]).Count, figures.Pairs.Count(pair => pair.IsPrimary));
        Assert.StartsWith("The primary contrast, named beforehand: ", figures.PrimaryVerdict, StringComparison.Ordinal);

        static MulticlassEvaluation Named(string name) => MulticlassEvaluation.Of(SampleTasks.Classes, SampleTasks.MulticlassCases("T"), SampleTasks.Options(name));
    }

    private static int Right(BinaryEvaluation model) => model.OperatingPoint.Counts.Correct;

    private static BinaryEvaluation Model(string name, double[] probabilities) =>
        BinaryEvaluation.Of(new TestScores(Fixture.Cases(probabilities)), DecisionThreshold.Fixed(0.5f), new() { Model = name, BootstrapReplicates = 0 });

    private static BinaryEvaluation Separating(string name, double distance)
    {
        MLNetScinti.Imaging.CounterRandom random = new(5, 0, 0, name);
        List<ScoredCase> cases = [];
        for (int i = 0; i < 120; i++)
        {
            float score = (float)random.NextNormal(i % 2 == 0 ? distance : -distance, 2);
            cases.Add(new($"C{i}", $"P{i / 2}", i % 2 == 0, score, 1 / (1 + MathF.Exp(-score))));
        }

        return BinaryEvaluation.Of(new TestScores(cases), DecisionThreshold.Fixed(0.5f), new() { Model = name, BootstrapReplicates = 0 });
    }
}

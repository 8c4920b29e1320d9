using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>The tasks beside the binary one: figures by hand, against ML.NET's own evaluators, and against scikit-learn.</summary>
public sealed class TaskEvaluationTests
{
    private static readonly MulticlassEvaluation s_classes = SampleTasks.Multiclass();
    private static readonly MultiLabelEvaluation s_labels = SampleTasks.MultiLabel();
    private static readonly SegmentationEvaluation s_masks = SampleTasks.Segmentation();
    private static readonly RegressionEvaluation s_doses = SampleTasks.Regression();

    [Fact]
    public void Mlnet_gives_the_same_figures_of_several_classes()
    {
        Same(s_classes.MicroAccuracy, "MicroAccuracy");
        Same(s_classes.MacroAccuracy, "MacroAccuracy");
        Same(s_classes["logLoss"], "LogLoss");
        Same(s_classes["logLossReduction"], "LogLossReduction");
        Assert.Contains("focal uptake", s_classes.Stock.ConfusionTable, StringComparison.Ordinal);
        Assert.Equal(Reporting.ConsoleReport.ConfusionTableOfClasses(s_classes.Table), s_classes.Stock.ConfusionTable);

        static void Same(Metric ours, string key) => Assert.Equal(s_classes.Stock.Metrics.Named(key).Value, ours.Value, 1e-6);
    }

    [Fact]
    public void A_decision_of_another_rule_is_what_is_counted()
    {
        MulticlassCase one = SampleTasks.MulticlassCases("T")[0];
        MulticlassCase other = one with { Decision = (one.MostProbable + 1) % 3 };
        Assert.Equal((one.MostProbable, other.Decision!.Value), (one.Called, other.Called));
        MulticlassEvaluation evaluation = MulticlassEvaluation.Of(SampleTasks.Classes, [other], new() { BootstrapReplicates = 0 });
        Assert.Equal(1, evaluation.Table[other.Label, other.Called]);
        Assert.Contains("is called 7 of 3 classes", Assert.Throws<ArgumentException>(() => MulticlassEvaluation.Of(SampleTasks.Classes, [one with { Decision = 7 }])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_patient_on_both_sides_is_refused_in_every_task()
    {
        MulticlassCase[] classes = SampleTasks.MulticlassCases("T");
        MultiLabelCase[] labels = SampleTasks.MultiLabelCases("T");
        Assert.Throws<LeakedPatientException>(() => MulticlassEvaluation.Of(SampleTasks.Classes, new ValidationScores<MulticlassCase>(classes[..2]), new TestScores<MulticlassCase>(classes)));
        Assert.Throws<LeakedPatientException>(() => MultiLabelEvaluation.Of(["a", "b"], new ValidationScores<MultiLabelCase>(labels[..2]), new TestScores<MultiLabelCase>(labels)));
        Assert.Throws<LeakedPatientException>(() => SegmentationEvaluation.Of(SampleTasks.Labels, new ValidationScores<MultiLabelCase>(labels[..2]), s_masks.Test));
        Assert.Throws<LeakedPatientException>(() => RegressionEvaluation.Of("dose", "Gy", s_doses.Test, validation: new ValidationScores<MultiLabelCase>(labels[..2])));
    }

    [Fact]
    public void Each_label_is_a_binary_evaluation_with_its_own_threshold()
    {
        Assert.Equal(SampleTasks.Classes[1..], s_labels.Labels.Select(label => label.Model));
        Assert.All(s_labels.Labels, label => Assert.Equal(ThresholdProtocol.Validation, label.OperatingPoint.Threshold.Protocol));
        Assert.Equal(s_labels.Labels.Average(label => label.OperatingPoint.F1.Value), s_labels.MacroF1.Value, 1e-12);
        int tp = s_labels.Labels.Sum(label => label.OperatingPoint.Counts.TruePositives), wrong = s_labels.Labels.Sum(label => label.OperatingPoint.Counts.FalsePositives + label.OperatingPoint.Counts.FalseNegatives);
        Assert.Equal(2.0 * tp / ((2 * tp) + wrong), s_labels.MicroF1.Value, 1e-12);
        Assert.Equal(wrong / 120.0, s_labels.HammingLoss.Value, 1e-12);
        Assert.Equal(60, s_labels.SubsetAccuracy.Cases);
        Assert.Equal(s_labels.Labels.Average(label => label.AreaUnderRoc.Value), s_labels["areaUnderRocMacro"].Value, 1e-12);
        Assert.All(s_labels.Figures, entry => Assert.InRange(entry.Metric.Value, entry.Metric.Interval!.Lower, entry.Metric.Interval.Upper));

        // ML.NET decides at one half; its area does not depend on that.
        Assert.All(s_labels.Labels.Zip(s_labels.Stock), pair => Assert.Equal(pair.First.AreaUnderRoc.Value, pair.Second.Metrics.Named("AreaUnderRocCurve").Value, 1e-6));
        Assert.Equal(SampleTasks.Classes[1..], s_labels.Stock.Select(stock => stock.Label));
    }

    [Fact]
    public void A_label_without_both_kinds_in_the_validation_set_is_named()
    {
        MultiLabelCase[] none = [.. SampleTasks.MultiLabelCases("V").Select(one => one with { Labels = [one.Labels[0], false] })];
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => MultiLabelEvaluation.Of(["scar", "stasis"], new ValidationScores<MultiLabelCase>(none), s_labels.Test));
        Assert.Contains("'stasis': the validation set holds no stasis case", error.Message, StringComparison.Ordinal);
    }

    [PeerFact("python:sklearn")]
    public void Scikit_learn_gives_the_same_figures_of_labels_and_classes()
    {
        (string Script, double[] Ours)[] checks =
        [
            ($"""
            import numpy as np
            from sklearn import metrics as m
            t = np.array({Text(s_labels.Test.Cases.Select(one => one.Labels.Select(label => label ? 1.0 : 0)))})
            p = np.array({Text(s_labels.Test.Cases.Select(one => one.Probabilities.Select((p, k) => s_labels.Labels[k].OperatingPoint.Threshold.IsPositive(p) ? 1.0 : 0)))})
            print(m.f1_score(t, p, average='micro'), m.f1_score(t, p, average='macro'), m.accuracy_score(t, p), m.hamming_loss(t, p))
            """, [s_labels.MicroF1.Value, s_labels.MacroF1.Value, s_labels.SubsetAccuracy.Value, s_labels.HammingLoss.Value]),
            ($"""
            import numpy as np
            from sklearn import metrics as m
            t = np.array({Text([s_classes.Test.Cases.Select(one => (double)one.Label)])})[0].astype(int)
            p = np.array({Text(s_classes.Test.Cases.Select(one => one.Probabilities.Select(p => (double)p)))})
            print(m.accuracy_score(t, p.argmax(1)), m.balanced_accuracy_score(t, p.argmax(1)), m.f1_score(t, p.argmax(1), average='macro'), np.mean([m.roc_auc_score(t == k, p[:, k]) for k in range(3)]), ((p - np.eye(3)[t]) ** 2).sum(1).mean())
            """, [s_classes.MicroAccuracy.Value, s_classes.MacroAccuracy.Value, s_classes["macroF1"].Value, s_classes.AreaUnderRoc.Value, s_classes["brier"].Value]),
            ($"""
            import numpy as np
            from sklearn import metrics as m
            t, p = np.array({Text([s_doses.Test.Cases.Select(one => one.Truth), s_doses.Test.Cases.Select(one => one.Predicted)])})
            print(m.mean_absolute_error(t, p), m.mean_squared_error(t, p) ** .5, m.r2_score(t, p), np.corrcoef(t, p)[0, 1], (p - t).mean(), (p - t).std(ddof=1))
            """, [s_doses.MeanAbsoluteError.Value, s_doses.RootMeanSquaredError.Value, s_doses.RSquared.Value, s_doses.Figures.Named("correlation").Value, s_doses.Bias.Value, s_doses.Agreement!.Deviation]),
        ];
        foreach ((string script, double[] ours) in checks)
        {
            double[] theirs = PythonPeer.Numbers(script)[0];
            Assert.Equal(theirs.Length, ours.Length);
            Assert.All(ours.Zip(theirs), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        }

        static string Text(IEnumerable<IEnumerable<double>> rows) => $"[{string.Join(",", rows.Select(row => $"[{string.Join(",", row.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]"))}]";
    }

    [Fact]
    public void Masks_are_judged_case_by_case_and_voxel_by_voxel()
    {
        SegmentationFigures left = s_masks.Labels[0], right = s_masks.Labels[1];
        Assert.Equal(s_masks.Test.Cases.Average(one => one.Labels[0].Dice.Value), left.Dice.Value, 1e-12);
        Assert.Equal(s_masks.Test.Cases.Average(one => one.Labels[0].Hausdorff95.Value), left.Hausdorff95.Value, 1e-12);
        Assert.Equal((left.Dice.Value + right.Dice.Value) / 2, s_masks.MeanDice.Value, 1e-12);
        Assert.StartsWith("bootstrap by patient", left.Dice.Interval!.Method, StringComparison.Ordinal);
        Assert.InRange(left.Dice.Value, left.Dice.Interval.Lower, left.Dice.Interval.Upper);

        // Three masks of the second label are missing: overlap 0, distance undefined.
        Assert.Equal((60, 57), (right.Dice.Cases, right.Hausdorff95.Cases));
        Assert.Equal(3, s_masks.Test.Cases.Count(one => one.Labels[1].Dice.Value == 0));
        Assert.Equal(s_masks.Test.Cases.Sum(one => one.Labels[0].Voxels.TruePositives), left.Voxels.TruePositives);
        Assert.Equal(60 * 12 * 20 * 20, left.Voxels.Total);
        MaskMeasures first = s_masks.Test.Cases[0].Labels[0];
        Assert.Equal((first.Voxels.TruePositives + first.Voxels.FalseNegatives) * 0.012, first.TrueVolume, 1e-9);
        Assert.Equal(first.PredictedVolume - first.TrueVolume, (first.Voxels.FalsePositives - first.Voxels.FalseNegatives) * 0.012, 1e-9);
    }

    [Fact]
    public void Mlnet_judges_the_voxels()
    {
        VoxelCounts few = new(120, 30, 20, 830);
        MLNetMetrics exact = MLNetMetrics.OfVoxels("left", few, 1, 1), scaled = MLNetMetrics.OfVoxels("left", new(1_200_000, 300_000, 200_000, 8_300_000), 1, 1);
        Assert.Equal(few.Dice.Value, exact.Metrics.Named("F1Score").Value, 1e-12);
        Assert.Equal(0.95, exact.Metrics.Named("Accuracy").Value, 1e-12);
        Assert.Equal((0.8, 120 / 140.0), (exact.Metrics.Named("PositivePrecision").Value, exact.Metrics.Named("PositiveRecall").Value));
        Assert.Equal(0.5 * ((120 / 140.0) + (830 / 860.0)), exact.Metrics.Named("AreaUnderRocCurve").Value, 1e-6);
        Assert.All(exact.Metrics.Zip(scaled.Metrics).Where(pair => pair.First.Key != "AreaUnderPrecisionRecallCurve"), pair => Assert.Equal(pair.First.Metric.Value, pair.Second.Metric.Value, 2e-4));
        Assert.False(exact.Metrics.Named("AreaUnderPrecisionRecallCurve").IsDefined);
        Assert.Contains("in proportion", scaled.Note, StringComparison.Ordinal);
        Assert.DoesNotContain("in proportion", exact.Note, StringComparison.Ordinal);
        Assert.All(s_masks.Labels.Zip(s_masks.Stock), pair => Assert.Equal(pair.First.Voxels.Dice.Value, pair.Second.Metrics.Named("F1Score").Value, 2e-3));
        Assert.Equal("no voxel is left", MLNetMetrics.OfVoxels("left", new(0, 3, 0, 7), 1, 1).Metrics[0].Metric.UndefinedReason);
    }

    [Fact]
    public void Better_masks_are_told_from_worse_by_patient()
    {
        SegmentationEvaluation worse = SampleTasks.Segmentation("worse", noise: 2), better = SampleTasks.Segmentation("better", noise: 0.5);
        SegmentationComparison comparison = SegmentationComparison.Of([worse, better]);
        Assert.Equal("better", comparison.Models[0].Model);
        MaskPair pair = comparison.Pairs.Single(one => one is { Key: "dice", Label: "left" });
        Assert.Equal((30, true), (pair.Patients, pair.IsSupported));
        double[] differences = [.. Enumerable.Range(0, 30).Select(p => Math.Round(Enumerable.Range(2 * p, 2).Average(i => better.Test.Cases[i].Labels[0].Dice.Value - worse.Test.Cases[i].Labels[0].Dice.Value), 9))];
        Assert.Equal(WilcoxonSignedRank.Of(differences).P, pair.Wilcoxon!.P, 1e-12);
        Assert.Equal(PairedTTest.Of(differences).P, pair.TTest!.P, 1e-12);
        Assert.StartsWith("This test supports 2 of 2 differences of Dice coefficients: better over worse (left)", comparison.Verdict, StringComparison.Ordinal);
        Assert.EndsWith("Do not rank them.", SegmentationComparison.Of([better, SampleTasks.Segmentation("same", noise: 0.5)]).Verdict, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SegmentationComparison.Of([better]));
        Assert.Contains("two models are called 'better'", Assert.Throws<ArgumentException>(() => SegmentationComparison.Of([better, better])).Message, StringComparison.OrdinalIgnoreCase);
        SegmentationEvaluation fewer = SegmentationEvaluation.Of(SampleTasks.Labels, new TestScores<SegmentedCase>(better.Test.Cases.Skip(1)), SampleTasks.Options("fewer"));
        Assert.Contains("was judged on 59 cases", Assert.Throws<ArgumentException>(() => SegmentationComparison.Of([better, fewer])).Message, StringComparison.Ordinal);
    }

    /// <summary>The peak flows of 17 people by two meters, with what the paper says of them (Lancet 1986;1:307-310).</summary>
    [Fact]
    public void Bland_and_Altmans_own_example_comes_out()
    {
        double[] large = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427];
        double[] mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451];
        BlandAltman agreement = BlandAltman.Of([.. large.Zip(mini, (a, b) => a - b)]);
        Assert.Equal((-2.1, 38.8), (Math.Round(agreement.Bias, 1), Math.Round(agreement.Deviation, 1)));
        Assert.Equal(-22.0, agreement.BiasInterval.Lower, 0.1);
        Assert.Equal(17.8, agreement.BiasInterval.Upper, 0.1);
        Assert.Equal(-78.1, agreement.LowerLimit, 0.15);
        Assert.Equal(73.9, agreement.UpperLimit, 0.15);
    }

    [Fact]
    public void Mlnet_gives_the_same_figures_of_quantities()
    {
        Assert.Equal(s_doses.Stock.Metrics.Named("MeanAbsoluteError").Value, s_doses.MeanAbsoluteError.Value, 1e-6);
        Assert.Equal(s_doses.Stock.Metrics.Named("RootMeanSquaredError").Value, s_doses.RootMeanSquaredError.Value, 1e-6);
        Assert.Equal(s_doses.Stock.Metrics.Named("RSquared").Value, s_doses.RSquared.Value, 1e-6);
        Assert.All(s_doses.Figures, entry => Assert.InRange(entry.Metric.Value, entry.Metric.Interval!.Lower, entry.Metric.Interval.Upper));
        Assert.Equal("Bland and Altman, Student's t", Assert.Single(s_doses.Bias.FurtherIntervals).Method);
        Assert.Equal(s_doses.Agreement!.LowerLimit, s_doses.Figures.Named("lowerLimit").Value, 1e-9);
        Assert.Contains("case 'T'", Assert.Throws<ArgumentException>(() => RegressionEvaluation.Of("dose", "Gy", new TestScores<QuantifiedCase>([new("T", "P", 1, double.NaN)]))).Message, StringComparison.Ordinal);
        RegressionEvaluation alike = RegressionEvaluation.Of("dose", "Gy", new TestScores<QuantifiedCase>([new("A", "P", 1, 2), new("B", "Q", 1, 3)]));
        Assert.Equal("the true values are all alike", alike.RSquared.UndefinedReason);
    }

    /// <summary>Which of the published macro averages can be (Fixtures/macro-f1-ceiling.json): F1 is at most the harmonic mean of precision and recall.</summary>
    [Fact]
    public void Macro_f1_has_a_ceiling_that_tells_misprints()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "macro-f1-ceiling.json")));
        JsonProperty[] rows = [.. file.RootElement.GetProperty("rows").EnumerateObject()];
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            double ceiling = ClassTable.MacroF1Ceiling(row.Value.GetProperty("precision").GetDouble(), row.Value.GetProperty("recall").GetDouble());
            Assert.Equal(row.Value.GetProperty("ceiling_harmonic").GetDouble(), ceiling, 1e-14);
            Assert.Equal(row.Value.GetProperty("possible").GetBoolean(), row.Value.GetProperty("f1").GetDouble() <= ceiling + 1.5e-4);
        });
    }

    [Fact]
    public void No_table_exceeds_the_ceiling_of_macro_f1() => Prop.ForAll(Gen.Choose(0, 30).ArrayOf(9).ToArbitrary(), counts =>
    {
        ClassTable table = new(["a", "b", "c"], new[,] { { counts[0], counts[1], counts[2] }, { counts[3], counts[4], counts[5] }, { counts[6], counts[7], counts[8] } });
        if (table is { MacroF1.IsDefined: true, MacroPrecision.IsDefined: true, MacroRecall.IsDefined: true })
        {
            Assert.InRange(table.MacroF1.Value, 0, ClassTable.MacroF1Ceiling(table.MacroPrecision.Value, table.MacroRecall.Value) + 1e-12);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Groups_are_judged_in_every_task() => Assert.All((IEvaluation[])[s_classes, s_labels, s_masks, s_doses], evaluation =>
    {
        Assert.Equal(["A", "B", "under 40 years", "40 years and over"], evaluation.Subgroups.Select(group => group.Name));
        Assert.Equal([60, 60], evaluation.Subgroups.GroupBy(group => group.Grouping).Select(grouping => grouping.Sum(group => group.Cases)));
        Assert.All(evaluation.Subgroups, group => Assert.All(group.Metrics, entry => Assert.True(entry.Metric.IsDefined, entry.Key)));
    });

}

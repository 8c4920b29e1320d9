using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class MulticlassEvaluationTests
{
    private static readonly string[] s_names = ["normal", "metastasis", "arthritis"];
    private static readonly MulticlassCase[] s_cases = Cases(60);
    private static readonly MulticlassEvaluation s_evaluation = MulticlassEvaluation.Of(s_names, s_cases, new() { BootstrapReplicates = 300 });

    [Fact]
    public void Every_figure_has_an_interval_around_it()
    {
        Assert.All(s_evaluation.Figures, entry => Around(entry.Metric));
        Assert.All(s_evaluation.Classes, one => Assert.All(new[] { one.Recall, one.Precision, one.Specificity, one.F1, one.AreaUnderRoc }, Around));
        Assert.StartsWith("Wilson", s_evaluation.MicroAccuracy.Interval!.Method, StringComparison.Ordinal);
        Assert.StartsWith("bootstrap by patient", s_evaluation["kappaQuadratic"].Interval!.Method, StringComparison.Ordinal);
        Assert.StartsWith("Obuchowski", s_evaluation.Classes[0].AreaUnderRoc.Interval!.Method, StringComparison.Ordinal);
        Assert.StartsWith("DeLong", Assert.Single(s_evaluation.Classes[0].AreaUnderRoc.FurtherIntervals).Method, StringComparison.Ordinal);
        Assert.Equal((120, 60), (s_evaluation["macroF1"].Cases, s_evaluation["macroF1"].Patients));

        static void Around(Metric metric) => Assert.InRange(metric.Value, metric.Interval!.Lower, metric.Interval.Upper);
    }

    [Fact]
    public void Figures_are_those_of_the_table_and_the_ranking()
    {
        double[,] probabilities = new double[s_cases.Length, 3];
        int[] labels = [.. s_cases.Select(one => one.Label)];
        for (int i = 0; i < s_cases.Length; i++)
        {
            for (int k = 0; k < 3; k++)
            {
                probabilities[i, k] = s_cases[i].Probabilities[k];
            }
        }

        Assert.Equal(s_evaluation.Table.Kappa(KappaWeights.Linear).Value, s_evaluation["kappaLinear"].Value);
        Assert.Equal(MulticlassRanking.OneVersusRest(probabilities, labels), s_evaluation["areaUnderRocMacro"].Value, 1e-12);
        Assert.Equal(MulticlassRanking.OneVersusRest(probabilities, labels, weightByCases: true), s_evaluation["areaUnderRocWeighted"].Value, 1e-12);
        Assert.Equal(MulticlassRanking.LogLoss(probabilities, labels), s_evaluation["logLoss"].Value, 1e-12);
        Assert.All(Enumerable.Range(0, 3), k =>
        {
            Assert.Equal(s_evaluation.Table.Recall(k).Value, s_evaluation.Classes[k].Recall.Value);
            Assert.Equal(s_evaluation.Table.Specificity(k).Value, s_evaluation.Classes[k].Specificity.Value);
            Assert.Equal(s_evaluation.Classes[k].Roc!.Area, s_evaluation.Classes[k].AreaUnderRoc.Value, 1e-12);
        });
    }

    [Fact]
    public void Two_classes_give_what_the_binary_evaluation_gives()
    {
        MulticlassCase[] two = [.. Fixture.First.Select((p, i) => new MulticlassCase($"C{i}", $"P{i / 2}", Fixture.Labels[i] ? 1 : 0, [1 - (float)p, (float)p]))];
        MulticlassEvaluation evaluation = MulticlassEvaluation.Of(["normal", "abnormal"], two, new() { BootstrapReplicates = 0 });
        Assert.Equal(0.815, evaluation.Classes[1].AreaUnderRoc.Value, 1e-12);
        Assert.Equal(0.5500125595887797, evaluation.Classes[1].AreaUnderRoc.FurtherIntervals[0].Lower, 1e-9);
        OperatingPoint point = OperatingPoint.Of(new TestScores(Fixture.Cases(Fixture.First)), DecisionThreshold.Fixed(0.5f), new() { BootstrapReplicates = 0 });
        Assert.Equal(point.Kappa.Value, evaluation["kappa"].Value, 1e-12);
        Assert.Equal(point.Sensitivity.Interval, evaluation.Classes[1].Recall.Interval);
    }

    [Fact]
    public void An_absent_class_is_undefined_with_a_reason()
    {
        MulticlassEvaluation evaluation = MulticlassEvaluation.Of([.. s_names, "thyroid"], s_cases.Select(one => one with { Probabilities = [.. one.Probabilities, 0] }), new() { BootstrapReplicates = 50 });
        Assert.Equal("no case is thyroid", evaluation.Classes[3].Recall.UndefinedReason);
        Assert.Equal("a class is absent", evaluation["areaUnderRocMacro"].UndefinedReason);
        Assert.True(evaluation.MicroAccuracy.IsDefined);
        Assert.All(MulticlassEvaluation.Of(s_names, []).Figures, entry => Assert.False(entry.Metric.IsDefined));
    }

    [Fact]
    public void A_case_that_cannot_be_is_named()
    {
        Assert.Contains("'C1' is there twice", Fault([s_cases[1], s_cases[1]]), StringComparison.Ordinal);
        Assert.Contains("has 2 probabilities for 3 classes", Fault([s_cases[0] with { Probabilities = [1, 0] }]), StringComparison.Ordinal);
        Assert.Contains("has label 3 of 3 classes", Fault([s_cases[0] with { Label = 3 }]), StringComparison.Ordinal);
        Assert.Contains("add up to 2.7, expected 1", Fault([s_cases[0] with { Probabilities = [.9f, .9f, .9f] }]), StringComparison.Ordinal);
        Assert.Contains("not from 0 to 1", Fault([s_cases[0] with { Probabilities = [1, 0, float.NaN] }]), StringComparison.Ordinal);

        static string Fault(MulticlassCase[] cases) => Assert.Throws<ArgumentException>(() => MulticlassEvaluation.Of(s_names, cases)).Message;
    }

    [Fact]
    public void The_confusion_table_is_mamls_to_the_letter()
    {
        ClassTable iris = new(["0", "1", "2"], new[,] { { 50, 0, 0 }, { 0, 46, 4 }, { 0, 2, 48 } });
        Assert.Equal(
            "Confusion table\n          ||========================\nPREDICTED ||     0 |     1 |     2 | Recall\nTRUTH     ||========================\n        0 ||    50 |     0 |     0 | 1.0000\n        1 ||     0 |    46 |     4 | 0.9200\n        2 ||     0 |     2 |    48 | 0.9600\n          ||========================\nPrecision ||1.0000 |0.9583 |0.9231 |\n",
            ConsoleReport.ConfusionTableOfClasses(iris));
        string named = ConsoleReport.ConfusionTableOfClasses(s_evaluation.Table);
        Assert.Contains("PREDICTED     ||     0 |     1 |     2 | Recall\n", named, StringComparison.Ordinal);
        Assert.Contains("\n1. metastasis ||", named, StringComparison.Ordinal);
        Assert.Contains("undef.", ConsoleReport.ConfusionTableOfClasses(new ClassTable(["a", "b", "c"], new int[3, 3])), StringComparison.Ordinal);
    }

    private static MulticlassCase[] Cases(int patients)
    {
        List<MulticlassCase> cases = [];
        for (int i = 0; i < 2 * patients; i++)
        {
            CounterRandom random = new(41, 0, (ulong)i, "classes");
            int label = i / 2 % 3;
            double[] odds = [.. Enumerable.Range(0, 3).Select(k => Math.Exp((k == label ? 1 : 0) + random.NextNormal()))];
            cases.Add(new($"C{i}", $"P{i / 2}", label, [.. odds.Select(odd => (float)(odd / odds.Sum()))]));
        }

        return [.. cases];
    }
}

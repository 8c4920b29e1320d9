using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Cases of a patient put together, combinations of labels, and marks that stay with every figure.</summary>
public sealed class PatientVoteTests
{
    private static readonly string[] s_names = ["a", "b", "c"];

    [Fact]
    public void APatientIsCalledWhatMostCasesAreAndTheSurerOneDecidesATie()
    {
        MulticlassEvaluation evaluation = MulticlassEvaluation.Of(s_names,
        [
            Case("1", "p", 0, 0.5f, 0.4f, 0.1f), Case("2", "p", 0, 0.5f, 0.3f, 0.2f), Case("3", "p", 0, 0f, 1f, 0f),
            Case("4", "q", 1, 0.55f, 0.45f, 0f), Case("5", "q", 1, 0.1f, 0.9f, 0f),
            Case("6", "r", 2, 0.2f, 0.2f, 0.6f),
        ]);
        MulticlassEvaluation patients = evaluation.ByPatient!;
        // Two of three cases of p are called a although the mean of its probabilities is highest for b; of q one is called a and one b.
        Assert.Equal([0, 1, 2], patients.Test.Cases.Select(one => one.Called));
        Assert.Equal(["p", "q", "r"], patients.Test.Cases.Select(one => one.CaseId));
        Assert.Equal(1, patients.MicroAccuracy.Value);
        Assert.Equal(4.0 / 6, evaluation.MicroAccuracy.Value, 12);
        Assert.Equal(0.675f, patients.Test.Cases[1].Probabilities[1], 1e-6f);
        Assert.Null(patients.ByPatient);
    }

    [Fact]
    public void PatientsWithCasesOfSeveralClassesAreNotPutTogether()
    {
        Assert.Null(MulticlassEvaluation.Of(s_names, [Case("1", "p", 0, 1, 0, 0), Case("2", "p", 1, 1, 0, 0), Case("3", "q", 2, 0, 0, 1)]).ByPatient);
        Assert.Null(MulticlassEvaluation.Of(s_names, [Case("1", "p", 0, 1, 0, 0), Case("2", "q", 1, 0, 1, 0)]).ByPatient);
    }

    [Fact]
    public void LabelsAreVotedOnOneByOneAndCombinationsAreCounted()
    {
        DecisionThreshold[] thresholds = [DecisionThreshold.Fixed(0.5f), DecisionThreshold.Fixed(0.5f)];
        MultiLabelEvaluation evaluation = MultiLabelEvaluation.Of(["x", "y"], new TestScores<MultiLabelCase>(
        [
            new("1", "p", [true, true], [0.9f, 0.6f]), new("2", "p", [true, true], [0.8f, 0.3f]),
            new("3", "q", [false, true], [0.2f, 0.7f]), new("4", "q", [false, true], [0.6f, 0.9f]), new("5", "q", [false, true], [0.1f, 0.1f]),
            new("6", "r", [false, false], [0.1f, 0.1f]),
        ]), thresholds);
        Assert.Equal(["none", "x", "y", "x + y"], evaluation.Combinations.Names);
        Assert.Equal((1, 1, 1, 1, 1, 1), (evaluation.Combinations[0, 0], evaluation.Combinations[3, 3], evaluation.Combinations[3, 1], evaluation.Combinations[2, 2], evaluation.Combinations[2, 3], evaluation.Combinations[2, 0]));
        Assert.Equal([true, false, true, false, false, true], evaluation.Right);

        // Of p half the cases are called y, with a mean of 0.45; of q two of three.
        MultiLabelEvaluation patients = evaluation.ByPatient!;
        Assert.Equal([[true, false], [false, true], [false, false]], patients.Test.Cases.Select(one => one.Decisions!.ToArray()));
        Assert.Equal(2.0 / 3, patients.SubsetAccuracy.Value, 12);
    }

    [Fact]
    public void AMarkStaysWithEveryFigure()
    {
        EvaluationOptions options = new() { Mark = "not trained", BootstrapReplicates = 50, Groupings = [Grouping.ByValue("Side", "Side")] };
        MulticlassEvaluation classes = MulticlassEvaluation.Of(s_names, [.. Enumerable.Range(0, 12).Select(i => Case($"{i}", $"p{i / 2}", i / 2 % 3, 0.3f, 0.3f, 0.4f) with { Facts = Facts.Of(("Side", i % 2 == 0 ? "left" : "right")) })], options);
        Assert.All(classes.Figures.Concat(classes.Classes.SelectMany(one => one.Entries)).Concat(classes.Stock.Metrics).Concat(classes.Subgroups.SelectMany(group => group.Metrics)).Concat(classes.ByPatient!.Figures),
            entry => Assert.Equal("not trained", entry.Metric.Mark));
        BinaryEvaluation binary = BinaryEvaluation.Of(new TestScores(Enumerable.Range(0, 12).Select(i => new ScoredCase($"{i}", $"p{i}", i % 2 == 0, i, i / 12f) { Facts = Facts.Of(("Side", i < 6 ? "left" : "right")) })), DecisionThreshold.Fixed(0.5f), options);
        Assert.All(binary.Figures.Concat(binary.Stock.Metrics).Concat(binary.Subgroups.SelectMany(group => group.Metrics)), entry => Assert.Equal("not trained", entry.Metric.Mark));
        Assert.Contains("[not trained]", classes.MicroAccuracy.ToString(), StringComparison.Ordinal);
    }

    private static MulticlassCase Case(string id, string patient, int label, params float[] probabilities) => new(id, patient, label, probabilities);
}

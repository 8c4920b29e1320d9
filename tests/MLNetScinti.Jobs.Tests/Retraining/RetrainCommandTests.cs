using System.Text.RegularExpressions;
using MLNetScinti.Cli.Tests;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Retraining;

/// <summary>Retrainings with the program as it is: a model in use, new data, and the gate of a plan.</summary>
public sealed class RetrainCommandTests : IDisposable
{
    private readonly StudyFolder _studies = new();

    [Fact]
    public void NewDataGiveAModelThatTheGateDecidesAboutOnce()
    {
        Plan("promote", margin: 0.9);
        Assert.Equal(0, Scinti.Run(_studies.Root, "simulate", "test", "--patients", "8", "--seed", "21").Code);

        // The first has nothing to be compared with.
        (int code, string output, string error) = Retrain();
        Assert.True(code == 0, output + error);
        Assert.Contains("small:v1 is the candidate: no model is in use yet", output, StringComparison.Ordinal);
        Assert.Contains("nothing is trained", Retrain().Output, StringComparison.Ordinal);
        Assert.Equal(0, Scinti.Run(_studies.Root, "model", "promote", "small", "--why", "the first one").Code);

        File.AppendAllText(Path.Combine(_studies.Studies, "labels.csv"), "\n");
        (code, output, error) = Retrain();
        Assert.True(code == 0, output + error);
        Assert.Contains("0 files came, 0 went, 1 changed", output, StringComparison.Ordinal);
        Assert.Contains("passed   sensitivity", output, StringComparison.Ordinal);
        Assert.Contains("small:v2 is in use now, in the place of v1", output, StringComparison.Ordinal);
        string report = File.ReadAllText(output.Split('\n').Last(line => line.StartsWith("Report:", StringComparison.Ordinal))["Report:".Length..].Trim());
        Assert.Contains("look 1 of 2", report, StringComparison.Ordinal);
        Assert.DoesNotContain(StudyFolder.PatientId, report, StringComparison.Ordinal);

        // A plan that a model cannot pass on so few patients: the model in use stays.
        Plan("promote", margin: 0.02);
        (code, output, error) = Retrain();
        Assert.True(code == 10, output + error);
        Assert.Contains("small:v2 stays in use: ", output, StringComparison.Ordinal);
        string log = Scinti.Run(_studies.Root, "audit", "list").Output;
        Assert.Equal((2, 3), (Regex.Count(log, " look +small:v"), Regex.Count(log, " retrain +small:v")));
        Assert.Equal(0, Scinti.Run(_studies.Root, "audit", "verify").Code);
    }

    public void Dispose() => _studies.Dispose();

    private (int Code, string Output, string Error) Retrain() =>
        Scinti.Run(_studies.Root, "retrain", "small.yaml", "--plan", "plan.yaml", "--test", "test", "--output", "out", "--set", "training.epochs=1");

    // What the plan says of the test set's size is what lint believes; the gate counts for itself.
    private void Plan(string pass, double margin) => File.WriteAllText(Path.Combine(_studies.Root, "plan.yaml"), FormattableString.Invariant($$"""
        model: small
        may-change: [training-data, weights]
        test-set: { positives: 4000, negatives: 4000, disagreement: 0.1 }
        tests:
          - { figure: sensitivity, margin: {{margin}} }
          - { figure: specificity, margin: {{margin}} }
        floors: [{ figure: sensitivity, least: 0.0001 }]
        plausible-gain: 0.999
        looks: { planned: 2, error: 0.2 }
        stop: { refusals: 3 }
        effect: { pass: {{pass}} }
        """));
}

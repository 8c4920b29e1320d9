using System.Text.Json;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Cli.Tests;

public sealed class CompareTests(StudyFolder studies) : IClassFixture<StudyFolder>
{
    [Fact]
    public void SeveralModelsAreTrainedOnceAndSetSideBySide()
    {
        string root = studies.Root;
        File.WriteAllText(Path.Combine(root, "coronal.yaml"), Variant("coronal", "dmsa-2d-coronal"));
        File.WriteAllText(Path.Combine(root, "merged.yaml"), Variant("merged", "dmsa-3d").Replace("width: 0.1", "width: 0.1\n  downsample: 2", StringComparison.Ordinal));

        (int code, string output, string error) = Scinti.Run(root, "compare", "coronal.yaml", "merged.yaml", "--output", "side-by-side");

        Assert.True(code == 0, error);
        Assert.Contains("Experiment Results", output, StringComparison.Ordinal);
        foreach (string name in (string[])["coronal", "merged", "baseline"])
        {
            Assert.Contains($" {name} ", output, StringComparison.Ordinal);
        }

        string folder = Path.Combine(root, "side-by-side");
        string metrics = File.ReadAllText(Path.Combine(folder, "metrics.json"));
        using (JsonDocument document = JsonDocument.Parse(metrics))
        {
            Assert.Equal(3, document.RootElement.GetProperty("models").GetArrayLength());
        }

        Assert.Contains("Research use only", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);
        Assert.DoesNotContain(StudyFolder.PatientId, metrics, StringComparison.Ordinal);

        // What is there is not trained again, and says the same.
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(root, "artifacts", "merged", "model.onnx"));
        (code, output, error) = Scinti.Run(root, "compare", "coronal.yaml", "merged.yaml", "--output", "side-by-side", "--threads", "1");
        Assert.True(code == 0, error);
        Assert.Contains("merged: trained before", output, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(root, "artifacts", "merged", "model.onnx")));
        Assert.Equal(Figures(metrics), Figures(File.ReadAllText(Path.Combine(folder, "metrics.json"))));

        // A changed definition is another model.
        File.WriteAllText(Path.Combine(root, "coronal.yaml"), Variant("coronal", "dmsa-2d-coronal").Replace("epochs: 30", "epochs: 2", StringComparison.Ordinal));
        (_, output, _) = Scinti.Run(root, "compare", "coronal.yaml", "merged.yaml", "--output", "side-by-side");
        Assert.DoesNotContain("coronal: trained before", output, StringComparison.Ordinal);
        Assert.Contains("merged: trained before", output, StringComparison.Ordinal);
    }

    /// <summary>What was decoded is there for every model: a comparison opens a file as often as one run does, which is once.</summary>
    [Fact]
    public void EachFileIsOpenedOnceHoweverManyModelsAreTrained()
    {
        string root = studies.Root;
        string[] names = ["sharing-a", "sharing-b", "sharing-c"];
        foreach (string name in names)
        {
            File.WriteAllText(Path.Combine(root, $"{name}.yaml"), Variant(name, "dmsa-2d-coronal").Replace("epochs: 30", $"epochs: {2 + Array.IndexOf(names, name)}", StringComparison.Ordinal));
        }

        using OpenedFiles opened = new(studies.Studies);
        (int code, string output, string error) = Scinti.Run(root, ["compare", .. names.Select(name => $"{name}.yaml"), "--output", "sharing"]);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("trained before", output, StringComparison.Ordinal);
        IReadOnlyDictionary<string, int> counts = opened.Counts();
        Assert.Equal(Directory.GetFiles(studies.Studies, "*.dcm").Select(Path.GetFileName).Order(StringComparer.Ordinal), counts.Keys.Where(name => name.EndsWith(".dcm", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(counts.Where(file => file.Key.EndsWith(".dcm", StringComparison.Ordinal)), file => Assert.Equal(1, file.Value));
    }

    [Theory]
    [InlineData("test: 4", "test: 3", "split.test")]
    [InlineData("seed: 4", "seed: 5", "seed")]
    [InlineData("minimum-confidence: 0.1", "minimum-confidence: 0.2", "kidneys.minimum-confidence")]
    public void ModelsOfOtherPatientsAreNotCompared(string value, string other, string key)
    {
        string root = studies.Root;
        File.WriteAllText(Path.Combine(root, "other.yaml"), Variant("other", "dmsa-2d-coronal").Replace(value, other, StringComparison.Ordinal));

        (int code, _, string error) = Scinti.Run(root, "compare", "small.yaml", "other.yaml");

        Assert.Equal(2, code);
        Assert.StartsWith($"scinti: other.yaml: {key}: ", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public void OneNameTwiceIsRefused()
    {
        (int code, _, string error) = Scinti.Run(studies.Root, "compare", "small.yaml", "small.yaml");

        Assert.Equal(2, code);
        Assert.Contains("small.yaml: name: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void PatientsThatWereTrainedOnAreNoTestPatients()
    {
        string root = studies.Root;
        File.WriteAllText(Path.Combine(root, "again.yaml"), StudyFolder.Pipeline.Replace("epochs: 30", "epochs: 1", StringComparison.Ordinal));

        (int code, _, string error) = Scinti.Run(root, "compare", "again.yaml", "--test-folder", "studies", "--output", "leaked");

        Assert.Equal(5, code);
        Assert.Matches(@"^scinti: Patient P-[0-9A-Z]{12} was (trained|validated) on by ", error);
        Assert.DoesNotContain(StudyFolder.PatientId, error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(root, "leaked", "report.html")));
    }

    private static string Variant(string name, string architecture) => StudyFolder.Pipeline
        .Replace("name: small", $"name: {name}", StringComparison.Ordinal)
        .Replace("architecture: dmsa-2.5d", $"architecture: {architecture}", StringComparison.Ordinal);

    // What says whether the models were trained now is no figure.
    private static string Figures(string metrics) =>
        MetricsJson.WithoutRun(metrics).Replace("trained before", "trained now", StringComparison.Ordinal);
}

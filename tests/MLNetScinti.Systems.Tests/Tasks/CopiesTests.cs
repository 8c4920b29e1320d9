using MLNetScinti.Imaging;
using MLNetScinti.Pipelines;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Training;
using MLNetScinti.Systems.Tests.Cases;
using MLNetScinti.Systems.Tests.NewSystems;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>Copies of training cases: as many as asked for, and of training cases alone.</summary>
[Collection("training")]
public sealed class CopiesTests
{
    [Theory]
    [InlineData(1.0, 1.0, 3)]
    [InlineData(2.25, 1.0, 3)]
    [InlineData(2.99, 10, 8)]
    [InlineData(1.2, 1, 17)]
    public void EachClassHasTheRowsThatAreAskedForSpreadEvenly(double first, double several, int cases)
    {
        OneOrTwoTask task = new("none", "first", "second");
        TrainingCopies copies = new(new Dictionary<string, double>(StringComparer.Ordinal) { ["first"] = first }, several, new Augmentation(new RandomTranslate(2)));
        Target[] targets = [.. Enumerable.Range(0, cases).SelectMany(_ => new[] { task.Parse("none"), task.Parse("first"), task.Parse("first+second") })];
        (int Case, int Copy)[] rows = [.. MultipliedSamples.Rows(task, targets, copies)];
        int Rows(int kind) => rows.Count(row => row.Case % 3 == kind);
        Assert.Equal(cases, Rows(0));
        Assert.Equal((int)Math.Round(cases * first, MidpointRounding.AwayFromZero), Rows(1));
        Assert.Equal((int)Math.Round(cases * several, MidpointRounding.AwayFromZero), Rows(2));
        Assert.Equal(rows.Length, rows.Distinct().Count());
        Assert.All(rows.GroupBy(row => row.Case), group => Assert.Equal(Enumerable.Range(0, group.Count()), group.Select(row => row.Copy).Order()));
        int[] counts = [.. rows.Where(row => row.Case % 3 == 1).CountBy(row => row.Case).Select(count => count.Value)];
        Assert.True(counts.Max() - counts.Min() <= 1);
    }

    [Fact]
    public void ARunTrainsOnCopiesTestsOnNoneAndIsBoundToThem()
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        ThreeClassSystemTests.Write(studies, first: 0, count: 48, labels: true);
        string yaml = ThreeClassSystemTests.Definition(folder, studies, folder.File("run"), epochs: 4);
        string text = File.ReadAllText(yaml);
        File.WriteAllText(yaml, text.Replace("output:", "augmentation: { copies: { by-class: { high: 3, low: 1.5 }, flip: [horizontal], translate-pixels: 2, rotate-degrees: 3 } }\noutput:", StringComparison.Ordinal));
        PipelineDefinition definition = PipelineReader.Read(yaml, [ThreeClassSystem.Entry]);
        RunOutcome outcome = new PipelineRunner(definition, new RunSettings { Command = "run", Threads = 2 }, new SilentObserver()).Run();
        Assert.Equal(12, outcome.Report.Evaluation.Test.Cases.Count);
        Assert.Contains(outcome.Report.Model.Settings, setting => setting.Key == "Copies of training cases" && setting.Value.Contains("high 3, low 1.5", StringComparison.Ordinal));
        RunOutcome again = new PipelineRunner(definition with { Output = folder.File("again") }, new RunSettings { Command = "run", Threads = 1 }, new SilentObserver()).Run();
        Assert.Equal(File.ReadAllBytes(Path.Combine(outcome.Folder, "weights.safetensors")), File.ReadAllBytes(Path.Combine(again.Folder, "weights.safetensors")));

        File.WriteAllText(yaml, text.Replace("output:", "augmentation: { copies: { by-class: { high: 3 } } }\noutput:", StringComparison.Ordinal));
        Assert.Contains("a copy without a change", Assert.Throws<DefinitionException>(() => PipelineReader.Read(yaml, [ThreeClassSystem.Entry])).Message, StringComparison.Ordinal);
        File.WriteAllText(yaml, text.Replace("output:", "augmentation: { copies: { by-class: { hihg: 3 }, flip: [horizontal] } }\noutput:", StringComparison.Ordinal));
        Assert.Contains("Did you mean 'high'", Assert.Throws<DefinitionException>(() => PipelineReader.Read(yaml, [ThreeClassSystem.Entry])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("split: { train: 24, validation: 12, test: 12 }", "augmentation: { whole-case: { mirror: { axes: [left-right] } } }")]
    [InlineData("split: { train: 24, validation: 12, test: 12, protocol: images-after-copies }", "augmentation: { copies: { by-class: { high: 2 }, flip: [horizontal] } }")]
    public void AFileThatIsThereTwiceCostsThatFileHoweverCasesAreMultiplied(string split, string augmentation)
    {
        using TemporaryFolder folder = new();
        string studies = folder.File("studies");
        ThreeClassSystemTests.Write(studies, first: 0, count: 48, labels: true);
        File.Copy(Path.Combine(studies, "005.dcm"), Path.Combine(studies, "500.dcm"));
        string labels = File.ReadAllLines(Path.Combine(studies, "labels.csv")).Single(line => line.StartsWith("005.dcm", StringComparison.Ordinal));
        File.AppendAllText(Path.Combine(studies, "labels.csv"), labels.Replace("005.dcm", "500.dcm", StringComparison.Ordinal) + "\n");
        string yaml = ThreeClassSystemTests.Definition(folder, studies, folder.File("run"), epochs: 1);
        string text = File.ReadAllText(yaml);
        string given = text.Split('\n').Single(line => line.StartsWith("split:", StringComparison.Ordinal));
        File.WriteAllText(yaml, text.Replace(given, split, StringComparison.Ordinal).Replace("output:", $"{augmentation}\noutput:", StringComparison.Ordinal));
        SilentObserver observer = new();
        _ = new PipelineRunner(PipelineReader.Read(yaml, [ThreeClassSystem.Entry]), new RunSettings { Command = "run", Threads = 2 }, observer).Run();
        Assert.Contains(observer.Studies, study => study.File == "500.dcm");
    }
}

using System.Diagnostics;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>The demo on a machine where an earlier version of it has run: its definition is found above the program, so each test has a program of its own.</summary>
public sealed class DemoTests : IDisposable
{
    private const string Definition = """
        name: demo
        seed: 1
        data:
          folder: ../data/cohort
          labels: labels.csv
          simulation: { patients: 6, seed: 7 }
        kidneys: { size: 16, minimum-confidence: 0.0 }
        split: { train: 2, validation: 2, test: 2 }
        network: { architecture: dmsa-2.5d, width: 0.05 }
        training: { epochs: 1, learning-rate: 0.001 }
        output: demo
        """;

    private readonly string _root = Path.Combine(Path.GetDirectoryName(Scinti.Folder)!, $"demo-{Guid.NewGuid():N}");

    public DemoTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "pipelines"));
        // Hard links cost nothing, and lie where the program lies: on one disk.
        using Process link = Process.Start("cp", ["-al", Scinti.Folder, Path.Combine(_root, "program")]);
        link.WaitForExit();
        Assert.Equal(0, link.ExitCode);
        File.WriteAllText(Path.Combine(_root, "pipelines", "demo.yaml"), Definition);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void ACohortOfAnEarlierVersionIsMovedAsideAndKept()
    {
        (int code, _, string error) = Demo();
        Assert.True(code == 0, error);

        string card = Path.Combine(_root, "data", "cohort", "cohort.json");
        string earlier = File.ReadAllText(card).Replace("\"version\": ", "\"version\": 10", StringComparison.Ordinal);
        Assert.NotEqual(earlier, File.ReadAllText(card));
        File.WriteAllText(card, earlier);

        (code, string output, error) = Demo();
        Assert.True(code == 0, error);
        Assert.Contains("cohort-earlier-1", output, StringComparison.Ordinal);
        Assert.Equal(earlier, File.ReadAllText(Path.Combine(_root, "data", "cohort-earlier-1", "cohort.json")));
        Assert.NotEqual(earlier, File.ReadAllText(card));
    }

    [Fact]
    public void AFolderThatNoSimulatorMadeIsLeftAlone()
    {
        string folder = Path.Combine(_root, "data", "cohort"), file = Path.Combine(folder, "mine.txt");
        Directory.CreateDirectory(folder);
        File.WriteAllText(file, "mine");

        (int code, _, string error) = Demo();

        Assert.Equal(2, code);
        Assert.Contains("mine.txt", error, StringComparison.Ordinal);
        Assert.Equal(["mine.txt"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
    }

    private (int Code, string Output, string Error) Demo() => Scinti.Run(Scinti.StartIn(Path.Combine(_root, "program"), _root, "demo"));
}

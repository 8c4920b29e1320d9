using System.Diagnostics;
using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Cli.Tests;

public sealed class RunTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    private const string Identity = "SECRET|4711|Geheimrat|Gundula|20110203";

    [Fact]
    public void ARunEndsWithModelMetricsScoresAndReport()
    {
        Assert.True(finished.Code == 0, finished.Error);
        Assert.Equal([".run.lock", "explanation.onnx", "metrics.json", "model.onnx", "model.zip", "report.html", "scores.csv"], Directory.GetFiles(finished.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("Fused ONNX model against the pipeline", finished.Output, StringComparison.Ordinal);
        Assert.Contains("12 of 12 files are studies: 4 patients to train, 4 to validate, 4 to test", finished.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(finished.Folder, "report.html"), finished.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheSameSeedGivesTheSameMetricsAndModelAtAnyNumberOfThreads(int threads)
    {
        string folder = Path.Combine(finished.Studies.Root, $"threads-{threads}");
        (int code, _, string error) = Scinti.Run(finished.Studies.Root, "run", "small.yaml", "--output", folder, "--threads", $"{threads}");

        Assert.True(code == 0, error);
        SameResults(folder);
    }

    [Fact]
    public void ARunThatIsKilledGoesOnAndEndsWithTheSameModel()
    {
        string folder = Path.Combine(finished.Studies.Root, "killed"), checkpoint = Path.Combine(folder, "training.checkpoint");
        ProcessStartInfo start = Scinti.Start(finished.Studies.Root, "run", "small.yaml", "--output", folder, "--threads", "2");
        using (Process process = Process.Start(start)!)
        {
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            while (!File.Exists(checkpoint) && !process.HasExited)
            {
                Thread.Sleep(5);
            }

            process.Kill();
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }

        Assert.True(File.Exists(checkpoint));
        Assert.False(File.Exists(Path.Combine(folder, "model.onnx")));
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "run", "small.yaml", "--output", folder);

        Assert.True(code == 0, error);
        // It did not begin again: the first epoch is not among those of the second process.
        Assert.DoesNotMatch(@"(?m)^\s+1\s+\d\.\d{4}\s", output);
        Assert.Matches(@"(?m)^\s+30\s+\d\.\d{4}\s", output);
        SameResults(folder);
        Assert.False(File.Exists(checkpoint));
    }

    [Fact]
    public void NothingThatARunWritesOrPrintsNamesAPatient()
    {
        foreach (string text in (string[])[finished.Output, finished.Error, .. Directory.GetFiles(finished.Folder).Select(file => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)))])
        {
            Assert.DoesNotMatch(Identity, text);
        }

        Assert.Contains("P-", File.ReadAllText(Path.Combine(finished.Folder, "scores.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void ScoresOfTheModelAreThoseOfTheRun()
    {
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "score", Path.Combine(finished.Folder, "model.onnx"), "studies");
        // The table of labels lies in the folder, is no study, and nothing to complain of.
        Assert.True(code == 0, error);
        Assert.Contains("24 kidneys scored, 0 files left out.", error, StringComparison.Ordinal);

        Dictionary<string, string[]> scored = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToDictionary(row => row[1], StringComparer.Ordinal);
        string[][] run = [.. File.ReadAllLines(Path.Combine(finished.Folder, "scores.csv")).Skip(1).Select(line => line.Split(','))];
        Assert.Equal(16, run.Length);
        Assert.All(run, row =>
        {
            string[] again = scored[row[1]];
            Assert.Equal(Number(row[6]), Number(again[3]), 1e-4);
            // A threshold is one of the validation probabilities, so a decision at its very edge may turn with the last digit.
            if (row[7] != again[4])
            {
                Assert.Contains(run, other => other[0] == "validation" && Math.Abs(Number(other[6]) - Number(row[6])) < 1e-4);
            }
        });
        Assert.DoesNotMatch(Identity, output + error);

        string file = Path.Combine(finished.Studies.Root, "scored.csv");
        Assert.Equal(0, Scinti.Run(finished.Studies.Root, "score", Path.Combine(finished.Folder, "model.onnx"), "studies", "--output", file, "--threads", "1").Code);
        Assert.Equal(output, File.ReadAllText(file));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private void SameResults(string folder)
    {
        Assert.Equal(Metrics(finished.Folder), Metrics(folder));
        Assert.Equal(File.ReadAllBytes(Path.Combine(finished.Folder, "model.onnx")), File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        Assert.Equal(File.ReadAllText(Path.Combine(finished.Folder, "scores.csv")), File.ReadAllText(Path.Combine(folder, "scores.csv")));

        static string Metrics(string folder) => MetricsJson.WithoutRun(File.ReadAllText(Path.Combine(folder, "metrics.json")));
    }
}

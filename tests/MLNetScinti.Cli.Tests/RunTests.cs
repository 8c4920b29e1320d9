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
        Assert.Equal([".run.lock", "card.json", "explanation.onnx", "metrics.json", "model.onnx", "model.zip", "report.html", "run-key.json", "scores.csv", "split.json", "weights.safetensors"], Directory.GetFiles(finished.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
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

    /// <summary>A training that was begun is gone on with by the same run only: whatever else would decide the result is named.</summary>
    [Fact]
    public void WhatDecidesTheResultMayNotChangeUnderATraining()
    {
        string root = finished.Studies.Root, folder = Path.Combine(root, "begun"), checkpoint = Path.Combine(folder, "training.checkpoint");
        using (Process process = Process.Start(Scinti.Start(root, "run", "small.yaml", "--output", folder))!)
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
        }

        Assert.True(File.Exists(checkpoint));
        (string From, string To, string Named)[] changes =
        [
            ("seed: 4", "seed: 5", "another seed"),
            ("architecture: dmsa-2.5d", "architecture: dmsa-2d-coronal", "another network"),
            ("epochs: 30", "epochs: 31", "another training.epochs (30 then, 31 now)"),
            ("translate-pixels: 2", "translate-pixels: 3", "another augmentation"),
            ("size: 32", "size: 48", "another system"),
        ];
        foreach ((string from, string to, string named) in changes)
        {
            Assert.Contains(from, StudyFolder.Pipeline, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(root, "changed.yaml"), StudyFolder.Pipeline.Replace(from, to, StringComparison.Ordinal));
            (int refused, _, string why) = Scinti.Run(root, "run", "changed.yaml", "--output", folder);
            Assert.Equal(2, refused);
            Assert.Contains(named, why, StringComparison.Ordinal);
            Assert.True(File.Exists(checkpoint));
        }

        // Other images: the same definition over a folder where one study is another's.
        string studies = Path.Combine(root, "others");
        Directory.CreateDirectory(studies);
        string[] files = [.. Directory.GetFiles(Path.Combine(root, "studies")).Order(StringComparer.Ordinal)];
        foreach (string file in files)
        {
            File.Copy(file, Path.Combine(studies, Path.GetFileName(file)));
        }

        string labels = Path.Combine(studies, "labels.csv"), table = File.ReadAllText(labels);
        File.WriteAllText(labels, table.Replace(",abnormal", ",?", StringComparison.Ordinal).Replace(",normal", ",abnormal", StringComparison.Ordinal).Replace(",?", ",normal", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(root, "changed.yaml"), StudyFolder.Pipeline.Replace("folder: studies", "folder: others", StringComparison.Ordinal));
        (int code, _, string error) = Scinti.Run(root, "run", "changed.yaml", "--output", folder);
        Assert.Equal(2, code);
        Assert.Contains("other cases (images, labels or patients differ)", error, StringComparison.Ordinal);
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
            Assert.Equal(Number(row[5]), Number(again[6]), 1e-4);
            // A threshold is one of the validation probabilities, so a decision at its very edge may turn with the last digit.
            if (row[6] != again[7])
            {
                Assert.Contains(run, other => other[0] == "validation" && Math.Abs(Number(other[5]) - Number(row[5])) < 1e-4);
            }
        });
        Assert.DoesNotMatch(Identity, output + error);

        string file = Path.Combine(finished.Studies.Root, "scored.csv");
        Assert.Equal(0, Scinti.Run(finished.Studies.Root, "score", Path.Combine(finished.Folder, "model.onnx"), "studies", "--output", file, "--threads", "1").Code);
        // What is written has pseudonyms for the names of files, and is the same besides.
        string[] written = File.ReadAllLines(file), shown = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(shown.Select(line => line[line.IndexOf(',', StringComparison.Ordinal)..]), written.Select(line => line[line.IndexOf(',', StringComparison.Ordinal)..]));
        Assert.All(written.Skip(1), line => Assert.Matches("^F-[0-9A-Z]{12},", line));
        Assert.All(shown.Skip(1), line => Assert.StartsWith("study", line, StringComparison.Ordinal));
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

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Cli.Tests;

public sealed class RunTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    // Of the number alone, and not of four digits of a figure.
    private const string Identity = @"SECRET|(?<!\d)4711(?!\d)|Geheimrat|Gundula|20110203";

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
    [InlineData("studies")]
    [InlineData("studies/results")]
    [InlineData("other/../studies/")]
    public void ResultsDoNotGoAmongTheStudies(string folder)
    {
        string[] before = Directory.GetFileSystemEntries(Path.Combine(finished.Studies.Root, "studies"));
        (int code, _, string error) = Scinti.Run(finished.Studies.Root, "run", "small.yaml", "--output", folder);

        Assert.Equal(2, code);
        Assert.Contains("the folder of the studies", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(Path.Combine(finished.Studies.Root, "studies")));
    }

    [Fact]
    public void NorOverALink()
    {
        Directory.CreateSymbolicLink(Path.Combine(finished.Studies.Root, "link"), Path.Combine(finished.Studies.Root, "studies"));
        (int code, _, string error) = Scinti.Run(finished.Studies.Root, "run", "small.yaml", "--output", "link/results");
        Assert.Equal(2, code);
        Assert.Contains("the folder of the studies", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(finished.Studies.Root, "studies", "results")));
    }

    [Fact]
    public void ARunDoesNotStartFromWhatItWrites()
    {
        string root = finished.Studies.Root, model = Path.Combine(root, "start");
        Process.Start("cp", ["-a", finished.Folder, model]).WaitForExit();
        File.WriteAllText(Path.Combine(root, "tuned.yaml"), StudyFolder.Pipeline.Replace("training:", "training:\n  start-from: start", StringComparison.Ordinal));
        byte[] before = File.ReadAllBytes(Path.Combine(model, "weights.safetensors"));

        (int code, _, string error) = Scinti.Run(root, "run", "tuned.yaml", "--output", "start");
        Assert.Equal(2, code);
        Assert.Contains("training.start-from: start lies in start, which the run writes", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(model, "weights.safetensors")));

        File.WriteAllText(Path.Combine(root, "lost.yaml"), StudyFolder.Pipeline.Replace("training:", "training:\n  start-from: nowhere", StringComparison.Ordinal));
        (code, _, error) = Scinti.Run(root, "run", "lost.yaml", "--output", "lost");
        Assert.Equal(2, code);
        Assert.Contains("lost.yaml: training.start-from: nowhere", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'scinti run --help'", "run", "small.yaml", "--sets", "training.epochs=1")]
    [InlineData("'scinti run --help'", "run", "small.yaml", "--threads", "99999999999")]
    [InlineData("'scinti run --help'", "run", "small.yaml", "--threads", "two")]
    [InlineData("'scinti run --help'", "run", "small.yaml", "--threads", "-1")]
    [InlineData("'scinti run --help'", "run", "small.yaml", "--seeds", "99999999999")]
    [InlineData("'scinti run --help'", "run", "small.yaml", "--folds", "1.5")]
    [InlineData("'scinti run --help'", "run", "small.yaml", "--seeds", "2", "--folds", "2")]
    [InlineData("'scinti simulate --help'", "simulate", "there", "--patients", "99999999999")]
    [InlineData("'scinti --help'", "rum")]
    public void WrongArgumentsAreOneLine(string help, params string[] arguments)
    {
        (int code, _, string error) = Scinti.Run(finished.Studies.Root, arguments);

        Assert.Equal(2, code);
        Assert.Contains(help, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
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
        Scinti.KillAtFile(Scinti.Start(root, "run", "small.yaml", "--output", folder), checkpoint);

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

        // A checkpoint that says another setting than its run's key is refused as one: wrong usage. A damaged file is nobody's input.
        byte[] whole = File.ReadAllBytes(checkpoint);
        byte[] other = [.. whole[..^32]];
        int seed = other.AsSpan().IndexOf("\"seed\":\"4\""u8);
        Assert.True(seed > 0);
        other[seed + "\"seed\":\""u8.Length] = (byte)'7';
        File.WriteAllBytes(checkpoint, [.. other, .. System.Security.Cryptography.SHA256.HashData(other)]);
        (int wrong, _, string sentence) = Scinti.Run(root, "run", "small.yaml", "--output", folder);
        Assert.Equal(2, wrong);
        Assert.Contains("was made with another seed: 7, now 4", sentence, StringComparison.Ordinal);
        File.WriteAllBytes(checkpoint, whole[..^9]);
        (int failed, _, sentence) = Scinti.Run(root, "run", "small.yaml", "--output", folder);
        Assert.Equal(1, failed);
        Assert.Matches("^scinti: The checkpoint .* is damaged \\(.*\\): delete it to start anew\\.$", sentence.Trim());
        File.WriteAllBytes(checkpoint, whole);

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
        string[] columns = output[..output.IndexOf('\n', StringComparison.Ordinal)].TrimEnd('\r').Split(',');
        int probability = Array.IndexOf(columns, "Probability"), predicted = Array.IndexOf(columns, "PredictedLabel");
        Assert.All(run, row =>
        {
            string[] again = scored[row[1]];
            Assert.Equal(Number(row[5]), Number(again[probability]), 1e-4);
            // A threshold is one of the validation probabilities, so a decision at its very edge may turn with the last digit.
            if (row[6] != again[predicted])
            {
                Assert.Contains(run, other => other[0] == "validation" && Math.Abs(Number(other[5]) - Number(row[5])) < 1e-4);
            }
        });
        Assert.DoesNotMatch(Identity, output + error);

        string file = Path.Combine(finished.Studies.Root, "scored.csv");
        string served = Path.Combine(finished.Folder, "model.onnx");
        byte[] model = File.ReadAllBytes(served);
        (int refused, _, string why) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, "studies", "--output", served, "--threads", "1");
        Assert.Equal(2, refused);
        Assert.Contains("not written over", why, StringComparison.Ordinal);
        Assert.Equal(model, File.ReadAllBytes(served));

        Assert.Equal(0, Scinti.Run(finished.Studies.Root, "score", Path.Combine(finished.Folder, "model.onnx"), "studies", "--output", file, "--threads", "1").Code);
        // What is written has pseudonyms for the names of files, stands in the order of the cases' pseudonyms, and is the same besides.
        string[] written = File.ReadAllLines(file), shown = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] Besides(IEnumerable<string> lines) => [.. lines.Select(line => line[line.IndexOf(',', StringComparison.Ordinal)..])];
        Assert.Equal([.. Besides(shown.Take(1)), .. Besides(shown.Skip(1)).Order(StringComparer.Ordinal)], Besides(written));
        Assert.All(written.Skip(1), line => Assert.Matches("^F-[0-9A-Z]{12},", line));
        Assert.All(shown.Skip(1), line => Assert.StartsWith("study", line, StringComparison.Ordinal));
    }

    /// <summary>The figures of a model on labelled data, from the command line: on the run's own test patients they are the run's.</summary>
    [Fact]
    public void WithATableOfLabelsAScoringPrintsFigures()
    {
        string root = finished.Studies.Root, studies = Path.Combine(root, "judged"), labels = Path.Combine(root, "truth.csv");
        Directory.CreateDirectory(studies);
        Dictionary<string, string> files = Scinti.Run(root, "score", finished.Folder, "studies").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToDictionary(row => row[1], row => row[0], StringComparer.Ordinal);
        string[][] run = [.. File.ReadAllLines(Path.Combine(finished.Folder, "scores.csv")).Skip(1).Select(line => line.Split(',')).Where(row => row[0] == "test")];
        foreach (string file in run.Select(row => files[row[1]]).Distinct(StringComparer.Ordinal))
        {
            File.Copy(Path.Combine(finished.Studies.Studies, file), Path.Combine(studies, file));
        }

        string[] table = File.ReadAllLines(Path.Combine(finished.Studies.Studies, "labels.csv"));
        File.WriteAllLines(labels, table);
        (int code, string output, string error) = Scinti.Run(root, "score", finished.Folder, "judged", "--labels", "truth.csv", "--output", "judged.csv");
        Assert.True(code == 0, error);
        Assert.Contains(Block(finished.Output, "Confusion table", "OVERALL"), output, StringComparison.Ordinal);
        Assert.Contains(Regex.Match(finished.Output, @"(?m)^AUC:.*?[0-9.]+").Value, output, StringComparison.Ordinal);
        string[][] written = [.. File.ReadAllLines(Path.Combine(root, "judged.csv")).Select(line => line.Split(','))];
        int label = Array.IndexOf(written[0], "Label"), score = Array.IndexOf(written[0], "Score"), id = Array.IndexOf(written[0], "CaseId");
        Assert.Equal(run.Select(row => (row[1], row[3])).Order(), written.Skip(1).Select(row => (row[id], row[label])).Order());
        Assert.DoesNotMatch(Identity, output + error + File.ReadAllText(Path.Combine(root, "judged.csv")));

        // The table of scores goes to the console, the figures beside it.
        (code, output, error) = Scinti.Run(root, "score", finished.Folder, "judged", "--labels", "truth.csv");
        Assert.Equal(0, code);
        Assert.Equal(written.Length, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("Confusion table", error, StringComparison.Ordinal);

        // A study without a line is left out, and named; a table without any line for the folder leaves nothing.
        string gone = Path.GetFileName(Directory.GetFiles(studies)[0]);
        File.WriteAllLines(labels, table.Where(line => !line.StartsWith(gone, StringComparison.Ordinal)));
        (code, _, error) = Scinti.Run(root, "score", finished.Folder, "judged", "--labels", "truth.csv");
        Assert.Equal(4, code);
        Assert.Contains($"left out: {gone}", error, StringComparison.Ordinal);
        File.WriteAllLines(labels, table.Take(1).Append(table[1].Replace("study", "other", StringComparison.Ordinal)));
        Assert.Equal(5, Scinti.Run(root, "score", finished.Folder, "judged", "--labels", "truth.csv").Code);

        // Who was trained on is no test of the model.
        (code, output, error) = Scinti.Run(root, "score", finished.Folder, "studies", "--labels", Path.Combine("studies", "labels.csv"));
        Assert.Equal(5, code);
        Assert.Empty(output);
        Assert.Matches("P-[0-9A-Z]{12}.* (trained|validated) on", error);
    }

    private static string Block(string text, string from, string to)
    {
        int start = text.IndexOf(from, StringComparison.Ordinal);
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
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

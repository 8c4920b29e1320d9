using System.Diagnostics;
using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Cli.Tests;

public sealed class RepeatedRunTests(StudyFolder studies) : IClassFixture<StudyFolder>
{
    // Of the number alone, and not of four digits of a figure.
    private const string Identity = @"SECRET|(?<!\d)4711(?!\d)|Geheimrat|Gundula|20110203";

    [Fact]
    public void ARunWithSeedsThatIsKilledGoesOnWithTheTrainingItWasIn()
    {
        string root = studies.Root, killed = Path.Combine(root, "killed", "seeds"), straight = Path.Combine(root, "straight", "seeds"), checkpoint = Path.Combine(killed, "seed-5", "training.checkpoint");
        using (Process process = Process.Start(Scinti.Start(root, "run", "small.yaml", "--seeds", "2", "--output", "killed", "--threads", "2"))!)
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
        Assert.False(File.Exists(Path.Combine(killed, "metrics.json")));
        (int code, string output, string error) = Scinti.Run(root, "run", "small.yaml", "--seeds", "2", "--output", "killed");
        Assert.True(code == 0, error);
        Assert.Contains("seed-4: trained before", output, StringComparison.Ordinal);
        // The second training goes on: its first epoch is not among those of the second process.
        Assert.DoesNotMatch(@"(?m)^\s+1\s+\d\.\d{4}\s", output);
        Assert.Matches(@"(?m)^\s+30\s+\d\.\d{4}\s", output);
        Assert.Contains("Spread over 2 trainings", output, StringComparison.Ordinal);

        (code, _, error) = Scinti.Run(root, "run", "small.yaml", "--seeds", "2", "--output", "straight", "--threads", "1");
        Assert.True(code == 0, error);
        foreach (string file in (string[])["scores.csv", "seed-4/model.onnx", "seed-5/model.onnx", "seed-5/card.json", "ensemble/model.onnx", "ensemble/model.zip", "ensemble/card.json", "ensemble/split.json"])
        {
            Assert.True(File.ReadAllBytes(Path.Combine(straight, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(killed, file))), file);
        }

        Assert.Equal(MetricsJson.WithoutRun(File.ReadAllText(Path.Combine(straight, "metrics.json"))), MetricsJson.WithoutRun(File.ReadAllText(Path.Combine(killed, "metrics.json"))));
        Assert.All(Directory.GetFiles(straight, "*", SearchOption.AllDirectories), file => Assert.DoesNotMatch(Identity, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file))));

        (code, output, error) = Scinti.Run(root, "score", Path.Combine(straight, "ensemble"), "studies");
        Assert.True(code == 0, error);
        Assert.Equal(1 + 24, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void FoldsTestEveryPatient()
    {
        (int code, string output, string error) = Scinti.Run(studies.Root, "run", "small.yaml", "--folds", "3", "--set", "training.epochs=3", "--output", "parts");
        Assert.True(code == 0, error);
        Assert.Contains("12 patients were tested once each", output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        string folder = Path.Combine(studies.Root, "parts", "folds-3");
        JsonNode metrics = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "metrics.json")))!;
        Assert.Equal("folds", (string?)metrics["kind"]);
        Assert.Equal(24, metrics["together"]!["cases"]!.AsArray().Count);
        Assert.True(File.Exists(Path.Combine(folder, "ensemble", "card.json")));

        // More folds than patients cannot be.
        (code, _, error) = Scinti.Run(studies.Root, "run", "small.yaml", "--folds", "13", "--output", "parts");
        Assert.Equal(5, code);
        Assert.Contains("12 patients can be divided into 3 to 12 folds", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not given together", "--seeds", "2", "--folds", "3")]
    [InlineData("--seeds takes a whole number from 2 to 1000, found 1", "--seeds", "1")]
    [InlineData("--folds takes a whole number from 3 to 1000, found 2", "--folds", "2")]
    public void WhatCannotBeIsRefusedInOneLine(string expected, params string[] arguments)
    {
        (int code, _, string error) = Scinti.Run(studies.Root, ["run", "small.yaml", .. arguments]);
        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}

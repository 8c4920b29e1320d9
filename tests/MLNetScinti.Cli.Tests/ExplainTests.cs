using System.Text.Json.Nodes;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>Pictures of what speaks for a model's answers.</summary>
public sealed class ExplainTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    private const string Identity = @"SECRET|(?<!\d)4711(?!\d)|Geheimrat|Gundula|20110203|study0";

    [Fact]
    public void EachCaseIsDrawnWithItsMapAndSaidInAFile()
    {
        string root = finished.Studies.Root, study = Directory.GetFiles(finished.Studies.Studies, "*.dcm").Order(StringComparer.Ordinal).First();
        // One file of a folder of many, and the same again.
        (int code, string output, string error) = Scinti.Run(root, "explain", finished.Folder, study, study, "--output", "explained");
        Assert.True(code == 0, error);
        Assert.Contains("2 kidneys explained, 0 files left out", error, StringComparison.Ordinal);
        string folder = Path.Combine(root, "explained"), text = File.ReadAllText(Path.Combine(folder, "explanations.json"));
        JsonNode explained = JsonNode.Parse(text)!;
        Assert.Equal("mlnetscinti.explanation/1", (string)explained["format"]!);
        JsonArray cases = explained["cases"]!.AsArray();
        Assert.Equal(2, cases.Count);
        Assert.All(cases, one =>
        {
            byte[] png = File.ReadAllBytes(Path.Combine(folder, (string)one!["picture"]!));
            Assert.Equal([0x89, 0x50, 0x4E, 0x47], png[..4]);
            (int width, int height) = ((png[18] << 8) | png[19], (png[22] << 8) | png[23]);
            // Three projections side by side, and below each its map.
            Assert.InRange(width, 1000, 1400);
            Assert.InRange(height, 800, 1200);
            JsonArray planes = one["planes"]!.AsArray();
            Assert.Equal(["RLAP", "APHF", "RLHF"], planes.Select(plane => (string)plane!["edges"]!));
            Assert.All(planes, plane => Assert.InRange((double)plane!["widthMillimetres"]!, 100, 130));
            Assert.All(planes.Where(plane => plane!["hottest"] is not null), plane => Assert.InRange((double)plane!["hottest"]!["fromTopMillimetres"]!, 0, 130));
            double logit = (double)one["score"]!, probability = (double)one["answer"]!["answers"]![0]!["probability"]!;
            Assert.Equal(probability, 1 / (1 + Math.Exp(-logit)), 4);
        });
        Assert.Contains(cases, one => one!["planes"]!.AsArray().Any(plane => plane!["hottest"] is not null));
        foreach (string written in (string[])[text, output, string.Join(' ', Directory.GetFiles(folder).Select(Path.GetFileName))])
        {
            Assert.DoesNotMatch(Identity, written);
        }

        // It is what score says of the same file.
        string scored = Scinti.Run(root, "score", finished.Folder, study).Output;
        Assert.All(cases, one => Assert.Contains((string)one!["answer"]!["case"]!, scored, StringComparison.Ordinal));
        Assert.Equal(3, scored.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void AModelWithoutAnExplanationIsRefusedInOneSentence()
    {
        string model = Path.Combine(finished.Studies.Root, "unexplained"), path = Path.Combine(model, "card.json");
        Directory.CreateDirectory(model);
        foreach (string file in Directory.GetFiles(finished.Folder).Where(file => Path.GetFileName(file) != "explanation.onnx"))
        {
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)), overwrite: true);
        }

        JsonNode card = JsonNode.Parse(File.ReadAllText(path))!;
        card["files"]!.AsObject().Remove("explanation.onnx");
        ScoreTests.Reseal(path, card);
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "explain", model, "studies", "--output", "none");
        Assert.Equal(2, code);
        Assert.Contains("the model holds no explanation.onnx", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(output);
        Assert.False(Directory.Exists(Path.Combine(finished.Studies.Root, "none")));
    }

    [Fact]
    public void WhatCannotMeanTheSameIsRefusedAsByScore()
    {
        string folder = ScoreTests.Study(finished.Studies.Root, "iodine", study => study with { Radionuclide = Dicom.Radionuclide.Iodine123 });
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "explain", finished.Folder, folder, "--output", "refused");
        Assert.Equal(8, code);
        Assert.Contains("refused: other.dcm: its radionuclide is I-123", error, StringComparison.Ordinal);
        Assert.Empty(output);
        Assert.Empty(Directory.GetFiles(Path.Combine(finished.Studies.Root, "refused"), "*.png"));
        (code, _, error) = Scinti.Run(finished.Studies.Root, "explain", finished.Folder, folder, "--output", "refused", "--accept-outside");
        Assert.True(code == 0, error);

        // Nothing of the studies or the model is written over.
        string inside = Path.Combine(finished.Studies.Root, "refused");
        (code, _, error) = Scinti.Run(finished.Studies.Root, "explain", finished.Folder, inside, "--output", "refused");
        Assert.Equal(2, code);
        Assert.Contains("it is not written over", error, StringComparison.Ordinal);
    }
}

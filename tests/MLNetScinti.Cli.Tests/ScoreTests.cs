using System.Text.Json.Nodes;
using MLNetScinti.Dicom;
using MLNetScinti.Simulation;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>Scoring beyond the studies that a model was trained on.</summary>
public sealed class ScoreTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    // Of the number alone, and not of four digits of a figure.
    private const string Identity = @"SECRET|(?<!\d)4711(?!\d)|Geheimrat|Gundula|20110203";

    [Fact]
    public void ABundleSaysWhatItsModelWasTrainedOn()
    {
        JsonNode envelope = JsonNode.Parse(File.ReadAllText(Path.Combine(finished.Folder, "card.json")))!["envelope"]!;
        Assert.Equal(4, (int)envelope["patients"]!);
        JsonNode images = Assert.Single(envelope["images"]!.AsArray())!;
        Assert.Equal(("ReconTomo", "Tc-99m", "DMSA", "KIDNEY"), ((string)images["kind"]!, (string)images["radionuclides"]![0]!, (string)images["agents"]![0]!, (string)images["bodyParts"]![0]!));
        Assert.Equal((3.5, 64.0), ((double)images["pixelMillimetres"]!["high"]!, (double)images["columns"]!["low"]!));
        JsonNode grid = Assert.Single(envelope["grid"]!.AsArray())!;
        Assert.All(grid["millimetres"]!.AsArray(), axis => Assert.Equal(3.496, (double)axis!["low"]!));
        Assert.DoesNotMatch(Identity, envelope.ToJsonString());
    }

    [Fact]
    public void AStudyThatCannotMeanTheSameIsRefusedWithTheReason()
    {
        string folder = Study("refused", study => study with { Radionuclide = Radionuclide.Iodine123, Radiopharmaceutical = "MIBG", BodyPart = "CHEST" });
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, folder);
        Assert.Equal(8, code);
        Assert.Contains("refused: other.dcm: its radionuclide is I-123, and the model was trained on Tc-99m", error, StringComparison.Ordinal);
        Assert.DoesNotContain("normal", output, StringComparison.Ordinal);

        // Among others it costs itself, and asked for it is scored and marked.
        File.Copy(Directory.GetFiles(finished.Studies.Studies, "*.dcm")[0], Path.Combine(folder, "usual.dcm"));
        (code, output, error) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, folder);
        Assert.Equal(8, code);
        Assert.Equal(3, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("unusual: usual.dcm", error, StringComparison.Ordinal);
        (code, output, error) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, folder, "--accept-outside");
        Assert.True(code == 0, error);
        Assert.Equal(5, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("unusual: other.dcm: Its radionuclide is I-123, and the model was trained on Tc-99m: scored because that was asked for", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AStudyThatIsOnlyUnusualIsScoredAndMarked()
    {
        string folder = Study("unusual", study => study with { Radiopharmaceutical = "", BodyPart = "ABDOMEN" });
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, folder);
        Assert.True(code == 0, error);
        Assert.Contains("Its part of the body is ABDOMEN; the model was trained on KIDNEY.", output, StringComparison.Ordinal);
        Assert.Contains("unusual: other.dcm: Its part of the body is ABDOMEN", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelOfAnEarlierVersionSaysThatItCannotCompare()
    {
        string model = Path.Combine(finished.Studies.Root, "earlier");
        Directory.CreateDirectory(model);
        foreach (string file in Directory.GetFiles(finished.Folder))
        {
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        }

        string path = Path.Combine(model, "card.json");
        JsonNode card = JsonNode.Parse(File.ReadAllText(path))!;
        card.AsObject().Remove("envelope");
        Reseal(path, card);
        (int code, _, string error) = Scinti.Run(finished.Studies.Root, "score", model, "studies");
        Assert.True(code == 0, error);
        Assert.Contains("The model does not say what it was trained on", error, StringComparison.Ordinal);

        // What stands in it is the model's: a change is found, and nonsense refused.
        string text = File.ReadAllText(Path.Combine(finished.Folder, "card.json"));
        File.WriteAllText(path, text.Replace("Tc-99m", "Tc-98m", StringComparison.Ordinal));
        Assert.Contains("is not the file that was written", Scinti.Run(finished.Studies.Root, "score", model, "studies").Error, StringComparison.Ordinal);
        card = JsonNode.Parse(text)!;
        card["envelope"]!["images"]![0]!["radionuclides"] = new JsonArray((JsonNode?)null);
        Reseal(path, card);
        Assert.Contains("envelope", Scinti.Run(finished.Studies.Root, "score", model, "studies").Error, StringComparison.Ordinal);
    }

    private static void Reseal(string path, JsonNode card)
    {
        card["seal"] = new string('0', 64);
        string text = card.ToJsonString();
        card["seal"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
        File.WriteAllText(path, card.ToJsonString());
    }

    /// <summary>A folder with one study of the folder's camera, described otherwise.</summary>
    private string Study(string folder, Func<NuclearMedicineStudy, NuclearMedicineStudy> described)
    {
        DmsaSimulator simulator = new()
        {
            Acquisition = new SpectAcquisition { Bins = 64, Pixel = 2 * PhysicsConstants.Pixel, Views = 24, SecondsPerView = 150 },
            Subsets = 4,
            Iterations = 4,
        };
        DmsaStudy study = simulator.Simulate(new DmsaCohort(new DmsaCohortOptions { Patients = 12, Validation = 4, Test = 4, Seed = 5, AbnormalKidneys = 0.5 }).First());
        string path = Path.Combine(finished.Studies.Root, folder);
        Directory.CreateDirectory(path);
        NuclearMedicineWriter.WriteReconTomo(Path.Combine(path, "other.dcm"), study.Image, described(DmsaCohortWriter.DescribeStudy(study, simulator, folder)));
        return path;
    }
}

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
        string model = Copy("earlier"), path = Path.Combine(model, "card.json");
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

    /// <summary>One patient, seen by the camera in its own voxels and in others, with so many counts that noise does not tell them apart.</summary>
    [Theory]
    [InlineData(2.5)]
    [InlineData(4.4)]
    public void TheSameStudyWithOtherVoxelsHasTheSameScore(double pixel)
    {
        string folder = FormattableString.Invariant($"voxels-{pixel}"), own = Study(folder, study => study, 2 * PhysicsConstants.Pixel, "own", 40), other = Study(folder, study => study, pixel, "other", 40);
        Assert.Equal(own, other);
        (int code, string output, string error) = Scinti.Run(finished.Studies.Root, "score", finished.Folder, folder);
        Assert.True(code == 0, error);
        double[][] scores = ScoresOf(output);
        Assert.All(scores[0].Zip(scores[1]), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 0.02));
        Assert.Contains($"Its pixel size is {FormattableString.Invariant($"{pixel}")} mm; the model was trained on 3.5 mm.", error, StringComparison.Ordinal);
        Assert.Contains("were brought to # mm", output, StringComparison.Ordinal);

        // As models of earlier versions take it: in its own voxels, it is another study.
        string model = Copy("own-voxels"), path = Path.Combine(model, "card.json");
        JsonNode card = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.True(card["settings"]!.AsObject().Remove("voxel"));
        Reseal(path, card);
        (code, output, error) = Scinti.Run(finished.Studies.Root, "score", model, folder);
        Assert.True(code == 0, error);
        double[][] without = ScoresOf(output);
        Assert.Equal(scores[0], without[0]);
        Assert.NotEqual(scores[1], without[1]);
    }

    // The probabilities of the left and the right kidney in own.dcm, and in other.dcm.
    private static double[][] ScoresOf(string output)
    {
        string[][] rows = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))];
        int file = Array.IndexOf(rows[0], "File"), side = Array.IndexOf(rows[0], "Side"), probability = Array.IndexOf(rows[0], "Probability");
        return [.. ((string[])["own.dcm", "other.dcm"]).Select(name => rows.Where(row => row[file] == name).OrderBy(row => row[side], StringComparer.Ordinal).Select(row => double.Parse(row[probability], System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
    }

    private string Copy(string name)
    {
        string model = Path.Combine(finished.Studies.Root, name);
        Directory.CreateDirectory(model);
        foreach (string file in Directory.GetFiles(finished.Folder))
        {
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)), overwrite: true);
        }

        return model;
    }

    /// <summary>A child with one kidney, the other one taken out, or with next to no function.</summary>
    [Theory]
    [InlineData(Imaging.BodySide.Left, true)]
    [InlineData(Imaging.BodySide.Right, true)]
    [InlineData(Imaging.BodySide.Left, false)]
    public void AKidneyThatIsAloneHasOneRowAndIsSaidToBeAlone(Imaging.BodySide missing, bool absent)
    {
        string root = finished.Studies.Root, word = missing == Imaging.BodySide.Left ? "right" : "left";
        KidneyAnatomy Without(KidneyAnatomy kidney) => kidney.Side != missing ? kidney : absent ? kidney with { IsAbsent = true } : kidney with { Uptake = 0.02 * kidney.Uptake };
        string folder = Study(root, $"alone-{word}-{absent}", study => study, changed: patient => patient with { Anatomy = patient.Anatomy with { Left = Without(patient.Anatomy.Left), Right = Without(patient.Anatomy.Right) } });
        (int code, string output, string error) = Scinti.Run(root, "score", finished.Folder, folder);
        Assert.True(code == 0, error);
        string[][] rows = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))];
        Assert.Equal(2, rows.Length);
        Assert.Equal(word, rows[1][Array.IndexOf(rows[0], "Side")]);
        Assert.Contains("One kidney: the other side is empty", output, StringComparison.Ordinal);
    }

    [Fact]
    public void AWorkListHasPicturesRisksAndWhatIsUnusual()
    {
        string folder = Study("listed", study => study with { Radiopharmaceutical = "", BodyPart = "ABDOMEN" }), root = finished.Studies.Root;
        _ = Study("listed", study => study with { Radionuclide = Radionuclide.Iodine123 }, name: "refused");
        (int code, string output, string error) = Scinti.Run(root, "score", finished.Folder, folder, "--report", "list", "--prevalence", "0.2");
        Assert.True(code == 8, error);
        string page = File.ReadAllText(Path.Combine(root, "list", "worklist.html")), text = File.ReadAllText(Path.Combine(root, "list", "worklist.json")), table = File.ReadAllText(Path.Combine(root, "list", "worklist.csv"));
        JsonNode list = JsonNode.Parse(text)!;
        Assert.Equal(2, list["cases"]!.AsArray().Count);
        Assert.All(list["cases"]!.AsArray(), one =>
        {
            JsonNode answer = Assert.Single(one!["answers"]!.AsArray())!;
            Assert.Equal(("abnormal", 0.2), ((string)answer["name"]!, (double)answer["prevalence"]!));
            Assert.InRange((double)answer["risk"]!, 0, 1);
            Assert.Contains(one["unusual"]!.AsArray(), what => ((string)what!).Contains("ABDOMEN", StringComparison.Ordinal));
        });
        Assert.Single(list["refused"]!.AsArray());
        // Three projections of each kidney, each with its map.
        Assert.Equal(12, System.Text.RegularExpressions.Regex.Count(page, "<image "));
        Assert.Contains("Grid of Image", page, StringComparison.Ordinal);
        Assert.Equal(3, table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        foreach (string written in (string[])[page, text, table, output])
        {
            Assert.DoesNotMatch(Identity, written);
            Assert.DoesNotContain("other.dcm", written, StringComparison.Ordinal);
        }

        (code, _, error) = Scinti.Run(root, "score", finished.Folder, folder, "--report", "list", "--prevalence", "1.2");
        Assert.Equal(2, code);
        Assert.Contains("between 0 and 1, found 1.2 for abnormal", error, StringComparison.Ordinal);
    }

    internal static void Reseal(string path, JsonNode card)
    {
        card["seal"] = new string('0', 64);
        string text = card.ToJsonString();
        card["seal"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
        File.WriteAllText(path, card.ToJsonString());
    }

    /// <summary>A folder with one study of the folder's camera, described otherwise.</summary>
    private string Study(string folder, Func<NuclearMedicineStudy, NuclearMedicineStudy> described, double pixel = 2 * PhysicsConstants.Pixel, string name = "other", double longer = 1) =>
        Study(finished.Studies.Root, folder, described, pixel, name, longer);

    /// <summary>The same below another folder, and of another patient.</summary>
    internal static string Study(string root, string folder, Func<NuclearMedicineStudy, NuclearMedicineStudy> described, double pixel = 2 * PhysicsConstants.Pixel, string name = "other", double longer = 1, Func<DmsaPatient, DmsaPatient>? changed = null)
    {
        DmsaSimulator simulator = new()
        {
            Acquisition = new SpectAcquisition { Bins = (int)(128 * PhysicsConstants.Pixel / pixel / 2) * 2, Pixel = pixel, Views = 24, SecondsPerView = 150 * longer },
            Subsets = 4,
            Iterations = 4,
        };
        DmsaPatient patient = new DmsaCohort(new DmsaCohortOptions { Patients = 12, Validation = 4, Test = 4, Seed = 5, AbnormalKidneys = 0.5 }).First();
        DmsaStudy study = simulator.Simulate(changed is null ? patient : changed(patient));
        string path = Path.Combine(root, folder);
        Directory.CreateDirectory(path);
        NuclearMedicineWriter.WriteReconTomo(Path.Combine(path, $"{name}.dcm"), study.Image, described(DmsaCohortWriter.DescribeStudy(study, simulator, folder + name)));
        return path;
    }
}

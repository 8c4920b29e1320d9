using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>What a command answers to its user: one line and an exit code, never a stack trace.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("epohcs: 3", 2, "broken.yaml:10: training.epohcs: there is no such key here")]
    [InlineData("epochs: many", 2, "broken.yaml:10: training.epochs: expected a whole number from 1 to 100000, found 'many'.")]
    [InlineData("learning-rate: 0", 2, "broken.yaml:10: training.learning-rate: expected a number above 0, found '0'.")]
    [InlineData("epochs: 3", 5, "there is no such folder")]
    public void AWrongPipelineIsAnsweredWithOneLine(string line, int expected, string message)
    {
        File.WriteAllText(File_("broken.yaml"), $$"""
            name: broken
            seed: 1
            data:
              folder: nowhere
            split: { train: 6, validation: 2, test: 2 }
            network:
              architecture: dmsa-2.5d
            training:
              batch-size: 4
              {{line}}
            """);
        (int code, string output, string error) = Scinti.Run(_folder, "run", "broken.yaml");
        Assert.Equal((expected, true), (code, error.Contains(message, StringComparison.Ordinal)));
        OneLine(error);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "run", "nowhere.yaml")]
    [InlineData(2, "run")]
    [InlineData(2, "dance")]
    [InlineData(2, "scan", ".", "--threads")]
    [InlineData(2, "simulate", "x", "--patients", "0")]
    [InlineData(5, "scan", "nowhere")]
    [InlineData(5, "score", "nowhere.onnx", ".")]
    [InlineData(5, "inspect", "nowhere.dcm")]
    [InlineData(0, "--help")]
    public void ExitCodesTellWhoHasToDoSomething(int expected, params string[] arguments)
    {
        (int code, string output, string error) = Scinti.Run(_folder, arguments);
        Assert.True(code == expected, $"{code}: {error}");
        Assert.Equal(expected == 0, error.Length == 0);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAuditSaysItsVerdictAndWritesAPageAndItsFigures()
    {
        using StudyFolder folder = new();
        (int code, string output, string error) = Scinti.Run(folder.Root, "audit", "shortcut", "small.yaml", "--output", "audit");
        Assert.True(code == 0, error);
        Assert.Contains("That the class goes with how images were taken could not be shown.", output, StringComparison.Ordinal);
        Assert.Contains("\"audit\": \"shortcut\"", File.ReadAllText(Path.Combine(folder.Root, "audit", "audit.json")), StringComparison.Ordinal);
        Assert.Contains("<html", File.ReadAllText(Path.Combine(folder.Root, "audit", "audit.html")), StringComparison.Ordinal);

        // What is no image is no loss; an image that is cut off is one.
        File.WriteAllText(Path.Combine(folder.Studies, "notes.txt"), "no image");
        (code, _, error) = Scinti.Run(folder.Root, "audit", "shortcut", "small.yaml", "--output", "audit");
        Assert.True(code == 0, error);
        byte[] whole = File.ReadAllBytes(Directory.GetFiles(folder.Studies, "*.dcm")[0]);
        File.WriteAllBytes(Path.Combine(folder.Studies, "short.dcm"), whole[..(whole.Length / 2)]);
        Assert.Equal(4, Scinti.Run(folder.Root, "audit", "shortcut", "small.yaml", "--output", "audit").Code);

        (code, _, error) = Scinti.Run(folder.Root, "audit", "missing-view", "small.yaml");
        Assert.Equal(2, code);
        Assert.Contains("have no views that could be missing", error, StringComparison.Ordinal);
        OneLine(error);
    }

    [Fact]
    public void AScanNamesEachFileThatIsNoImageAndGoesOn()
    {
        WriteStatic("good.dcm");
        Assert.Equal(0, Scinti.Run(_folder, "scan", ".").Code);
        byte[] good = File.ReadAllBytes(File_("good.dcm"));
        File.WriteAllBytes(File_("short.dcm"), good[..(good.Length / 2)]);
        File.WriteAllBytes(File_("empty"), []);
        File.WriteAllText(File_("notes.txt"), "no image");

        (int code, string output, _) = Scinti.Run(_folder, "scan", ".");

        Assert.Equal(4, code);
        foreach (string expected in (string[])["good.dcm: NM Static", "short.dcm: left out (Truncated)", "empty: left out (Empty)", "notes.txt: left out (NotDicom)", "1 images, 3 files left out."])
        {
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }

        File.Delete(File_("good.dcm"));
        Assert.Equal(5, Scinti.Run(_folder, "scan", ".").Code);
        Assert.Equal(5, Scinti.Run(_folder, "scan", ".", "--modality", "CT").Code);
    }

    [Fact]
    public void InspectSaysWhatAnImageIsAndNotWhoseItIs()
    {
        WriteStatic("good.dcm");
        (int code, string output, string error) = Scinti.Run(_folder, "inspect", "good.dcm", "--png", "picture.png");
        Assert.True(code == 0, error);
        Assert.Contains("Tc-99m", output, StringComparison.Ordinal);
        Assert.DoesNotMatch("SECRET|4711|Geheimrat|Gundula|2011-02-03|20110203", output + error);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(File_("picture.png"))[..4]);

        Assert.Matches("SECRET-4711", Scinti.Run(_folder, "inspect", "good.dcm", "--no-picture", "--show-identity").Output);
        File.WriteAllText(File_("bad.dcm"), "no image");
        (code, output, error) = Scinti.Run(_folder, "inspect", "bad.dcm");
        Assert.Equal((5, ""), (code, output));
        OneLine(error);
    }

    [Fact]
    public void EachFaultOfAFileHasItsExitCodeAndWarningsAreShown()
    {
        string Case(string name) => Path.Combine(MLNetScinti.Testing.TestData.Repository, "tests", "MLNetScinti.Dicom.Tests", "Cases", name + ".dcm");

        // A limit of this program: nothing that another copy would change.
        (int code, string output, string error) = Scinti.Run(_folder, "inspect", Case("unknown-transfer-syntax"));
        Assert.Equal((6, ""), (code, output));
        Assert.Contains("1.2.3.4.5.6.7", error, StringComparison.Ordinal);
        OneLine(error);

        // Damage.
        WriteStatic("good.dcm");
        File.WriteAllBytes(File_("short.dcm"), File.ReadAllBytes(File_("good.dcm"))[..^9]);
        Assert.Equal(5, Scinti.Run(_folder, "inspect", "short.dcm").Code);

        (code, output, error) = Scinti.Run(_folder, "inspect", Case("pet-dose-in-mbq"), "--no-picture");
        Assert.True(code == 0, error);
        Assert.Contains("! Radionuclide Total Dose is 370", output, StringComparison.Ordinal);
        Assert.Contains("370 MBq injected", output, StringComparison.Ordinal);
    }

    [Fact]
    public void LengthsAreAssumedWhereThatIsAskedForAndTold()
    {
        string file = Path.Combine(MLNetScinti.Testing.TestData.Repository, "tests", "MLNetScinti.Dicom.Tests", "Cases", "genuine-fo-dicom-numbers.dcm");
        byte[] bytes = File.ReadAllBytes(file);
        foreach (byte[] tag in new byte[][] { [0x18, 0, 0x50, 0, (byte)'D', (byte)'S'], [0x18, 0, 0x88, 0, (byte)'D', (byte)'S'] })
        {
            int at = bytes.AsSpan().IndexOf(tag);
            Assert.True(at > 0);
            bytes.AsSpan(at + 8, bytes[at + 6]).Fill((byte)' ');
            bytes[at + 8] = (byte)'0';
        }

        File.WriteAllBytes(File_("flat.dcm"), bytes);
        (int code, string output, _) = Scinti.Run(_folder, "inspect", "flat.dcm", "--no-picture");
        Assert.Equal(0, code);
        Assert.Contains("Spacing Between Slices is 0 and Slice Thickness is 0: no volume can be made", output, StringComparison.Ordinal);
        (code, output, _) = Scinti.Run(_folder, "inspect", "flat.dcm", "--no-picture", "--assume-spacing");
        Assert.Equal(0, code);
        Assert.Contains("Spacing Between Slices is 0 and Slice Thickness is 0: the pixel size was taken", output, StringComparison.Ordinal);
        Directory.CreateDirectory(File_("flat"));
        File.Move(File_("flat.dcm"), File_("flat/flat.dcm"));
        Assert.Contains("no volume can be made", Scinti.Run(_folder, "scan", "flat").Output, StringComparison.Ordinal);
        Assert.Contains("the pixel size was taken", Scinti.Run(_folder, "scan", "flat", "--assume-spacing").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNoModelIsRefused()
    {
        File.WriteAllText(File_("model.onnx"), "no model");
        WriteStatic("good.dcm");
        (int code, _, string error) = Scinti.Run(_folder, "score", "model.onnx", ".");
        Assert.Equal(2, code);
        Assert.Contains("expected a model's folder with card.json", error, StringComparison.Ordinal);
    }

    private static void OneLine(string error) => Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private string File_(string name) => Path.Combine(_folder, name);

    private void WriteStatic(string name)
    {
        PlanarImage view = new(64, 64, 4, 4, [.. Enumerable.Range(0, 64 * 64).Select(i => (float)(i % 50))]);
        NuclearMedicineWriter.WriteStatic(File_(name), view, view, new NuclearMedicineStudy { PatientId = "KH-SECRET-4711", PatientName = "Geheimrat^Gundula", BirthDate = new DateOnly(2011, 2, 3), Radiopharmaceutical = "DMSA" });
    }
}

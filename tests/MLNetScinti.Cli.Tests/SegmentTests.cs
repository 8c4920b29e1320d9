using System.Text;
using FellowOakDicom;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Cli.Tests;

/// <summary>What <c>scinti segment</c> says, writes and returns of sound studies, and of those whose SPECT and CT do not belong together.</summary>
public sealed class SegmentTests(KidneyModel model) : IClassFixture<KidneyModel>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Masks and tables that lie beside studies are no loss; what has no volume is to be looked at.</summary>
    [Fact]
    public void StudiesAreDrawnAndOtherFilesAreNoLoss()
    {
        (int code, string output, string error) = Scinti.Run(_folder, "segment", model.Folder, model.Data, "--rtstruct", "--seg", "--entropy", "--output", "drawn");
        Assert.True(code == 0, error + output);
        Assert.Contains("this is not a DICOM file", error, StringComparison.Ordinal);
        Assert.Contains("studies should be looked at by a person.", output, StringComparison.Ordinal);
        Assert.Equal(6, Directory.GetFiles(Path.Combine(_folder, "drawn"), "*-rtstruct.dcm").Length);
        // A model that is hardly trained knows that its masks are worth little, and says where.
        Assert.Equal(6, output.Split('\n').Count(line => line.Contains(": expected Dice left kidney 0.", StringComparison.Ordinal) && line.EndsWith(": look at the image", StringComparison.Ordinal)));
        string[] maps = Directory.GetFiles(Path.Combine(_folder, "drawn"), "*-entropy.nii.gz");
        Assert.Equal(6, maps.Length);
        using FileStream stream = File.OpenRead(maps[0]);
        NiftiImage map = NiftiImage.Decode(stream);
        Assert.All(map.Volume.Voxels, bits => Assert.InRange(bits, 0, 1.5851f));
        Assert.Contains(map.Volume.Voxels, bits => bits > 0.1f);
        Assert.DoesNotContain("SIM-5", output + error, StringComparison.Ordinal);
    }

    /// <summary>Of a patient of whom every identifying field is filled: what is for an archive holds who it is, and nothing else does, neither names of files nor maps, masks, work lists and lines.</summary>
    [Fact]
    public void NothingButTheObjectsForAnArchiveSaysWhoItIs()
    {
        _ = CopyOf("SIM-5-000001-V1-CT");
        string studies = Path.Combine(_folder, "studies");
        IReadOnlyList<string> births = CraftedCohort.Mark(studies);
        string[][] commands =
        [
            ["segment", model.Folder, studies, "--rtstruct", "--seg", "--sr", "--entropy", "--output", "drawn"],
            ["score", model.Folder, studies, "--masks", "masks", "--output", "scores.csv", "--accept-outside"],
            ["score", model.Folder, studies, "--report", "worklist", "--accept-outside"],
        ];
        foreach (string[] command in commands)
        {
            (int code, string output, string error) = Scinti.Run(_folder, command);
            Assert.True(code is 0 or 4, error + output);
            Assert.Empty(CraftedCohort.Found(Encoding.UTF8.GetBytes(output + error), births));
        }

        string[] written = [.. Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(studies, StringComparison.Ordinal))];
        Assert.InRange(written.Count(file => Path.GetExtension(file) == ".dcm"), 2, 3);
        Assert.True(written.Length >= 8, string.Join(", ", written));
        foreach (string file in written)
        {
            Assert.Empty(CraftedCohort.Found(Encoding.UTF8.GetBytes(Path.GetRelativePath(_folder, file)), births));
            IReadOnlyList<string> found = CraftedCohort.Found(File.ReadAllBytes(file), births);
            Assert.True(found.Count == 0 == (Path.GetExtension(file) != ".dcm"), $"{file}: {string.Join(", ", found)}");
        }
    }

    [Fact]
    public void TheCtOfAnotherPatientIsNotTaken()
    {
        string ct = CopyOf("SIM-5-000001-V1-CT");
        WriteSpect(ct, patient: "SIM-5-000099");
        (int code, string output, string error) = Segment();
        // The other patient's CT is drawn in as that patient's.
        Assert.True(code == 4, error + output);
        Assert.Single(output.Split('\n'), line => line.StartsWith("  left kidney", StringComparison.Ordinal));
        Assert.Contains("expected a CT in the examination, found no CT", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        Directory.Delete(ct, recursive: true);
        (code, output, error) = Segment();
        Assert.Equal((5, ""), (code, output));
        Assert.Contains("found no CT", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void ACtInOtherCoordinatesIsRefusedAndOneInTheSpectsIsNot()
    {
        string ct = CopyOf("SIM-5-000001-V1-CT");
        WriteSpect(ct, space: "2.25.42");
        (int code, string output, string error) = Segment();
        Assert.Equal((5, ""), (code, output));
        Assert.Contains("different frames of reference", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        WriteSpect(ct);
        (code, output, error) = Segment();
        Assert.True(code == 0, error + output);
    }

    private (int Code, string Output, string Error) Segment() => Scinti.Run(_folder, "segment", model.Folder, "studies", "--rtstruct", "--output", "drawn");

    private string CopyOf(string study)
    {
        string copy = Path.Combine(_folder, "studies", "ct");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(Path.Combine(model.Data, study)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    // Of the CT's patient, examination and coordinates unless told otherwise.
    private void WriteSpect(string ct, string? patient = null, string? space = null)
    {
        DicomDataset scan = DicomFile.Open(Path.Combine(ct, "0001.dcm")).Dataset;
        double[] place = scan.GetValues<double>(DicomTag.ImagePositionPatient);
        ImageGeometry grid = ImageGeometry.Axial(64, 64, 44, 8.84, 8.84) with { Origin = new Point3(-278, -278, place[2]) };
        string file = Path.Combine(_folder, "studies", "spect.dcm");
        NuclearMedicineWriter.WriteReconTomo(file, new Volume(grid, [.. Enumerable.Repeat(1e4f, grid.Shape.Length)]), new NuclearMedicineStudy
        {
            PatientId = patient ?? scan.GetSingleValue<string>(DicomTag.PatientID),
            Comments = SimulatedPatient.Mark,
            Radionuclide = Radionuclide.Lutetium177,
            EnergyWindow = new EnergyWindow(1, "Lu-177 208 keV", [new EnergyRange(187.6, 229.2)]),
            Unit = ImageUnit.BecquerelPerMillilitre,
        });
        DicomFile spect = DicomFile.Open(file, FileReadOption.ReadAll);
        spect.Dataset.AddOrUpdate(DicomTag.StudyInstanceUID, scan.GetSingleValue<string>(DicomTag.StudyInstanceUID));
        spect.Dataset.AddOrUpdate(DicomTag.FrameOfReferenceUID, space ?? scan.GetSingleValue<string>(DicomTag.FrameOfReferenceUID));
        new DicomFile(spect.Dataset).Save(file);
    }
}

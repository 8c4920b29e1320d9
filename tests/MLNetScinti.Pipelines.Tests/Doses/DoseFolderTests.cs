using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Doses;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Doses;

/// <summary>From DICOM files to doses whose truth is a formula: a ball of one concentration, which falls by one exponential.</summary>
public sealed class DoseFolderTests : IDisposable
{
    private const double HalfLife = 50, First = 100;
    private static readonly double[] s_hours = [4, 24, 96];
    private static readonly ImageGeometry s_grid = ImageGeometry.Axial(32, 32, 32, 4.42, 4.42);
    private static readonly DateTime s_injected = new(2020, 3, 1, 9, 0, 0, DateTimeKind.Unspecified);
    private static readonly AlgorithmIdentity s_hand = new("hand", "1");

    private readonly TemporaryFolder _folder = new();
    private readonly List<RefusedAdministration> _refused = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("structure set")]
    [InlineData("segmentation")]
    [InlineData("label map")]
    public void TheDoseOfABallIsItsFormula(string drawn)
    {
        bool[] ball = Ball();
        for (int i = 0; i < s_hours.Length; i++)
        {
            Draw(drawn, Write(i, ball), ball, i);
        }

        Administration only = Assert.Single(Read(drawn));
        Assert.Equal(s_hours, only.Study.Images.Select(image => Math.Round(image.Hours, 6)));
        OrganDosimetry dosimetry = new(only.Study, new OrganDosimetryOptions { Method = TimeActivityMethod.Named("log-linear"), ActivityFwhm = 10, PointUncertainty = 0.03, CalibrationUncertainty = 0.035 });
        OrganDoseReport report = dosimetry.Report("ball");

        double integrated = First * HalfLife / Math.Log(2), grams = ball.Count(inside => inside) * s_grid.VoxelVolume / 1000 * 1.04;
        Assert.Equal(integrated, report.TimeIntegratedActivity, integrated * 1e-3);
        Assert.Equal(grams, report.Grams, 1e-6 * grams);
        // 8.53063e-5 Gy kg per MBq h: 147.9 keV a decay.
        Assert.Equal(integrated * 8.53063e-5 / (grams / 1000), report.Local.Gray, report.Local.Gray * 2e-3);
        Assert.InRange(report.Local.Gray, report.Local.Lower, report.Local.Upper);
        Assert.Empty(_refused);
    }

    /// <summary>Notes go into files, and names of files and of regions may be names of patients.</summary>
    [Fact]
    public void NotesNameNoFilesAndRegionsAreNotCalledByTheirPatient()
    {
        bool[] ball = Ball();
        string image = Write(0, ball, "SIM-GUNDULA");
        StructureSetWriter.Write(Path.Combine(_folder.Path, "set.dcm"), SourceSeries.Read([image], Reading), [new DerivedStructure("of sim-gundula", ball)], s_hand);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "masks"));
        File.WriteAllText(Path.Combine(_folder.Path, "masks", "SIM-GUNDULA-V0.nii"), "no map");
        Administration only = Assert.Single(Read("label map"));
        Assert.Equal(["region 1"], Assert.Single(only.Study.Images).Regions.Keys);
        Assert.Contains(only.Notes, note => note.StartsWith("image 1: label map 1: ", StringComparison.Ordinal));
        Assert.All(only.Notes, note => Assert.DoesNotContain("GUNDULA", note, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void AnImageThatDoesNotSayWhenItIsIsRefusedAndHoursGivenByHandMendIt()
    {
        bool[] ball = Ball();
        for (int i = 0; i < s_hours.Length; i++)
        {
            Draw("segmentation", Write(i, ball, injected: null), ball, i);
        }

        Assert.Empty(Read("segmentation"));
        Assert.Contains("--hours", Assert.Single(_refused).Sentence, StringComparison.Ordinal);
        Administration only = Assert.Single(DoseFolder.Read(_folder.Path, new DoseFolderOptions { Reading = Reading, Hours = s_hours }, _refused.Add));
        Assert.Equal(s_hours, only.Study.Images.Select(image => image.Hours));
        Assert.Empty(DoseFolder.Read(_folder.Path, new DoseFolderOptions { Reading = Reading, Hours = [4, 24] }, _refused.Add));
        Assert.Contains("2 times were given", _refused[^1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void CountsAreRefusedAndAMissingTimeIsTold()
    {
        bool[] ball = Ball();
        Draw("segmentation", Write(0, ball, unit: ImageUnit.Counts), ball, 0);
        Assert.Empty(Read("segmentation"));
        Assert.Contains("Bq/ml", Assert.Single(_refused).Sentence, StringComparison.Ordinal);

        Directory.Delete(_folder.Path, recursive: true);
        Directory.CreateDirectory(_folder.Path);
        Draw("segmentation", Write(0, ball), ball, 0);
        Administration only = Assert.Single(DoseFolder.Read(_folder.Path, new DoseFolderOptions { Reading = Reading, ExpectedHours = s_hours }, _refused.Add));
        Assert.Equal(2, only.Study.Flags.Count(flag => flag.Sentence.Contains("is missing", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("structure set")]
    [InlineData("segmentation")]
    public void WhatIsDrawnInASimulatedPatientIsThatPatients(string drawn)
    {
        // Under no key that is told: images of simulated patients have the public one, and so has what was made from them.
        bool[] ball = Ball();
        Draw(drawn, Write(0, ball, comments: SimulatedPatient.Mark), ball, 0, new DicomReadOptions());
        Administration only = Assert.Single(DoseFolder.Read(_folder.Path, new DoseFolderOptions(), _refused.Add));
        Assert.Equal(ball, only.Study.Images[0].Regions["ball"]);
    }

    [Fact]
    public void ARegionThatIsCutOffWhereItWasDrawnHasNoDose()
    {
        // Drawn in the upper half of the field alone, in which the ball is cut.
        bool[] ball = Ball();
        Write(0, ball);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "masks"));
        ImageGeometry half = s_grid with { Sections = 16 };
        NiftiLabels.Save(Path.Combine(_folder.Path, "masks", "SIM-BALL-V0.nii.gz"), [.. ball.Take(half.Shape.Length).Select(inside => inside ? (byte)3 : (byte)0)], half, "drawn");

        Administration only = Assert.Single(Read("label map"));
        Assert.Empty(only.Study.Images[0].Regions);
        Assert.Contains(only.Notes, note => note.Contains("truncated", StringComparison.Ordinal));
    }

    [Fact]
    public void ARegionOfAnotherPatientIsNotTaken()
    {
        bool[] ball = Ball();
        string mine = Write(0, ball);
        string other = Write(0, ball, patient: "SIM-OTHER");
        Draw("segmentation", other, ball, 0);
        File.Delete(other);

        Administration only = Assert.Single(Read("segmentation"));
        Assert.Empty(only.Study.Images[0].Regions);
        Assert.True(File.Exists(mine));
    }

    private static DicomReadOptions Reading { get; } = new() { PseudonymKey = PseudonymKey.Simulated };

    private Administration[] Read(string drawn) => [.. DoseFolder.Read(
        _folder.Path, new DoseFolderOptions { Reading = Reading, Masks = drawn == "label map" ? Path.Combine(_folder.Path, "masks") : null, Names = new Dictionary<int, string> { [3] = "ball" } }, _refused.Add)];

    private static bool[] Ball()
    {
        bool[] ball = new bool[s_grid.Shape.Length];
        for (int voxel = 0; voxel < ball.Length; voxel++)
        {
            int x = (voxel % 32) - 16, y = (voxel / 32 % 32) - 15, z = (voxel / 1024) - 14;
            ball[voxel] = (x * x) + (y * y) + (z * z) <= 49;
        }

        return ball;
    }

    private string Write(int visit, bool[] ball, string patient = "SIM-BALL", ImageUnit unit = ImageUnit.BecquerelPerMillilitre, bool? injected = true, string comments = "")
    {
        double hours = s_hours[visit], megabecquerel = First * Math.Pow(2, -hours / HalfLife);
        float concentration = (float)(megabecquerel * 1e6 / (ball.Count(inside => inside) * s_grid.VoxelVolume / 1000));
        string file = Path.Combine(_folder.Path, $"{patient}-V{visit}-SPECT.dcm");
        NuclearMedicineWriter.WriteReconTomo(file, new Volume(s_grid, [.. ball.Select(inside => inside ? concentration : 0)]), new NuclearMedicineStudy
        {
            PatientId = patient,
            AcquiredAt = s_injected.AddHours(hours),
            InjectedAt = injected is null ? null : s_injected,
            InjectedMegabecquerels = 7400,
            Radionuclide = Radionuclide.Lutetium177,
            EnergyWindow = new EnergyWindow(1, "Lu-177 208 keV", [new EnergyRange(187.6, 229.2)]),
            Unit = unit,
            Comments = comments,
            Examination = $"visit {visit}",
        });
        return file;
    }

    private void Draw(string how, string image, bool[] ball, int visit, DicomReadOptions? reading = null)
    {
        SourceSeries source = SourceSeries.Read([image], reading ?? Reading);
        DerivedStructure structure = new("ball", ball);
        switch (how)
        {
            case "structure set":
                StructureSetWriter.Write(Path.Combine(_folder.Path, $"set-{visit}.dcm"), source, [structure], s_hand);
                break;
            case "segmentation":
                SegmentationWriter.Write(Path.Combine(_folder.Path, $"segmentation-{visit}.dcm"), source, [structure], s_hand);
                break;
            default:
                Directory.CreateDirectory(Path.Combine(_folder.Path, "masks"));
                NiftiLabels.Save(Path.Combine(_folder.Path, "masks", $"SIM-BALL-V{visit}.nii.gz"), Array.ConvertAll(ball, inside => inside ? (byte)3 : (byte)0), s_grid, "drawn");
                break;
        }
    }
}

using FellowOakDicom;
using MLNetScinti.Dicom;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Dicom.StructureSets;
using MLNetScinti.Dosimetry;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
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
        Assert.Contains("truncated", only.LeftOut["ball"], StringComparison.Ordinal);
        Assert.DoesNotContain(only.Notes, note => note.Contains("truncated", StringComparison.Ordinal));
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

    private static readonly OrganDosimetryOptions s_dosimetry = new() { Method = TimeActivityMethod.Named("log-linear"), ActivityFwhm = 10, PointUncertainty = 0.03, CalibrationUncertainty = 0.035 };

    [Fact]
    public void ImagesInDifferentCoordinatesAreNotLaidOverEachOther()
    {
        bool[] ball = Ball();
        string[] files = [.. Enumerable.Range(0, 3).Select(i => Write(i, ball))];
        Draw("segmentation", files[0], ball, 0);
        Administration only = Assert.Single(Read("segmentation"));
        // Drawn in the first alone, and neither registered nor in its coordinates: one point, by which no line can be laid.
        Assert.Equal(2, only.Notes.Count(note => note.Contains("was not registered to it", StringComparison.Ordinal)));
        Assert.Equal([1, 0, 0], only.Study.Images.Select(image => image.Regions.Count));
        Assert.Throws<DosimetryException>(() => new OrganDosimetry(only.Study, s_dosimetry).Report("ball"));

        Draw("segmentation", files[1], ball, 1);
        Draw("segmentation", files[2], ball, 2);
        only = Assert.Single(Read("segmentation"));
        VoxelKernel kernel = KernelTable.Named(KernelTable.Shipped[0]).Resample(s_grid.ColumnSpacing, s_grid.RowSpacing, s_grid.SectionSpacing);
        OrganDoseReport report = new OrganDosimetry(only.Study, s_dosimetry with { Kernel = kernel }).Report("ball");
        // Each measured in its own image, and its dose rates by kernel on its own voxels; there are no voxels that all share.
        Assert.Equal(First * HalfLife / Math.Log(2), report.TimeIntegratedActivity, 0.02 * report.TimeIntegratedActivity);
        Assert.NotNull(report.ByKernel);
        Assert.Null(report.Histogram);
        Assert.Contains(report.Lines(), line => line.Contains("no dose map", StringComparison.Ordinal) && line.Contains("lies in other coordinates", StringComparison.Ordinal));

        // Who says that they are registered is believed.
        Administration laid = Assert.Single(DoseFolder.Read(_folder.Path, new DoseFolderOptions { Reading = Reading, Register = false }, _refused.Add));
        OrganDoseReport ofLaid = new OrganDosimetry(laid.Study, s_dosimetry with { Kernel = kernel }).Report("ball");
        Assert.NotNull(ofLaid.Histogram);
        Assert.Equal(report.ByKernel!.Gray, ofLaid.ByKernel!.Gray, 0.001 * report.ByKernel.Gray);
    }

    [Fact]
    public void ARegionThatLeavesTheFirstImagesFieldIsTold()
    {
        bool[] ball = Ball();
        Draw("segmentation", Write(0, ball), ball, 0);
        // The same voxels 70 mm further down: the ball's lower half lies below the first image.
        ImageGeometry lower = s_grid with { Origin = s_grid.Origin - new Point3(0, 0, 70) };
        Draw("segmentation", Write(1, ball, grid: lower), ball, 1);
        Administration only = Assert.Single(DoseFolder.Read(_folder.Path, new DoseFolderOptions { Reading = Reading, Register = false }, _refused.Add));
        Assert.Equal([1, 0], only.Study.Images.Select(image => image.Regions.Count));
        Assert.Contains(only.Notes, note => note.StartsWith("image 2: 'ball' reaches beyond the first image's field", StringComparison.Ordinal) && note.Contains("truncated", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIsOnePatientsIsNotGivenToAnother()
    {
        bool[] ball = Ball();
        Write(0, ball);
        Write(0, ball, patient: "SIM-OTHER");
        foreach (DoseFolderOptions options in new DoseFolderOptions[] { new() { Reading = Reading, Hours = [4] }, new() { Reading = Reading, Administered = 7400 } })
        {
            Assert.Contains("found 2 patients", Assert.Throws<DefinitionException>(() => DoseFolder.Read(_folder.Path, options, _refused.Add).ToArray()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CyclesAreToldApartByHoursAndNumbered()
    {
        bool[] ball = Ball();
        Write(0, ball);
        // The end of the infusion, not its beginning; and eight weeks later.
        Write(1, ball, given: s_injected.AddMinutes(20));
        Write(2, ball, given: s_injected.AddDays(56), taken: s_injected.AddDays(56).AddHours(30));
        Administration[] both = Read("segmentation");
        Assert.Equal([(1, 2), (2, 1)], both.Select(one => (one.Cycle!.Value, one.Study.Images.Count)));
        Assert.Contains(both[0].Notes, note => note.Contains("2 different times of one administration", StringComparison.Ordinal));
        Assert.Equal(30, both[1].Study.Images[0].Hours, 6);
        Assert.Equal(24 - (20 / 60.0), both[0].Study.Images[1].Hours, 6);
        Assert.Empty(DoseFolder.Read(_folder.Path, new DoseFolderOptions { Reading = Reading, Administered = 7400 }, _refused.Add));
        Assert.Contains("of 2 administrations", _refused[^1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void ATimeThatIsMissingIsNotMidnightAndAGuessIsTold()
    {
        bool[] ball = Ball();
        string file = Write(0, ball);
        Change(file, set => set.Remove(DicomTag.AcquisitionTime));
        Assert.Contains(Assert.Single(Read("segmentation")).Notes, note => note.Contains("which is a guess", StringComparison.Ordinal));
        Change(file, set => set.Remove(DicomTag.AcquisitionTime, DicomTag.AcquisitionDateTime, DicomTag.SeriesTime, DicomTag.ContentTime, DicomTag.StudyTime));
        Assert.Empty(Read("segmentation"));
        Assert.Contains("found no time of the image", Assert.Single(_refused).Sentence, StringComparison.Ordinal);
        // Midnight that is written is midnight.
        Change(file, set => set.AddOrUpdate(DicomTag.AcquisitionDate, "20200302").AddOrUpdate(DicomTag.AcquisitionTime, "000000"));
        Assert.Equal(15, Assert.Single(Read("segmentation")).Study.Images[0].Hours, 6);
    }

    [Fact]
    public void StructureSetsThatAreDamagedOrSupersededAreTold()
    {
        bool[] ball = Ball(), half = [.. Ball().Select((inside, voxel) => inside && voxel / 1024 < 14)];
        string image = Write(0, ball);
        SourceSeries source = SourceSeries.Read([image], Reading);
        string first = Path.Combine(_folder.Path, "first.dcm"), second = Path.Combine(_folder.Path, "second.dcm");
        WrittenStructureSet written = StructureSetWriter.Write(first, source, [new DerivedStructure("ball", half)], s_hand);
        StructureSetWriter.Write(second, source, [new DerivedStructure("ball", ball)], s_hand with { Version = "2" });
        Change(second, set => set.AddOrUpdate(new DicomSequence(DicomTag.PredecessorStructureSetSequence, new DicomDataset
        {
            { DicomTag.ReferencedSOPClassUID, DicomUID.RTStructureSetStorage },
            { DicomTag.ReferencedSOPInstanceUID, written.InstanceUid },
        })));
        Administration only = Assert.Single(Read("structure set"));
        Assert.Equal(ball, only.Study.Images[0].Regions["ball"]);
        Assert.Contains(only.Notes, note => note.Contains("1 structure sets that others were made from", StringComparison.Ordinal));

        Change(second, set => set.Remove(DicomTag.StructureSetROISequence));
        only = Assert.Single(Read("structure set"));
        Assert.Contains(only.Notes, note => note.StartsWith("A structure set of the folder cannot be used: ", StringComparison.Ordinal));
        Assert.Equal(half, only.Study.Images[0].Regions["ball"]);
        File.WriteAllBytes(second, File.ReadAllBytes(first)[..^200]);
        Assert.Contains(Assert.Single(Read("structure set")).Notes, note => note.StartsWith("A structure set of the folder cannot be used: ", StringComparison.Ordinal));
    }

    /// <summary>Two structure sets that name each other leave nobody to tell which is the later: both count, whatever else lies in the folder.</summary>
    [Theory]
    [InlineData(new[] { 1, 0, -1 }, "bcd", true)] // b and c name each other; d stands alone.
    [InlineData(new[] { 1, 0 }, "bc", true)]
    [InlineData(new[] { 1, 0, 1 }, "d", false)] // d was made from c.
    [InlineData(new[] { -1, 0, 1 }, "d", false)]
    [InlineData(new[] { 0, 0, 1 }, "d", false)] // b names itself.
    [InlineData(new[] { 1, 2, 0 }, "bcd", true)]
    [InlineData(new[] { -1, 2, 1 }, "bcd", true)]
    public void OnlyWhatOthersWereMadeFromIsLeftOut(int[] madeFrom, string used, bool isTold)
    {
        bool[] ball = Ball();
        SourceSeries source = SourceSeries.Read([Write(0, ball)], Reading);
        string[] paths = [.. madeFrom.Select((_, number) => Path.Combine(_folder.Path, $"set-{number}.dcm"))];
        string[] uids = [.. paths.Select((path, number) => StructureSetWriter.Write(path, source, [new DerivedStructure(((char)('b' + number)).ToString(), ball)], s_hand with { Version = $"{number}" }).InstanceUid)];
        foreach ((int number, int older) in madeFrom.Index().Where(pair => pair.Item >= 0))
        {
            Change(paths[number], set => set.AddOrUpdate(new DicomSequence(DicomTag.PredecessorStructureSetSequence, new DicomDataset
            {
                { DicomTag.ReferencedSOPClassUID, DicomUID.RTStructureSetStorage },
                { DicomTag.ReferencedSOPInstanceUID, uids[older] },
            })));
        }

        Administration only = Assert.Single(Read("structure set"));
        Assert.Equal(used, string.Concat(only.Study.Images[0].Regions.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal(isTold, only.Notes.Any(note => note.Contains("name each other", StringComparison.Ordinal)));
        Assert.Equal(used.Length < madeFrom.Length, only.Notes.Any(note => note.Contains("were left out: their successors are there", StringComparison.Ordinal)));
    }

    /// <summary>Of a structure set that was drawn in two frames of reference each region is taken where it lies.</summary>
    [Fact]
    public void RegionsLieInTheirOwnFrameOfReference()
    {
        bool[] ball = Ball();
        string one = Write(0, ball), other = Write(1, ball);
        string set = Path.Combine(_folder.Path, "set.dcm");
        StructureSetWriter.Write(set, SourceSeries.Read([one], Reading), [new DerivedStructure("here", ball), new DerivedStructure("there", ball)], s_hand);
        string elsewhere = SourceSeries.Read([other], Reading).SpaceUid;
        Change(set, file =>
        {
            file.GetSequence(DicomTag.StructureSetROISequence).Items[1].AddOrUpdate(DicomTag.ReferencedFrameOfReferenceUID, elsewhere);
            file.GetSequence(DicomTag.ReferencedFrameOfReferenceSequence).Items.Add(new DicomDataset { { DicomTag.FrameOfReferenceUID, elsewhere } });
        });
        Administration only = Assert.Single(Read("structure set"));
        Assert.Equal(["here"], only.Study.Images[0].Regions.Keys);
        Assert.Equal(["there"], only.Study.Images[1].Regions.Keys);
    }

    [Fact]
    public void ACtWithoutItsRescaleIsToldAndNotRegisteredBy()
    {
        bool[] ball = Ball();
        for (int i = 0; i < 2; i++)
        {
            Draw("segmentation", Write(i, ball), ball, i);
            ImageGeometry grid = ImageGeometry.Axial(24, 24, 16, 12, 8);
            ComputedTomographyWriter.Write(Path.Combine(_folder.Path, $"ct-{i}"), new Volume(grid, [.. Enumerable.Range(0, grid.Shape.Length).Select(voxel => voxel % 24 is > 4 and < 20 ? 1000f : 0)]), Study(i) with { SeriesNumber = 2, SeriesDescription = "CT" }, new ComputedTomographyFacts());
        }

        Administration only = Assert.Single(Read("segmentation"));
        Assert.Contains(only.Notes, note => note.StartsWith("image 1: its CT: expected", StringComparison.Ordinal));
        Assert.Equal([1, 1], only.Study.Images.Select(image => image.Regions.Count));
    }

    private static void Change(string path, Action<DicomDataset> change)
    {
        DicomFile file = DicomFile.Open(path, FileReadOption.ReadAll);
        change(file.Dataset);
        new DicomFile(file.Dataset).Save(path);
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

    private static NuclearMedicineStudy Study(int visit) => new()
    {
        PatientId = "SIM-BALL",
        AcquiredAt = s_injected.AddHours(s_hours[visit]),
        InjectedAt = s_injected,
        InjectedMegabecquerels = 7400,
        Radionuclide = Radionuclide.Lutetium177,
        EnergyWindow = new EnergyWindow(1, "Lu-177 208 keV", [new EnergyRange(187.6, 229.2)]),
        Examination = $"visit {visit}",
    };

    private string Write(
        int visit, bool[] ball, string patient = "SIM-BALL", ImageUnit unit = ImageUnit.BecquerelPerMillilitre, bool? injected = true, string comments = "", ImageGeometry? grid = null, DateTime? given = null, DateTime? taken = null)
    {
        double megabecquerel = First * Math.Pow(2, -s_hours[visit] / HalfLife);
        float concentration = (float)(megabecquerel * 1e6 / (ball.Count(inside => inside) * s_grid.VoxelVolume / 1000));
        string file = Path.Combine(_folder.Path, $"{patient}-V{visit}-SPECT.dcm");
        NuclearMedicineStudy study = Study(visit);
        NuclearMedicineWriter.WriteReconTomo(file, new Volume(grid ?? s_grid, [.. ball.Select(inside => inside ? concentration : 0)]), study with
        {
            PatientId = patient,
            AcquiredAt = taken ?? study.AcquiredAt,
            InjectedAt = injected is null ? null : given ?? s_injected,
            Unit = unit,
            Comments = comments,
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

using System.Globalization;
using System.Security.Cryptography;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

public sealed class DmsaCohortWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-cohort").FullName;

    [Fact]
    public void TheSameFilesAtAnyNumberOfThreads()
    {
        DmsaCohort cohort = Small.Cohort(2, 0.5);
        string one = Path.Combine(_folder, "one");
        string two = Path.Combine(_folder, "two");
        DmsaCohortWriter.Write(cohort, one, Small.Simulator, threads: 1);
        DmsaCohortWriter.Write(cohort, two, Small.Simulator, threads: 2);
        Assert.Equal(["SIM-5-000001.dcm", "SIM-5-000002.dcm", "cohort.json", "labels.csv"], Names(one));
        Assert.Equal(Names(one), Names(two));
        foreach (string name in Names(one))
        {
            Assert.Equal(Hash(Path.Combine(one, name)), Hash(Path.Combine(two, name)));
        }
    }

    [Fact]
    public void AStoppedRunGoesOnAndEndsWithTheSameFiles()
    {
        DmsaCohort cohort = Small.Cohort(3, 0.5);
        CohortSummary whole = DmsaCohortWriter.Write(cohort, _folder, Small.Simulator, threads: 1);
        Assert.Equal((3, 0), (whole.Written, whole.Kept));
        Dictionary<string, string> before = Names(_folder).ToDictionary(name => name, name => Hash(Path.Combine(_folder, name)));

        // As after a kill: one file without rows, another not there at all.
        string[] lines = File.ReadAllLines(whole.LabelsFile);
        Assert.Equal(7, lines.Length);
        File.WriteAllLines(whole.LabelsFile, lines[..5]);
        File.Delete(Path.Combine(_folder, "SIM-5-000001.dcm"));
        List<CohortProgress> told = [];
        CohortSummary again = DmsaCohortWriter.Write(cohort, _folder, Small.Simulator, threads: 1, new Told(told));
        Assert.Equal((2, 1), (again.Written, again.Kept));
        Assert.Equal([1, 2, 3], told.Select(progress => progress.Done));
        Assert.Equal(before, Names(_folder).ToDictionary(name => name, name => Hash(Path.Combine(_folder, name))));
    }

    [Fact]
    public void CancellationKeepsWhatIsWritten()
    {
        using CancellationTokenSource stop = new();
        DmsaCohort cohort = Small.Cohort(3, 0.5);
        Assert.ThrowsAny<OperationCanceledException>(() => DmsaCohortWriter.Write(
            cohort, _folder, Small.Simulator, threads: 1, new Stopper(stop), stop.Token));
        Assert.Equal(1 + 2, File.ReadAllLines(Path.Combine(_folder, DmsaCohortWriter.LabelsName)).Length);
        Assert.Equal(1, DmsaCohortWriter.Write(cohort, _folder, Small.Simulator, threads: 1, cancellation: CancellationToken.None).Kept);
    }

    [Fact]
    public void AFolderWithAnotherCohortIsRefused()
    {
        File.WriteAllText(Path.Combine(_folder, DmsaCohortWriter.CohortName), "{}");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => DmsaCohortWriter.Write(Small.Cohort(1, 0), _folder, Small.Simulator));
        Assert.Contains("cohort.json", error.Message, StringComparison.Ordinal);
        Assert.Equal(["cohort.json"], Names(_folder));
    }

    [Theory]
    [InlineData("labels.csv", "File,Side,Label\nreal1.dcm,L,abnormal\n")]
    [InlineData("real1.dcm", "somebody's study")]
    [InlineData("notes/remember.txt", "somebody's notes")]
    [InlineData("SIM-5-000001.dcm", "a simulated study, of whom nobody knows")]
    public void AFolderThatTheSimulatorDidNotMakeIsLeftAlone(string name, string text)
    {
        string file = Path.Combine(_folder, name), truth = Path.Combine(_folder, "truth");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        string[] before = Everything();
        Assert.Contains("choose another folder", Assert.Throws<InvalidDataException>(() => DmsaCohortWriter.Write(Small.Cohort(1, 0), _folder, Small.Simulator)).Message, StringComparison.Ordinal);
        Assert.Contains("choose another folder", Assert.Throws<InvalidDataException>(() => DmsaTruthWriter.Write(Small.Cohort(1, 0), _folder, Small.Simulator)).Message, StringComparison.Ordinal);
        Assert.Equal(before, Everything());
        Assert.Equal(text, File.ReadAllText(file));
        Directory.CreateDirectory(truth);
        File.WriteAllText(Path.Combine(truth, "defects.csv"), "Patient,Finding\nGerda,scar\n");
        Assert.Throws<InvalidDataException>(() => DmsaTruthWriter.Write(Small.Cohort(1, 0), truth, Small.Simulator));

        string[] Everything() => [.. Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("File,Side,Label\nSIM-5-000001.dcm,L,abnormal\n")]
    [InlineData(DmsaCohortWriter.Header + "\nreal1.dcm,4711,,,L,abnormal\n")]
    public void ATableThatSomebodyPutInItsPlaceIsNotWrittenOver(string table)
    {
        string labels = DmsaCohortWriter.Write(Small.Cohort(1, 0), _folder, Small.Simulator).LabelsFile;
        File.WriteAllText(labels, table);
        Assert.Contains("not written over", Assert.Throws<InvalidDataException>(() => DmsaCohortWriter.Write(Small.Cohort(1, 0), _folder, Small.Simulator)).Message, StringComparison.Ordinal);
        Assert.Equal(table, File.ReadAllText(labels));
    }

    [Fact]
    public void TheReaderGetsTheScanBack()
    {
        DmsaCohort cohort = Small.Cohort(1, 1);
        DmsaCohortWriter.Write(cohort, _folder, Small.Simulator, threads: 2);
        DmsaStudy study = Small.Simulator.Simulate(cohort[0], threads: 2);
        ScintigraphyImage read = new DicomImageReader().Read(Path.Combine(_folder, "SIM-5-000001.dcm"));
        Volume volume = read.ToVolume();
        Assert.Equal(study.Image.Shape, volume.Shape);
        Point3 corner = study.Image.Geometry.PositionOf(5, 7, 9) - volume.Geometry.PositionOf(5, 7, 9);
        Assert.True(corner.Length < 0.01, $"{corner}");
        float step = study.Image.Voxels.Max() / 65535;
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            Assert.Equal(study.Image.Voxels[i], volume.Voxels[i], step);
        }

        Assert.Equal(study.Patient.InjectedMegabecquerels, read.Header.InjectedMegabecquerels!.Value, 0.01);
        Assert.Equal("Tc-99m", read.Header.Radionuclide!.Radionuclide.Symbol);
        // S1's acquisition: two heads in continuous rotation, half of the circle each, zoom 2, no circular orbit.
        CameraRotation rotation = Assert.Single(read.Header.Rotations);
        Assert.Equal((180.0, 7.5, 24), (rotation.ScanArc, rotation.AngularStep, rotation.Views));
        Assert.Equal([2.0, 2.0], read.Header.Detectors.Select(detector => detector.Zoom));
        Assert.Equal([0.0, 180.0], read.Header.Detectors.Select(detector => detector.StartAngle));
        Assert.Equal(24, rotation.RadialPositions.Count);
        Assert.Equal(cohort[0].Anatomy.HalfDepth + PhysicsConstants.DetectorClearance, rotation.RadialPositions[0], 0.051);
        Assert.Equal(cohort[0].Anatomy.HalfWidth + PhysicsConstants.DetectorClearance, rotation.RadialPositions[12], 0.051);
        string[] row = File.ReadAllLines(Path.Combine(_folder, DmsaCohortWriter.LabelsName))[1].Split(',');
        Assert.Equal(DmsaCohortWriter.Header.Split(',').Length, row.Length);
        Assert.Equal(["SIM-5-000001.dcm", "SIM-5-000001", read.Header.StudyUid, "training", "L", "abnormal"], row[..6]);
    }

    [Fact]
    public void TheTableSaysWhatIsUnusual()
    {
        DmsaCohort cohort = new(new DmsaCohortOptions
        {
            Patients = 1,
            AbnormalKidneys = 1,
            Seed = 5,
            Prevalence = DmsaPrevalence.None with { DuplexPatients = 1, DuplexBothSides = 1, MovedPatients = 1, ShortScans = 1, Lobulated = 1 },
        });
        DmsaCohortWriter.Write(cohort, _folder, Small.Simulator, threads: 2);
        string[] columns = DmsaCohortWriter.Header.Split(',');
        string[] row = File.ReadAllLines(Path.Combine(_folder, DmsaCohortWriter.LabelsName))[1].Split(',');
        string Value(string column) => row[Array.IndexOf(columns, column)];
        DmsaPatient patient = cohort[0];
        KidneyAnatomy kidney = patient.Anatomy.Left;
        Assert.Equal("Duplex;Lobulated", Value("KidneyVariants"));
        Assert.Equal("ShortAcquisition;Motion", Value("ScanVariants"));
        Assert.Equal(string.Join(';', kidney.Defects.Select(defect => defect.Shape)), Value("DefectShapes"));
        Assert.Equal(kidney.Defects.Count, Value("DefectsMl").Split(';').Length);
        Assert.Equal(Value("LargestDefectMl"), Value("DefectsMl").Split(';')[0]);
        Assert.Equal(patient.AcquiredPart, double.Parse(Value("AcquiredPart"), CultureInfo.InvariantCulture), 0.006);
        Assert.Equal(patient.Motion!.Shift.Length, double.Parse(Value("MotionMm"), CultureInfo.InvariantCulture), 0.06);
        Assert.Equal(kidney.Length, double.Parse(Value("KidneyLengthMm"), CultureInfo.InvariantCulture), 0.06);
        Assert.Contains("\"version\": 3", File.ReadAllText(Path.Combine(_folder, DmsaCohortWriter.CohortName)), StringComparison.Ordinal);
        // Another prevalence is another cohort.
        Assert.Throws<InvalidDataException>(() => DmsaCohortWriter.Write(
            new DmsaCohort(cohort.Options with { Prevalence = DmsaPrevalence.Published }), _folder, Small.Simulator));
    }

    [PeerFact("dciodvfy")]
    public void TheFileConformsToTheStandard()
    {
        DmsaCohortWriter.Write(Small.Cohort(1, 1), _folder, Small.Simulator, threads: 2);
        (_, string output, string error) = Peer.Run("dciodvfy", Path.Combine(_folder, "SIM-5-000001.dcm"));
        Assert.DoesNotContain("Error", output + error, StringComparison.Ordinal);
    }

    [PeerFact("dcmdump")]
    public void TheAcquisitionIsThePapers()
    {
        DmsaCohortWriter.Write(Small.Cohort(1, 1), _folder, Small.Simulator, threads: 2);
        (_, string output, _) = Peer.Run("dcmdump", Path.Combine(_folder, "SIM-5-000001.dcm"));
        string Line(string tag) => Assert.Single(output.Split('\n'), line => line.TrimStart().StartsWith(tag, StringComparison.Ordinal));
        Assert.Contains("[CONTINUOUS]", Line("(0054,0202)"), StringComparison.Ordinal);
        Assert.Contains("US 2 ", Line("(0054,0021)"), StringComparison.Ordinal);
        Assert.Contains("[180]", Line("(0018,1143)"), StringComparison.Ordinal);
        Assert.Equal(2, output.Split('\n').Count(line => line.Contains("(0028,0031) DS [2\\2]", StringComparison.Ordinal)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private sealed class Told(List<CohortProgress> told) : IProgress<CohortProgress>
    {
        public void Report(CohortProgress value) => told.Add(value);
    }

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<CohortProgress>
    {
        public void Report(CohortProgress value)
        {
            if (value.Done == 1)
            {
                stop.Cancel();
            }
        }
    }
}

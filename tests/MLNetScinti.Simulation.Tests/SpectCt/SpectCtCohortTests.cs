using System.Security.Cryptography;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Simulation.SpectCt;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Simulation.Tests.SpectCt;

public sealed class SpectCtCohortTests : IDisposable
{
    // Coarse, so that tests are quick; the physics is the same.
    private static readonly SpectCtAcquisition s_coarse = SpectCtAcquisition.Quick with { Matrix = 40, Views = 24, Subsets = 4, Iterations = 2, CtMatrix = 64, CtSection = 12 };
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-spect-ct").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ThePapersCohortsHaveTheirSizes()
    {
        Assert.Equal([("hybrid", 55), ("low-dose-ct", 53), ("diagnostic-ct", 161), ("hybrid-test", 15), ("dose-training", 89), ("dose-test", 24)],
            SpectCtCohortOptions.Named.Select(one => (one.Name, new SpectCtCohort(one).Count)));
        Assert.Equal(3, new SpectCtCohort(SpectCtCohortOptions.DoseTraining).Select(patient => patient.Scanner.Name).Distinct().Count());
        SpectCtPatient[] older = [.. new SpectCtCohort(SpectCtCohortOptions.DoseTest)];
        Assert.All(older, patient => Assert.Equal(Sex.Male, patient.Sex));
        Assert.True(older.Average(patient => patient.Age) > 66);
        Assert.All(older, patient => Assert.Equal([4.0, 24, 96], patient.Visits.Select(visit => visit.Hours)));
        Assert.Equal(4, new SpectCtCohort(SpectCtCohortOptions.DiagnosticCt).Select(patient => patient.Scanner.Section).Distinct().Count());
    }

    [Fact]
    public void ExclusionsAreAFlow()
    {
        SpectCtCohortOptions options = SpectCtCohortOptions.Hybrid with { Patients = 100, Parameters = SpectCtParameters.Published with { Solitary = 0.1, Horseshoe = 0.05, Truncated = 0.1 } };
        SpectCtCohort cohort = new(options);
        Assert.Equal(100, cohort.Count);
        Assert.Equal(["a kidney cut by the scan", "joined kidneys", "one kidney"], cohort.Excluded.Select(one => one.Reason).Distinct().Order(StringComparer.Ordinal));
        // A quarter of the candidates: 100 of some 130.
        Assert.InRange(cohort.Excluded.Count, 15, 55);
        Assert.All(cohort, patient => Assert.True(patient.Anatomy is { Left: not null, Right: not null, IsHorseshoe: false }));
        Assert.Equal(cohort.Select(patient => patient.Candidate), cohort.Select(patient => patient.Candidate).Except(cohort.Excluded.Select(one => one.Candidate)));
        SpectCtPatient[] all = [.. new SpectCtCohort(options with { Exclusions = false })];
        Assert.Contains(all, patient => patient.Truncated.Count > 0);
        Assert.InRange(cohort.Count(patient => patient.Truncated.Count > 0), 0, 3);
    }

    [Fact]
    public void KidneysPartByUpTo20MillimetresWithAMedianOf8()
    {
        SpectCtPatient[] patients = [.. new SpectCtCohort(SpectCtCohortOptions.Hybrid with { Patients = 400 })];
        double[] lengths = [.. patients.SelectMany(patient => patient.Visits).SelectMany(visit => new[] { visit.Left.Length, visit.Right.Length }).Order()];
        Assert.InRange(lengths[lengths.Length / 2], 7.2, 8.8);
        Assert.InRange(lengths[^1], 19, 20);
        // Readers drew 31 of 55 on the SPECT.
        Assert.InRange(patients.SelectMany(patient => patient.Visits).Average(visit => visit.IsDrawnOnSpect ? 1.0 : 0), 0.56 - 0.1, 0.56 + 0.1);
        Assert.InRange(patients.Average(patient => patient.Visits.Count), 1.12, 1.28);
        // One side does not predict the other.
        double[] left = [.. patients.Select(patient => patient.Visits[0].Left.Length)], right = [.. patients.Select(patient => patient.Visits[0].Right.Length)];
        double correlation = left.Zip(right, (l, r) => (l - left.Average()) * (r - right.Average())).Average() / (AbdomenTests.Deviation(left) * AbdomenTests.Deviation(right));
        Assert.InRange(correlation, -0.15, 0.15);
    }

    [Fact]
    public void KineticsAreThePublishedOnes()
    {
        SpectCtPatient[] dotatate = [.. new SpectCtCohort(SpectCtCohortOptions.Hybrid with { Patients = 250 })], psma = [.. new SpectCtCohort(SpectCtCohortOptions.DoseTest with { Patients = 250 })];
        static double Median(IEnumerable<double> values) => values.Order().ElementAt(125);
        Assert.Equal(49.2, Median(dotatate.Select(patient => patient.Kinetics[SourceOrgan.LeftKidney].HalfLife)), 2.5);
        Assert.Equal(35.5, Median(psma.Select(patient => patient.Kinetics[SourceOrgan.RightKidney].HalfLife)), 2.5);
        Assert.Equal(22.9, Median(psma.Select(patient => patient.Kinetics[SourceOrgan.Liver].HalfLife)), 2.5);
        // 1.37 % of the injected activity in the left kidney at 3.7 h, 1.02 at 27.7 h, .35 at 103 h, of one patient.
        OrganKinetics median = new(0.0144, 49.2);
        Assert.Equal([0.0137, 0.0098, 0.0034], [median.At(3.7), median.At(27.7), median.At(103)], new Within(0.0001));
        double[] ratios = [.. dotatate.Select(patient => Math.Log(patient.Kinetics[SourceOrgan.LeftKidney].Share / patient.Kinetics[SourceOrgan.RightKidney].Share))];
        Assert.InRange(AbdomenTests.Deviation(ratios), 0.085, 0.115);
        Assert.All(dotatate.Concat(psma).SelectMany(patient => patient.Kinetics.Values), organ => Assert.True(organ.HalfLife <= 159.6));

        // .82 +- .25 Gy/GBq with PSMA-617: .5504 Gy for each GBq h in 155 g.
        double dose = psma.Average(patient => 0.5504 * 155 / AbdomenGenerator.TissueMillilitres(patient.Anatomy.Left!) * patient.Kinetics[SourceOrgan.LeftKidney].Integral);
        Assert.InRange(dose, 0.5, 1.1);
    }

    [Fact]
    public void TheIntegralOfKineticsIsTheAreaBelowThem()
    {
        OrganKinetics kinetics = new(0.3, 40, 0.7, 1.6);
        double sum = 0;
        const double step = 0.01;
        for (double hours = step / 2; hours < 1000; hours += step)
        {
            sum += kinetics.At(hours) * step;
        }

        Assert.Equal(1, sum / kinetics.Integral, 4);
    }

    [Fact]
    public void FilesAreTheSameAtAnyNumberOfThreadsAndARunGoesOn()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.Hybrid with { Patients = 3, Acquisition = s_coarse, SecondCycles = 0.5 });
        string one = Path.Combine(_folder, "one"), two = Path.Combine(_folder, "two");
        SpectCtCohortWriter.Write(cohort, one, threads: 1);
        SpectCtCohortWriter.Write(new(SpectCtCohortOptions.Hybrid with { Patients = 3, Acquisition = s_coarse, SecondCycles = 0.5 }), two, threads: 3);
        Assert.Equal(Hashes(one), Hashes(two));
        Assert.Equal(cohort.Sum(patient => patient.Visits.Count) + 1, File.ReadAllLines(Path.Combine(one, "labels.csv")).Length);

        File.Delete(Path.Combine(two, SpectCtCohortWriter.CtFolder(cohort[1], 1), "0007.dcm"));
        CohortSummary again = SpectCtCohortWriter.Write(cohort, two, threads: 2);
        Assert.Equal((1, 2), (again.Written, again.Kept));
        Assert.Equal(Hashes(one), Hashes(two));
        Assert.Throws<InvalidDataException>(() => SpectCtCohortWriter.Write(new(cohort.Options with { Seed = 2 }), two));
        Assert.Throws<InvalidDataException>(() => SpectCtCohortWriter.Write(cohort, two, KidneyLabels.Kidney));
    }

    [Fact]
    public void SpectAndCtOfAVisitAreOneStudyInOneSpace()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.DoseTest with { Patients = 1, Acquisition = s_coarse, Hours = [4, 24] });
        SpectCtCohortWriter.Write(cohort, _folder);
        StudyIndex index = StudyIndex.Build(_folder);
        Assert.Equal(2, index.Studies.Count);
        Assert.DoesNotContain(index.LeftOut, file => file.File.EndsWith(".dcm", StringComparison.Ordinal));
        foreach (Study study in index.Studies)
        {
            ImageSeries ct = Assert.Single(study.OfKind(ImageKind.Ct)), spect = Assert.Single(study.OfKind(ImageKind.ReconTomo));
            Assert.Equal([ct], study.Beside(spect));
            Assert.Empty(ct.Warnings);
            Assert.Empty(spect.Warnings);
            Assert.Equal("Lu-177", new DicomImageReader().ReadHeader(spect.PathOf(spect.Files[0])).Radionuclide!.Radionuclide.Symbol);
        }

        // The nuclide decays over days: the injection's date is told, also where it is that of the image.
        byte[] later = File.ReadAllBytes(Path.Combine(_folder, SpectCtCohortWriter.SpectFile(cohort[0], 2))), sameDay = File.ReadAllBytes(Path.Combine(_folder, SpectCtCohortWriter.SpectFile(cohort[0], 1)));
        Assert.True(later.AsSpan().IndexOf("20200102090000"u8) > 0);
        Assert.True(sameDay.AsSpan().IndexOf("20200102090000"u8) > 0);
        Assert.NotEqual(index.Studies[0].Series[0].SpaceUid, index.Studies[1].Series[0].SpaceUid);
        Study whole = Assert.Single(StudyIndex.Build(_folder, new StudyIndexOptions { Boundary = StudyBoundary.Patient }).Studies);
        Assert.Equal(4, whole.Series.Count);
        Assert.True(whole.Patient.IsSimulated);
    }

    [Fact]
    public void TheReaderGetsConcentrationsAndHounsfieldUnitsBack()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.Hybrid with { Patients = 1, Acquisition = s_coarse, SecondCycles = 0, Parameters = SpectCtParameters.Published with { Displacement = 20 } });
        SpectCtCohortWriter.Write(cohort, _folder);
        SpectCtScan scan = cohort.Simulator.Simulate(cohort[0]).Single();
        Study study = StudyIndex.Build(_folder).Studies.Single();
        ActivityConcentration spect = ActivityConcentration.Of(study.OfKind(ImageKind.ReconTomo).Single());
        float step = scan.Spect!.Voxels.Max() / 65535;
        Assert.All(scan.Spect.Voxels.Zip(spect.Volume.Voxels), pair => Assert.Equal(pair.First, pair.Second, step));
        Assert.Equal(scan.Spect.Geometry.Origin.Z, spect.Volume.Geometry.Origin.Z, 6);
        Volume ct = study.OfKind(ImageKind.Ct).Single().ReadVolume();
        Assert.Equal(scan.Ct!.Voxels, ct.Voxels);
        Assert.Equal((scan.Ct.Geometry.Sections, scan.Ct.Geometry.ColumnSpacing, scan.Ct.Geometry.SectionSpacing), (ct.Geometry.Sections, ct.Geometry.ColumnSpacing, Math.Round(ct.Geometry.SectionSpacing, 9)));

        // The kidneys part by 20 mm: a reader draws them on the SPECT, and the mask lies on its grid.
        using FileStream file = File.OpenRead(Path.Combine(_folder, SpectCtCohortWriter.MaskFile(cohort[0], 1)));
        NiftiLabels mask = NiftiLabels.Decode(file);
        Assert.Equal(scan.SpectMask.Select(label => label > 2 ? (byte)0 : label), mask.Labels);
        Assert.Equal(scan.Spect.Geometry.Origin.X, mask.Geometry!.Origin.X, 3);
        Assert.Contains("SPECT", File.ReadAllLines(Path.Combine(_folder, "labels.csv"))[1].Split(',')[9], StringComparison.Ordinal);
    }

    [Fact]
    public void TruthIsThatOfTheScansAndOneCtServesAllVisitsWhereAskedFor()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.DoseTest with { Patients = 1, Hours = [4, 24], Acquisition = s_coarse with { CtAtEachVisit = false } });
        SpectCtScan[] scans = [.. cohort.Simulator.Simulate(cohort[0])], truth = [.. cohort.Simulator.TruthOf(cohort[0])];
        Assert.Equal(scans.Length, truth.Length);
        Assert.NotNull(scans[0].Ct);
        Assert.Null(scans[1].Ct);
        Assert.Equal(scans[0].CtMaskOnSpect, scans[1].CtMaskOnSpect);
        foreach ((SpectCtScan scan, SpectCtScan known) in scans.Zip(truth))
        {
            Assert.Equal(scan.CtMask, known.CtMask);
            Assert.Equal(scan.SpectMask, known.SpectMask);
            Assert.Equal(scan.SpectTissues, known.SpectTissues);
            Assert.Equal(scan.Tissues, known.Tissues);
            // The image of what is true holds what the table says, but for what breathing moves out of the field.
            double image = scan.TrueConcentration!.Voxels.Sum(value => (double)value) * scan.TrueConcentration.Geometry.VoxelVolume / 1000, table = scan.Tissues.Sum(one => one.Millilitres * one.BecquerelPerMillilitre);
            Assert.Equal(1, image / table, 0.02);
        }

        SpectCtTruthWriter.Write(cohort, _folder);
        Assert.Equal(1 + scans.Sum(scan => scan.Tissues.Count), File.ReadAllLines(Path.Combine(_folder, SpectCtTruthWriter.ActivitiesName)).Length);
        Assert.Equal(7, Directory.GetFiles(_folder, "*.nii.gz").Length);
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "somebody's");
        Assert.Throws<InvalidDataException>(() => SpectCtTruthWriter.Write(cohort, _folder));
    }

    [Fact]
    public void ADisplacedKidneyLiesElsewhereOnTheSpect()
    {
        SpectCtCohort still = new(SpectCtCohortOptions.Hybrid with { Patients = 2, Acquisition = SpectCtAcquisition.Quick, SecondCycles = 0, Parameters = SpectCtParameters.Published with { Displacement = 0 } });
        SpectCtCohort far = new(still.Options with { Parameters = SpectCtParameters.Published with { Displacement = 20 } });
        foreach (byte side in new[] { SpectCtTruth.Left, SpectCtTruth.Right })
        {
            SpectCtScan together = still.Simulator.TruthOf(still[0]).Single(), apart = far.Simulator.TruthOf(far[0]).Single();
            Assert.True(SpectCtTruth.Dice(together.CtMaskOnSpect, together.SpectMask, side) > 0.85);
            Assert.InRange(SpectCtTruth.Dice(apart.CtMaskOnSpect, apart.SpectMask, side), 0.3, 0.85);
        }
    }

    /// <summary>Masks on the SPECT's and on the CT's voxels hold as many ml as the body that was drawn in voxels of a millimetre: no rule for half-filled voxels makes them larger.</summary>
    [Fact]
    public void TruthMasksAreAsLargeAsWhatWasDrawn()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.Hybrid with { Patients = 3, Acquisition = SpectCtAcquisition.Quick, SecondCycles = 0 });
        List<double> onSpect = [], onCt = [];
        foreach (SpectCtPatient patient in cohort)
        {
            SpectCtScan scan = cohort.Simulator.TruthOf(patient).First();
            ImageGeometry spect = cohort.Options.Acquisition.SpectGrid(patient.ScanMiddle), ct = cohort.Options.Acquisition.CtGrid(patient.Scanner, patient.ScanMiddle);
            foreach (byte side in new[] { SpectCtTruth.Left, SpectCtTruth.Right })
            {
                // To half a voxel what the samples hold that the activity is drawn in, however well these see a kidney.
                double sampled = 1000 * scan.Tissues.Where(tissue => SpectCtTruth.LabelOf(tissue.Tissue) == side).Sum(tissue => tissue.Millilitres);
                Assert.Equal(sampled, scan.SpectMask.Count(label => label == side) * spect.VoxelVolume, 0.51 * spect.VoxelVolume);
                onSpect.Add(scan.SpectMask.Count(label => label == side) * spect.VoxelVolume / Drawn(patient.Anatomy.Displaced(scan.Visit!.Left, scan.Visit.Right), side, spect));
                onCt.Add(scan.CtMask.Count(label => label == side) * ct.VoxelVolume / Drawn(patient.Anatomy, side, ct));
            }
        }

        // Two samples of a SPECT voxel's edge, 4.4 mm apart, see a small kidney with cysts to two percent, either way; those of a CT are finer.
        Assert.True(onSpect.All(share => Math.Abs(share - 1) < 0.025) && onCt.All(share => Math.Abs(share - 1) < 0.005), $"{string.Join(' ', onSpect)} | {string.Join(' ', onCt)}");
        Assert.Equal(1, onSpect.Average(), 0.005);
        Assert.Equal(1, onCt.Average(), 0.005);

        // What of it lies in the image's field: a displaced kidney may leave it.
        static double Drawn(AbdomenAnatomy anatomy, byte side, ImageGeometry field)
        {
            ImageGeometry box = ImageGeometry.Axial(112, 112, 146, 1.5, 1.5), fine = box with { Origin = box.Origin + anatomy.Of(side == SpectCtTruth.Left ? BodySide.Left : BodySide.Right)!.Centre };
            ReadOnlySpan<byte> labels = new TissueMap(anatomy, fine).Labels;
            int samples = 0;
            for (int i = 0; i < labels.Length; i++)
            {
                samples += SpectCtTruth.LabelOf((Tissue)labels[i]) == side && field.IndexOf(fine.PositionOf(i % 112, i / 112 % 112, i / 12544)).Section is double section && section > -0.5 && section < field.Sections - 0.5 ? 1 : 0;
            }

            return samples * fine.VoxelVolume;
        }
    }

    [PeerFact("dciodvfy")]
    public void ValidatorsFindNoErrors()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.DiagnosticCt with { Patients = 1, Hours = [24], Acquisition = s_coarse });
        SpectCtCohortWriter.Write(cohort, _folder);
        foreach (string file in new[] { SpectCtCohortWriter.SpectFile(cohort[0], 1), Path.Combine(SpectCtCohortWriter.CtFolder(cohort[0], 1), "0001.dcm") })
        {
            (_, string output, string error) = Peer.Run("dciodvfy", Path.Combine(_folder, file));
            Assert.DoesNotContain("Error", output + error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Hours")]
    [InlineData("Parameters.solitary")]
    [InlineData("Acquisition")]
    [InlineData("Nearly all")]
    public void OptionsThatDoNotFitAreNamed(string what)
    {
        SpectCtCohortOptions options = what switch
        {
            "Hours" => SpectCtCohortOptions.Hybrid with { Hours = [24, 4] },
            "Parameters.solitary" => SpectCtCohortOptions.Hybrid with { Parameters = SpectCtParameters.Published with { Solitary = 2 } },
            "Acquisition" => SpectCtCohortOptions.Hybrid with { Acquisition = SpectCtAcquisition.Full with { Subsets = 7 } },
            _ => SpectCtCohortOptions.Hybrid with { Parameters = SpectCtParameters.Published with { Solitary = 1 } },
        };
        Assert.StartsWith(what, Assert.Throws<ArgumentException>(() => new SpectCtCohort(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryNumberIsStatedAndCanBeChanged()
    {
        foreach ((string name, double value, double most) in SpectCtParameters.Published.Parts)
        {
            double other = value == most ? 0 : most;
            SpectCtParameters changed = SpectCtParameters.Published.With(name, other);
            Assert.Equal([(name, other)], changed.Parts.Where(part => part.Value != SpectCtParameters.Published.Parts.Single(one => one.Name == part.Name).Value).Select(part => (part.Name, part.Value)));
        }

        Assert.Equal(typeof(SpectCtParameters).GetProperties().Count(property => property.PropertyType == typeof(double)), SpectCtParameters.Published.Parts.Count);
    }

    private static string[] Hashes(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{Path.GetRelativePath(folder, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}")];

    private sealed class Within(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double obj) => 0;
    }
}

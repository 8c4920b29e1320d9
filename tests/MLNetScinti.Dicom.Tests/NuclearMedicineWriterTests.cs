using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class NuclearMedicineWriterTests
{
    [Fact]
    public void ReconTomoComesBackAsItWas()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("recon.dcm");
        ImageGeometry geometry = ImageGeometry.Axial(7, 5, 6, 1.748, 2.5);
        Volume volume = Phantoms.Counting(geometry);

        CountScaling scaling = NuclearMedicineWriter.WriteReconTomo(file, volume, Phantoms.Study);
        ScintigraphyImage image = Phantoms.Reader.Read(file);
        Volume back = image.ToVolume();

        Assert.True(scaling.IsIdentity);
        Assert.Equal(ImageKind.ReconTomo, image.Kind);
        Assert.Equal(volume.Voxels, back.Voxels);
        Assert.Equal(geometry, back.Geometry);
        Assert.False(image.Header.GeometryIsAssumed);
        Assert.Empty(image.Header.Warnings);
        Assert.Equal([FrameDimension.Slice], image.Header.Dimensions);
        Assert.Equal(1, image.VolumeCount);
    }

    [Fact]
    public void TheStudyComesBackWithoutThePatientsName()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("recon.dcm");
        NuclearMedicineWriter.WriteReconTomo(file, Phantoms.Counting(ImageGeometry.Axial(4, 4, 2, 4, 4)), Phantoms.Study);

        ImageHeader header = Phantoms.Reader.ReadHeader(file);

        Assert.Equal(PatientSex.Female, header.Patient.Sex);
        Assert.Equal(5, header.Patient.AgeYears);
        Assert.Equal(19.5, header.Patient.WeightKilograms);
        Assert.Equal(1.12, header.Patient.SizeMetres);
        Assert.Equal(36.1, header.InjectedMegabecquerels);
        Assert.Equal("Tc-99m DMSA", header.Radiopharmaceutical);
        Assert.Equal(new RadionuclideFinding(Radionuclide.Technetium99m, RadionuclideEvidence.Coded), header.Radionuclide);
        Assert.Equal(new EnergyRange(126.45, 154.55), Assert.Single(Assert.Single(header.EnergyWindows).Ranges));
        Assert.Equal("LEHR", Assert.Single(header.Detectors).Collimator);
        CameraRotation rotation = Assert.Single(header.Rotations);
        Assert.Equal((3.0, 360.0, 120, 5.0), (rotation.AngularStep, rotation.ScanArc, rotation.Views, rotation.SecondsPerView));
        Assert.Equal(new DateTime(2020, 9, 10, 11, 12, 13, DateTimeKind.Unspecified), header.AcquiredAt);
        Assert.Equal(("SIM-0001", "Muster^Kind", "20150304"), header.Identity.Reveal());
        Assert.DoesNotContain("Muster", header.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SIM-0001", header.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("20150304", header.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void SectionsStackedAgainstTheNormalAreWrittenWithANegativeSpacing()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("recon.dcm");
        ImageGeometry down = ImageGeometry.Axial(4, 4, 3, 4, 6) with { SectionDirection = new(0, 0, -1), Origin = new(-6, -6, 6) };

        NuclearMedicineWriter.WriteReconTomo(file, Phantoms.Counting(down), Phantoms.Study);
        ImageHeader header = Phantoms.Reader.ReadHeader(file);

        Assert.Equal(-6, header.SpacingBetweenSlices);
        Assert.Equal(down, header.Geometry);
        Assert.Equal(new Point3(-6, -6, -6), header.Geometry!.PositionOf(0, 0, 2));
    }

    [Fact]
    public void AShearedStackIsRefused()
    {
        ImageGeometry sheared = ImageGeometry.Axial(4, 4, 3, 4, 6) with { SectionDirection = new(0, Math.Sqrt(0.5), Math.Sqrt(0.5)) };
        ArgumentException refused = Assert.Throws<ArgumentException>(() => NuclearMedicineWriter.WriteReconTomo("never.dcm", new Volume(sheared), Phantoms.Study));
        Assert.Contains("resample", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200000f)]
    [InlineData(0.5f)]
    public void CountsThatDoNotFitAreScaledAndComeBackAsCounts(float largest)
    {
        using TemporaryFolder folder = new();
        string file = folder.File("recon.dcm");
        Volume volume = new(ImageGeometry.Axial(4, 4, 2, 4, 4));
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = largest * i / (volume.Voxels.Length - 1);
        }

        CountScaling scaling = NuclearMedicineWriter.WriteReconTomo(file, volume, Phantoms.Study);
        ScintigraphyImage image = Phantoms.Reader.Read(file);

        Assert.Equal(65535 / largest, scaling.Factor, 6);
        Assert.Equal("Real World Value Mapping", image.Header.Scaling.Source);
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            Assert.Equal(volume.Voxels[i], image.Values[i], largest / 65535);
        }
    }

    [Fact]
    public void CountsThatAreNoNumbersAreRefused()
    {
        Volume volume = new(ImageGeometry.Axial(2, 2, 1, 4, 4));
        volume[0, 1, 1] = float.NaN;
        Assert.Throws<ArgumentException>(() => NuclearMedicineWriter.WriteReconTomo("never.dcm", volume, Phantoms.Study));
        Assert.False(File.Exists("never.dcm"));
    }

    [Fact]
    public void WholeBodyHasAnAnteriorAndAPosteriorView()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("body.dcm");
        PlanarImage anterior = Phantoms.Planar(32, 8, (row, column) => (row * 8) + column);
        PlanarImage posterior = Phantoms.Planar(32, 8, (row, column) => 1000 - (row * 8) - column);

        NuclearMedicineWriter.WriteWholeBody(file, anterior, posterior, Phantoms.Study with { FrameSeconds = 900 });
        ScintigraphyImage image = Phantoms.Reader.Read(file);

        Assert.Equal(ImageKind.WholeBody, image.Kind);
        Assert.Null(image.Header.Geometry);
        Assert.Equal([DetectorView.Anterior, DetectorView.Posterior], image.Header.Frames.Select(frame => frame.View));
        Assert.Equal(anterior.Pixels, image.ToPlanarImage(DetectorView.Anterior)!.Pixels);
        Assert.Equal(posterior.Pixels, image.ToPlanarImage(DetectorView.Posterior)!.Pixels);
        Assert.Null(image.ToPlanarImage(DetectorView.LeftLateral));
        Assert.Equal(900, image.Header.AcquisitionSeconds);
        Assert.Equal(2.26, image.ToPlanarImages()[0].RowSpacing);
        Assert.Throws<InvalidOperationException>(() => image.ToVolume());
    }

    [Fact]
    public void TomoHasAViewForEachAngle()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("tomo.dcm");
        PlanarImage[] views = [.. Enumerable.Range(0, 6).Select(view => Phantoms.Planar(4, 5, (row, column) => (100 * view) + (5 * row) + column))];

        NuclearMedicineWriter.WriteTomo(file, views, Phantoms.Study with { Views = 6 });
        ScintigraphyImage image = Phantoms.Reader.Read(file);

        Assert.Equal(ImageKind.Tomo, image.Kind);
        Assert.Equal([FrameDimension.EnergyWindow, FrameDimension.Detector, FrameDimension.Rotation, FrameDimension.AngularView], image.Header.Dimensions);
        Assert.Equal(Enumerable.Range(1, 6), image.Header.Frames.Select(frame => frame[FrameDimension.AngularView]));
        Assert.Equal(30, image.Header.AcquisitionSeconds);
        Assert.Equal(views[4].Pixels, image.ToPlanarImages()[4].Pixels);
        Assert.Contains("reconstruct", Assert.Throws<InvalidOperationException>(() => image.ToVolume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoDetectorsDivideTheViewsAndTurnThroughHalfOfTheArcEach()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("tomo.dcm");
        PlanarImage[] views = [.. Enumerable.Range(0, 8).Select(view => Phantoms.Planar(4, 5, (row, column) => (100 * view) + (5 * row) + column))];
        NuclearMedicineStudy study = Phantoms.Study with { Views = 8, Detectors = 2, Zoom = 1.5, Motion = DetectorMotion.Continuous, RadialPositions = [150, 160.5, 170, 160.5] };

        NuclearMedicineWriter.WriteTomo(file, views, study);
        ImageHeader header = Phantoms.Reader.ReadHeader(file);

        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], header.Frames.Select(frame => frame[FrameDimension.Detector]));
        Assert.Equal([1, 2, 3, 4, 1, 2, 3, 4], header.Frames.Select(frame => frame[FrameDimension.AngularView]));
        Assert.Equal([(0.0, 1.5), (180.0, 1.5)], header.Detectors.Select(detector => (detector.StartAngle!.Value, detector.Zoom!.Value)));
        Assert.Equal([new Point3(-1, 0, 0), new Point3(1, 0, 0)], header.Detectors.Select(detector => detector.RowDirection!.Value));
        CameraRotation rotation = Assert.Single(header.Rotations);
        Assert.Equal((45.0, 180.0, 4), (rotation.AngularStep, rotation.ScanArc, rotation.Views));
        Assert.Equal([150, 160.5, 170, 160.5], rotation.RadialPositions);
        Assert.Equal(20, header.AcquisitionSeconds);

        Assert.Contains("do not divide", Assert.Throws<ArgumentException>(() => NuclearMedicineWriter.WriteTomo(file, views, study with { Detectors = 3 })).Message, StringComparison.Ordinal);
        Assert.Contains("found 4 radii", Assert.Throws<ArgumentException>(() => NuclearMedicineWriter.WriteTomo(file, views, study with { Detectors = 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameInputGivesTheSameBytesAndOtherInputOtherIdentifiers()
    {
        using TemporaryFolder folder = new();
        Volume volume = Phantoms.Counting(ImageGeometry.Axial(4, 4, 2, 4, 4));
        NuclearMedicineWriter.WriteReconTomo(folder.File("a.dcm"), volume, Phantoms.Study);
        NuclearMedicineWriter.WriteReconTomo(folder.File("b.dcm"), volume, Phantoms.Study);
        NuclearMedicineWriter.WriteReconTomo(folder.File("c.dcm"), volume, Phantoms.Study with { UidSeed = "another cohort" });
        volume[0, 0, 0] = 1;
        NuclearMedicineWriter.WriteReconTomo(folder.File("d.dcm"), volume, Phantoms.Study);

        ImageHeader a = Phantoms.Reader.ReadHeader(folder.File("a.dcm"));
        ImageHeader c = Phantoms.Reader.ReadHeader(folder.File("c.dcm"));
        ImageHeader d = Phantoms.Reader.ReadHeader(folder.File("d.dcm"));
        Assert.Equal(File.ReadAllBytes(folder.File("a.dcm")), File.ReadAllBytes(folder.File("b.dcm")));
        Assert.NotEqual(a.StudyUid, c.StudyUid);
        Assert.Equal(a.SeriesUid, d.SeriesUid);
        Assert.NotEqual(a.InstanceUid, d.InstanceUid);
        Assert.StartsWith("2.25.", a.InstanceUid, StringComparison.Ordinal);
        Assert.True(a.InstanceUid.Length <= 64);
    }

    [Fact]
    public void NothingIsLeftBehindWhenWritingFails()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("taken.dcm"));
        Assert.ThrowsAny<Exception>(() => NuclearMedicineWriter.WriteReconTomo(folder.File("taken.dcm"), Phantoms.Counting(ImageGeometry.Axial(4, 4, 2, 4, 4)), Phantoms.Study));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [PeerFact("dciodvfy")]
    public void TheValidatorFindsNoErrors()
    {
        using TemporaryFolder folder = new();
        Volume volume = Phantoms.Counting(ImageGeometry.Axial(16, 16, 6, 4, 4));
        PlanarImage view = Phantoms.Planar(64, 16, (row, column) => row + column);
        NuclearMedicineStudy bare = new() { PatientId = "X" };
        NuclearMedicineWriter.WriteReconTomo(folder.File("recon.dcm"), volume, Phantoms.Study);
        NuclearMedicineWriter.WriteReconTomo(folder.File("recon-bare.dcm"), volume, bare);
        volume[0, 0, 0] = 1e6f;
        NuclearMedicineWriter.WriteReconTomo(folder.File("recon-scaled.dcm"), volume, Phantoms.Study);
        NuclearMedicineWriter.WriteWholeBody(folder.File("body.dcm"), view, view, Phantoms.Study with { BodyPart = "" });
        NuclearMedicineWriter.WriteWholeBody(folder.File("body-bare.dcm"), view, view, bare);
        NuclearMedicineWriter.WriteStatic(folder.File("static.dcm"), view, view, Phantoms.Study with { Radionuclide = Radionuclide.Lutetium177 });
        NuclearMedicineWriter.WriteTomo(folder.File("tomo.dcm"), [.. Enumerable.Repeat(view, 12)], Phantoms.Study with { Views = 12 });
        NuclearMedicineStudy two = Phantoms.Study with { Views = 12, Detectors = 2, Zoom = 2, Motion = DetectorMotion.Continuous, RadialPositions = [150, 155, 160, 160, 155, 150] };
        NuclearMedicineWriter.WriteTomo(folder.File("tomo-two.dcm"), [.. Enumerable.Repeat(view, 12)], two);
        NuclearMedicineWriter.WriteReconTomo(folder.File("recon-two.dcm"), volume, two with { Motion = DetectorMotion.DuringStep });

        foreach (string file in Directory.EnumerateFiles(folder.Path))
        {
            (_, string output, string error) = Peer.Run("dciodvfy", file);
            string[] errors = [.. (output + error).Split('\n').Where(line => line.Contains("Error", StringComparison.Ordinal))];
            Assert.True(errors.Length == 0, $"{Path.GetFileName(file)}: {string.Join("; ", errors)}");
        }
    }
}

using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class SpectCtStudyTests : IDisposable
{
    private const int Columns = 18, Rows = 14, Sections = 8;

    private static readonly ImageGeometry s_ct = ImageGeometry.Axial(48, 36, 12, 8, 9);
    private static readonly CountCalibration s_calibration = new("camera A", 25);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Ct(string space = "1.2.9", string patient = "P", string series = "1.2.2", string study = "1.2", string hour = "100000", Volume? scan = null, int sections = 12, double moved = 0, string? intercept = "-1024")
    {
        Volume volume = scan ?? HounsfieldCheckTests.Trunk(1, at: s_ct);
        for (int s = 0; s < sections; s++)
        {
            Point3 at = s_ct.PositionOf(0, 0, s);
            DicomDataset file = HandMadeFile.Image("CT", 1).Unchecked()
                .With(DicomTag.Rows, (ushort)s_ct.Rows).With(DicomTag.Columns, (ushort)s_ct.Columns)
                .With(DicomTag.PixelSpacing, "8", "8").With(DicomTag.SliceThickness, "9")
                .With(DicomTag.PatientID, patient).With(DicomTag.StudyInstanceUID, study).With(DicomTag.SeriesInstanceUID, series)
                .With(DicomTag.SOPInstanceUID, string.Create(CultureInfo.InvariantCulture, $"{series}.{s + 1}"))
                .With(DicomTag.FrameOfReferenceUID, space).With(DicomTag.AcquisitionDate, "20260102").With(DicomTag.AcquisitionTime, hour)
                .With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0")
                .With(DicomTag.ImagePositionPatient, EvidenceCase.Text(at.X), EvidenceCase.Text(at.Y), EvidenceCase.Text(at.Z + moved))
                .With(DicomTag.RescaleSlope, "1");
            file = intercept is null ? file : file.With(DicomTag.RescaleIntercept, intercept);
            file.WithPixels([.. volume.Section(s).ToArray().Select(value => (ushort)Math.Max(0, value + 1024))]).Save(_folder, $"{series}-{s:00}.dcm");
        }
    }

    private void Spect(string space = "1.2.9", string patient = "P", string units = "BQML", string name = "spect.dcm", string study = "1.2", bool isPlaced = true)
    {
        DicomDataset file = EvidenceCase.Of("RECON TOMO", Sections, DicomTag.SliceVector).Unchecked()
            .Vector(DicomTag.SliceVector, Enumerable.Range(1, Sections))
            .With(DicomTag.Rows, (ushort)Rows).With(DicomTag.Columns, (ushort)Columns).With(DicomTag.PixelSpacing, "20", "20")
            .With(DicomTag.SpacingBetweenSlices, "20").With(DicomTag.SliceThickness, "20")
            .With(DicomTag.PatientID, patient).With(DicomTag.StudyInstanceUID, study).With(DicomTag.SeriesInstanceUID, $"{study}.1").With(DicomTag.SOPInstanceUID, $"{study}.1.{name.Length}")
            .With(DicomTag.FrameOfReferenceUID, space).With(DicomTag.AcquisitionDate, "20260102").With(DicomTag.AcquisitionTime, "101500")
            .WithItems(DicomTag.DetectorInformationSequence, new DicomDataset
            {
                { DicomTag.ImagePositionPatient, "-170", "-130", "-70" },
                { DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0" },
            });
        file = isPlaced ? file : file.WithItems(DicomTag.DetectorInformationSequence, new DicomDataset { { DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0" } });
        file = units.Length == 0 ? file : file.With(DicomTag.Units, units);
        file.WithPixels([.. Enumerable.Range(0, Columns * Rows * Sections).Select(i => (ushort)(i % 97))]).Save(_folder, name);
    }

    private Study Only() => Assert.Single(StudyIndex.Build(_folder.Path, new() { Reading = Phantoms.Options }).Studies);

    private static SpectCtStudy Read(Study study, SpectCtOptions? options = null) => SpectCtStudy.Read(study, options, Phantoms.Reader);

    private string Refused(Study study, SpectCtOptions? options = null)
    {
        string message = Assert.Throws<SpectCtException>(() => Read(study, options)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    [Fact]
    public void ASpectAndItsCtAreReadAsOne()
    {
        Ct();
        Spect();
        SpectCtStudy both = Read(Only());
        Assert.Equal("as stored", both.Activity!.Basis);
        Assert.Equal(96, both.Activity.Volume.Voxels.Max());
        Assert.Equal(s_ct.Shape, both.Hounsfield.Shape);
        // A place in the liver-like part and one beyond the CT's ends, in the SPECT's voxels.
        Volume onSpect = Resample.ToGrid(both.Hounsfield, both.Activity.Volume.Geometry, GridResampling.Hounsfield).Volume;
        Assert.InRange(onSpect[3, 6, 6], 0, 100);
        Assert.Equal(-1000, onSpect[0, 6, 6]);
        // The CT alone, in the coordinates of the SPECT that is there.
        SpectCtStudy alone = Read(Only(), new() { ReadSpect = false });
        Assert.Null(alone.Activity);
        Assert.Equal(both.Hounsfield.Voxels, alone.Hounsfield.Voxels);
        Assert.Contains(both.Warnings, warning => warning.Contains("% of the SPECT's field lie outside the CT's", StringComparison.Ordinal));
    }

    [Fact]
    public void CountsNeedAFactorThatIsNamed()
    {
        Ct();
        Spect(units: "");
        Study study = Only();
        Assert.Contains("found counts", Assert.Throws<UnitException>(() => Read(study)).Message, StringComparison.Ordinal);
        SpectCtStudy both = Read(study, new() { Calibration = s_calibration });
        Assert.Equal((96 * 25f, "counts x 25 Bq/ml (camera A)"), (both.Activity!.Volume.Voxels.Max(), both.Activity.Basis));
    }

    [Fact]
    public void AFactorDoesNotApplyToConcentrations()
    {
        Ct();
        Spect();
        Assert.Equal(96, Read(Only(), new() { Calibration = s_calibration }).Activity!.Volume.Voxels.Max());
    }

    [Fact]
    public void ACtInOtherCoordinatesIsRefusedUnlessItWillBeRegistered()
    {
        Ct(space: "1.2.8");
        Spect();
        Assert.Contains("different frames of reference", Refused(Only()), StringComparison.Ordinal);
        Assert.Contains("different frames of reference", Refused(Only(), new() { ReadSpect = false }), StringComparison.Ordinal);
        Assert.Contains(Read(Only(), new() { AllowOtherCoordinates = true }).Warnings, warning => warning.Contains("once it is registered", StringComparison.Ordinal));
        Study study = Only();
        ImageSeries spect = study.OfKind(ImageKind.ReconTomo).Single(), ct = study.OfKind(ImageKind.Ct).Single();
        Assert.Contains("other coordinates", Assert.Throws<SpectCtException>(() => SpectCtStudy.Read(spect, ct, reader: Phantoms.Reader)).Message, StringComparison.Ordinal);
        Assert.Contains("expected a SPECT's sections, found Ct", Assert.Throws<SpectCtException>(() => SpectCtStudy.Read(ct, ct, reader: Phantoms.Reader)).Message, StringComparison.Ordinal);
        Assert.Contains("expected a CT, found ReconTomo", Assert.Throws<SpectCtException>(() => SpectCtStudy.Read(spect, spect, reader: Phantoms.Reader)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASpectThatDoesNotSayWhereItLiesIsRefusedUnlessItWillBeRegistered()
    {
        Ct();
        Spect(isPlaced: false);
        Assert.Contains("where it lies was assumed", Refused(Only()), StringComparison.Ordinal);
        Assert.Contains(Read(Only(), new() { AllowOtherCoordinates = true }).Warnings, warning => warning.Contains("centred on the origin", StringComparison.Ordinal));
    }

    [Fact]
    public void AFileOfSeveralVolumesIsRefused()
    {
        Ct();
        EvidenceCase.Of("RECON TOMO", 8, DicomTag.EnergyWindowVector, DicomTag.SliceVector).Unchecked()
            .Vector(DicomTag.EnergyWindowVector, Enumerable.Range(0, 8).Select(i => 1 + (i / 4))).Vector(DicomTag.SliceVector, Enumerable.Range(0, 8).Select(i => 1 + (i % 4)))
            .With(DicomTag.Rows, (ushort)Rows).With(DicomTag.Columns, (ushort)Columns).With(DicomTag.PixelSpacing, "20", "20")
            .With(DicomTag.SpacingBetweenSlices, "20").With(DicomTag.SliceThickness, "20").With(DicomTag.Units, "BQML")
            .With(DicomTag.PatientID, "P").With(DicomTag.StudyInstanceUID, "1.2").With(DicomTag.FrameOfReferenceUID, "1.2.9")
            .WithItems(DicomTag.DetectorInformationSequence, new DicomDataset { { DicomTag.ImagePositionPatient, "-170", "-130", "-70" }, { DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0" } })
            .WithPixels([.. Enumerable.Range(0, Columns * Rows * 8).Select(i => (ushort)(i % 97))]).Save(_folder, "two.dcm");
        Assert.Contains("expected one volume, found 2", Assert.Throws<DicomReadException>(() => Read(Only())).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void CoordinatesThatAreNotNamedAreToldAndTimesThatPartAreToo()
    {
        Ct(space: "", hour: "180000");
        Spect();
        IReadOnlyList<string> warnings = Read(Only()).Warnings;
        Assert.Contains(warnings, warning => warning.Contains("does not say in which coordinates", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("7.8 hours apart", StringComparison.Ordinal));
    }

    [Fact]
    public void ACtOfAnotherPatientIsRefused()
    {
        Ct(patient: "Q");
        Spect();
        IReadOnlyList<Study> studies = StudyIndex.Build(_folder.Path, new() { Reading = Phantoms.Options }).Studies;
        ImageSeries[] series = [.. studies.SelectMany(study => study.Series)];
        string message = Assert.Throws<SpectCtException>(() => SpectCtStudy.Read(series.Single(one => one.Kind == ImageKind.ReconTomo), series.Single(one => one.Kind == ImageKind.Ct), reader: Phantoms.Reader)).Message;
        Assert.Contains("of another patient", message, StringComparison.Ordinal);
        Assert.Contains("no CT", Refused(studies.Single(study => study.Series[0].Kind == ImageKind.ReconTomo)), StringComparison.Ordinal);
        Assert.Contains("expected a reconstructed SPECT, found none", Refused(studies.Single(study => study.Series[0].Kind == ImageKind.Ct)), StringComparison.Ordinal);
    }

    [Fact]
    public void ACtBesideTheFieldOrWithoutAllItsSectionsIsRefused()
    {
        Ct(moved: 900);
        Spect();
        Assert.Contains("holds 0 % of the SPECT's", Refused(Only()), StringComparison.Ordinal);
        File.Delete(_folder.File("1.2.2-05.dcm"));
        Assert.Contains("lacks sections or places", Refused(Only()), StringComparison.Ordinal);
    }

    [Fact]
    public void AmongSeveralTheOneOfThisSpectIsTaken()
    {
        Ct(series: "1.2.2", space: "1.2.7");
        Ct(series: "1.2.3", sections: 4);
        Ct(series: "1.2.4", hour: "120000");
        Ct(series: "1.2.5", hour: "101000");
        Spect();
        Assert.Equal("1.2.5-00.dcm", Read(Only()).CtSeries.Files[0].File);
        Spect(name: "second-one.dcm");
        Assert.Contains("expected one reconstructed SPECT, found 2", Refused(Only()), StringComparison.Ordinal);
    }

    [Fact]
    public void ImplausibleCtsAreRefusedOrTold()
    {
        Ct(intercept: "0");
        Spect();
        Assert.Contains("without its Rescale Intercept", Refused(Only()), StringComparison.Ordinal);
        SpectCtStudy both = Read(Only(), new() { AllowImplausibleCt = true });
        Assert.Contains(both.Warnings, warning => warning.StartsWith("CT: expected air about -1000", StringComparison.Ordinal));
    }

    [Fact]
    public void PositionsWithFewDigitsAddUpToNoDrift()
    {
        // 2.06 mm, written with one digit: 2.1, 2.0, 2.1, ... would make of 100 sections four millimetres too many.
        DicomDataset[] files = [.. Enumerable.Range(0, 100).Select(i => EvidenceCase.Ct(i, 0, 0, Math.Round(i * 2.06, 1)))];
        AssembledSeries series = Assert.Single(SeriesAssembler.Assemble([.. files.Select((file, i) => file.Save(_folder, $"{i:000}.dcm")).Select(Phantoms.Reader.ReadHeader)]));
        Assert.Equal("", series.VolumeRefusal);
        Assert.Equal(99 * 2.06, series.Geometry.PositionOf(0, 0, 99).Z, 0.06);
    }

    [Fact]
    public void DistancesThatDriftAreNamed()
    {
        // From 2.00 to 2.08 mm: never more than 5 % apart, and far off in the middle.
        double z = 0;
        DicomDataset[] files = [.. Enumerable.Range(0, 100).Select(i => EvidenceCase.Ct(i, 0, 0, z += 2 + (0.0008 * i)))];
        AssembledSeries series = Assert.Single(SeriesAssembler.Assemble([.. files.Select((file, i) => file.Save(_folder, $"{i:000}.dcm")).Select(Phantoms.Reader.ReadHeader)]));
        Assert.Contains("as their distances drift", series.VolumeRefusal, StringComparison.Ordinal);
        Assert.Contains("drift", Assert.Throws<DicomReadException>(() => series.ReadVolume(Phantoms.Reader)).Sentence, StringComparison.Ordinal);
        Assert.Equal(100, series.ReadVolume(new DicomImageReader(Phantoms.Options with { AssumeSpacing = true })).Geometry.Sections);
    }

    [Fact]
    public void DirectionsThatAreAllButOneMakeOneStackAndPassesAreNotMixed()
    {
        // On both sides of where three digits round up.
        string[] directions = ["1\\0\\0\\0\\0.9999997\\0.0007749", "1\\0\\0\\0\\0.9999997\\0.0004999", "1\\0\\0\\0\\0.9999997\\0.0005001"];
        DicomDataset[] files = [.. Enumerable.Range(0, 6).Select(i => EvidenceCase.Ct(i, 0, 0, i * 2, directions[i % 3]))];
        Assert.Single(SeriesAssembler.Assemble([.. files.Select((file, i) => file.Save(_folder, $"{i:000}.dcm")).Select(Phantoms.Reader.ReadHeader)]));
        // Two passes that number their sections alike, in files whose names say nothing.
        DicomDataset[] passes = [.. Enumerable.Range(0, 8).Select(i => EvidenceCase.Ct(i % 4, 0, 0, i % 4 * 2).With(DicomTag.SOPInstanceUID, $"1.9.{i + 1}").With(DicomTag.AcquisitionDate, "20260102").With(DicomTag.AcquisitionTime, i < 4 ? "100000" : "100500"))];
        AssembledSeries first = Assert.Single(SeriesAssembler.Assemble([.. passes.Select((file, i) => file.Save(_folder, $"p{i * 5 % 8}.dcm")).Select(Phantoms.Reader.ReadHeader)]));
        Assert.Equal((4, 4), (first.Sections.Count, first.LeftOut.Count));
        Assert.All(first.Sections, section => Assert.Equal(10, section.AcquiredAt!.Value.Hour + section.AcquiredAt.Value.Minute));
    }
}

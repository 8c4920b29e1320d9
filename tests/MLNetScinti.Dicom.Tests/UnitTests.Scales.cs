using FellowOakDicom;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

// Several frames, dose grids, factors that were measured, and mappings beside other statements.
public sealed partial class UnitTests
{
    [Fact]
    public void FramesInDifferentUnitsAreRefused()
    {
        DicomDataset Frame(string unit) => new DicomDataset().WithItems(DicomTag.RealWorldValueMappingSequence, Mapping(unit, 2));
        DicomDataset dataset = HandMadeFile.Image("PT", 2).WithItems(DicomTag.PerFrameFunctionalGroupsSequence, Frame("Bq/ml"), Frame("{counts}"));
        Assert.Contains("frame 2", Assert.Throws<DicomReadException>(() => Image(dataset)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EachFrameHasItsOwnScale()
    {
        DicomDataset Frame(double slope) => new DicomDataset().WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("Bq/ml", slope));
        ScintigraphyImage image = Image(HandMadeFile.Image("PT", 2).WithItems(DicomTag.PerFrameFunctionalGroupsSequence, Frame(2), Frame(3)));
        Assert.Equal([22f, 333f], new[] { image.Values[11], image.Values[23] });
        Assert.Contains("others have their own", ImageDescription.Of(image).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void CountsBecomeConcentrationsByAMeasuredFactorOnly()
    {
        ScintigraphyImage counts = Image(Recon());
        Assert.Contains("found counts", Assert.Throws<UnitException>(() => ActivityConcentration.Of(counts)).Message, StringComparison.Ordinal);
        ActivityConcentration measured = ActivityConcentration.FromCounts(counts, new CountCalibration("camera A, ME, OSEM 6 x 10", 40));
        Assert.Equal("counts x 40 Bq/ml (camera A, ME, OSEM 6 x 10)", measured.Basis);
        Assert.Equal(40 * 111f, measured.Volume.Voxels.Max());
        Assert.Equal(40 * counts.Total * 4 * 3 * 4 / 1000 / 1e6, measured.TotalMegabecquerels, 9);
        Assert.Throws<UnitException>(() => ActivityConcentration.FromCounts(Image(Mapped(Mapping("Bq/ml", 2))), new CountCalibration("camera A", 40)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CountCalibration("camera A", double.NaN));
        Assert.Throws<ArgumentException>(() => new CountCalibration(" ", 40));
        // 5.67 cps/MBq, 30 min, 4.42 mm voxels: a count is 1 / (5.67 x 1800) MBq in .0864 ml.
        Assert.Equal(1e6 / 5.67 / 1800 / 0.0864, CountCalibration.FromSensitivity("camera A", 5.67, 1800, 0.0864).BecquerelPerMillilitrePerCount, 1e-9);
        Assert.Throws<ArgumentOutOfRangeException>(() => CountCalibration.FromSensitivity("camera A", 0, 1800, 0.0864));
    }

    [Fact]
    public void CtStaysInHounsfieldUnitsWhateverElseItMapsTo()
    {
        DicomDataset Ct() => HandMadeFile.Image("CT", 1).With(DicomTag.RescaleSlope, "1").With(DicomTag.RescaleIntercept, "-1024");
        ImageHeader header = Image(Ct().WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("g/ml", 0.001))).Header;
        Assert.Equal((ImageUnit.Hounsfield, UnitEvidence.Convention, -1024.0), (header.Unit, header.UnitEvidence, header.Scaling.Intercept));
        Says(header, "HU", "g/ml");
        ImageHeader disputed = Image(Ct().WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("[hnsf'U]", 2, intercept: -1000))).Header;
        Assert.Equal(UnitEvidence.Disputed, disputed.UnitEvidence);
        Assert.Empty(Image(Ct().WithItems(DicomTag.RealWorldValueMappingSequence, Mapping("[hnsf'U]", 1, intercept: -1024))).Header.Warnings);
    }

    [Fact]
    public void AMappingWithoutAUnitIsIgnoredAloud()
    {
        DicomDataset mapping = Mapping("x", 37.5);
        mapping.Remove(DicomTag.MeasurementUnitsCodeSequence);
        ScintigraphyImage image = Image(Mapped(mapping));
        Assert.Equal((ImageUnit.StoredValues, 111f), (image.Header.Unit, image.Maximum));
        Says(image.Header, "names no unit");
    }

    [Fact]
    public void CountsThatAreStatedAndStretchedAreDisputed()
    {
        ScintigraphyImage image = Image(Recon().With(DicomTag.Units, "CNTS").WithPixels([.. Enumerable.Repeat((ushort)7, 23), (ushort)65535]));
        Assert.Equal((ImageUnit.Counts, UnitEvidence.Disputed), (image.Header.Unit, image.Header.UnitEvidence));
        Says(image.Header, "65535", "stretched");
    }
}

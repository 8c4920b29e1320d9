using FellowOakDicom;
using FellowOakDicom.Imaging.Codec;
using Xunit;

namespace MLNetScinti.Dicom.Tests;

public sealed class PixelTests
{
    private static ScintigraphyImage Image(DicomDataset dataset)
    {
        using TemporaryFolder folder = new();
        return Phantoms.Reader.Read(dataset.Save(folder));
    }

    [Fact]
    public void Monochrome1IsNotInverted()
    {
        ScintigraphyImage image = Image(HandMadeFile.Image("NM", 1).With(DicomTag.PhotometricInterpretation, "MONOCHROME1"));
        Assert.Equal(Enumerable.Range(0, 12).Select(value => (float)value), image.Values);
    }

    [Fact]
    public void SignedPixelsAreSigned()
    {
        ScintigraphyImage image = Image(HandMadeFile.Image("NM", 1).With(DicomTag.PixelRepresentation, (ushort)1).WithPixels(0xFFFF, 0x8000, 0x7FFF, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal([-1, -32768, 32767], image.Values[..3]);
    }

    [Theory]
    [InlineData(0, 0x0800, 2048f)]
    [InlineData(1, 0x0800, -2048f)]
    [InlineData(1, 0x07FF, 2047f)]
    [InlineData(0, 0xF123, 291f)]
    public void BitsOutsideTheStoredOnesAreNotPixels(ushort representation, int stored, float value)
    {
        ScintigraphyImage image = Image(HandMadeFile.Image("NM", 1)
            .With(DicomTag.BitsStored, (ushort)12).With(DicomTag.HighBit, (ushort)11).With(DicomTag.PixelRepresentation, representation)
            .WithPixels((ushort)stored, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal(value, image.Values[0]);
    }

    [Fact]
    public void PixelsMayBeStoredInTheUpperBits()
    {
        ScintigraphyImage image = Image(HandMadeFile.Image("NM", 1)
            .With(DicomTag.BitsStored, (ushort)12).With(DicomTag.HighBit, (ushort)15)
            .WithPixels(0x1230, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal(0x123, image.Values[0]);
    }

    [Fact]
    public void PixelsOf8And32BitsAreRead()
    {
        DicomDataset eight = HandMadeFile.Image("NM", 1).With(DicomTag.BitsAllocated, (ushort)8).With(DicomTag.BitsStored, (ushort)8).With(DicomTag.HighBit, (ushort)7)
            .WithPixelBytes([.. Enumerable.Range(244, 12).Select(value => (byte)value)]);
        Assert.Equal(Enumerable.Range(244, 12).Select(value => (float)value), Image(eight).Values);

        DicomDataset wide = HandMadeFile.Image("NM", 1).With(DicomTag.BitsAllocated, (ushort)32).With(DicomTag.BitsStored, (ushort)32).With(DicomTag.HighBit, (ushort)31)
            .WithPixelBytes([.. Enumerable.Range(0, 12).SelectMany(value => BitConverter.GetBytes((uint)value * 100_000_000))]);
        Assert.Equal(Enumerable.Range(0, 12).Select(value => value * 1e8f), Image(wide).Values);
        Assert.Equal(-1, Image(wide.With(DicomTag.PixelRepresentation, (ushort)1).WithPixelBytes([.. Enumerable.Repeat((byte)255, 48)])).Values[0]);
    }

    [Fact]
    public void SlopeAndInterceptAreAppliedAndSaid()
    {
        ScintigraphyImage image = Image(HandMadeFile.Image("NM", 1).With(DicomTag.RescaleSlope, "0.25").With(DicomTag.RescaleIntercept, "-2"));
        Assert.Equal(0.75f, image.Values[11]);
        Assert.Equal(new ValueScaling(0.25, -2, "Rescale Slope"), image.Header.Scaling);
    }

    [Fact]
    public void PaddingIsNothingInCountsAndAirInCt()
    {
        DicomDataset counts = HandMadeFile.Image("NM", 1).With(DicomTag.PixelPaddingValue, (ushort)11);
        Assert.Equal(0, Image(counts).Values[11]);
        Assert.Equal(1, Image(counts).PaddedPixels);

        DicomDataset ct = HandMadeFile.Image("CT", 1).With(DicomTag.PixelRepresentation, (ushort)1).With(DicomTag.RescaleIntercept, "-1024").With(DicomTag.RescaleSlope, "1")
            .With(DicomTag.PixelPaddingValue, unchecked((ushort)-2000))
            .WithPixels(unchecked((ushort)-2000), 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        Assert.Equal([-1000, -1000, -1024], Image(ct).Values[..3]);
        Assert.Equal(1, Image(ct).PaddedPixels);
    }

    [Fact]
    public void ADoseGridWithDescendingPlanesGoesDown()
    {
        ScintigraphyImage image = Image(HandMadeFile.Image("RTDOSE", 3)
            .With(DicomTag.DoseGridScaling, "0.5").With(DicomTag.DoseUnits, "GY").With(DicomTag.GridFrameOffsetVector, "0", "-2.5", "-5")
            .With(DicomTag.ImageOrientationPatient, "1", "0", "0", "0", "1", "0").With(DicomTag.ImagePositionPatient, "0", "0", "100"));
        Assert.Equal(100 - 5, image.ToVolume().Geometry.PositionOf(0, 0, 2).Z);
        Assert.Equal(0.5f * 211, image.Values[35]);
        Assert.Equal(ImageUnit.Gray, image.Header.Unit);
    }

    public static TheoryData<string> LosslessSyntaxes => ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5"];

    [Theory]
    [MemberData(nameof(LosslessSyntaxes))]
    public void EveryCodingOfTheLibraryGivesTheSamePixels(string syntax)
    {
        using TemporaryFolder folder = new();
        DicomFile file = new(HandMadeFile.Image("NM", 3).With(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "STATIC", "EMISSION"));
        file.Clone(DicomTransferSyntax.Parse(syntax)).Save(folder.File("coded.dcm"));
        ScintigraphyImage image = Phantoms.Reader.Read(folder.File("coded.dcm"));
        Assert.Equal(Enumerable.Range(0, 3).SelectMany(frame => Enumerable.Range(0, 12).Select(pixel => (float)((100 * frame) + pixel))), image.Values);
    }
}

using FellowOakDicom;
using FellowOakDicom.Imaging;
using FellowOakDicom.Imaging.Render;
using FellowOakDicom.IO.Buffer;
using FoDicom.Subset.Tests.Recorded;
using Xunit;

namespace FoDicom.Subset.Tests;

public sealed class PixelDataTests
{
    private static readonly RecordedCases s_cases = new(RecordedFile.FoDicom, "pixelData")
    {
        ["AddFrame sets NumberOfFrames"] = () =>
        {
            DicomDataset dataset = Samples.Image();
            return new
            {
                tag = dataset.GetString(DicomTag.NumberOfFrames),
                vr = dataset.GetDicomItem<DicomItem>(DicomTag.NumberOfFrames).ValueRepresentation.Code,
                pxVr = dataset.GetDicomItem<DicomItem>(DicomTag.PixelData).ValueRepresentation.Code,
                type = DicomPixelData.Create(dataset).GetType().Name,
                bytes = dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Length,
            };
        },
        ["GetFrame(3) of 3"] = () => DicomPixelData.Create(Samples.Image()).GetFrame(3),
        ["GetFrame(-1)"] = () => DicomPixelData.Create(Samples.Image()).GetFrame(-1),
        ["Create on a dataset without PixelData"] = () => DicomPixelData.Create(Samples.Header()),
        ["Create(new) without Rows"] = () => DicomPixelData.Create([], newPixelData: true),
        ["Create(new) twice: does it replace?"] = () =>
        {
            DicomDataset dataset = Samples.Image();
            DicomPixelData pixels = DicomPixelData.Create(dataset, newPixelData: true);
            return new { pixels.NumberOfFrames, bytes = dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Length };
        },
        ["Create without NumberOfFrames tag"] = () => DicomPixelData.Create(Samples.Image().Remove(DicomTag.NumberOfFrames)).NumberOfFrames,
        ["AddFrame of a wrong size (30 of 32 bytes)"] = () =>
        {
            DicomDataset dataset = Samples.Header();
            DicomPixelData.Create(dataset, newPixelData: true).AddFrame(new MemoryByteBuffer(new byte[30]));
            return new { n = dataset.GetString(DicomTag.NumberOfFrames), bytes = dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Length };
        },
        ["PixelData shorter than NumberOfFrames says: GetFrame(2)"] = () =>
        {
            DicomDataset dataset = Samples.Header();
            DicomPixelData pixels = DicomPixelData.Create(dataset, newPixelData: true);
            pixels.AddFrame(Samples.Frame(0));
            pixels.AddFrame(Samples.Frame(1));
            dataset.AddOrUpdate(DicomTag.NumberOfFrames, 3);
            return DicomPixelData.Create(dataset).GetFrame(2).Size;
        },
        ["8-bit, odd total length (3x3): PixelData length after AddFrame and after save"] = () =>
        {
            DicomDataset dataset = Samples.Header(rows: 3, columns: 3, bits: 8);
            DicomPixelData.Create(dataset, newPixelData: true).AddFrame(new MemoryByteBuffer(new byte[9]));
            DicomDataset read = Samples.Opened(Samples.Saved(dataset)).Dataset;
            return new
            {
                vr = dataset.GetDicomItem<DicomItem>(DicomTag.PixelData).ValueRepresentation.Code,
                before = dataset.GetDicomItem<DicomElement>(DicomTag.PixelData).Length,
                after = read.GetDicomItem<DicomElement>(DicomTag.PixelData).Length,
                frame = DicomPixelData.Create(read).GetFrame(0).Data.Length,
            };
        },
        ["1-bit segmentation 4x4, 2 frames: UncompressedFrameSize, GetFrame bytes"] = () =>
        {
            DicomDataset dataset = Samples.Header(bits: 1);
            DicomPixelData pixels = DicomPixelData.Create(dataset, newPixelData: true);
            pixels.AddFrame(new MemoryByteBuffer([0x55, 0xAA]));
            pixels.AddFrame(new MemoryByteBuffer([0xAA, 0x55]));
            return new { pixels.UncompressedFrameSize, pixels.BytesAllocated, f1 = Samples.Hex(pixels.GetFrame(1)), n = pixels.NumberOfFrames };
        },
        ["PixelDataFactory: pixels of a 16-bit unsigned frame"] = () =>
        {
            IPixelData pixels = PixelDataFactory.Create(DicomPixelData.Create(Samples.Image()), 1);
            return new
            {
                type = pixels.GetType().Name,
                pixels.Width,
                pixels.Height,
                v = pixels.GetPixel(3, 2),
                min = pixels.GetMinMax().Minimum,
                max = pixels.GetMinMax().Maximum,
            };
        },
    };

    public static TheoryData<string> Names => s_cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Pixel_data_is_as_recorded(string name) => s_cases.Assert(name);
}

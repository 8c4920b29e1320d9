using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Render;

public static class PixelDataFactory
{
    public static IPixelData Create(DicomPixelData pixelData, int frame) => Create(pixelData, pixelData.GetFrame(frame));

    internal static IPixelData Create(DicomPixelData pixelData, IByteBuffer data)
    {
        BitDepth depth = pixelData.BitDepth;
        int width = pixelData.Width;
        int height = pixelData.Height;
        return (pixelData.BitsAllocated, depth.IsSigned, pixelData.SamplesPerPixel) switch
        {
            (8, _, 1) => new GrayscalePixelDataU8(width, height, data),
            (16, false, 1) => new GrayscalePixelDataU16(width, height, depth, data),
            (16, true, 1) => new GrayscalePixelDataS16(width, height, depth, data),
            (32, false, 1) => new GrayscalePixelDataU32(width, height, depth, data),
            (32, true, 1) => new GrayscalePixelDataS32(width, height, depth, data),
            _ => throw new DicomImagingException($"Unsupported pixel data value for bits stored: {pixelData.BitsStored}"),
        };
    }
}

using System.Runtime.InteropServices;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Render;

public interface IPixelData
{
    int Width { get; }

    int Height { get; }

    int Components { get; }

    DicomRange<double> GetMinMax();

    double GetPixel(int x, int y);
}

/// <summary>What the typed frames have in common.</summary>
internal static class GrayscalePixelData
{
    public static T[] Read<T>(IByteBuffer data, int width, int height)
        where T : struct
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(data.Data);
        return values[..Math.Min(values.Length, width * height)].ToArray();
    }

    public static DicomRange<double> Range<T>(T[] data)
        where T : IComparable<T>, IConvertible
    {
        T minimum = data[0];
        T maximum = data[0];
        foreach (T value in data)
        {
            minimum = value.CompareTo(minimum) < 0 ? value : minimum;
            maximum = value.CompareTo(maximum) > 0 ? value : maximum;
        }

        return new DicomRange<double>(minimum.ToDouble(null), maximum.ToDouble(null));
    }
}

public class GrayscalePixelDataU8 : IPixelData
{
    public GrayscalePixelDataU8(int width, int height, IByteBuffer data)
    {
        Width = width;
        Height = height;
        Data = GrayscalePixelData.Read<byte>(data, width, height);
    }

    public int Width { get; }

    public int Height { get; }

    public int Components => 1;

    public byte[] Data { get; }

    public DicomRange<double> GetMinMax() => GrayscalePixelData.Range(Data);

    public double GetPixel(int x, int y) => Data[(y * Width) + x];
}

public class GrayscalePixelDataS16 : IPixelData
{
    public GrayscalePixelDataS16(int width, int height, BitDepth bitDepth, IByteBuffer data)
    {
        Width = width;
        Height = height;
        Data = GrayscalePixelData.Read<short>(data, width, height);
    }

    public int Width { get; }

    public int Height { get; }

    public int Components => 1;

    public short[] Data { get; }

    public DicomRange<double> GetMinMax() => GrayscalePixelData.Range(Data);

    public double GetPixel(int x, int y) => Data[(y * Width) + x];
}

public class GrayscalePixelDataU16 : IPixelData
{
    public GrayscalePixelDataU16(int width, int height, BitDepth bitDepth, IByteBuffer data)
    {
        Width = width;
        Height = height;
        Data = GrayscalePixelData.Read<ushort>(data, width, height);
    }

    public int Width { get; }

    public int Height { get; }

    public int Components => 1;

    public ushort[] Data { get; }

    public DicomRange<double> GetMinMax() => GrayscalePixelData.Range(Data);

    public double GetPixel(int x, int y) => Data[(y * Width) + x];
}

public class GrayscalePixelDataS32 : IPixelData
{
    public GrayscalePixelDataS32(int width, int height, BitDepth bitDepth, IByteBuffer data)
    {
        Width = width;
        Height = height;
        Data = GrayscalePixelData.Read<int>(data, width, height);
    }

    public int Width { get; }

    public int Height { get; }

    public int Components => 1;

    public int[] Data { get; }

    public DicomRange<double> GetMinMax() => GrayscalePixelData.Range(Data);

    public double GetPixel(int x, int y) => Data[(y * Width) + x];
}

public class GrayscalePixelDataU32 : IPixelData
{
    public GrayscalePixelDataU32(int width, int height, BitDepth bitDepth, IByteBuffer data)
    {
        Width = width;
        Height = height;
        Data = GrayscalePixelData.Read<uint>(data, width, height);
    }

    public int Width { get; }

    public int Height { get; }

    public int Components => 1;

    public uint[] Data { get; }

    public DicomRange<double> GetMinMax() => GrayscalePixelData.Range(Data);

    public double GetPixel(int x, int y) => Data[(y * Width) + x];
}

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

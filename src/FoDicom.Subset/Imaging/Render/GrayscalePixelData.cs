using System.Runtime.InteropServices;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Render;

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

using System.Buffers.Binary;

namespace MLNetScinti.Dicom.Codecs;

/// <summary>Run lengths of byte planes, the most significant byte first (PS3.5 annex G): one sample a pixel, of any number of bytes.</summary>
internal static class RunLengths
{
    private const int Header = 64;

    // Two bytes become 128 at most.
    private const int BestRatio = 64;

    /// <summary>Decodes a frame.</summary>
    /// <param name="data">The fragment of the frame.</param>
    /// <param name="bytesPerSample">Bytes of a pixel, and number of planes.</param>
    /// <param name="size">Bytes of the frame.</param>
    /// <returns>The pixels, little-endian.</returns>
    /// <exception cref="InvalidDataException">The fragment holds something else.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> data, int bytesPerSample, int size)
    {
        if (data.Length < Header || BinaryPrimitives.ReadUInt32LittleEndian(data) is uint said && said != bytesPerSample)
        {
            throw new InvalidDataException(data.Length < Header ? "An RLE frame is shorter than its header." : $"An RLE frame has {BinaryPrimitives.ReadUInt32LittleEndian(data)} segments where its pixels need {bytesPerSample}.");
        }

        if (size > (long)data.Length * BestRatio)
        {
            throw new InvalidDataException($"An RLE frame of {data.Length} bytes cannot hold the {size} bytes that the data set announces.");
        }

        byte[] pixels = new byte[size];
        for (int segment = 0; segment < bytesPerSample; segment++)
        {
            uint start = Offset(data, segment);
            uint end = segment + 1 < bytesPerSample ? Offset(data, segment + 1) : (uint)data.Length;
            if (start < Header || end < start || end > data.Length)
            {
                throw new InvalidDataException("The segments of an RLE frame are not in order.");
            }

            Unpack(data[(int)start..(int)end], pixels, bytesPerSample - 1 - segment, bytesPerSample);
        }

        return pixels;
    }

    private static uint Offset(ReadOnlySpan<byte> data, int segment) => BinaryPrimitives.ReadUInt32LittleEndian(data[(4 + (segment * 4))..]);

    private static void Unpack(ReadOnlySpan<byte> data, byte[] pixels, int at, int stride)
    {
        while (at < pixels.Length)
        {
            if (data.Length < 2)
            {
                throw new InvalidDataException("A segment of an RLE frame ends before its pixels do.");
            }

            int control = (sbyte)data[0];
            data = data[1..];
            if (control >= 0)
            {
                if (control >= data.Length)
                {
                    throw new InvalidDataException("A segment of an RLE frame ends before its pixels do.");
                }

                foreach (byte value in data[..(control + 1)])
                {
                    if (at < pixels.Length)
                    {
                        pixels[at] = value;
                        at += stride;
                    }
                }

                data = data[(control + 1)..];
            }
            else if (control != sbyte.MinValue)
            {
                byte value = data[0];
                data = data[1..];
                for (int i = 0; i < 1 - control && at < pixels.Length; i++, at += stride)
                {
                    pixels[at] = value;
                }
            }
        }
    }
}

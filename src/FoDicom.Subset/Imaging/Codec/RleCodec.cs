using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom.Imaging.Codec;

/// <summary>Run lengths of byte planes, most significant byte first (PS3.5 annex G).</summary>
internal sealed class RleCodec : IDicomCodec, IFrameDecoder
{
    private const int Header = 64;
    private const int MostSegments = 15;

    // Two bytes become 128 at most.
    private const int BestRatio = 64;

    public string Name => "RLE Lossless";

    public DicomTransferSyntax TransferSyntax => DicomTransferSyntax.RLELossless;

    public DicomCodecParams GetDefaultParameters() => null;

    public void Decode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters)
    {
        for (int frame = 0; frame < oldPixelData.NumberOfFrames; frame++)
        {
            newPixelData.AddFrame(new MemoryByteBuffer(DecodeFrame(oldPixelData, frame)));
        }
    }

    public byte[] DecodeFrame(DicomPixelData pixels, int frame) => Decode(pixels.GetFrame(frame).Data, pixels);

    public void Encode(DicomPixelData oldPixelData, DicomPixelData newPixelData, DicomCodecParams parameters)
    {
        for (int frame = 0; frame < oldPixelData.NumberOfFrames; frame++)
        {
            newPixelData.AddFrame(new MemoryByteBuffer(Encode(oldPixelData.GetFrame(frame).Data, oldPixelData)));
        }
    }

    private static byte[] Decode(ReadOnlySpan<byte> data, DicomPixelData pixels)
    {
        int bytes = pixels.BytesAllocated;
        int samples = pixels.SamplesPerPixel;
        int size = pixels.UncompressedFrameSize;
        int segments = bytes * samples;
        if (data.Length < Header)
        {
            throw new DicomCodecException("An RLE frame is shorter than its header.");
        }

        uint said = BinaryPrimitives.ReadUInt32LittleEndian(data);
        if (said != segments || segments is 0 or > MostSegments)
        {
            throw new DicomCodecException($"An RLE frame has {said} segments where its pixels need {segments}.");
        }

        if (size > (long)data.Length * BestRatio)
        {
            throw new DicomCodecException($"An RLE frame of {data.Length} bytes cannot hold the {size} bytes that the dataset announces.");
        }

        int plane = size / segments;
        byte[] rented = ArrayPool<byte>.Shared.Rent(plane * segments);
        try
        {
            Span<byte> planes = rented.AsSpan(0, plane * segments);
            Unpack(data, planes, segments);
            return Woven(planes, pixels, plane, size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Unpack(ReadOnlySpan<byte> data, Span<byte> planes, int segments)
    {
        int plane = planes.Length / segments;
        for (int segment = 0; segment < segments; segment++)
        {
            uint start = Offset(data, segment);
            uint end = segment + 1 < segments ? Offset(data, segment + 1) : (uint)data.Length;
            if (start < Header || end < start || end > data.Length)
            {
                throw new DicomCodecException("The segment offsets of an RLE frame are not in order.");
            }

            Unpack(data[(int)start..(int)end], planes.Slice(plane * segment, plane));
        }
    }

    /// <summary>The bytes of the planes in the order in which pixels hold them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static byte[] Woven(ReadOnlySpan<byte> planes, DicomPixelData pixels, int plane, int size)
    {
        // What no plane reaches must be zero.
        byte[] output = planes.Length == size ? GC.AllocateUninitializedArray<byte>(size) : new byte[size];
        if (planes.Length == 2 * plane && pixels.BytesAllocated == 2)
        {
            ReadOnlySpan<byte> high = planes[..plane];
            ReadOnlySpan<byte> low = planes.Slice(plane, plane);
            Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(output.AsSpan());
            for (int i = 0; i < words.Length && i < high.Length && i < low.Length; i++)
            {
                words[i] = (ushort)((high[i] << 8) | low[i]);
            }

            return output;
        }

        for (int segment = 0; segment * plane < planes.Length; segment++)
        {
            (int at, int stride) = Place(segment, pixels, plane);
            foreach (byte value in planes.Slice(segment * plane, plane))
            {
                output[at] = value;
                at += stride;
            }
        }

        return output;
    }

    private static uint Offset(ReadOnlySpan<byte> data, int segment) => BinaryPrimitives.ReadUInt32LittleEndian(data[(4 + (segment * 4))..]);

    /// <summary>Where the bytes of a segment go.</summary>
    private static (int At, int Stride) Place(int segment, DicomPixelData pixels, int plane)
    {
        int bytes = pixels.BytesAllocated;
        int sample = segment / bytes;
        int low = bytes - 1 - (segment % bytes);
        return pixels.PlanarConfiguration == PlanarConfiguration.Planar
            ? ((sample * plane * bytes) + low, bytes)
            : ((sample * bytes) + low, bytes * pixels.SamplesPerPixel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unpack(ReadOnlySpan<byte> data, Span<byte> plane)
    {
        while (plane.Length > 0)
        {
            if (data.Length < 2)
            {
                throw new DicomCodecException("A segment of an RLE frame ends before its pixels do.");
            }

            sbyte control = (sbyte)data[0];
            data = data[1..];
            if (control >= 0)
            {
                int length = Math.Min(control + 1, plane.Length);
                if (length > data.Length)
                {
                    throw new DicomCodecException("A segment of an RLE frame ends before its pixels do.");
                }

                data[..length].CopyTo(plane);
                data = data[length..];
                plane = plane[length..];
            }
            else if (control != sbyte.MinValue)
            {
                int length = Math.Min(1 - control, plane.Length);
                plane[..length].Fill(data[0]);
                data = data[1..];
                plane = plane[length..];
            }
        }
    }

    private static byte[] Encode(byte[] frame, DicomPixelData pixels)
    {
        int segments = pixels.BytesAllocated * pixels.SamplesPerPixel;
        if (segments is 0 or > MostSegments)
        {
            throw new DicomCodecException($"RLE holds at most {MostSegments} byte planes, and these pixels have {segments}.");
        }

        int plane = frame.Length / segments;
        using MemoryStream output = new();
        byte[] head = new byte[Header];
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)segments);
        output.Write(head);
        byte[] values = new byte[plane];
        for (int segment = 0; segment < segments; segment++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4 + (segment * 4)), (uint)output.Length);
            (int at, int stride) = Place(segment, pixels, plane);
            for (int i = 0; i < plane; i++, at += stride)
            {
                values[i] = frame[at];
            }

            Pack(values, output);
            if ((output.Length & 1) != 0)
            {
                output.WriteByte(0);
            }
        }

        byte[] encoded = output.ToArray();
        head.CopyTo(encoded, 0);
        return encoded;
    }

    private static void Pack(ReadOnlySpan<byte> values, MemoryStream output)
    {
        int at = 0;
        while (at < values.Length)
        {
            int run = Run(values, at);
            if (run > 1)
            {
                output.WriteByte((byte)(1 - run));
                output.WriteByte(values[at]);
                at += run;
                continue;
            }

            int start = at;
            // Leaving a literal for a run pays from three equal bytes on.
            while (at < values.Length && at - start < 128 && Run(values, at) < 3)
            {
                at++;
            }

            output.WriteByte((byte)(at - start - 1));
            output.Write(values[start..at]);
        }
    }

    private static int Run(ReadOnlySpan<byte> values, int at)
    {
        int end = Math.Min(values.Length, at + 128);
        int next = at + 1;
        while (next < end && values[next] == values[at])
        {
            next++;
        }

        return next - at;
    }
}

using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>A tensor in a .dat file: element type, rank and sizes as LEB128, then the elements.</summary>
internal static class TensorStream
{
    internal static void Encode(this BinaryWriter writer, long value)
    {
        ulong rest = (ulong)value;
        do
        {
            byte piece = (byte)(rest & 0x7F);
            rest >>= 7;
            writer.Write((byte)(rest == 0 ? piece : piece | 0x80));
        }
        while (rest != 0);
    }

    internal static long Decode(this BinaryReader reader)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte piece = reader.ReadByte();
            value |= (ulong)(piece & 0x7F) << shift;
            if ((piece & 0x80) == 0)
            {
                break;
            }
        }

        return (long)value;
    }

    internal static void Save(this Tensor tensor, BinaryWriter writer)
    {
        writer.Encode((long)tensor.dtype);
        long[] sizes = tensor.shape;
        writer.Encode(sizes.Length);
        foreach (long size in sizes)
        {
            writer.Encode(size);
        }

        writer.Flush();
        tensor.WriteBytesToStream(writer.BaseStream);
    }

    internal static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        var type = (ScalarType)reader.Decode();
        var sizes = new long[reader.Decode()];
        if (!skip && type != tensor.dtype)
        {
            throw new ArgumentException("Mismatched tensor data types while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = reader.Decode();
        }

        if (skip)
        {
            Skip(reader, sizes.Aggregate(ElementSizeOf(type), (a, b) => a * b));
            return;
        }

        if (!sizes.AsSpan().SequenceEqual(tensor.shape))
        {
            throw new ArgumentException("Mismatched tensor shape while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        }

        if (sizes.Aggregate(1L, (a, b) => a * b) > 0)
        {
            try
            {
                tensor.ReadBytesFromStream(reader.BaseStream);
            }
            catch (EndOfStreamException)
            {
                throw new EndOfStreamException("Unable to read beyond the end of the stream.");
            }
        }
    }

    private static void Skip(BinaryReader reader, long bytes)
    {
        while (bytes > 0)
        {
            int taken = reader.ReadBytes((int)Math.Min(bytes, 1 << 20)).Length;
            if (taken == 0)
            {
                throw new EndOfStreamException("Unable to read beyond the end of the stream.");
            }

            bytes -= taken;
        }
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML;

/// <summary>What stands before the parameters of a component in its Model.key: a mark, and the name of what loads it.</summary>
internal static class ModelHeader
{
    private static ReadOnlySpan<byte> Mark => "ML\0MODEL"u8;

    public static void Write(Stream stream, string signature, ReadOnlySpan<byte> body)
    {
        byte[] name = Encoding.UTF8.GetBytes(signature);
        Span<byte> lengths = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], body.Length);
        stream.Write(Mark);
        stream.Write(lengths);
        stream.Write(name);
        stream.Write(body);
    }

    public static (string Signature, byte[] Body) Read(byte[] entry)
    {
        Guard.Decoded(entry.Length >= 16 && entry.AsSpan(0, 8).SequenceEqual(Mark), "Wrong file type");
        int name = BinaryPrimitives.ReadInt32LittleEndian(entry.AsSpan(8));
        int body = BinaryPrimitives.ReadInt32LittleEndian(entry.AsSpan(12));
        Guard.Decoded(name > 0 && body >= 0 && entry.Length == 16L + name + body);
        return (Encoding.UTF8.GetString(entry, 16, name), entry[(16 + name)..]);
    }
}

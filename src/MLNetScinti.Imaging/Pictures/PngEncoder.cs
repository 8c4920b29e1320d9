using System.Buffers.Binary;
using System.IO.Compression;

namespace MLNetScinti.Imaging;

/// <summary>Writes 8-bit grey and colour pictures as PNG (ISO/IEC 15948), without interlacing and without filters.</summary>
public static class PngEncoder
{
    private static readonly uint[] s_table = MakeTable();

    /// <summary>The bytes of a PNG file. The same picture always gives the same bytes within one .NET runtime.</summary>
    public static byte[] Encode(PngImage picture)
    {
        using MemoryStream file = new();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), picture.Height);
        header[8] = 8;
        header[9] = picture.Channels == 1 ? (byte)0 : (byte)2;
        WriteChunk(file, "IHDR"u8, header);

        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            int line = picture.Width * picture.Channels;
            for (int y = 0; y < picture.Height; y++)
            {
                zlib.WriteByte(0);
                zlib.Write(picture.Samples.AsSpan(y * line, line));
            }
        }

        WriteChunk(file, "IDAT"u8, packed.ToArray());
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    /// <summary>Writes a PNG file, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there stays as it was.</exception>
    public static void Save(PngImage picture, string path) => AtomicFile.Write(path, Encode(picture));

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte each in bytes)
        {
            crc = s_table[(byte)(crc ^ each)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            uint c = n;
            for (int bit = 0; bit < 8; bit++)
            {
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            }

            table[n] = c;
        }

        return table;
    }
}

using System.Buffers;
using System.Buffers.Binary;

namespace MLNetScinti.Dicom;

/// <summary>
/// Estimates how deep sequences are nested in a file, from the marks of items and their ends alone. Parsers of DICOM
/// call themselves for each level: a file made of nothing but openings would overflow their stack, and no process
/// survives that.
/// </summary>
internal static class NestingGuard
{
    /// <summary>Deeper than any object of the standard: structured reports reach ten or so.</summary>
    public const int DeepestAllowed = 64;

    /// <summary>How much of a file is looked at: headers lie in front.</summary>
    private const int Looked = 4 << 20;

    /// <summary>The deepest nesting within the first 4 MiB of a file.</summary>
    public static int Depth(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Looked, stream.Length));
        try
        {
            int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return Math.Max(Depth(buffer.AsSpan(0, length), [0xFE, 0xFF], littleEndian: true), Depth(buffer.AsSpan(0, length), [0xFF, 0xFE], littleEndian: false));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Depth(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> group, bool littleEndian)
    {
        // Where the open items end; those of undefined length end at a delimiter.
        Stack<long> ends = new();
        int deepest = 0;
        for (int at = 0; (at = Next(bytes, group, at)) >= 0 && at + 8 <= bytes.Length; at += 2)
        {
            ushort element = littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]) : BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            uint length = littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]) : BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]);
            while (ends.Count > 0 && ends.Peek() <= at)
            {
                ends.Pop();
            }

            if (element == 0xE000)
            {
                ends.Push(length == uint.MaxValue ? long.MaxValue : (long)at + 8 + length);
                deepest = Math.Max(deepest, ends.Count);
            }
            else if (element == 0xE00D && length == 0 && ends.Count > 0)
            {
                ends.Pop();
            }
        }

        return deepest;
    }

    private static int Next(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> group, int from)
    {
        int found = bytes[from..].IndexOf(group);
        return found < 0 ? -1 : from + found;
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

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

    /// <summary>How many bytes of a file are worth looking at: headers lie in front.</summary>
    public const int Looked = 4 << 20;

    /// <summary>The deepest nesting in the first bytes of a file.</summary>
    public static int Depth(ReadOnlySpan<byte> start)
    {
        // In either byte order a mark begins with FE and FF: both are followed in one go, since most bytes are pixels.
        Marks little = new(isLittleEndian: true), big = new(isLittleEndian: false);
        for (int at = 0; (at = Next(start, at)) >= 0; at++)
        {
            (start[at] == 0xFE ? little : big).Take(start, at);
        }

        return Math.Max(little.Deepest, big.Deepest);
    }

    /// <summary>Where FE FF or FF FE stands next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Next(ReadOnlySpan<byte> bytes, int from)
    {
        int at = from;
        Vector<byte> one = Vector<byte>.One, even = new(0xFE);
        for (; at < bytes.Length - Vector<byte>.Count; at += Vector<byte>.Count)
        {
            Vector<byte> first = new(bytes[at..]), second = new(bytes[(at + 1)..]);
            if (Vector.EqualsAny(Vector.Equals(first ^ second, one) & Vector.Equals(first & second, even), Vector<byte>.AllBitsSet))
            {
                break;
            }
        }

        for (; at < bytes.Length - 1; at++)
        {
            if ((bytes[at] ^ bytes[at + 1]) == 1 && (bytes[at] & bytes[at + 1]) == 0xFE)
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Follows the marks of one byte order.</summary>
    private sealed class Marks(bool isLittleEndian)
    {
        // Where the open items end; those of undefined length end at a delimiter.
        private readonly Stack<long> _ends = new();
        private int _next;

        public int Deepest { get; private set; }

        public void Take(ReadOnlySpan<byte> bytes, int at)
        {
            if (at < _next || at + 8 > bytes.Length)
            {
                return;
            }

            _next = at + 2;
            ushort element = isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]) : BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            uint length = isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]) : BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]);
            while (_ends.Count > 0 && _ends.Peek() <= at)
            {
                _ends.Pop();
            }

            if (element == 0xE000)
            {
                _ends.Push(length == uint.MaxValue ? long.MaxValue : (long)at + 8 + length);
                Deepest = Math.Max(Deepest, _ends.Count);
            }
            else if (element == 0xE00D && length == 0 && _ends.Count > 0)
            {
                _ends.Pop();
            }
        }
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MLNetScinti.Dicom;

/// <summary>
/// Estimates how deep sequences are nested in a file, from the marks of items and their ends alone. Parsers of DICOM
/// call themselves for each level: a file made of nothing but openings would overflow their stack, and no process
/// survives that.
/// </summary>
internal sealed class NestingGuard
{
    /// <summary>Deeper than any object of the standard: structured reports reach ten or so.</summary>
    public const int DeepestAllowed = 64;

    /// <summary>How many bytes of a file are worth looking at: headers lie in front.</summary>
    public const int Looked = 4 << 20;

    private const int MarkLength = 8;

    // In either byte order a mark begins with FE and FF: both are followed in one go, since most bytes are pixels.
    private readonly Marks _little = new(isLittleEndian: true);
    private readonly Marks _big = new(isLittleEndian: false);
    private int _looked;

    /// <summary>The deepest nesting in what was looked at.</summary>
    public int Deepest => Math.Max(_little.Deepest, _big.Deepest);

    /// <summary>The deepest nesting in the first bytes of a file.</summary>
    public static int Depth(ReadOnlySpan<byte> start)
    {
        NestingGuard guard = new();
        guard.Look(start);
        return guard.Deepest;
    }

    /// <summary>Looks at what has come since the last time: of a file that is being read, its beginning so far.</summary>
    public void Look(ReadOnlySpan<byte> start)
    {
        // A mark that is not all there yet is left for the next time.
        ReadOnlySpan<byte> whole = start[..Math.Min(start.Length, Looked)];
        int end = whole.Length - MarkLength + 1;
        for (; (_looked = Next(whole, _looked, end)) < end; _looked++)
        {
            (whole[_looked] == 0xFE ? _little : _big).Take(whole, _looked);
        }
    }

    /// <summary>Where FE FF or FF FE stands next, or the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Next(ReadOnlySpan<byte> bytes, int from, int end)
    {
        int at = from;
        Vector<byte> one = Vector<byte>.One, even = new(0xFE);
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        for (; at <= end - (2 * Vector<byte>.Count); at += 2 * Vector<byte>.Count)
        {
            // The byte behind the last one is there: a mark is longer.
            Vector<byte> first = Vector.LoadUnsafe(ref start, (nuint)at), second = Vector.LoadUnsafe(ref start, (nuint)(at + 1));
            Vector<byte> third = Vector.LoadUnsafe(ref start, (nuint)(at + Vector<byte>.Count)), fourth = Vector.LoadUnsafe(ref start, (nuint)(at + Vector<byte>.Count + 1));
            Vector<byte> here = Vector.Equals(first ^ second, one) & Vector.Equals(first & second, even);
            Vector<byte> there = Vector.Equals(third ^ fourth, one) & Vector.Equals(third & fourth, even);
            if ((here | there) != Vector<byte>.Zero)
            {
                break;
            }
        }

        for (; at < end; at++)
        {
            if ((bytes[at] ^ bytes[at + 1]) == 1 && (bytes[at] & bytes[at + 1]) == 0xFE)
            {
                return at;
            }
        }

        return Math.Max(at, from);
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
            if (at < _next)
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

using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MLNetScinti.Pipelines;

/// <summary>
/// What an image is known again by when its values are still there and not where they were: mirrored, turned, moved by whole pixels, cut,
/// framed, with its sections in another order or another kind of slice, on another scale. Nothing of it depends on a key.
/// </summary>
/// <param name="Levels">
/// The SHA-256 of how often each value above the lowest occurs, by rank: the same for every order of the pixels and every scale that rises. Empty
/// where that says too little, since few values occur, or each of them once.
/// </param>
/// <param name="Patches">
/// Hashes of 5 x 5 pixels around peaks, by the ranks of their values, the same whichever way the image lies: of all peaks those with
/// the smallest hashes, in order. Two images that share some of these share a good part of all (Broder, Compression and Complexity of Sequences 1997:21-29).
/// </param>
internal sealed record ImageMarks(string Levels, IReadOnlyList<ulong> Patches)
{
    /// <summary>Patches that are kept.</summary>
    public const int MostPatches = 16;

    // Fewer shared ones may be one marker that was burned into both.
    private const int FewestShared = 4;
    private const int Reach = 2, Width = (2 * Reach) + 1, Pixels = Width * Width;

    // Of 5000 peaks in each of 10,000 images, two that are not of one acquisition are then hardly ever alike.
    private const double LeastPatchBits = 28, LeastLevelBits = 64;

    // Twice as many as 16 bits have values.
    private const int FewestPlaceBits = 12, PlaceBits = 17, Places = 1 << PlaceBits;

    private static readonly byte[][] s_orientations = Orientations();
    private static readonly double[] s_logFactorials = LogFactorials();

    /// <summary>Whether so many patches of two images are the same that one is made of the other.</summary>
    /// <param name="shared">Patches that both have.</param>
    /// <param name="fewer">How many the one has that has fewer.</param>
    public static bool AreOne(int shared, int fewer) => shared >= FewestShared && 3 * shared >= fewer;

    /// <summary>Makes the marks of an image.</summary>
    /// <param name="values">The values, [frames, rows, columns].</param>
    /// <param name="frames">Frames.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static ImageMarks Of(ReadOnlySpan<float> values, int frames, int rows, int columns)
    {
        SortedSet<ulong> kept = [];
        for (int frame = 0; frame < frames; frame++)
        {
            AddPatches(kept, values.Slice(frame * rows * columns, rows * columns), rows, columns);
        }

        return new ImageMarks(LevelsOf(values), [.. kept]);
    }

    private static void AddPatches(SortedSet<ulong> kept, ReadOnlySpan<float> plane, int rows, int columns)
    {
        Span<ulong> sorted = stackalloc ulong[Pixels];
        Span<byte> ranks = stackalloc byte[Pixels];
        int step = Vector<float>.Count;
        for (int row = Reach; row < rows - Reach; row++)
        {
            // Most pixels are no peak, and most of those show it against their four nearest: many at once.
            int start = row * columns, end = start + columns - Reach, centre = start + Reach;
            for (; centre + step <= end; centre += step)
            {
                Vector<float> value = new(plane[centre..]);
                Vector<int> above = Vector.GreaterThan(value, new Vector<float>(plane[(centre - 1)..])) & Vector.GreaterThan(value, new Vector<float>(plane[(centre + 1)..]))
                    & Vector.GreaterThan(value, new Vector<float>(plane[(centre - columns)..])) & Vector.GreaterThan(value, new Vector<float>(plane[(centre + columns)..]));
                for (int lane = 0; above != Vector<int>.Zero && lane < step; lane++)
                {
                    if (above[lane] != 0)
                    {
                        AddPeak(kept, plane, centre + lane, columns, sorted, ranks);
                    }
                }
            }

            for (; centre < end; centre++)
            {
                AddPeak(kept, plane, centre, columns, sorted, ranks);
            }
        }
    }

    private static void AddPeak(SortedSet<ulong> kept, ReadOnlySpan<float> plane, int centre, int columns, Span<ulong> sorted, Span<byte> ranks)
    {
        if (!IsPeak(plane, centre, columns))
        {
            return;
        }

        if (Rank(plane, centre, columns, sorted, ranks) < LeastPatchBits)
        {
            return;
        }

        ulong hash = HashOf(ranks);
        if (kept.Count < MostPatches)
        {
            kept.Add(hash);
        }
        else if (hash < kept.Max && kept.Add(hash))
        {
            kept.Remove(kept.Max);
        }
    }

    private static bool IsPeak(ReadOnlySpan<float> plane, int centre, int columns)
    {
        float value = plane[centre];
        for (int line = -Reach; line <= Reach; line++)
        {
            ReadOnlySpan<float> around = plane.Slice(centre + (line * columns) - Reach, Width);
            for (int pixel = 0; pixel < Width; pixel++)
            {
                if (!(around[pixel] < value) && (line != 0 || pixel != Reach))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // Ranks say nothing of the scale. In how many ways they could lie in the patch is what they say at most.
    private static double Rank(ReadOnlySpan<float> plane, int centre, int columns, Span<ulong> sorted, Span<byte> ranks)
    {
        for (int line = 0, place = 0; line < Width; line++)
        {
            foreach (float value in plane.Slice(centre + ((line - Reach) * columns) - Reach, Width))
            {
                sorted[place] = ((ulong)Ordered(value) << 32) | (uint)place++;
            }
        }

        sorted.Sort();
        double bits = s_logFactorials[Pixels];
        for (int i = 0, first = 0, level = 0; i < Pixels; i++)
        {
            ranks[(int)(uint)sorted[i]] = (byte)level;
            if (i + 1 == Pixels || sorted[i + 1] >> 32 != sorted[i] >> 32)
            {
                bits -= s_logFactorials[i + 1 - first];
                first = i + 1;
                level++;
            }
        }

        return bits;
    }

    // Numbers in the order of the values, and none of them zero. The sum makes one zero of two.
    private static uint Ordered(float value)
    {
        uint number = BitConverter.SingleToUInt32Bits(value + 0f);
        return (number & 0x80000000) != 0 ? ~number : number | 0x80000000;
    }

    // Five bits a pixel, from the orientation in which the number is smallest.
    private static ulong HashOf(ReadOnlySpan<byte> ranks)
    {
        UInt128 least = UInt128.MaxValue;
        foreach (byte[] orientation in s_orientations)
        {
            ulong high = 0, low = 0;
            for (int i = 0; i < 12; i++)
            {
                high = (high << 5) | ranks[orientation[i]];
            }

            for (int i = 12; i < 24; i++)
            {
                low = (low << 5) | ranks[orientation[i]];
            }

            UInt128 here = new(high, (low << 4) ^ ranks[orientation[24]]);
            least = here < least ? here : least;
        }

        return Mixed(Mixed((ulong)(least >> 64)) + (ulong)least);
    }

    // The last step of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    private static ulong Mixed(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static string LevelsOf(ReadOnlySpan<float> values)
    {
        if (values.Length == 0)
        {
            return "";
        }

        float lowest = float.PositiveInfinity;
        foreach (float value in values)
        {
            lowest = value < lowest ? value : lowest;
        }

        ulong[] table = ArrayPool<ulong>.Shared.Rent(Places);
        try
        {
            Span<ulong> levels = table.AsSpan(0, Count(values, lowest, table));
            levels.Sort();
            int[] counts = new int[levels.Length];
            double informative = 0;
            for (int level = 0; level < levels.Length; level++)
            {
                counts[level] = (int)(uint)levels[level];
                // A number of counts is known to about its square root.
                informative += Math.Log2(counts[level]) / 2;
            }

            return informative >= LeastLevelBits ? Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(counts.AsSpan()))) : "";
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(table);
        }
    }

    // How often each value occurs: the value above, how often below, in the first places of the table. A sort of all values takes as long as reading
    // the image; a table with open places does not, as long as it is no larger than it must be. Of an image with more different values than files of
    // 16 bits can hold, nearly each occurs once, and that says nothing: none are counted.
    private static int Count(ReadOnlySpan<float> values, float lowest, Span<ulong> table)
    {
        int bits = FewestPlaceBits, levels = 0;
        table[..(1 << bits)].Clear();
        foreach (float value in values)
        {
            // What lies around an image may have been cut off or put on.
            if (!(value > lowest))
            {
                continue;
            }

            uint key = Ordered(value);
            int place = PlaceOf(table, key, bits);
            if (table[place] == 0 && ++levels > 1 << (bits - 1))
            {
                if (bits == PlaceBits)
                {
                    return 0;
                }

                Spread(table, bits++);
                place = PlaceOf(table, key, bits);
            }

            table[place] = ((ulong)key << 32) | (uint)((uint)table[place] + 1);
        }

        return Gather(table, 1 << bits);
    }

    private static int PlaceOf(Span<ulong> table, uint key, int bits)
    {
        int place = (int)(key * 2654435769 >> (32 - bits));
        while (table[place] != 0 && (uint)(table[place] >> 32) != key)
        {
            place = (place + 1) & ((1 << bits) - 1);
        }

        return place;
    }

    // Twice as many places for the same values.
    private static void Spread(Span<ulong> table, int bits)
    {
        ulong[] old = ArrayPool<ulong>.Shared.Rent(1 << bits);
        int levels = Gather(table, 1 << bits);
        table[..levels].CopyTo(old);
        table[..(2 << bits)].Clear();
        foreach (ulong level in old.AsSpan(0, levels))
        {
            table[PlaceOf(table, (uint)(level >> 32), bits + 1)] = level;
        }

        ArrayPool<ulong>.Shared.Return(old);
    }

    private static int Gather(Span<ulong> table, int places)
    {
        int next = 0;
        for (int place = 0; place < places; place++)
        {
            if (table[place] != 0)
            {
                table[next++] = table[place];
            }
        }

        return next;
    }

    private static byte[][] Orientations()
    {
        List<byte[]> all = [];
        for (int orientation = 0; orientation < 8; orientation++)
        {
            byte[] places = new byte[Pixels];
            for (int i = 0; i < Pixels; i++)
            {
                (int row, int column) = ((orientation & 4) != 0) ? (i % Width, i / Width) : (i / Width, i % Width);
                row = (orientation & 1) != 0 ? Width - 1 - row : row;
                column = (orientation & 2) != 0 ? Width - 1 - column : column;
                places[i] = (byte)((row * Width) + column);
            }

            all.Add(places);
        }

        return [.. all];
    }

    private static double[] LogFactorials()
    {
        double[] logs = new double[Pixels + 1];
        for (int i = 1; i <= Pixels; i++)
        {
            logs[i] = logs[i - 1] + Math.Log2(i);
        }

        return logs;
    }
}

using System.Buffers;
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
    private const int PlaceBits = 17, Places = 1 << PlaceBits;

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
        Span<float> patch = stackalloc float[Pixels], sorted = stackalloc float[Pixels];
        Span<byte> ranks = stackalloc byte[Pixels];
        for (int row = Reach; row < rows - Reach; row++)
        {
            for (int column = Reach; column < columns - Reach; column++)
            {
                int centre = (row * columns) + column;
                float value = plane[centre];
                // Most pixels are no peak, and most of those show it here.
                if (!(value > plane[centre - 1]) || !(value > plane[centre + 1]) || !(value > plane[centre - columns]) || !(value > plane[centre + columns])
                    || !IsPeak(plane, centre, columns))
                {
                    continue;
                }

                for (int line = 0; line < Width; line++)
                {
                    plane.Slice(centre + ((line - Reach) * columns) - Reach, Width).CopyTo(patch[(line * Width)..]);
                }

                patch.CopyTo(sorted);
                sorted.Sort();
                if (Rank(patch, sorted, ranks) < LeastPatchBits)
                {
                    continue;
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
    private static double Rank(ReadOnlySpan<float> patch, Span<float> sorted, Span<byte> ranks)
    {
        double bits = s_logFactorials[Pixels];
        int levels = 0;
        for (int i = 0, first = 0; i < Pixels; i++)
        {
            if (i + 1 == Pixels || sorted[i + 1] != sorted[i])
            {
                bits -= s_logFactorials[i + 1 - first];
                sorted[levels++] = sorted[i];
                first = i + 1;
            }
        }

        for (int i = 0; i < Pixels; i++)
        {
            ranks[i] = (byte)sorted[..levels].BinarySearch(patch[i]);
        }

        return bits;
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

        uint[] keys = ArrayPool<uint>.Shared.Rent(Places);
        int[] counts = ArrayPool<int>.Shared.Rent(Places);
        try
        {
            int levels = Count(values, lowest, keys.AsSpan(0, Places), counts.AsSpan(0, Places));
            Array.Sort(keys, counts, 0, levels);
            double informative = 0;
            foreach (int count in counts.AsSpan(0, levels))
            {
                // A number of counts is known to about its square root.
                informative += Math.Log2(count) / 2;
            }

            return informative >= LeastLevelBits ? Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(counts.AsSpan(0, levels)))) : "";
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(keys);
            ArrayPool<int>.Shared.Return(counts);
        }
    }

    // How often each value occurs, by a table with open places; a sort of all values takes as long as reading the image. Of an image with more different
    // values than files of 16 bits can hold, nearly each occurs once, and that says nothing: none are counted.
    private static int Count(ReadOnlySpan<float> values, float lowest, Span<uint> keys, Span<int> counts)
    {
        keys.Clear();
        int levels = 0;
        foreach (float value in values)
        {
            // What lies around an image may have been cut off or put on.
            if (!(value > lowest))
            {
                continue;
            }

            // Numbers in the order of the values, and none of them zero. The sum makes one zero of two.
            uint bits = BitConverter.SingleToUInt32Bits(value + 0f), key = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
            int place = (int)(key * 2654435769 >> (32 - PlaceBits));
            while (keys[place] != key)
            {
                if (keys[place] == 0)
                {
                    if (++levels > Places / 2)
                    {
                        return 0;
                    }

                    (keys[place], counts[place]) = (key, 0);
                    break;
                }

                place = (place + 1) & (Places - 1);
            }

            counts[place]++;
        }

        for (int place = 0, next = 0; place < Places; place++)
        {
            if (keys[place] != 0)
            {
                (keys[next], counts[next++]) = (keys[place], counts[place]);
            }
        }

        return levels;
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

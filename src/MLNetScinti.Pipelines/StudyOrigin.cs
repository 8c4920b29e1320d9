using System.Numerics.Tensors;
using MLNetScinti.Dicom;

namespace MLNetScinti.Pipelines;

/// <summary>Whose images a study holds and which they are, under a key: what tells that a patient or an image is there twice. It stays in memory.</summary>
public sealed record StudyOrigin
{
    /// <summary>Nothing is known.</summary>
    public static StudyOrigin Unknown { get; } = new();

    /// <summary>What may be known of the patient; null where nothing is.</summary>
    public PatientFacts? Patient { get; init; }

    /// <summary>The pseudonyms of the images' identifiers (SOP Instance UID).</summary>
    public IReadOnlyList<string> Instances { get; init; } = [];

    /// <summary>Whether all values are the same one: then that another study has the same values says nothing.</summary>
    public bool IsBlank { get; init; }

    /// <summary>What pseudonyms are made with; null for the key that the file asks for.</summary>
    internal PseudonymKey? Key { get; init; }

    /// <summary>The images in a few numbers, see <see cref="ImageLikeness"/>; null where there is nothing to see.</summary>
    internal float[]? Likeness { get; init; }

    /// <summary>What each image is known again by when its values lie elsewhere.</summary>
    internal IReadOnlyList<ImageMarks> Marks { get; init; } = [];
}

/// <summary>
/// An image in a few numbers, by which copies are found that no longer hold the same values: rounded, filtered a little, moved by part of a
/// pixel, on another matrix, and mirrored or turned besides. The means of blocks around the centre of what is there, less their mean, at
/// length 1: the product of two is the correlation of the two images.
/// </summary>
internal static class ImageLikeness
{
    /// <summary>Images that correlate as well are told of. Two patients' do not: the blocks are far smaller than organs.</summary>
    public const double Alike = 0.9995;

    /// <summary>Makes the numbers.</summary>
    /// <param name="values">The values, [frames, rows, columns].</param>
    /// <param name="frames">Frames.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <returns>The numbers; null where all blocks are alike.</returns>
    public static float[]? Of(ReadOnlySpan<float> values, int frames, int rows, int columns)
    {
        if (values.Length == 0)
        {
            return null;
        }

        // Over the lowest value, which is air or nothing: otherwise what is around an image would draw the centre to the middle.
        float lowest = TensorPrimitives.Min(values);
        float[] overFrames = new float[frames], overRows = new float[rows], overColumns = new float[columns];
        for (int line = 0; line < frames * rows; line++)
        {
            ReadOnlySpan<float> here = values.Slice(line * columns, columns);
            float sum = TensorPrimitives.Sum(here) - (columns * lowest);
            overFrames[line / rows] += sum;
            overRows[line % rows] += sum;
            TensorPrimitives.Add<float>(overColumns, here, overColumns);
        }

        TensorPrimitives.Subtract<float>(overColumns, lowest * frames * rows, overColumns);
        int edge = frames == 1 ? 24 : 10;
        BlockAxis depth = BlockAxis.Of(overFrames, Math.Min(frames, 8)), height = BlockAxis.Of(overRows, Math.Min(rows, edge)), width = BlockAxis.Of(overColumns, Math.Min(columns, edge));
        float[] blocks = new float[depth.Blocks * height.Blocks * width.Blocks], plane = new float[height.Blocks * width.Blocks], strip = new float[width.Blocks];
        for (int frame = 0; frame < frames; frame++)
        {
            plane.AsSpan().Clear();
            for (int row = 0; row < rows; row++)
            {
                strip.AsSpan().Clear();
                ReadOnlySpan<float> here = values.Slice(((frame * rows) + row) * columns, columns);
                for (int column = 0; column < here.Length; column++)
                {
                    width.Add(strip, column, here[column] - lowest);
                }

                height.Add(plane, row, strip);
            }

            depth.Add(blocks, frame, plane);
        }

        // Rows and columns may have been exchanged.
        if (height.Blocks == width.Blocks && height.Spread > width.Spread)
        {
            for (int start = 0; start < blocks.Length; start += plane.Length)
            {
                for (int row = 0; row < height.Blocks; row++)
                {
                    for (int column = 0; column < row; column++)
                    {
                        int one = start + (row * width.Blocks) + column, other = start + (column * width.Blocks) + row;
                        (blocks[one], blocks[other]) = (blocks[other], blocks[one]);
                    }
                }
            }
        }

        TensorPrimitives.Subtract<float>(blocks, TensorPrimitives.Sum<float>(blocks) / blocks.Length, blocks);
        float length = TensorPrimitives.Norm<float>(blocks);
        if (!(length > 0) || !float.IsFinite(length))
        {
            return null;
        }

        TensorPrimitives.Divide<float>(blocks, length, blocks);
        return blocks;
    }

    /// <summary>One axis in blocks around the centre of what is there, from the end that is nearer to it; a pixel is shared by the two blocks whose middles it lies between.</summary>
    private sealed class BlockAxis(int blocks, double spread, int[] places, float[] shares)
    {
        /// <summary>The number of blocks.</summary>
        public int Blocks => blocks;

        /// <summary>The variance of what is there along the axis, in squares of its length.</summary>
        public double Spread => spread;

        public static BlockAxis Of(float[] sums, int blocks)
        {
            double total = 0, first = 0, second = 0;
            for (int i = 0; i < sums.Length; i++)
            {
                double at = (i + 0.5) / sums.Length;
                total += sums[i];
                first += sums[i] * at;
                second += sums[i] * at * at;
            }

            double centre = total > 0 ? first / total : 0.5, spread = total > 0 ? (second / total) - (centre * centre) : 0;
            int[] places = new int[sums.Length];
            float[] shares = new float[sums.Length];
            for (int i = 0; i < sums.Length; i++)
            {
                double from = ((i + 0.5) / sums.Length) - centre, at = ((centre > 0.5 ? -from : from) * blocks) + ((blocks - 1) / 2.0);
                places[i] = (int)Math.Floor(at);
                shares[i] = (float)(at - places[i]);
            }

            return new BlockAxis(blocks, spread, places, shares);
        }

        /// <summary>Adds one value.</summary>
        public void Add(Span<float> to, int pixel, float value)
        {
            int block = places[pixel];
            float share = shares[pixel] * value;
            if ((uint)block < (uint)blocks)
            {
                to[block] += value - share;
            }

            if ((uint)(block + 1) < (uint)blocks)
            {
                to[block + 1] += share;
            }
        }

        /// <summary>Adds a line or a plane of blocks.</summary>
        public void Add(Span<float> to, int pixel, ReadOnlySpan<float> line)
        {
            int block = places[pixel];
            if ((uint)block < (uint)blocks)
            {
                Span<float> there = to.Slice(block * line.Length, line.Length);
                TensorPrimitives.MultiplyAdd(line, 1 - shares[pixel], there, there);
            }

            if ((uint)(block + 1) < (uint)blocks)
            {
                Span<float> there = to.Slice((block + 1) * line.Length, line.Length);
                TensorPrimitives.MultiplyAdd(line, shares[pixel], there, there);
            }
        }
    }

    /// <summary>The pairs that are alike, each once, and how well they correlate.</summary>
    /// <param name="images">The images' numbers; null for one that has none.</param>
    public static IEnumerable<(int One, int Other, double Correlation)> Pairs(IReadOnlyList<float[]?> images)
    {
        foreach (IGrouping<int, int> alike in Enumerable.Range(0, images.Count).Where(image => images[image] is not null).GroupBy(image => images[image]!.Length))
        {
            foreach ((int one, int other, double correlation) in Pairs(images, [.. alike]))
            {
                yield return (one, other, correlation);
            }
        }
    }

    // Two images are no farther apart than their distances from a third one differ: that leaves few pairs to be compared, also of many.
    private static IEnumerable<(int One, int Other, double Correlation)> Pairs(IReadOnlyList<float[]?> images, int[] members)
    {
        double near = Math.Sqrt(2 * (1 - Alike)) + 1e-4;
        List<float[]> landmarks = [];
        double[] nearest = new double[members.Length];
        Array.Fill(nearest, double.MaxValue);
        double[][] distances = [.. members.Select(_ => new double[4])];
        int farthest = 0;
        for (int i = 0; i < 4; i++)
        {
            landmarks.Add(images[members[farthest]]!);
            for (int member = 0; member < members.Length; member++)
            {
                distances[member][i] = TensorPrimitives.Distance<float>(images[members[member]]!, landmarks[i]);
                nearest[member] = Math.Min(nearest[member], distances[member][i]);
            }

            farthest = Array.IndexOf(nearest, nearest.Max());
        }

        int[] order = [.. Enumerable.Range(0, members.Length).OrderBy(member => distances[member][0])];
        for (int i = 0; i < order.Length; i++)
        {
            double[] one = distances[order[i]];
            for (int j = i + 1; j < order.Length && distances[order[j]][0] - one[0] <= near; j++)
            {
                double[] other = distances[order[j]];
                if (Math.Abs(other[1] - one[1]) <= near && Math.Abs(other[2] - one[2]) <= near && Math.Abs(other[3] - one[3]) <= near
                    && TensorPrimitives.Dot<float>(images[members[order[i]]]!, images[members[order[j]]]!) is var correlation && correlation >= Alike)
                {
                    (int first, int second) = order[i] < order[j] ? (order[i], order[j]) : (order[j], order[i]);
                    yield return (members[first], members[second], correlation);
                }
            }
        }
    }
}

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
}

/// <summary>
/// An image in a few numbers, by which copies are found that are no longer the same bytes: scaled, rounded, filtered a little, written by
/// another program. The means of blocks, less their mean, at length 1: the product of two is the correlation of the two images.
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
        int depth = Math.Min(frames, 8), edge = frames == 1 ? 24 : 10, height = Math.Min(rows, edge), width = Math.Min(columns, edge);
        float[] blocks = new float[depth * height * width];
        int[] sizes = new int[blocks.Length];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> line = values.Slice(((frame * rows) + row) * columns, columns);
                int first = (((int)((long)frame * depth / frames) * height) + (int)((long)row * height / rows)) * width;
                for (int block = 0; block < width; block++)
                {
                    int from = (int)(((long)block * columns + width - 1) / width), to = (int)((((long)block + 1) * columns + width - 1) / width);
                    blocks[first + block] += TensorPrimitives.Sum<float>(line[from..to]);
                    sizes[first + block] += to - from;
                }
            }
        }

        for (int block = 0; block < blocks.Length; block++)
        {
            blocks[block] /= Math.Max(sizes[block], 1);
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

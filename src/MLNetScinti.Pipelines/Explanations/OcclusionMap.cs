using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>
/// Occlusion sensitivity (Zeiler and Fergus, ECCV 2014): how far a score falls when a part of the organ is replaced. It needs
/// nothing of a model but its answers.
/// </summary>
/// <remarks>
/// What is put in place of the occluded part decides what is asked. Emptying it, the usual way, would itself make the finding
/// that is looked for, a place without uptake. Here the part is filled with the organ's typical uptake, as if nothing were
/// wrong there: where that makes the score for abnormal fall, the model had seen something wrong there. It is done in the
/// volume, before any projection, so that all views stay those of one body; outside the organ nothing is touched.
/// </remarks>
/// <param name="Score">The score of the image as it is.</param>
/// <param name="Fall">
/// The mean fall of the score over the boxes that cover a voxel, for each voxel of the organ; negative where the score rose, 0
/// outside the organ.
/// </param>
/// <param name="Boxes">How many boxes were tried.</param>
public sealed record OcclusionMap(float Score, float[] Fall, int Boxes)
{
    /// <summary>The most positions along an axis.</summary>
    public const int MostPositions = 6;

    private const int BatchSize = 8;

    /// <summary>Slides a box over an organ.</summary>
    /// <param name="image">The image, sections first.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="organ">The voxels that may be replaced.</param>
    /// <param name="typical">What they are replaced with.</param>
    /// <param name="positions">
    /// Positions along each axis, 1 to <see cref="MostPositions"/>, over the box around the organ; each box is twice as wide as
    /// the step, so that it overlaps its neighbours by half.
    /// </param>
    /// <param name="score">Scores several images at once.</param>
    public static OcclusionMap Of(
        float[] image, ImageShape shape, IReadOnlyList<bool> organ, float typical, int positions, Func<IReadOnlyList<float[]>, IReadOnlyList<float>> score)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(organ);
        ArgumentNullException.ThrowIfNull(score);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions, MostPositions);
        if (image.Length != shape.Length || organ.Count != shape.Length)
        {
            throw new ArgumentException($"An image and an organ of {shape} hold {shape.Length} values, found {image.Length} and {organ.Count}.", nameof(image));
        }

        int[][] boxes = [.. Places(shape, organ, positions)];
        float before = score([image])[0];
        double[] falls = new double[image.Length];
        int[] covered = new int[image.Length];
        foreach (int[][] batch in boxes.Chunk(BatchSize))
        {
            float[][] occluded = [.. batch.Select(box =>
            {
                float[] changed = (float[])image.Clone();
                foreach (int voxel in box)
                {
                    changed[voxel] = typical;
                }

                return changed;
            })];
            IReadOnlyList<float> after = score(occluded);
            for (int box = 0; box < batch.Length; box++)
            {
                foreach (int voxel in batch[box])
                {
                    falls[voxel] += before - after[box];
                    covered[voxel]++;
                }
            }
        }

        return new OcclusionMap(before, [.. falls.Zip(covered, (fall, count) => count == 0 ? 0 : (float)(fall / count))], boxes.Length);
    }

    /// <summary>The voxels of the organ in each box that holds any.</summary>
    private static IEnumerable<int[]> Places(ImageShape shape, IReadOnlyList<bool> organ, int positions)
    {
        int[] inside = [.. Enumerable.Range(0, organ.Count).Where(i => organ[i])];
        if (inside.Length == 0)
        {
            yield break;
        }

        int Section(int i) => i / shape.PlaneLength;
        int Row(int i) => i % shape.PlaneLength / shape.Columns;
        int Column(int i) => i % shape.Columns;
        (int First, double Step) Axis(Func<int, int> place)
        {
            int first = inside.Min(place);
            return (first, (double)(inside.Max(place) - first + 1) / (positions + 1));
        }

        (int First, double Step) sections = Axis(Section), rows = Axis(Row), columns = Axis(Column);
        static bool Covers((int First, double Step) axis, int position, int place)
        {
            double within = place + 0.5 - axis.First;
            return within >= position * axis.Step && within < (position + 2) * axis.Step;
        }

        for (int s = 0; s < positions; s++)
        {
            int[] slab = [.. inside.Where(i => Covers(sections, s, Section(i)))];
            for (int r = 0; r < positions; r++)
            {
                int[] bar = [.. slab.Where(i => Covers(rows, r, Row(i)))];
                for (int c = 0; c < positions; c++)
                {
                    int[] box = [.. bar.Where(i => Covers(columns, c, Column(i)))];
                    if (box.Length > 0)
                    {
                        yield return box;
                    }
                }
            }
        }
    }
}

using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>
/// Occlusion sensitivity (Zeiler and Fergus, ECCV 2014): how far a score falls when a part of the organ is replaced. It needs
/// nothing of a model but its answers.
/// </summary>
/// <remarks>
/// What is put in place of the occluded part decides what is asked. Emptying it, the usual way, would itself make the finding
/// that is looked for, a place without uptake. Here the part is filled with what an intact organ would show there: where that makes the score for abnormal fall, the model had seen something wrong there. It is done in the
/// volume, before any projection, so that all views stay those of one body; outside the organ nothing is touched.
/// </remarks>
/// <param name="Score">The score of the image as it is.</param>
/// <param name="Fall">
/// The fall of the score at each voxel of the organ: the mean over the boxes that cover it, weighed by how near their middle it
/// is, which is linear between the middles. Negative where the score rose, 0 outside the organ.
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
    /// <param name="filling">What they are replaced with: a value for each voxel.</param>
    /// <param name="positions">
    /// Positions along each axis, 1 to <see cref="MostPositions"/>, over the box around the organ; each box is twice as wide as
    /// the step, so that it overlaps its neighbours by half.
    /// </param>
    /// <param name="score">Scores several images at once.</param>
    public static OcclusionMap Of(
        float[] image, ImageShape shape, IReadOnlyList<bool> organ, IReadOnlyList<float> filling, int positions, Func<IReadOnlyList<float[]>, IReadOnlyList<float>> score)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(organ);
        ArgumentNullException.ThrowIfNull(filling);
        ArgumentNullException.ThrowIfNull(score);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions, MostPositions);
        if (image.Length != shape.Length || organ.Count != shape.Length || filling.Count != shape.Length)
        {
            throw new ArgumentException($"An image, an organ and a filling of {shape} hold {shape.Length} values, found {image.Length}, {organ.Count} and {filling.Count}.", nameof(image));
        }

        (int Voxel, float Weight)[][] boxes = [.. Places(shape, organ, positions)];
        float before = score([image])[0];
        double[] falls = new double[image.Length], covered = new double[image.Length];
        foreach ((int Voxel, float Weight)[][] batch in boxes.Chunk(BatchSize))
        {
            float[][] occluded = [.. batch.Select(box =>
            {
                float[] changed = (float[])image.Clone();
                foreach ((int voxel, _) in box)
                {
                    changed[voxel] = filling[voxel];
                }

                return changed;
            })];
            IReadOnlyList<float> after = score(occluded);
            for (int box = 0; box < batch.Length; box++)
            {
                foreach ((int voxel, float weight) in batch[box])
                {
                    falls[voxel] += weight * (before - after[box]);
                    covered[voxel] += weight;
                }
            }
        }

        return new OcclusionMap(before, [.. falls.Zip(covered, (fall, weight) => weight == 0 ? 0 : (float)(fall / weight))], boxes.Length);
    }

    /// <summary>The voxels of the organ in each box that holds any, weighed by how near they are to its middle.</summary>
    private static IEnumerable<(int Voxel, float Weight)[]> Places(ImageShape shape, IReadOnlyList<bool> organ, int positions)
    {
        int[] inside = [.. Enumerable.Range(0, organ.Count).Where(i => organ[i])];
        if (inside.Length == 0)
        {
            yield break;
        }

        int Section(int i) => i / shape.PlaneLength;
        int Row(int i) => i % shape.PlaneLength / shape.Columns;
        int Column(int i) => i % shape.Columns;
        Axis sections = Axis.Of(inside, Section, positions), rows = Axis.Of(inside, Row, positions), columns = Axis.Of(inside, Column, positions);
        for (int s = 0; s < positions; s++)
        {
            (int Voxel, float Weight)[] slab = Cut([.. inside.Select(i => (i, 1f))], sections, s, Section);
            for (int r = 0; r < positions; r++)
            {
                (int Voxel, float Weight)[] bar = Cut(slab, rows, r, Row);
                for (int c = 0; c < positions; c++)
                {
                    (int Voxel, float Weight)[] box = Cut(bar, columns, c, Column);
                    if (box.Length > 0)
                    {
                        yield return box;
                    }
                }
            }
        }
    }

    private static (int Voxel, float Weight)[] Cut((int Voxel, float Weight)[] voxels, Axis axis, int position, Func<int, int> place) =>
        [.. voxels.Select(one => (one.Voxel, one.Weight * axis.Weight(position, place(one.Voxel)))).Where(one => one.Item2 > 0)];

    /// <summary>The positions along an axis: box p reaches from First + p Step two steps on.</summary>
    private readonly record struct Axis(int First, double Step)
    {
        public static Axis Of(int[] voxels, Func<int, int> place, int positions)
        {
            int first = voxels.Min(place);
            return new Axis(first, (double)(voxels.Max(place) - first + 1) / (positions + 1));
        }

        /// <summary>1 in the middle of a box, falling to 0 at its ends.</summary>
        public float Weight(int position, int place) => (float)Math.Max(0, 1 - Math.Abs(((place + 0.5 - First) / Step) - position - 1));
    }
}

/// <summary>A coarse map at every pixel of the image it lies over: linear between its elements, level beyond the outermost.</summary>
public static class MapSurface
{
    /// <summary>The map's values at the image's pixels.</summary>
    /// <param name="map">How the map lies over the network's input.</param>
    /// <param name="values">The map's values.</param>
    /// <param name="input">The shape of the network's input.</param>
    /// <param name="image">The shape of the image, of the same extent in space: larger than the input where that was made coarser.</param>
    public static float[] Over(ClassActivation map, float[] values, ImageShape input, ImageShape image)
    {
        int rank = map.Shape.Count;
        if (input.Rank != rank || image.Rank != rank)
        {
            throw new ArgumentException($"The map {map.Name} has {rank} dimensions, its input {input} and the image {image}.", nameof(map));
        }

        (int Below, float Part)[][] axes = [.. Enumerable.Range(0, rank).Select(axis => Places(map, map.Shape[axis], (double)image[axis] / input[axis], image[axis]))];
        int rows = map.Shape[^2], columns = map.Shape[^1];
        float[] result = new float[image.Length];
        int i = 0;
        for (int s = 0; s < image.Sections; s++)
        {
            (int Below, float Part) section = rank == 3 ? axes[0][s] : (0, 0);
            for (int r = 0; r < image.Rows; r++)
            {
                (int Below, float Part) row = axes[^2][r];
                for (int c = 0; c < image.Columns; c++)
                {
                    (int Below, float Part) column = axes[^1][c];
                    float Line(int y, int z)
                    {
                        int start = ((z * rows) + y) * columns;
                        float from = values[start + column.Below];
                        return column.Part == 0 ? from : from + ((values[start + column.Below + 1] - from) * column.Part);
                    }

                    float Plane(int z) => row.Part == 0 ? Line(row.Below, z) : Line(row.Below, z) + ((Line(row.Below + 1, z) - Line(row.Below, z)) * row.Part);
                    float near = Plane(section.Below);
                    result[i++] = section.Part == 0 ? near : near + ((Plane(section.Below + 1) - near) * section.Part);
                }
            }
        }

        return result;
    }

    // Pixel p of the image lies at (p - (f - 1) / 2) / f of an input whose elements are means of f pixels.
    private static (int Below, float Part)[] Places(ClassActivation map, int elements, double factor, int pixels)
    {
        (int, float)[] places = new (int, float)[pixels];
        for (int p = 0; p < pixels; p++)
        {
            double place = Math.Clamp((((p - ((factor - 1) / 2)) / factor) - map.First) / map.Spacing, 0, elements - 1);
            int below = Math.Min((int)place, Math.Max(0, elements - 2));
            places[p] = (below, (float)(place - below));
        }

        return places;
    }
}

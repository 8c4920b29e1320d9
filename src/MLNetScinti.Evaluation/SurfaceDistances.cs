using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>
/// Distances between the surfaces of two masks, in the unit of the spacing, with MONAI's and medpy's definitions: the surface are
/// the voxels of a mask with a neighbour (by a face) outside of it or outside of the image; the distance of a surface voxel is
/// that to the nearest surface voxel of the other mask, from centre to centre.
/// </summary>
public sealed class SurfaceDistances
{
    private readonly double[] _fromFirst, _fromSecond;
    private readonly string? _undefined;

    private SurfaceDistances(double[] fromFirst, double[] fromSecond, string? undefined)
    {
        _fromFirst = fromFirst;
        _fromSecond = fromSecond;
        _undefined = undefined;
    }

    /// <summary>Surface voxels of the first mask.</summary>
    public int FirstSurface => _fromFirst.Length;

    /// <summary>Surface voxels of the second mask.</summary>
    public int SecondSurface => _fromSecond.Length;

    /// <summary>Hausdorff's distance: the largest of all.</summary>
    public Metric Hausdorff => HausdorffPercentile(1);

    /// <summary>The mean distance from the first surface to the second.</summary>
    public Metric MeanFromFirst => Make(() => _fromFirst.Average());

    /// <summary>The mean distance from the second surface to the first.</summary>
    public Metric MeanFromSecond => Make(() => _fromSecond.Average());

    /// <summary>The mean of all distances of both directions together (average symmetric surface distance of MONAI and medpy).</summary>
    public Metric MeanSymmetric => Make(() => Pooled().Average());

    /// <summary>The mean of the two directed means.</summary>
    public Metric MeanOfMeans => Make(() => (_fromFirst.Average() + _fromSecond.Average()) / 2);

    /// <summary>A percentile (0 to 1) of each direction's distances, linearly interpolated; the larger of the two (MONAI).</summary>
    public Metric HausdorffPercentile(double share) => Make(() => Math.Max(Quantile.Of(_fromFirst, share), Quantile.Of(_fromSecond, share)));

    /// <summary>A percentile (0 to 1) of the distances of both directions together, linearly interpolated (medpy).</summary>
    public Metric PooledPercentile(double share) => Make(() => Quantile.Of(Pooled(), share));

    /// <summary>Measures the distances.</summary>
    /// <param name="first">The first mask, slowest dimension first.</param>
    /// <param name="second">The second mask, of the same shape.</param>
    /// <param name="shape">Shape of both.</param>
    /// <param name="spacing">Distance of neighbouring voxels along each dimension of the shape, slowest first.</param>
    /// <exception cref="ArgumentException">A mask's length or the number of spacings does not fit the shape, or a spacing is not positive.</exception>
    public static SurfaceDistances Of(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second, ImageShape shape, ReadOnlySpan<double> spacing)
    {
        if (first.Length != shape.Length || second.Length != shape.Length)
        {
            throw new ArgumentException($"Masks of {first.Length} and {second.Length} voxels for a shape of {shape.Length}.", nameof(shape));
        }

        if (spacing.Length != shape.Rank || spacing.ContainsAnyExceptInRange(double.Epsilon, double.MaxValue))
        {
            throw new ArgumentException($"{shape.Rank} positive spacings are needed, {spacing.Length} were given: {string.Join(", ", spacing.ToArray())}.", nameof(spacing));
        }

        (int depth, double z) = shape.Rank == 3 ? (shape.Sections, spacing[0]) : (1, 1);
        Point3[] a = Surface(first, depth, shape.Rows, shape.Columns, z, spacing[^2], spacing[^1], shape.Rank == 3);
        Point3[] b = Surface(second, depth, shape.Rows, shape.Columns, z, spacing[^2], spacing[^1], shape.Rank == 3);
        string? undefined = (a.Length, b.Length) switch
        {
            (0, 0) => "both masks are empty",
            (0, _) => "the first mask is empty",
            (_, 0) => "the second mask is empty",
            _ => null,
        };
        return undefined is null ? new(Nearest(a, b), Nearest(b, a), null) : new(new double[a.Length], new double[b.Length], undefined);
    }

    private static Point3[] Surface(ReadOnlySpan<bool> mask, int depth, int rows, int columns, double z, double y, double x, bool isVolume)
    {
        List<Point3> points = [];
        int plane = rows * columns;
        for (int k = 0; k < depth; k++)
        {
            for (int j = 0; j < rows; j++)
            {
                for (int i = 0; i < columns; i++)
                {
                    int at = (k * plane) + (j * columns) + i;
                    if (!mask[at])
                    {
                        continue;
                    }

                    bool inside = i > 0 && i < columns - 1 && j > 0 && j < rows - 1 && mask[at - 1] && mask[at + 1] && mask[at - columns] && mask[at + columns]
                        && (!isVolume || (k > 0 && k < depth - 1 && mask[at - plane] && mask[at + plane]));
                    if (!inside)
                    {
                        points.Add(new(i * x, j * y, k * z));
                    }
                }
            }
        }

        return [.. points];
    }

    /// <summary>For each point the distance to the nearest of the others, in ascending order. The others are searched outwards along one axis, and no further than the nearest so far.</summary>
    private static double[] Nearest(Point3[] points, Point3[] others)
    {
        Point3[] along = [.. others.OrderBy(point => point.Z)];
        double[] z = [.. along.Select(point => point.Z)];
        double[] distances = new double[points.Length];
        Parallel.For(0, points.Length, i =>
        {
            Point3 point = points[i];
            int start = Array.BinarySearch(z, point.Z);
            start = start < 0 ? ~start : start;
            double best = double.PositiveInfinity;
            for (int k = start; k < z.Length && Square(z[k] - point.Z) < best; k++)
            {
                best = Math.Min(best, SquaredDistance(point, along[k]));
            }

            for (int k = start - 1; k >= 0 && Square(z[k] - point.Z) < best; k--)
            {
                best = Math.Min(best, SquaredDistance(point, along[k]));
            }

            distances[i] = Math.Sqrt(best);
        });
        Array.Sort(distances);
        return distances;
    }

    private static double SquaredDistance(Point3 a, Point3 b) => Square(a.X - b.X) + Square(a.Y - b.Y) + Square(a.Z - b.Z);

    private static double Square(double x) => x * x;

    private double[] Pooled()
    {
        double[] all = [.. _fromFirst, .. _fromSecond];
        Array.Sort(all);
        return all;
    }

    private Metric Make(Func<double> value) => _undefined is null ? Metric.Of(value(), 1, 0) : Metric.Undefined(_undefined, 1);
}

using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>How far two masks of one image overlap, in voxels.</summary>
/// <param name="Both">Voxels in both masks.</param>
/// <param name="First">Voxels in the first mask.</param>
/// <param name="Second">Voxels in the second mask.</param>
public sealed record MaskOverlap(long Both, long First, long Second)
{
    /// <summary>Dice's coefficient 2 |A and B| / (|A| + |B|); undefined where both masks are empty.</summary>
    public Metric Dice => First + Second == 0
        ? Metric.Undefined("both masks are empty", 1)
        : Metric.Of(2.0 * Both / (First + Second), 1, 0);

    /// <summary>Jaccard's index |A and B| / |A or B|; undefined where both masks are empty.</summary>
    public Metric Jaccard => First + Second == 0
        ? Metric.Undefined("both masks are empty", 1)
        : Metric.Of((double)Both / (First + Second - Both), 1, 0);

    /// <summary>Counts the voxels of two masks.</summary>
    /// <exception cref="ArgumentException">The masks differ in length.</exception>
    public static MaskOverlap Of(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"Masks of {first.Length} and {second.Length} voxels cannot be compared.", nameof(second));
        }

        long both = 0, ofFirst = 0, ofSecond = 0;
        for (int i = 0; i < first.Length; i++)
        {
            both += first[i] && second[i] ? 1 : 0;
            ofFirst += first[i] ? 1 : 0;
            ofSecond += second[i] ? 1 : 0;
        }

        return new(both, ofFirst, ofSecond);
    }
}

/// <summary>How many voxels were called what, for one label.</summary>
/// <param name="TruePositives">In both masks.</param>
/// <param name="FalsePositives">In the predicted mask only.</param>
/// <param name="FalseNegatives">In the true mask only.</param>
/// <param name="TrueNegatives">In neither.</param>
public readonly record struct VoxelCounts(long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives)
{
    /// <summary>All voxels.</summary>
    public long Total => TruePositives + FalsePositives + FalseNegatives + TrueNegatives;

    /// <summary>Dice's coefficient; undefined where both masks are empty.</summary>
    public Metric Dice => Overlap.Dice;

    /// <summary>Jaccard's index; undefined where both masks are empty.</summary>
    public Metric Jaccard => Overlap.Jaccard;

    private MaskOverlap Overlap => new(TruePositives, TruePositives + FalseNegatives, TruePositives + FalsePositives);

    /// <summary>Counts the voxels of a true and a predicted mask.</summary>
    /// <exception cref="ArgumentException">The masks differ in length.</exception>
    public static VoxelCounts Of(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted)
    {
        MaskOverlap overlap = MaskOverlap.Of(truth, predicted);
        return new(overlap.Both, overlap.Second - overlap.Both, overlap.First - overlap.Both, truth.Length - overlap.First - overlap.Second + overlap.Both);
    }

    /// <summary>The voxels of several cases together.</summary>
    public static VoxelCounts Sum(IEnumerable<VoxelCounts> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return counts.Aggregate(default(VoxelCounts), (a, b) => new(a.TruePositives + b.TruePositives, a.FalsePositives + b.FalsePositives, a.FalseNegatives + b.FalseNegatives, a.TrueNegatives + b.TrueNegatives));
    }
}

/// <summary>What a predicted mask of one label is worth in one case, against the true one.</summary>
/// <param name="Voxels">How many voxels were called what.</param>
/// <param name="TrueVolume">Volume of the true mask, ml (for a planar image its area, cm2).</param>
/// <param name="PredictedVolume">Volume of the predicted mask, in the same unit.</param>
/// <param name="Hausdorff95">The 95th percentile of Hausdorff's distance, mm; undefined where a mask is empty.</param>
/// <param name="MeanSurfaceDistance">The mean distance of the surfaces, both directions together, mm; undefined where a mask is empty.</param>
public sealed record MaskMeasures(VoxelCounts Voxels, double TrueVolume, double PredictedVolume, Metric Hausdorff95, Metric MeanSurfaceDistance)
{
    /// <summary>The mean distance from the true surface to the predicted one, mm: large where something was missed.</summary>
    public Metric MeanFromTrue { get; init; } = s_unmeasured;

    /// <summary>The mean distance from the predicted surface to the true one, mm: large where something is too much.</summary>
    public Metric MeanFromPredicted { get; init; } = s_unmeasured;

    private static readonly Metric s_unmeasured = Metric.Undefined("it was not measured", 1);

    /// <summary>Dice's coefficient; undefined where both masks are empty.</summary>
    public Metric Dice => Voxels.Dice;

    /// <summary>Jaccard's index; undefined where both masks are empty.</summary>
    public Metric Jaccard => Voxels.Jaccard;

    /// <summary>Measures two masks.</summary>
    /// <param name="truth">The true mask, slowest dimension first.</param>
    /// <param name="predicted">The predicted mask, of the same shape.</param>
    /// <param name="shape">Shape of both.</param>
    /// <param name="spacing">Distance of neighbouring voxels along each dimension of the shape, mm, slowest first.</param>
    /// <exception cref="ArgumentException">A mask's length or the number of spacings does not fit the shape, or a spacing is not positive.</exception>
    public static MaskMeasures Of(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, ImageShape shape, ReadOnlySpan<double> spacing)
    {
        SurfaceDistances surfaces = SurfaceDistances.Of(truth, predicted, shape, spacing);
        VoxelCounts voxels = VoxelCounts.Of(truth, predicted);
        double unit = shape.Rank == 3 ? 1000 : 100;
        foreach (double one in spacing)
        {
            unit /= one;
        }

        return new(voxels, (voxels.TruePositives + voxels.FalseNegatives) / unit, (voxels.TruePositives + voxels.FalsePositives) / unit, surfaces.HausdorffPercentile(0.95), surfaces.MeanSymmetric)
        {
            MeanFromTrue = surfaces.MeanFromFirst,
            MeanFromPredicted = surfaces.MeanFromSecond,
        };
    }
}

/// <summary>A measure of two masks: how it is called and read from a case.</summary>
internal sealed record MaskMeasure(string Key, string Name, string Meaning, string Unit, string Undefined, bool LargerIsBetter, Func<MaskMeasures, double?> Read)
{
    public static MaskMeasure Dice { get; } = new("dice", "Dice", "Twice the overlap of the masks, over the sum of their sizes: 1 is perfect.", "", "both masks are empty in every case", true, one => Value(one.Dice));

    public static MaskMeasure Jaccard { get; } = new("jaccard", "Jaccard", "The overlap of the masks over their union: 1 is perfect.", "", "both masks are empty in every case", true, one => Value(one.Jaccard));

    public static MaskMeasure Hausdorff95 { get; } = new("hausdorff95", "Hausdorff distance, 95 % (mm)", "How far the surfaces are apart where they are furthest, the last 5 % left out: 0 is perfect.", "mm", "a mask is empty in every case", false, one => Value(one.Hausdorff95));

    public static MaskMeasure FromTrue { get; } = new("meanDistanceFromTrue", "Mean distance, true to predicted (mm)", "From each place of the true surface to the nearest of the predicted one: large where something was missed.", "mm", "a mask is empty in every case", false, one => Value(one.MeanFromTrue));

    public static MaskMeasure FromPredicted { get; } = new("meanDistanceFromPredicted", "Mean distance, predicted to true (mm)", "From each place of the predicted surface to the nearest of the true one: large where something is too much.", "mm", "a mask is empty in every case", false, one => Value(one.MeanFromPredicted));

    public static MaskMeasure SurfaceDistance { get; } = new("meanSurfaceDistance", "Mean surface distance, symmetric (mm)", "How far the surfaces are apart on average, the places of both together (average symmetric surface distance): 0 is perfect.", "mm", "a mask is empty in every case", false, one => Value(one.MeanSurfaceDistance));

    public static MaskMeasure VolumeDifference { get; } = new("volumeDifference", "Volume difference (ml)", "Predicted minus true volume: above 0 the masks are too large.", "ml", "there is no case", false, one => one.PredictedVolume - one.TrueVolume);

    public static MaskMeasure RelativeVolumeDifference { get; } = new("relativeVolumeDifference", "Volume difference, relative", "Predicted minus true volume, over the true volume.", "", "the true mask is empty in every case", false, one => one.TrueVolume > 0 ? (one.PredictedVolume - one.TrueVolume) / one.TrueVolume : null);

    public static MaskMeasure Sensitivity { get; } = new("sensitivity", "Sensitivity of voxels", "The share of the true mask that was found.", "", "the true mask is empty in every case", true, one => Share(one.Voxels.TruePositives, one.Voxels.FalseNegatives));

    public static MaskMeasure Precision { get; } = new("precision", "Precision of voxels", "The share of the predicted mask that is true.", "", "the predicted mask is empty in every case", true, one => Share(one.Voxels.TruePositives, one.Voxels.FalsePositives));

    public static IReadOnlyList<MaskMeasure> All { get; } = [Dice, Jaccard, Hausdorff95, SurfaceDistance, FromTrue, FromPredicted, VolumeDifference, RelativeVolumeDifference, Sensitivity, Precision];

    /// <summary>The measure of each case; NaN where it is undefined.</summary>
    public double[] Values(CaseSet<SegmentedCase> set, int label) => [.. set.Cases.Select(one => Read(one.Labels[label]) ?? double.NaN)];

    private static double? Value(Metric metric) => metric.TryGetValue(out double value) ? value : null;

    private static double? Share(long found, long missed) => found + missed == 0 ? null : (double)found / (found + missed);
}

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

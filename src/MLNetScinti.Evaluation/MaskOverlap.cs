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

        return new(voxels, (voxels.TruePositives + voxels.FalseNegatives) / unit, (voxels.TruePositives + voxels.FalsePositives) / unit, surfaces.HausdorffPercentile(0.95), surfaces.MeanSymmetric);
    }
}

/// <summary>A measure of two masks: how it is called and read from a case.</summary>
internal sealed record MaskMeasure(string Key, string Name, string Meaning, string Unit, string Undefined, bool LargerIsBetter, Func<MaskMeasures, double?> Read)
{
    public static MaskMeasure Dice { get; } = new("dice", "Dice", "Twice the overlap of the masks, over the sum of their sizes: 1 is perfect.", "", "both masks are empty in every case", true, one => Value(one.Dice));

    public static MaskMeasure Jaccard { get; } = new("jaccard", "Jaccard", "The overlap of the masks over their union: 1 is perfect.", "", "both masks are empty in every case", true, one => Value(one.Jaccard));

    public static MaskMeasure Hausdorff95 { get; } = new("hausdorff95", "Hausdorff distance, 95 % (mm)", "How far the surfaces are apart where they are furthest, the last 5 % left out: 0 is perfect.", "mm", "a mask is empty in every case", false, one => Value(one.Hausdorff95));

    public static MaskMeasure SurfaceDistance { get; } = new("meanSurfaceDistance", "Mean surface distance (mm)", "How far the surfaces are apart on average: 0 is perfect.", "mm", "a mask is empty in every case", false, one => Value(one.MeanSurfaceDistance));

    public static MaskMeasure VolumeDifference { get; } = new("volumeDifference", "Volume difference (ml)", "Predicted minus true volume: above 0 the masks are too large.", "ml", "there is no case", false, one => one.PredictedVolume - one.TrueVolume);

    public static MaskMeasure RelativeVolumeDifference { get; } = new("relativeVolumeDifference", "Volume difference, relative", "Predicted minus true volume, over the true volume.", "", "the true mask is empty in every case", false, one => one.TrueVolume > 0 ? (one.PredictedVolume - one.TrueVolume) / one.TrueVolume : null);

    public static MaskMeasure Sensitivity { get; } = new("sensitivity", "Sensitivity of voxels", "The share of the true mask that was found.", "", "the true mask is empty in every case", true, one => Share(one.Voxels.TruePositives, one.Voxels.FalseNegatives));

    public static MaskMeasure Precision { get; } = new("precision", "Precision of voxels", "The share of the predicted mask that is true.", "", "the predicted mask is empty in every case", true, one => Share(one.Voxels.TruePositives, one.Voxels.FalsePositives));

    public static IReadOnlyList<MaskMeasure> All { get; } = [Dice, Jaccard, Hausdorff95, SurfaceDistance, VolumeDifference, RelativeVolumeDifference, Sensitivity, Precision];

    /// <summary>The measure of each case; NaN where it is undefined.</summary>
    public double[] Values(CaseSet<SegmentedCase> set, int label) => [.. set.Cases.Select(one => Read(one.Labels[label]) ?? double.NaN)];

    private static double? Value(Metric metric) => metric.TryGetValue(out double value) ? value : null;

    private static double? Share(long found, long missed) => found + missed == 0 ? null : (double)found / (found + missed);
}

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

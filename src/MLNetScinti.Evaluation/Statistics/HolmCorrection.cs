namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Holm's step-down correction for several tests (Scand J Statist 1979;6:65-70).</summary>
public static class HolmCorrection
{
    /// <summary>The adjusted p values, in the order given; a p value that is not a number stays one and does not count as a test.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is no probability.</exception>
    public static double[] Adjust(ReadOnlySpan<double> pValues)
    {
        double[] adjusted = pValues.ToArray();
        foreach (double p in adjusted)
        {
            if (p is < 0 or > 1)
            {
                throw new ArgumentOutOfRangeException(nameof(pValues), p, "A p value lies between 0 and 1.");
            }
        }

        int[] order = [.. Enumerable.Range(0, adjusted.Length).Where(i => !double.IsNaN(adjusted[i])).OrderBy(i => adjusted[i])];
        double largest = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, adjusted[order[rank]] * (order.Length - rank)));
            adjusted[order[rank]] = largest;
        }

        return adjusted;
    }
}

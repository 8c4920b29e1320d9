namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Quantiles of sorted values, with linear interpolation between neighbours (Hyndman and Fan's type 7, numpy's default).</summary>
internal static class Quantile
{
    /// <summary>The value below which the given share lies.</summary>
    public static double Of(ReadOnlySpan<double> sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)Math.Floor(position);
        return below >= sorted.Length - 1 ? sorted[^1] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }
}

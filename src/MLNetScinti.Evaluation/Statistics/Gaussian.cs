using MathNet.Numerics.Distributions;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>The normal distribution in the three forms that tests and intervals ask for.</summary>
internal static class Gaussian
{
    /// <summary>z with the given probability between -z and z: 1.959964 for 0.95.</summary>
    public static double TwoSidedQuantile(double level) => level is > 0 and < 1
        ? Normal.InvCDF(0, 1, 1 - ((1 - level) / 2))
        : throw new ArgumentOutOfRangeException(nameof(level), level, "A confidence level lies between 0 and 1, such as 0.95.");

    /// <summary>Probability of being at least as far from 0 as z.</summary>
    public static double TwoSidedP(double z) => Math.Min(1, 2 * Normal.CDF(0, 1, -Math.Abs(z)));

    /// <summary>Probability of at most z.</summary>
    public static double Cumulative(double z) => Normal.CDF(0, 1, z);
}

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

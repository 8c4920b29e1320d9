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

using MathNet.Numerics.Distributions;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Student's t test of paired differences.</summary>
/// <param name="Statistic">The mean difference in standard errors; not a number where all differences are equal.</param>
/// <param name="DegreesOfFreedom">Pairs minus 1.</param>
/// <param name="P">Two-sided p value.</param>
public sealed record PairedTTest(double Statistic, int DegreesOfFreedom, double P)
{
    /// <summary>Tests whether differences have mean zero.</summary>
    /// <exception cref="ArgumentException">Fewer than two differences, or one is not finite.</exception>
    public static PairedTTest Of(ReadOnlySpan<double> differences)
    {
        double[] all = differences.ToArray();
        if (all.Length < 2 || !all.All(double.IsFinite))
        {
            throw new ArgumentException("At least two differences are needed, and all must be finite.", nameof(differences));
        }

        double mean = all.Average(), squares = all.Sum(d => (d - mean) * (d - mean));
        int freedom = all.Length - 1;
        double t = squares == 0 ? double.NaN : mean / Math.Sqrt(squares / freedom / all.Length);
        return new(t, freedom, double.IsNaN(t) ? double.NaN : 2 * StudentT.CDF(0, 1, freedom, -Math.Abs(t)));
    }
}

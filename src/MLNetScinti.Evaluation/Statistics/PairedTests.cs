using MathNet.Numerics.Distributions;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>McNemar's test (Psychometrika 1947;12:153-157): do two models err on different cases more often one way than the other?</summary>
/// <param name="OnlyFirstCorrect">Cases that only the first model got right.</param>
/// <param name="OnlySecondCorrect">Cases that only the second model got right.</param>
public sealed record McNemar(int OnlyFirstCorrect, int OnlySecondCorrect)
{
    /// <summary>Cases on which exactly one of the two is right: the only ones that tell anything.</summary>
    public int Discordant => OnlyFirstCorrect + OnlySecondCorrect;

    /// <summary>Exact two-sided p value from the binomial distribution; 1 where the models never differ.</summary>
    public double ExactP => Discordant == 0
        ? 1
        : Math.Min(1, 2 * Binomial.CDF(0.5, Discordant, Math.Min(OnlyFirstCorrect, OnlySecondCorrect)));

    /// <summary>The exact p value less half of the chance of the very table seen (Fagerland, Lydersen and Laake, BMC Medical Research Methodology 2013;13:91): nearer to its level in small sets.</summary>
    public double MidP => Discordant == 0
        ? 1
        : Math.Min(1, (2 * Binomial.CDF(0.5, Discordant, Math.Min(OnlyFirstCorrect, OnlySecondCorrect))) - Binomial.PMF(0.5, Discordant, Math.Min(OnlyFirstCorrect, OnlySecondCorrect)));

    /// <summary>The statistic with Edwards' continuity correction, chi-squared with one degree of freedom; 0 where the models never differ.</summary>
    public double CorrectedChiSquared
    {
        get
        {
            double excess = Math.Max(0, Math.Abs(OnlyFirstCorrect - OnlySecondCorrect) - 1);
            return Discordant == 0 ? 0 : excess * excess / Discordant;
        }
    }

    /// <summary>The p value of <see cref="CorrectedChiSquared"/>.</summary>
    public double CorrectedP => Gaussian.TwoSidedP(Math.Sqrt(CorrectedChiSquared));

    /// <summary>Counts the cases on which two models differ.</summary>
    /// <param name="firstCorrect">For each case whether the first model is right.</param>
    /// <param name="secondCorrect">The same for the second, in the same order.</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static McNemar Of(ReadOnlySpan<bool> firstCorrect, ReadOnlySpan<bool> secondCorrect)
    {
        if (firstCorrect.Length != secondCorrect.Length)
        {
            throw new ArgumentException($"{firstCorrect.Length} and {secondCorrect.Length} cases.", nameof(secondCorrect));
        }

        int first = 0, second = 0;
        for (int i = 0; i < firstCorrect.Length; i++)
        {
            first += firstCorrect[i] && !secondCorrect[i] ? 1 : 0;
            second += !firstCorrect[i] && secondCorrect[i] ? 1 : 0;
        }

        return new(first, second);
    }
}

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

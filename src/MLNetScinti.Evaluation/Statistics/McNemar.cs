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

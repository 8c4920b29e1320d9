using MathNet.Numerics.Distributions;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// Whether differences are small enough not to matter: two one-sided t tests (Schuirmann, J Pharmacokinet Biopharm 1987;15:657-680). "No
/// significant difference" says only that a test was too small; this says that the mean lies within the margins.
/// </summary>
/// <param name="Count">Differences.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation, with n - 1.</param>
/// <param name="Lower">The lower margin.</param>
/// <param name="Upper">The upper margin.</param>
/// <param name="Level">One minus the probability of each one-sided error: 0.95.</param>
public sealed record Equivalence(int Count, double Mean, double Deviation, double Lower, double Upper, double Level)
{
    private double Error => Deviation / Math.Sqrt(Count);

    /// <summary>The p value of "the mean is not above the lower margin".</summary>
    public double LowerP => OneSidedP(Mean - Lower);

    /// <summary>The p value of "the mean is not below the upper margin".</summary>
    public double UpperP => OneSidedP(Upper - Mean);

    /// <summary>The larger of the two: the p value of equivalence.</summary>
    public double P => Math.Max(LowerP, UpperP);

    /// <summary>Whether the mean lies within both margins, at the level.</summary>
    public bool IsEquivalent => P < 1 - Level;

    /// <summary>The interval of the mean that lies within the margins where the two are equivalent: 90 % for a level of 0.95.</summary>
    public ConfidenceInterval Interval
    {
        get
        {
            double half = StudentT.InvCDF(0, 1, Count - 1, Level) * Error;
            return new(Mean - half, Mean + half, "Student's t, two one-sided tests", (2 * Level) - 1);
        }
    }

    /// <summary>Tests whether the mean of differences lies within two margins.</summary>
    /// <exception cref="ArgumentException">Fewer than two differences, one is not finite, or the margins are in the wrong order.</exception>
    public static Equivalence Of(ReadOnlySpan<double> differences, double lower, double upper, double level = 0.95)
    {
        BlandAltman spread = BlandAltman.Of(differences, level);
        return lower < upper && level is > 0.5 and < 1
            ? new(spread.Count, spread.Bias, spread.Deviation, lower, upper, level)
            : throw new ArgumentException($"The lower margin lies below the upper one and the level between 0.5 and 1, found {lower}, {upper} and {level}.", nameof(lower));
    }

    /// <summary>
    /// The one-sided half of the same: whether the mean is not worse than a margin allows. Where more is better the margin is below zero
    /// and differences are new minus old; turn the signs where less is better.
    /// </summary>
    /// <param name="differences">Differences of a measure of which more is better, new minus old.</param>
    /// <param name="margin">What may be lost, above 0.</param>
    /// <returns>The p value of "the mean is lower than minus the margin": small where the new one is not inferior.</returns>
    /// <exception cref="ArgumentException">Fewer than two differences, one is not finite, or the margin is not above 0.</exception>
    public static double NonInferiorityP(ReadOnlySpan<double> differences, double margin) => margin > 0
        ? Of(differences, -margin, double.MaxValue).LowerP
        : throw new ArgumentException($"A margin of non-inferiority is above 0, found {margin}.", nameof(margin));

    // Where all differences are equal there is nothing to doubt.
    private double OneSidedP(double distance) => Error > 0 ? StudentT.CDF(0, 1, Count - 1, -distance / Error) : distance > 0 ? 0 : 1;
}

using MathNet.Numerics.Distributions;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// Agreement of two measurements after Bland and Altman (Lancet 1986;1:307-310; Stat Methods Med Res 1999;8:135-160): the mean of the
/// differences, and the limits within which 95 % of them are expected. The intervals take the differences for independent.
/// </summary>
/// <param name="Count">Pairs.</param>
/// <param name="Bias">The mean difference.</param>
/// <param name="Deviation">The standard deviation of the differences, with n - 1.</param>
/// <param name="Level">Coverage of the intervals.</param>
public sealed record BlandAltman(int Count, double Bias, double Deviation, double Level)
{
    /// <summary>The limits lie so many standard deviations from the bias.</summary>
    public const double Width = 1.96;

    /// <summary>The lower limit of agreement.</summary>
    public double LowerLimit => Bias - (Width * Deviation);

    /// <summary>The upper limit of agreement.</summary>
    public double UpperLimit => Bias + (Width * Deviation);

    /// <summary>The interval of the bias, by Student's distribution.</summary>
    public ConfidenceInterval BiasInterval => Around(Bias, Deviation / Math.Sqrt(Count));

    /// <summary>The interval of the lower limit.</summary>
    public ConfidenceInterval LowerInterval => Around(LowerLimit, LimitError);

    /// <summary>The interval of the upper limit.</summary>
    public ConfidenceInterval UpperInterval => Around(UpperLimit, LimitError);

    /// <summary>The standard error of a limit (Bland and Altman 1999, section 2.1): s sqrt(1 / n + 1.96^2 / (2 (n - 1))).</summary>
    private double LimitError => Deviation * Math.Sqrt((1.0 / Count) + (Width * Width / (2.0 * (Count - 1))));

    /// <summary>The agreement of some differences.</summary>
    /// <exception cref="ArgumentException">Fewer than two differences, or one is not finite.</exception>
    public static BlandAltman Of(ReadOnlySpan<double> differences, double level = 0.95)
    {
        double[] all = differences.ToArray();
        if (all.Length < 2 || !all.All(double.IsFinite))
        {
            throw new ArgumentException("At least two differences are needed, and all must be finite.", nameof(differences));
        }

        double mean = all.Average();
        return new(all.Length, mean, Math.Sqrt(all.Sum(d => (d - mean) * (d - mean)) / (all.Length - 1)), level);
    }

    private ConfidenceInterval Around(double value, double error)
    {
        double half = StudentT.InvCDF(0, 1, Count - 1, 1 - ((1 - Level) / 2)) * error;
        return new(value - half, value + half, "Bland and Altman, Student's t", Level);
    }
}

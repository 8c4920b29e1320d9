using MathNet.Numerics.Distributions;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Cohen's kappa: agreement beyond what chance would give (Educ Psychol Meas 1960;20:37-46; weighted: Psychol Bull 1968;70:213-220).</summary>
public static class CohenKappa
{
    /// <summary>
    /// 1 - (weighted disagreement observed) / (weighted disagreement expected from the margins). Not a number where no
    /// disagreement is expected (all cases in one class on both sides).
    /// </summary>
    /// <param name="table">Square table of counts, rows one reader (the truth), columns the other (the model), classes in order.</param>
    /// <param name="weights">How much a disagreement counts.</param>
    /// <exception cref="ArgumentException">The table is not square.</exception>
    public static double Of(int[,] table, KappaWeights weights = KappaWeights.None)
    {
        ArgumentNullException.ThrowIfNull(table);
        int classes = table.GetLength(0);
        if (classes != table.GetLength(1))
        {
            throw new ArgumentException($"Kappa needs a square table, this one is {classes} x {table.GetLength(1)}.", nameof(table));
        }

        long[] rows = new long[classes], columns = new long[classes];
        long total = 0;
        for (int i = 0; i < classes; i++)
        {
            for (int j = 0; j < classes; j++)
            {
                rows[i] += table[i, j];
                columns[j] += table[i, j];
                total += table[i, j];
            }
        }

        // Integers up to the one division, so that equal tables give equal bits in any order.
        decimal observed = 0, expected = 0;
        for (int i = 0; i < classes; i++)
        {
            for (int j = 0; j < classes; j++)
            {
                long weight = Weight(i, j, weights);
                observed += weight * table[i, j];
                expected += weight * (decimal)rows[i] * columns[j];
            }
        }

        return expected == 0 ? double.NaN : (double)(1 - (observed * total / expected));
    }

    private static long Weight(int i, int j, KappaWeights weights) => weights switch
    {
        KappaWeights.None => i == j ? 0 : 1,
        KappaWeights.Linear => Math.Abs(i - j),
        KappaWeights.Quadratic => (long)(i - j) * (i - j),
        _ => throw new ArgumentOutOfRangeException(nameof(weights), weights, "Unknown weights."),
    };
}

/// <summary>How much a disagreement counts in Cohen's kappa.</summary>
public enum KappaWeights
{
    /// <summary>Every disagreement counts the same.</summary>
    None,

    /// <summary>By the distance of the classes.</summary>
    Linear,

    /// <summary>By the square of the distance of the classes.</summary>
    Quadratic,
}

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

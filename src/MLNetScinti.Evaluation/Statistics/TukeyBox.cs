namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// Tukey's box plot of some values (Exploratory Data Analysis, 1977): quartiles by linear interpolation, whiskers to the furthest value
/// within one and a half times the box's length of it, and what lies beyond them.
/// </summary>
/// <param name="Sorted">The values in ascending order.</param>
/// <param name="FirstQuartile">A quarter of the values lies below it.</param>
/// <param name="Median">Half of the values lie below it.</param>
/// <param name="ThirdQuartile">Three quarters lie below it.</param>
public sealed record TukeyBox(IReadOnlyList<double> Sorted, double FirstQuartile, double Median, double ThirdQuartile)
{
    private double Reach => 1.5 * (ThirdQuartile - FirstQuartile);

    /// <summary>The end of the lower whisker.</summary>
    public double LowerWhisker => Sorted.First(value => value >= FirstQuartile - Reach);

    /// <summary>The end of the upper whisker.</summary>
    public double UpperWhisker => Sorted.Last(value => value <= ThirdQuartile + Reach);

    /// <summary>The values beyond the whiskers, in ascending order.</summary>
    public IReadOnlyList<double> Outliers => [.. Sorted.Where(value => value < FirstQuartile - Reach || value > ThirdQuartile + Reach)];

    /// <summary>The box of some values, in any order.</summary>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static TukeyBox Of(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        if (sorted.Length == 0 || !sorted.All(double.IsFinite))
        {
            throw new ArgumentException("A box needs values, and all must be finite.", nameof(values));
        }

        Array.Sort(sorted);
        return new(sorted, Quantile.Of(sorted, 0.25), Quantile.Of(sorted, 0.5), Quantile.Of(sorted, 0.75));
    }
}

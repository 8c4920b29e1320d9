namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Two areas under ROC curves of the same cases, compared with DeLong's paired test.</summary>
/// <param name="First">The first model's area.</param>
/// <param name="Second">The second model's area.</param>
/// <param name="Covariance">The covariance of the two areas.</param>
public sealed record AucComparison(AucEstimate First, AucEstimate Second, double Covariance)
{
    /// <summary>First minus second.</summary>
    public double Difference => First.Area - Second.Area;

    /// <summary>The variance of the difference.</summary>
    public double Variance => First.Variance + Second.Variance - (2 * Covariance);

    /// <summary>
    /// The test statistic. Where the variance is 0: 0 for equal areas (identical rankings), otherwise not a number, since two
    /// perfect opposites leave nothing to estimate the variance from, nor does a class of one case.
    /// </summary>
    public double Z => (Variance > 1e-15, Difference) switch
    {
        (true, _) => Difference / Math.Sqrt(Variance),
        (false, 0) when !double.IsNaN(Variance) => 0,
        _ => double.NaN,
    };

    /// <summary>Two-sided p value; 1 for identical rankings, not a number where it is undefined.</summary>
    public double P => double.IsNaN(Z) ? double.NaN : Gaussian.TwoSidedP(Z);

    /// <summary>
    /// Whether DeLong's variance of an area, or of the difference, is 0 or cannot be estimated: perfect separation, identical rankings,
    /// or one case in a class. DeLong's test is then too bold, or says nothing.
    /// </summary>
    public bool IsAtBoundary => !(First.Variance > 1e-15 && Second.Variance > 1e-15 && Variance > 1e-15);

    /// <summary>
    /// The interval of the difference, clipped to [-1, 1]. Where <see cref="IsAtBoundary"/>, DeLong's would be too narrow or have no width:
    /// then the intervals of the two areas are combined by squaring and adding (Zou and Donner, Statistics in Medicine
    /// 2008;27:1693-1702) as if the models were independent, which is wider than needed rather than narrower.
    /// </summary>
    public ConfidenceInterval Interval(double level = 0.95)
    {
        if (IsAtBoundary)
        {
            ConfidenceInterval a = First.Interval(level), b = Second.Interval(level);
            double down = Math.Sqrt(Square(First.Area - a.Lower) + Square(b.Upper - Second.Area)), up = Math.Sqrt(Square(a.Upper - First.Area) + Square(Second.Area - b.Lower));
            return new(Math.Max(-1, Difference - down), Math.Min(1, Difference + up), "square-and-add of the areas' intervals", level);
        }

        double half = Gaussian.TwoSidedQuantile(level) * Math.Sqrt(Variance);
        return new(Math.Max(-1, Difference - half), Math.Min(1, Difference + half), "DeLong, paired", level);

        static double Square(double x) => x * x;
    }
}

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
    /// perfect opposites leave nothing to estimate the variance from.
    /// </summary>
    public double Z => (Variance > 1e-15, Difference) switch
    {
        (true, _) => Difference / Math.Sqrt(Variance),
        (false, 0) => 0,
        _ => double.NaN,
    };

    /// <summary>Two-sided p value; 1 for identical rankings, not a number where it is undefined.</summary>
    public double P => double.IsNaN(Z) ? double.NaN : Gaussian.TwoSidedP(Z);

    /// <summary>The interval of the difference, clipped to [-1, 1].</summary>
    public ConfidenceInterval Interval(double level = 0.95)
    {
        double half = Gaussian.TwoSidedQuantile(level) * Math.Sqrt(Math.Max(0, Variance));
        return new(Math.Max(-1, Difference - half), Math.Min(1, Difference + half), "DeLong, paired", level);
    }
}

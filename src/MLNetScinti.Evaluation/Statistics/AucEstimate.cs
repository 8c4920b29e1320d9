namespace MLNetScinti.Evaluation.Statistics;

/// <summary>The area under a ROC curve with its variance, and the intervals that follow from it.</summary>
/// <param name="Area">The area, 0 to 1.</param>
/// <param name="Variance">DeLong's variance of the area; NaN where a class has only one case.</param>
/// <param name="Positives">Positive cases.</param>
/// <param name="Negatives">Negative cases.</param>
public sealed record AucEstimate(double Area, double Variance, int Positives, int Negatives)
{
    /// <summary>The square root of the variance.</summary>
    public double StandardError => Math.Sqrt(Variance);

    /// <summary>Area plus and minus a multiple of the standard error, not clipped: it can leave [0, 1].</summary>
    public ConfidenceInterval WaldUnclipped(double level = 0.95)
    {
        double half = Gaussian.TwoSidedQuantile(level) * StandardError;
        return new(Area - half, Area + half, "DeLong, Wald", level);
    }

    /// <summary>The Wald interval, clipped to [0, 1].</summary>
    public ConfidenceInterval Wald(double level = 0.95)
    {
        ConfidenceInterval raw = WaldUnclipped(level);
        return new(Math.Max(0, raw.Lower), Math.Min(1, raw.Upper), "DeLong, Wald, clipped", level);
    }

    /// <summary>The interval made on the logit scale and taken back: it stays within (0, 1).</summary>
    /// <exception cref="InvalidOperationException">The area is 0 or 1, where the logit is infinite; <see cref="Interval"/> has an answer for these.</exception>
    public ConfidenceInterval Logit(double level = 0.95)
    {
        if (Area is <= 0 or >= 1)
        {
            throw new InvalidOperationException($"An area of {Area} has no logit.");
        }

        double centre = Math.Log(Area / (1 - Area));
        double half = Gaussian.TwoSidedQuantile(level) * StandardError / (Area * (1 - Area));
        return new(Sigmoid(centre - half), Sigmoid(centre + half), "DeLong, logit", level);
    }

    /// <summary>
    /// The interval to report: DeLong on the logit scale; where DeLong's variance is 0 or not defined (perfect separation, one
    /// case in a class) the pseudo-score interval, which has a width there too.
    /// </summary>
    public ConfidenceInterval Interval(double level = 0.95) =>
        Variance > 0 && Area is > 0 and < 1 ? Logit(level) : PseudoScore(level);

    /// <summary>
    /// Newcombe's pseudo-score interval (Statistics in Medicine 2006;25:559-573, method 5): the areas at which Hanley and
    /// McNeil's variance, with both class sizes replaced by their mean, puts the observed area just at the edge.
    /// </summary>
    public ConfidenceInterval PseudoScore(double level = 0.95)
    {
        double z = Gaussian.TwoSidedQuantile(level);
        return new(Solve(0, Area, lower: true), Solve(Area, 1, lower: false), "Newcombe pseudo-score", level);

        double Solve(double from, double to, bool lower)
        {
            for (int i = 0; i < 200 && to - from > 1e-15; i++)
            {
                double middle = (from + to) / 2;
                bool outside = Math.Abs(middle - Area) > z * Math.Sqrt(PseudoVariance(middle));
                (from, to) = outside == lower ? (middle, to) : (from, middle);
            }

            return lower ? from : to;
        }
    }

    private double PseudoVariance(double area)
    {
        double others = ((Positives + Negatives) / 2.0) - 1;
        return area * (1 - area) * (1 + (others * (1 - area) / (2 - area)) + (others * area / (1 + area))) / ((double)Positives * Negatives);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}

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

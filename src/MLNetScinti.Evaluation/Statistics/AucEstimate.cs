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

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// Variance and covariance of areas under ROC curves after DeLong, DeLong and Clarke-Pearson (Biometrics 1988;44:837-845), by
/// mid-ranks as Sun and Xu (IEEE Signal Processing Letters 2014;21:1389-1393): n log n in the number of cases.
/// </summary>
public static class DeLong
{
    /// <summary>The area of one set of scores with its variance.</summary>
    /// <param name="scores">One finite score per case.</param>
    /// <param name="labels">One label per case, true for positive.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is not finite, or a class is absent.</exception>
    public static AucEstimate Estimate(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        int positives = BinarySample.Check(scores, labels);
        Placements placements = Placements.Of(scores, labels, positives);
        return placements.Estimate();
    }

    /// <summary>Compares the areas of two models that scored the same cases.</summary>
    /// <param name="first">The first model's scores, one per case.</param>
    /// <param name="second">The second model's scores of the same cases in the same order.</param>
    /// <param name="labels">The labels of the cases.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is not finite, or a class is absent.</exception>
    public static AucComparison Compare(ReadOnlySpan<double> first, ReadOnlySpan<double> second, ReadOnlySpan<bool> labels)
    {
        int positives = BinarySample.Check(first, labels);
        BinarySample.Check(second, labels);
        Placements a = Placements.Of(first, labels, positives);
        Placements b = Placements.Of(second, labels, positives);
        double covariance = (Covariance(a.OfPositives, b.OfPositives) / a.OfPositives.Length) + (Covariance(a.OfNegatives, b.OfNegatives) / a.OfNegatives.Length);
        return new(a.Estimate(), b.Estimate(), covariance);
    }

    /// <summary>
    /// The area with a variance that allows for several cases of one patient (Obuchowski, Biometrics 1997;53:567-578): two
    /// cases of one patient are not independent.
    /// </summary>
    /// <param name="scores">One finite score per case.</param>
    /// <param name="labels">One label per case, true for positive.</param>
    /// <param name="clusters">For each case the number of its patient, from 0 without gaps.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is not finite, or a class is absent.</exception>
    public static AucEstimate EstimateClustered(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<int> clusters)
    {
        int positives = BinarySample.Check(scores, labels);
        if (clusters.Length != labels.Length)
        {
            throw new ArgumentException($"{clusters.Length} clusters for {labels.Length} labels.", nameof(clusters));
        }

        Placements placements = Placements.Of(scores, labels, positives);
        HashSet<int> withPositive = [], withNegative = [];
        for (int i = 0; i < labels.Length; i++)
        {
            _ = (labels[i] ? withPositive : withNegative).Add(clusters[i]);
        }

        return new(placements.Area, ClusteredCovariance(placements, placements, labels, clusters), positives, labels.Length - positives) { Independent = (withPositive.Count, withNegative.Count) };
    }

    /// <summary>The paired comparison that allows for several cases of one patient; see <see cref="EstimateClustered"/>.</summary>
    /// <param name="first">The first model's scores, one per case.</param>
    /// <param name="second">The second model's scores of the same cases in the same order.</param>
    /// <param name="labels">The labels of the cases.</param>
    /// <param name="clusters">For each case the number of its patient, from 0 without gaps.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is not finite, or a class is absent.</exception>
    public static AucComparison CompareClustered(ReadOnlySpan<double> first, ReadOnlySpan<double> second, ReadOnlySpan<bool> labels, ReadOnlySpan<int> clusters)
    {
        AucEstimate a = EstimateClustered(first, labels, clusters), b = EstimateClustered(second, labels, clusters);
        Placements ofFirst = Placements.Of(first, labels, a.Positives), ofSecond = Placements.Of(second, labels, a.Positives);
        return new(a, b, ClusteredCovariance(ofFirst, ofSecond, labels, clusters));
    }

    /// <summary>The standard error of an area after Hanley and McNeil (Radiology 1982;143:29-36), which needs only the class sizes.</summary>
    public static double HanleyMcNeilStandardError(double area, int positives, int negatives)
    {
        double q1 = area / (2 - area), q2 = 2 * area * area / (1 + area);
        double sum = (area * (1 - area)) + ((positives - 1) * (q1 - (area * area))) + ((negatives - 1) * (q2 - (area * area)));
        return Math.Sqrt(sum / ((double)positives * negatives));
    }

    private static double Covariance(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average(), sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (a[i] - meanA) * (b[i] - meanB);
        }

        return a.Length > 1 ? sum / (a.Length - 1) : double.NaN;
    }

    private static double ClusteredCovariance(Placements a, Placements b, ReadOnlySpan<bool> labels, ReadOnlySpan<int> clusters)
    {
        int count = 0;
        foreach (int cluster in clusters)
        {
            count = Math.Max(count, cluster + 1);
        }

        (double[] aPositive, double[] aNegative) = a.ExcessPerCluster(labels, clusters, count);
        (double[] bPositive, double[] bNegative) = b.ExcessPerCluster(labels, clusters, count);
        bool[] hasPositive = new bool[count], hasNegative = new bool[count];
        for (int i = 0; i < labels.Length; i++)
        {
            (labels[i] ? hasPositive : hasNegative)[clusters[i]] = true;
        }

        double p = a.OfPositives.Length, n = a.OfNegatives.Length;
        double withPositive = hasPositive.Count(has => has), withNegative = hasNegative.Count(has => has);
        double s10 = withPositive * SumOfProducts(aPositive, bPositive) / ((withPositive - 1) * p);
        double s01 = withNegative * SumOfProducts(aNegative, bNegative) / ((withNegative - 1) * n);
        double s11 = count * (SumOfProducts(aPositive, bNegative) + SumOfProducts(aNegative, bPositive)) / (count - 1.0);
        double covariance = (s10 / p) + (s01 / n) + (s11 / (p * n));
        return double.IsFinite(covariance) ? covariance : double.NaN;
    }

    private static double SumOfProducts(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>For each positive the share of negatives below it, and for each negative the share of positives above it (ties half).</summary>
    private sealed record Placements(double Area, double[] OfPositives, double[] OfNegatives)
    {
        public static Placements Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, int positives)
        {
            int negatives = scores.Length - positives;
            // A mid-rank among all less the one within the class counts the other class below, ties half: one sort gives all three.
            double[] sorted = scores.ToArray();
            int[] order = new int[scores.Length], places = new int[scores.Length];
            for (int i = 0, p = 0, n = 0; i < scores.Length; i++)
            {
                order[i] = i;
                places[i] = labels[i] ? p++ : n++;
            }

            Array.Sort(sorted, order);
            double[] ofPositives = new double[positives], ofNegatives = new double[negatives];
            double twice = 0;
            int positivesBelow = 0, negativesBelow = 0;
            for (int from = 0, to = 0; from < sorted.Length; from = to)
            {
                int tiedPositives = 0;
                for (; to < sorted.Length && sorted[to] == sorted[from]; to++)
                {
                    tiedPositives += labels[order[to]] ? 1 : 0;
                }

                int tiedNegatives = to - from - tiedPositives;
                double ofPositive = negativesBelow + (tiedNegatives / 2.0), ofNegative = positivesBelow + (tiedPositives / 2.0);
                twice += 2 * ofPositive * tiedPositives;
                for (int i = from; i < to; i++)
                {
                    (labels[order[i]] ? ofPositives : ofNegatives)[places[order[i]]] = labels[order[i]] ? ofPositive / negatives : 1 - (ofNegative / positives);
                }

                positivesBelow += tiedPositives;
                negativesBelow += tiedNegatives;
            }

            // Multiples of one half: the sum is exact, and the area is rounded once.
            return new(twice / (2.0 * positives * negatives), ofPositives, ofNegatives);
        }

        /// <summary>Per cluster the sum of what its positives' and its negatives' placements exceed the area by.</summary>
        public (double[] OfPositives, double[] OfNegatives) ExcessPerCluster(ReadOnlySpan<bool> labels, ReadOnlySpan<int> clusters, int count)
        {
            double[] ofPositives = new double[count], ofNegatives = new double[count];
            int p = 0, n = 0;
            for (int i = 0; i < labels.Length; i++)
            {
                if (labels[i])
                {
                    ofPositives[clusters[i]] += OfPositives[p++] - Area;
                }
                else
                {
                    ofNegatives[clusters[i]] += OfNegatives[n++] - Area;
                }
            }

            return (ofPositives, ofNegatives);
        }

        public AucEstimate Estimate()
        {
            double variance = (Covariance(OfPositives, OfPositives) / OfPositives.Length) + (Covariance(OfNegatives, OfNegatives) / OfNegatives.Length);
            return new(Area, variance, OfPositives.Length, OfNegatives.Length);
        }
    }
}

/// <summary>The area under a ROC curve with its variance, and the intervals that follow from it.</summary>
/// <param name="Area">The area, 0 to 1.</param>
/// <param name="Variance">DeLong's variance of the area; NaN where a class has only one case.</param>
/// <param name="Positives">Positive cases.</param>
/// <param name="Negatives">Negative cases.</param>
public sealed record AucEstimate(double Area, double Variance, int Positives, int Negatives)
{
    /// <summary>How many positives and negatives are independent of each other: the patients of each class, where cases of one patient are not; otherwise the cases.</summary>
    public (int Positives, int Negatives) Independent { get; init; } = (Positives, Negatives);

    /// <summary>Whether the variance is 0 or cannot be estimated: perfect separation, or one case or patient in a class.</summary>
    public bool IsAtBoundary => !(Variance > 0 && Area is > 0 and < 1);

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
        IsAtBoundary ? PseudoScore(level) : Logit(level);

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
        (int positives, int negatives) = Independent;
        double others = ((positives + negatives) / 2.0) - 1;
        return area * (1 - area) * (1 + (others * (1 - area) / (2 - area)) + (others * area / (1 + area))) / ((double)positives * negatives);
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
    /// The p value to decide by: the test's, or where <see cref="IsAtBoundary"/> that of the interval, the largest level of significance at which it still holds 0.
    /// </summary>
    public double DecidingP
    {
        get
        {
            if (!IsAtBoundary)
            {
                return P;
            }

            double from = 0, to = 1;
            for (int i = 0; i < 60; i++)
            {
                double middle = (from + to) / 2;
                ConfidenceInterval interval = Interval(1 - Math.Clamp(middle, 1e-15, 1 - 1e-15));
                (from, to) = interval is { Lower: <= 0, Upper: >= 0 } ? (middle, to) : (from, middle);
            }

            return to;
        }
    }

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

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
        return new(placements.Area, ClusteredCovariance(placements, placements, labels, clusters), positives, labels.Length - positives);
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

using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// A receiver operating characteristic with every threshold: one point for each distinct score, from the highest down, after
/// the point (0, 0) at positive infinity. A case is called positive when its score is at least the threshold.
/// </summary>
[TypeFormatterSource(typeof(RocCurve))]
public sealed class RocCurve
{
    private RocCurve(RocPoint[] points) => Points = points;

    /// <summary>The points, thresholds descending; the first is (0, 0), the last (1, 1).</summary>
    public IReadOnlyList<RocPoint> Points { get; }

    /// <summary>The area under the curve by trapezoids, which equals the Mann-Whitney statistic with ties counted half.</summary>
    public double Area
    {
        get
        {
            // Twice the area times positives times negatives is an integer: no rounding until the end.
            long twice = 0;
            for (int i = 1; i < Points.Count; i++)
            {
                twice += (long)(Points[i].FalsePositives - Points[i - 1].FalsePositives) * (Points[i].TruePositives + Points[i - 1].TruePositives);
            }

            return twice / (2.0 * Points[0].Positives * Points[0].Negatives);
        }
    }

    /// <summary>
    /// The point with the largest Youden index among those that have a score for a threshold; compared in integers. Among equal
    /// ones the highest threshold wins.
    /// </summary>
    public RocPoint BestYouden
    {
        get
        {
            RocPoint best = Points[1];
            foreach (RocPoint point in Points.Skip(2))
            {
                if (point.YoudenNumerator > best.YoudenNumerator)
                {
                    best = point;
                }
            }

            return best;
        }
    }

    /// <summary>The point closest to (0, 1); among equal ones the highest threshold.</summary>
    public RocPoint ClosestToCorner => Points.Skip(1).MinBy(point => point.DistanceToCorner);

    /// <summary>Makes the curve of a set of scores.</summary>
    /// <param name="scores">One score per case; any finite numbers, larger means more likely positive.</param>
    /// <param name="labels">One label per case, true for positive.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is not finite, or a class is absent.</exception>
    public static RocCurve Of(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        int positives = BinarySample.Check(scores, labels);
        int negatives = labels.Length - positives;
        double[] sorted = scores.ToArray();
        bool[] truth = labels.ToArray();
        Array.Sort(sorted, truth);
        List<RocPoint> points = [new(double.PositiveInfinity, 0, 0, positives, negatives)];
        int tp = 0, fp = 0;
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            if (truth[i])
            {
                tp++;
            }
            else
            {
                fp++;
            }

            if (i == 0 || sorted[i - 1] != sorted[i])
            {
                points.Add(new(sorted[i], tp, fp, positives, negatives));
            }
        }

        return new([.. points]);
    }

    /// <summary>
    /// The curve without the points that add nothing to its drawing: those at which the counts change exactly as they did
    /// before (scikit-learn's <c>drop_intermediate</c>). Its area is the same; thresholds are lost, so choose on the full curve.
    /// </summary>
    public RocCurve WithoutIntermediatePoints()
    {
        List<RocPoint> kept = [Points[0]];
        for (int i = 1; i < Points.Count; i++)
        {
            bool end = i == 1 || i == Points.Count - 1;
            if (end || SecondDifference(i, point => point.FalsePositives) != 0 || SecondDifference(i, point => point.TruePositives) != 0)
            {
                kept.Add(Points[i]);
            }
        }

        return new([.. kept]);
    }

    private int SecondDifference(int i, Func<RocPoint, int> count) => count(Points[i + 1]) - (2 * count(Points[i])) + count(Points[i - 1]);
}

/// <summary>A point of a ROC curve: cases with a score of at least <paramref name="Threshold"/> are called positive.</summary>
/// <param name="Threshold">The score; positive infinity for the first point, where nothing is called positive.</param>
/// <param name="TruePositives">Positives called positive.</param>
/// <param name="FalsePositives">Negatives called positive.</param>
/// <param name="Positives">All positives.</param>
/// <param name="Negatives">All negatives.</param>
public readonly record struct RocPoint(double Threshold, int TruePositives, int FalsePositives, int Positives, int Negatives)
{
    /// <summary>True positive rate, the ordinate.</summary>
    public double Sensitivity => (double)TruePositives / Positives;

    /// <summary>False positive rate, the abscissa.</summary>
    public double FalsePositiveRate => (double)FalsePositives / Negatives;

    /// <summary>True negative rate.</summary>
    public double Specificity => (double)(Negatives - FalsePositives) / Negatives;

    /// <summary>Youden's index J = sensitivity + specificity - 1.</summary>
    public double Youden => (double)YoudenNumerator / ((long)Positives * Negatives);

    /// <summary>J times positives times negatives: an integer, so that two points compare exactly.</summary>
    public long YoudenNumerator => ((long)TruePositives * Negatives) - ((long)FalsePositives * Positives);

    /// <summary>The distance to the corner of perfect classification (0, 1).</summary>
    public double DistanceToCorner => Math.Sqrt((FalsePositiveRate * FalsePositiveRate) + ((1 - Sensitivity) * (1 - Sensitivity)));
}

/// <summary>Limits of the sensitivity at one false positive rate.</summary>
/// <param name="FalsePositiveRate">The abscissa.</param>
/// <param name="Lower">Lower limit of the sensitivity there.</param>
/// <param name="Upper">Upper limit of the sensitivity there.</param>
public readonly record struct RocBandPoint(double FalsePositiveRate, double Lower, double Upper);

/// <summary>What every function of scores and labels asks of its input.</summary>
internal static class BinarySample
{
    /// <summary>Checks lengths, finiteness and that both classes are there; gives the number of positives.</summary>
    public static int Check(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        CheckLengths(scores, labels);
        int positives = labels.Count(true);
        if (positives == 0 || positives == labels.Length)
        {
            throw new ArgumentException($"Both classes are needed; there are {positives} positive and {labels.Length - positives} negative cases.", nameof(labels));
        }

        return positives;
    }

    /// <summary>Checks lengths and finiteness.</summary>
    public static void CheckLengths(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} labels.", nameof(scores));
        }

        foreach (double score in scores)
        {
            if (!double.IsFinite(score))
            {
                throw new ArgumentException($"A score is {score}; scores must be finite.", nameof(scores));
            }
        }
    }
}

using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>A precision-recall curve with every threshold. Equal scores make one point, so the order of cases does not matter.</summary>
[TypeFormatterSource(typeof(PrecisionRecallCurve))]
public sealed class PrecisionRecallCurve
{
    private PrecisionRecallCurve(PrecisionRecallPoint[] points) => Points = points;

    /// <summary>The points, thresholds descending, recall ascending.</summary>
    public IReadOnlyList<PrecisionRecallPoint> Points { get; }

    /// <summary>Average precision: the sum of precision times the step in recall, without interpolation (as scikit-learn has it).</summary>
    public double AveragePrecision
    {
        get
        {
            double sum = 0, before = 0;
            foreach (PrecisionRecallPoint point in Points)
            {
                sum += (point.Recall - before) * point.Precision;
                before = point.Recall;
            }

            return sum;
        }
    }

    /// <summary>Takes the points from a ROC curve of the same scores.</summary>
    public static PrecisionRecallCurve Of(RocCurve roc)
    {
        ArgumentNullException.ThrowIfNull(roc);
        return new([.. roc.Points.Skip(1).Select(point => new PrecisionRecallPoint(
            point.Threshold,
            (double)point.TruePositives / (point.TruePositives + point.FalsePositives),
            point.Sensitivity))]);
    }
}

/// <summary>A point of a precision-recall curve: cases with a score of at least <paramref name="Threshold"/> are called positive.</summary>
/// <param name="Threshold">The score.</param>
/// <param name="Precision">Share of those called positive that are positive.</param>
/// <param name="Recall">Share of the positives that are called positive.</param>
public readonly record struct PrecisionRecallPoint(double Threshold, double Precision, double Recall);

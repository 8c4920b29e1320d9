using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Evaluation;

/// <summary>
/// What ML.NET's own <c>BinaryClassification.Evaluate</c> says about the same cases. It decides by score &gt; 0 (probability
/// above one half), whatever the threshold; its log losses and its entropy are in bits.
/// </summary>
public sealed record MLNetMetrics
{
    private MLNetMetrics(IReadOnlyList<MetricEntry> metrics, string? confusionTable)
    {
        Metrics = metrics;
        ConfusionTable = confusionTable;
    }

    /// <summary>ML.NET's figures, under ML.NET's names.</summary>
    public IReadOnlyList<MetricEntry> Metrics { get; }

    /// <summary>ML.NET's own text of its confusion table; null where a class is absent, which ML.NET refuses.</summary>
    public string? ConfusionTable { get; }

    /// <summary>Has ML.NET evaluate the cases.</summary>
    public static MLNetMetrics Of(ScoreSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (set.MissingClass is { } missing)
        {
            return new([.. Entries(null).Select(entry => new MetricEntry(entry.Key, entry.Name, "", Metric.Undefined(missing, set.Count, set.PatientCount)))], null);
        }

        MLContext context = new(seed: 1);
        IDataView view = context.Data.LoadFromEnumerable(set.Cases.Select(one => new Row
        {
            Label = one.Label,
            Score = one.Score,
            Probability = one.Probability,
            PredictedLabel = one.Score > 0,
        }));
        CalibratedBinaryClassificationMetrics metrics = context.BinaryClassification.Evaluate(view);
        return new([.. Entries(metrics).Select(entry => new MetricEntry(entry.Key, entry.Name, "", Judge(entry.Value, set)))], metrics.ConfusionMatrix.GetFormattedConfusionTable());
    }

    private static Metric Judge(double value, ScoreSet set) => double.IsFinite(value)
        ? Metric.Of(value, set.Count, set.PatientCount)
        : Metric.Undefined("ML.NET gives no finite number", set.Count, set.PatientCount);

    private static IEnumerable<(string Key, string Name, double Value)> Entries(CalibratedBinaryClassificationMetrics? metrics) =>
    [
        ("Accuracy", "Accuracy", metrics?.Accuracy ?? 0),
        ("AreaUnderRocCurve", "Area under ROC curve", metrics?.AreaUnderRocCurve ?? 0),
        ("AreaUnderPrecisionRecallCurve", "Area under precision-recall curve", metrics?.AreaUnderPrecisionRecallCurve ?? 0),
        ("F1Score", "F1 score", metrics?.F1Score ?? 0),
        ("PositivePrecision", "Positive precision", metrics?.PositivePrecision ?? 0),
        ("PositiveRecall", "Positive recall", metrics?.PositiveRecall ?? 0),
        ("NegativePrecision", "Negative precision", metrics?.NegativePrecision ?? 0),
        ("NegativeRecall", "Negative recall", metrics?.NegativeRecall ?? 0),
        ("LogLoss", "Log loss (bits)", metrics?.LogLoss ?? 0),
        ("LogLossReduction", "Log loss reduction", metrics?.LogLossReduction ?? 0),
        ("Entropy", "Entropy (bits)", metrics?.Entropy ?? 0),
    ];

    private sealed class Row
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }
}

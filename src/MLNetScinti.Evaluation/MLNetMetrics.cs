using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Evaluation;

/// <summary>
/// What ML.NET's own evaluators say about the same cases, under ML.NET's names: they run, through <see cref="MLContext"/>, beside
/// our figures, and decide by their own rules whatever the thresholds.
/// </summary>
public sealed record MLNetMetrics
{
    /// <summary>
    /// More voxels than this are scaled down to so many rows before ML.NET evaluates them: it takes no weights, and of more rows it
    /// draws a sample for the precision-recall curve.
    /// </summary>
    public const int MostRows = 100_000;

    private MLNetMetrics(string evaluator, string note, IReadOnlyList<MetricEntry> metrics, string? confusionTable) =>
        (Evaluator, Note, Metrics, ConfusionTable) = (evaluator, note, metrics, confusionTable);

    /// <summary>The evaluator as it is called in code, such as "BinaryClassification.Evaluate".</summary>
    public string Evaluator { get; }

    /// <summary>The label that was evaluated, where each is evaluated by itself; else empty.</summary>
    public string Label { get; internal init; } = "";

    /// <summary>How it decides and in which units, in a sentence.</summary>
    public string Note { get; }

    /// <summary>ML.NET's figures, under ML.NET's names.</summary>
    public IReadOnlyList<MetricEntry> Metrics { get; private init; }

    internal MLNetMetrics Marked(string mark) => this with { Metrics = Metrics.Marked(mark) };

    /// <summary>ML.NET's own text of its confusion table; null where there is none, or where a class is absent, which ML.NET refuses.</summary>
    public string? ConfusionTable { get; }

    /// <summary>Has ML.NET evaluate cases of two classes.</summary>
    public static MLNetMetrics Of(ScoreSet set, TaskWords? words = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        return Calibrated(set.Cases.Select(one => new BinaryRow { Label = one.Label, Score = one.Score, Probability = one.Probability, PredictedLabel = one.Score > 0 }), set.Count, set.PatientCount, set.MissingClass(words));
    }

    /// <summary>Has ML.NET evaluate cases of several classes.</summary>
    internal static MLNetMetrics OfClasses(IReadOnlyList<string> names, CaseSet<MulticlassCase> set)
    {
        const string Evaluator = "MulticlassClassification.Evaluate", Note = "It calls each case what is most probable; its log losses are in nats.";
        if (set.Count == 0 || names.Count < 2)
        {
            string reason = set.Count == 0 ? $"the {set.Name} set is empty" : "there is a single class";
            return new(Evaluator, Note, Undefined(MulticlassEntries(null), reason, 0, 0), null);
        }

        // LoadFromEnumerable makes keys of numbers from 0.
        MLContext context = new(seed: 1);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(MulticlassRow));
        schema[nameof(MulticlassRow.Label)].ColumnType = new KeyDataViewType(typeof(uint), names.Count);
        schema[nameof(MulticlassRow.PredictedLabel)].ColumnType = new KeyDataViewType(typeof(uint), names.Count);
        schema[nameof(MulticlassRow.Score)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, names.Count);

        // Without these its confusion table says 0, 1, 2.
        schema[nameof(MulticlassRow.Score)].AddAnnotation("SlotNames", new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(name => name.AsMemory())]), new VectorDataViewType(TextDataViewType.Instance, names.Count));
        IDataView view = context.Data.LoadFromEnumerable(
            set.Cases.Select(one => new MulticlassRow { Label = (uint)one.Label, PredictedLabel = (uint)one.MostProbable, Score = [.. one.Probabilities] }), schema);
        MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(view);
        return new(
            Evaluator,
            Note,
            [.. MulticlassEntries(metrics).Select(entry => Entry(entry, set.Count, set.PatientCount)), .. names.Select((name, k) => Entry(($"LogLoss: {name}", $"Log loss of {name}", metrics.PerClassLogLoss[k]), set.Count, set.PatientCount))],
            metrics.ConfusionMatrix.GetFormattedConfusionTable().TrimStart('\n'));
    }

    /// <summary>
    /// Has ML.NET evaluate the voxels of a label's masks. Voxels of one kind are one row, as often as there are of them; where there
    /// are more than <see cref="MostRows"/>, in proportion.
    /// </summary>
    internal static MLNetMetrics OfVoxels(string label, VoxelCounts counts, int cases, int patients)
    {
        const string Evaluator = "BinaryClassification.EvaluateNonCalibrated";
        long total = counts.Total;
        double scale = total > MostRows ? (double)MostRows / total : 1;
        string note = $"Each voxel is a row; a voxel of the mask scores 1, any other -1.{(scale < 1 ? $" ML.NET takes no weights, so the voxels are represented in proportion by about {MostRows:N0} rows: figures agree with those of all voxels to about four digits." : "")}";
        int tp = Rows(counts.TruePositives), fn = Rows(counts.FalseNegatives), fp = Rows(counts.FalsePositives), tn = Rows(counts.TrueNegatives);
        if (tp + fn == 0 || fp + tn == 0)
        {
            string reason = total == 0 ? "there is no voxel" : tp + fn == 0 ? $"no voxel is {label}" : $"every voxel is {label}";
            return new(Evaluator, note, Undefined(BinaryEntries(null, calibrated: false), reason, cases, patients), null) { Label = label };
        }

        MLContext context = new(seed: 1);
        IEnumerable<BinaryRow> rows = [.. Kind(tp, true, true), .. Kind(fn, true, false), .. Kind(fp, false, true), .. Kind(tn, false, false)];
        BinaryClassificationMetrics metrics = context.BinaryClassification.EvaluateNonCalibrated(context.Data.LoadFromEnumerable(rows));

        // Voxels of one call tie, and ML.NET's precision-recall curve takes ties in the order of the rows: that figure would say nothing.
        return new(
            Evaluator,
            note,
            [.. BinaryEntries(metrics, calibrated: false).Select(entry => entry.Key == "AreaUnderPrecisionRecallCurve"
                ? new MetricEntry(entry.Key, entry.Name, "", Metric.Undefined("voxels have no scores to rank them by", cases, patients))
                : Entry(entry, cases, patients))],
            metrics.ConfusionMatrix.GetFormattedConfusionTable())
        { Label = label };

        // A kind of which there is a voxel keeps a row: a class must not vanish by rounding.
        int Rows(long voxels) => voxels == 0 ? 0 : (int)Math.Max(1, Math.Round(voxels * scale));

        static IEnumerable<BinaryRow> Kind(int count, bool label, bool called) =>
            Enumerable.Repeat(new BinaryRow { Label = label, Score = called ? 1 : -1, PredictedLabel = called }, count);
    }

    /// <summary>Has ML.NET evaluate pairs of a true and a predicted quantity.</summary>
    internal static MLNetMetrics OfQuantities(CaseSet<QuantifiedCase> set)
    {
        const string Evaluator = "Regression.Evaluate", Note = "R squared is against the mean of the true values.";
        MLContext context = new(seed: 1);
        RegressionMetrics? metrics = set.Count == 0 ? null : context.Regression.Evaluate(
            context.Data.LoadFromEnumerable(set.Cases.Select(one => new RegressionRow { Label = (float)one.Truth, Score = (float)one.Predicted })));
        (string, string, double)[] entries =
        [
            ("MeanAbsoluteError", "Mean absolute error", metrics?.MeanAbsoluteError ?? 0),
            ("MeanSquaredError", "Mean squared error", metrics?.MeanSquaredError ?? 0),
            ("RootMeanSquaredError", "Root mean squared error", metrics?.RootMeanSquaredError ?? 0),
            ("LossFunction", "Loss function", metrics?.LossFunction ?? 0),
            ("RSquared", "R squared", metrics?.RSquared ?? 0),
        ];
        return new(Evaluator, Note, metrics is null ? Undefined(entries, $"the {set.Name} set is empty", 0, 0) : [.. entries.Select(entry => Entry(entry, set.Count, set.PatientCount))], null);
    }

    private static MLNetMetrics Calibrated(IEnumerable<BinaryRow> rows, int cases, int patients, string? missing)
    {
        const string Evaluator = "BinaryClassification.Evaluate", Note = "It decides at a score above 0 (a probability above one half), whatever the threshold; its log losses and entropy are in bits.";
        if (missing is not null)
        {
            return new(Evaluator, Note, Undefined(BinaryEntries(null, calibrated: true), missing, cases, patients), null);
        }

        MLContext context = new(seed: 1);
        CalibratedBinaryClassificationMetrics metrics = context.BinaryClassification.Evaluate(context.Data.LoadFromEnumerable(rows));
        return new(Evaluator, Note, [.. BinaryEntries(metrics, calibrated: true).Select(entry => Entry(entry, cases, patients))], metrics.ConfusionMatrix.GetFormattedConfusionTable());
    }

    private static MetricEntry Entry((string Key, string Name, double Value) entry, int cases, int patients) => new(entry.Key, entry.Name, "", double.IsFinite(entry.Value)
        ? Metric.Of(entry.Value, cases, patients)
        : Metric.Undefined("ML.NET gives no finite number", cases, patients));

    private static IReadOnlyList<MetricEntry> Undefined(IEnumerable<(string Key, string Name, double Value)> entries, string reason, int cases, int patients) =>
        [.. entries.Select(entry => new MetricEntry(entry.Key, entry.Name, "", Metric.Undefined(reason, cases, patients)))];

    private static IEnumerable<(string Key, string Name, double Value)> BinaryEntries(BinaryClassificationMetrics? metrics, bool calibrated)
    {
        CalibratedBinaryClassificationMetrics? probabilities = metrics as CalibratedBinaryClassificationMetrics;
        return
        [
            ("Accuracy", "Accuracy", metrics?.Accuracy ?? 0),
            ("AreaUnderRocCurve", "Area under ROC curve", metrics?.AreaUnderRocCurve ?? 0),
            ("AreaUnderPrecisionRecallCurve", "Area under precision-recall curve", metrics?.AreaUnderPrecisionRecallCurve ?? 0),
            ("F1Score", "F1 score", metrics?.F1Score ?? 0),
            ("PositivePrecision", "Positive precision", metrics?.PositivePrecision ?? 0),
            ("PositiveRecall", "Positive recall", metrics?.PositiveRecall ?? 0),
            ("NegativePrecision", "Negative precision", metrics?.NegativePrecision ?? 0),
            ("NegativeRecall", "Negative recall", metrics?.NegativeRecall ?? 0),
            .. calibrated
                ? [("LogLoss", "Log loss (bits)", probabilities?.LogLoss ?? 0), ("LogLossReduction", "Log loss reduction", probabilities?.LogLossReduction ?? 0), ("Entropy", "Entropy (bits)", probabilities?.Entropy ?? 0)]
                : Array.Empty<(string, string, double)>(),
        ];
    }

    private static IEnumerable<(string Key, string Name, double Value)> MulticlassEntries(MulticlassClassificationMetrics? metrics) =>
    [
        ("MicroAccuracy", "Accuracy (micro-average)", metrics?.MicroAccuracy ?? 0),
        ("MacroAccuracy", "Accuracy (macro-average)", metrics?.MacroAccuracy ?? 0),
        ("LogLoss", "Log loss (nats)", metrics?.LogLoss ?? 0),
        ("LogLossReduction", "Log loss reduction", metrics?.LogLossReduction ?? 0),
    ];

    private sealed class BinaryRow
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public float Probability { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class MulticlassRow
    {
        public uint Label { get; set; }

        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }

    private sealed class RegressionRow
    {
        public float Label { get; set; }

        public float Score { get; set; }
    }
}

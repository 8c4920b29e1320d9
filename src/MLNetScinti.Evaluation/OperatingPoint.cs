using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The figures at one decision threshold, each with its interval and the cases and patients behind it. Proportions carry
/// Wilson's interval (Clopper-Pearson's and the bootstrap's beside it), the others the bootstrap's by patient.
/// </summary>
public sealed record OperatingPoint
{
    internal const string SensitivityKey = "sensitivity", SpecificityKey = "specificity";
    internal const string PositivePredictiveValueKey = "positivePredictiveValue", NegativePredictiveValueKey = "negativePredictiveValue";

    private OperatingPoint(DecisionThreshold threshold, ConfusionCounts counts)
    {
        Threshold = threshold;
        Counts = counts;
    }

    /// <summary>The threshold, and where it comes from.</summary>
    public DecisionThreshold Threshold { get; }

    /// <summary>How many cases were called what.</summary>
    public ConfusionCounts Counts { get; }

    /// <summary>Share of positive cases called positive.</summary>
    public Metric Sensitivity => this[SensitivityKey];

    /// <summary>Share of negative cases called negative.</summary>
    public Metric Specificity => this[SpecificityKey];

    /// <summary>Share of those called positive that are.</summary>
    public Metric PositivePredictiveValue => this[PositivePredictiveValueKey];

    /// <summary>Share of those called negative that are.</summary>
    public Metric NegativePredictiveValue => this[NegativePredictiveValueKey];

    /// <summary>Share of cases called right.</summary>
    public Metric Accuracy => this["accuracy"];

    /// <summary>Mean of sensitivity and specificity.</summary>
    public Metric BalancedAccuracy => this["balancedAccuracy"];

    /// <summary>Harmonic mean of sensitivity and positive predictive value.</summary>
    public Metric F1 => this["f1"];

    /// <summary>Matthews' correlation between truth and call.</summary>
    public Metric MatthewsCorrelation => this["matthewsCorrelation"];

    /// <summary>Cohen's kappa between truth and call.</summary>
    public Metric Kappa => this["kappa"];

    /// <summary>All figures in the order of the report.</summary>
    public IReadOnlyList<MetricEntry> Metrics { get; private init; } = [];

    /// <summary>The shares that the rows and columns of the confusion table give.</summary>
    internal IReadOnlyList<MetricEntry> Shares => Metrics.Only(SensitivityKey, SpecificityKey, PositivePredictiveValueKey, NegativePredictiveValueKey);

    /// <summary>A figure by its key in metrics.json.</summary>
    /// <exception cref="KeyNotFoundException">There is no such figure.</exception>
    public Metric this[string key] => Metrics.Named(key);

    /// <summary>Judges a set of scored cases at a threshold.</summary>
    public static OperatingPoint Of(ScoreSet set, DecisionThreshold threshold, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(threshold);
        options ??= new();
        ConfusionCounts[] single = [.. set.Cases.Select(one => ConfusionCounts.Of(one, threshold))];
        ConfusionCounts counts = default;
        foreach (ConfusionCounts one in single)
        {
            counts += one;
        }

        PatientBootstrap bootstrap = new(set.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals(
            [.. BinaryFigure.All.Select(figure => (Func<int[], double>)(weights => figure.Compute(Weighted(single, weights))))], options.Level);
        MetricEntry[] entries = [.. BinaryFigure.All.Select((figure, i) => new MetricEntry(
            figure.Key, figure.Name, figure.Meaning(options.Words), figure.Judge(counts, Patients(set, single, figure), resampled[i], options.Level, options.BootstrapReplicates > 0, options.Words)))];
        return new(threshold, counts) { Metrics = entries };
    }

    private static ConfusionCounts Weighted(ConfusionCounts[] single, int[] weights)
    {
        int tp = 0, fn = 0, fp = 0, tn = 0;
        for (int i = 0; i < single.Length; i++)
        {
            tp += single[i].TruePositives * weights[i];
            fn += single[i].FalseNegatives * weights[i];
            fp += single[i].FalsePositives * weights[i];
            tn += single[i].TrueNegatives * weights[i];
        }

        return new(tp, fn, fp, tn);
    }

    private static int Patients(ScoreSet set, ConfusionCounts[] single, BinaryFigure figure)
    {
        HashSet<int> patients = [];
        for (int i = 0; i < single.Length; i++)
        {
            if (figure.Share is null || figure.Share(single[i]).Of > 0)
            {
                patients.Add(set.PatientOfCase[i]);
            }
        }

        return patients.Count;
    }
}

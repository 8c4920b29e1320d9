using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>A figure of four counts: how it is computed, when it is undefined, and how it is explained.</summary>
internal sealed class BinaryFigure
{
    private BinaryFigure(string key, string name, string meaning, string undefined)
    {
        Key = key;
        Name = name;
        Meaning = meaning;
        UndefinedReason = undefined;
    }

    /// <summary>All figures, in the order of the report.</summary>
    public static IReadOnlyList<BinaryFigure> All { get; } =
    [
        Proportion("sensitivity", "Sensitivity", "Of the abnormal cases, the share called abnormal.", "no case is abnormal", c => (c.TruePositives, c.Positives)),
        Proportion("specificity", "Specificity", "Of the normal cases, the share called normal.", "no case is normal", c => (c.TrueNegatives, c.Negatives)),
        Proportion("positivePredictiveValue", "Positive predictive value", "Of the cases called abnormal, the share that are. Depends on how common abnormal cases are in this set.", "no case was called abnormal", c => (c.TruePositives, c.CalledPositive)),
        Proportion("negativePredictiveValue", "Negative predictive value", "Of the cases called normal, the share that are. Depends on how common abnormal cases are in this set.", "no case was called normal", c => (c.TrueNegatives, c.CalledNegative)),
        Proportion("accuracy", "Accuracy", "The share of cases called right.", "there is no case", c => (c.Correct, c.Total)),
        Other("balancedAccuracy", "Balanced accuracy", "The mean of sensitivity and specificity.", "a class is absent", c => (Ratio(c.TruePositives, c.Positives) + Ratio(c.TrueNegatives, c.Negatives)) / 2),
        Other("youden", "Youden index", "Sensitivity plus specificity minus 1: 0 is chance, 1 is perfect.", "a class is absent", c => Ratio(c.TruePositives, c.Positives) + Ratio(c.TrueNegatives, c.Negatives) - 1),
        Other("f1", "F1 score", "The harmonic mean of sensitivity and positive predictive value.", "no case is abnormal or was called abnormal", c => Ratio(2L * c.TruePositives, (2L * c.TruePositives) + c.FalsePositives + c.FalseNegatives)),
        Other("matthewsCorrelation", "Matthews correlation", "The correlation between truth and call: 0 is chance, 1 is perfect.", "a row or a column of the confusion table is empty", Matthews),
        Other("kappa", "Cohen's kappa", "Agreement with the truth beyond chance: 0 is chance, 1 is perfect.", "all cases are in one class, in truth and as called", c => CohenKappa.Of(c.ToTable())),
    ];

    public string Key { get; }

    public string Name { get; }

    public string Meaning { get; }

    public string UndefinedReason { get; }

    /// <summary>For a proportion: so many of so many. Null for the others.</summary>
    public Func<ConfusionCounts, (int Count, int Of)>? Share { get; private init; }

    /// <summary>The value, NaN where undefined.</summary>
    public required Func<ConfusionCounts, double> Compute { get; init; }

    /// <summary>The figure with its intervals.</summary>
    public Metric Judge(ConfusionCounts counts, int patients, ConfidenceInterval? resampled, double level)
    {
        double value = Compute(counts);
        int cases = Share is null ? counts.Total : Share(counts).Of;
        if (!double.IsFinite(value))
        {
            return Metric.Undefined(UndefinedReason, cases, patients);
        }

        if (Share is null)
        {
            return Metric.Of(value, cases, patients, resampled);
        }

        (int count, int of) = Share(counts);
        return Metric.Of(value, cases, patients, BinomialInterval.Wilson(count, of, level)) with
        {
            FurtherIntervals = resampled is null ? [BinomialInterval.ClopperPearson(count, of, level)] : [BinomialInterval.ClopperPearson(count, of, level), resampled],
        };
    }

    private static BinaryFigure Proportion(string key, string name, string meaning, string undefined, Func<ConfusionCounts, (int Count, int Of)> share) =>
        new(key, name, meaning, undefined)
        {
            Share = share,
            Compute = counts =>
            {
                (int count, int of) = share(counts);
                return Ratio(count, of);
            },
        };

    private static BinaryFigure Other(string key, string name, string meaning, string undefined, Func<ConfusionCounts, double> compute) =>
        new(key, name, meaning, undefined) { Compute = compute };

    private static double Ratio(long count, long of) => of == 0 ? double.NaN : (double)count / of;

    private static double Matthews(ConfusionCounts c)
    {
        double margins = (double)c.Positives * c.Negatives * c.CalledPositive * c.CalledNegative;
        double difference = ((double)c.TruePositives * c.TrueNegatives) - ((double)c.FalsePositives * c.FalseNegatives);
        return margins == 0 ? double.NaN : difference / Math.Sqrt(margins);
    }
}

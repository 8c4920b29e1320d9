using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The figures at one decision threshold, each with its interval and the cases and patients behind it. Proportions carry
/// Wilson's interval, by patients where these have several cases (others beside it), the others the bootstrap's by patient.
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

    internal OperatingPoint Marked(string mark) => this with { Metrics = Metrics.Marked(mark) };

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

        ConfusionCounts[]? patients = set.PatientCount < set.Count ? ByPatient(set, single) : null;
        PatientBootstrap bootstrap = new(set.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals(
            [.. BinaryFigure.All.Select(figure => (Func<int[], double>)(weights => figure.Compute(Weighted(single, weights))))], options.Level);
        MetricEntry[] entries = [.. BinaryFigure.All.Select((figure, i) => new MetricEntry(
            figure.Key, figure.Name, figure.Meaning(options.Words), figure.Judge(counts, Patients(set, single, figure), resampled[i], options.Level, options.BootstrapReplicates > 0, options.Words, patients)))];
        return new(threshold, counts) { Metrics = entries };
    }

    private static ConfusionCounts[] ByPatient(ScoreSet set, ConfusionCounts[] single)
    {
        ConfusionCounts[] patients = new ConfusionCounts[set.PatientCount];
        for (int i = 0; i < single.Length; i++)
        {
            patients[set.PatientOfCase[i]] += single[i];
        }

        return patients;
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

/// <summary>How many cases were called what: the four counts behind every figure at a threshold.</summary>
/// <param name="TruePositives">Positive, called positive.</param>
/// <param name="FalseNegatives">Positive, called negative (missed).</param>
/// <param name="FalsePositives">Negative, called positive (false alarm).</param>
/// <param name="TrueNegatives">Negative, called negative.</param>
public readonly record struct ConfusionCounts(int TruePositives, int FalseNegatives, int FalsePositives, int TrueNegatives)
{
    /// <summary>Cases of the positive class.</summary>
    public int Positives => TruePositives + FalseNegatives;

    /// <summary>Cases of the negative class.</summary>
    public int Negatives => FalsePositives + TrueNegatives;

    /// <summary>Cases called positive.</summary>
    public int CalledPositive => TruePositives + FalsePositives;

    /// <summary>Cases called negative.</summary>
    public int CalledNegative => FalseNegatives + TrueNegatives;

    /// <summary>All cases.</summary>
    public int Total => Positives + Negatives;

    /// <summary>Cases called what they are.</summary>
    public int Correct => TruePositives + TrueNegatives;

    /// <summary>Counts the cases of a set at a threshold.</summary>
    public static ConfusionCounts Of(ScoreSet set, DecisionThreshold threshold)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(threshold);
        ConfusionCounts counts = default;
        foreach (ScoredCase one in set.Cases)
        {
            counts += Of(one, threshold);
        }

        return counts;
    }

    /// <summary>The counts of two sets together.</summary>
    public static ConfusionCounts operator +(ConfusionCounts a, ConfusionCounts b) => new(
        a.TruePositives + b.TruePositives,
        a.FalseNegatives + b.FalseNegatives,
        a.FalsePositives + b.FalsePositives,
        a.TrueNegatives + b.TrueNegatives);

    /// <summary>The counts as a table: rows are the truth, columns what was called, positive first (as ML.NET does).</summary>
    public int[,] ToTable() => new[,] { { TruePositives, FalseNegatives }, { FalsePositives, TrueNegatives } };

    internal static ConfusionCounts Of(ScoredCase one, DecisionThreshold threshold) => (one.Label, threshold.IsPositive(one)) switch
    {
        (true, true) => new(1, 0, 0, 0),
        (true, false) => new(0, 1, 0, 0),
        (false, true) => new(0, 0, 1, 0),
        (false, false) => new(0, 0, 0, 1),
    };
}

/// <summary>A figure of four counts: how it is computed, when it is undefined, and how it is explained.</summary>
internal sealed class BinaryFigure
{
    private readonly Func<TaskWords, string> _meaning, _undefined;

    private BinaryFigure(string key, string name, Func<TaskWords, string> meaning, Func<TaskWords, string> undefined)
    {
        Key = key;
        Name = name;
        _meaning = meaning;
        _undefined = undefined;
    }

    /// <summary>All figures, in the order of the report.</summary>
    public static IReadOnlyList<BinaryFigure> All { get; } =
    [
        Proportion(OperatingPoint.SensitivityKey, "Sensitivity", w => $"Of the {w.Positive} cases, the share called {w.Positive}.", w => $"no case is {w.Positive}", c => (c.TruePositives, c.Positives)),
        Proportion(OperatingPoint.SpecificityKey, "Specificity", w => $"Of the {w.Negative} cases, the share called {w.Negative}.", w => $"no case is {w.Negative}", c => (c.TrueNegatives, c.Negatives)),
        Proportion(OperatingPoint.PositivePredictiveValueKey, "Positive predictive value", w => $"Of the cases called {w.Positive}, the share that are. Depends on how common {w.Positive} cases are in this set.", w => $"no case was called {w.Positive}", c => (c.TruePositives, c.CalledPositive)),
        Proportion(OperatingPoint.NegativePredictiveValueKey, "Negative predictive value", w => $"Of the cases called {w.Negative}, the share that are. Depends on how common {w.Positive} cases are in this set.", w => $"no case was called {w.Negative}", c => (c.TrueNegatives, c.CalledNegative)),
        Proportion("accuracy", "Accuracy", _ => "The share of cases called right.", _ => "there is no case", c => (c.Correct, c.Total)),
        Other("balancedAccuracy", "Balanced accuracy", _ => "The mean of sensitivity and specificity.", _ => "a class is absent", c => (Ratio(c.TruePositives, c.Positives) + Ratio(c.TrueNegatives, c.Negatives)) / 2),
        Other("youden", "Youden index", _ => "Sensitivity plus specificity minus 1: 0 is chance, 1 is perfect.", _ => "a class is absent", c => Ratio(c.TruePositives, c.Positives) + Ratio(c.TrueNegatives, c.Negatives) - 1),
        Other("f1", "F1 score", _ => "The harmonic mean of sensitivity and positive predictive value.", w => $"no case is {w.Positive} or was called {w.Positive}", c => Ratio(2L * c.TruePositives, (2L * c.TruePositives) + c.FalsePositives + c.FalseNegatives)),
        Other("matthewsCorrelation", "Matthews correlation", _ => "The correlation between truth and call: 0 is chance, 1 is perfect.", _ => "a row or a column of the confusion table is empty", Matthews),
        Other("kappa", "Cohen's kappa", _ => "Agreement with the truth beyond chance: 0 is chance, 1 is perfect.", _ => "all cases are in one class, in truth and as called", c => CohenKappa.Of(c.ToTable())),
    ];

    public string Key { get; }

    public string Name { get; }

    /// <summary>What it says, in the words of the task.</summary>
    public string Meaning(TaskWords words) => _meaning(words);

    /// <summary>For a proportion: so many of so many. Null for the others.</summary>
    public Func<ConfusionCounts, (int Count, int Of)>? Share { get; private init; }

    /// <summary>The value, NaN where undefined.</summary>
    public required Func<ConfusionCounts, double> Compute { get; init; }

    /// <summary>The figure with its intervals.</summary>
    /// <param name="counts">The four counts.</param>
    /// <param name="patients">Patients behind the figure.</param>
    /// <param name="resampled">The bootstrap's interval; null where it found none.</param>
    /// <param name="level">Coverage aimed at.</param>
    /// <param name="wasResampled">Whether the bootstrap was asked for one.</param>
    /// <param name="words">The words of the task, for the reason where it is undefined.</param>
    /// <param name="clusters">The four counts of each patient, where patients have several cases; null where each has one.</param>
    public Metric Judge(ConfusionCounts counts, int patients, ConfidenceInterval? resampled, double level, bool wasResampled = false, TaskWords? words = null, ConfusionCounts[]? clusters = null)
    {
        double value = Compute(counts);
        int cases = Share is null ? counts.Total : Share(counts).Of;
        if (!double.IsFinite(value))
        {
            return Metric.Undefined(_undefined(words ?? TaskWords.Default), cases, patients);
        }

        if (Share is null)
        {
            // Where every draw gives the same, or most give nothing, the draws cannot say how sure the figure is.
            bool isMute = wasResampled && (resampled is null || resampled.Upper - resampled.Lower <= 1e-12);
            return Metric.Of(value, cases, patients, isMute ? FromShares(counts, value, level) : resampled);
        }

        (int count, int of) = Share(counts);
        ConfidenceInterval independent = BinomialInterval.Wilson(count, of, level);
        List<ConfidenceInterval> further = [BinomialInterval.ClopperPearson(count, of, level)];
        if (clusters is not null)
        {
            further.Insert(0, independent);
        }

        if (resampled is not null)
        {
            further.Add(resampled);
        }

        return Metric.Of(value, cases, patients, clusters is null ? independent : BinomialInterval.WilsonClustered([.. clusters.Select(Share)], level)) with { FurtherIntervals = further };
    }

    /// <summary>
    /// The range of the figure while sensitivity and specificity lie within their Wilson intervals, each at half the error allowed
    /// (Bonferroni), at the share of positive cases of this set. Has a width where every case was called right. Null where a class is absent.
    /// </summary>
    private ConfidenceInterval? FromShares(ConfusionCounts counts, double value, double level)
    {
        if (counts.Positives == 0 || counts.Negatives == 0)
        {
            return null;
        }

        double each = 1 - ((1 - level) / 2);
        ConfidenceInterval sensitivity = BinomialInterval.Wilson(counts.TruePositives, counts.Positives, each), specificity = BinomialInterval.Wilson(counts.TrueNegatives, counts.Negatives, each);

        // Shares become counts of a set so large that rounding does not matter.
        int scale = Math.Max(1, 20_000_000 / counts.Total), positives = scale * counts.Positives, negatives = scale * counts.Negatives;
        double[] corners =
        [
            value,
            .. from s in new[] { sensitivity.Lower, sensitivity.Upper }
               from t in new[] { specificity.Lower, specificity.Upper }
               let tp = (int)Math.Round(s * positives)
               let tn = (int)Math.Round(t * negatives)
               let corner = Compute(new(tp, positives - tp, negatives - tn, tn))
               where double.IsFinite(corner)
               select corner,
        ];
        return new(corners.Min(), corners.Max(), "range over Wilson's intervals of sensitivity and specificity, Bonferroni", level);
    }

    private static BinaryFigure Proportion(string key, string name, Func<TaskWords, string> meaning, Func<TaskWords, string> undefined, Func<ConfusionCounts, (int Count, int Of)> share) =>
        new(key, name, meaning, undefined)
        {
            Share = share,
            Compute = counts =>
            {
                (int count, int of) = share(counts);
                return Ratio(count, of);
            },
        };

    private static BinaryFigure Other(string key, string name, Func<TaskWords, string> meaning, Func<TaskWords, string> undefined, Func<ConfusionCounts, double> compute) =>
        new(key, name, meaning, undefined) { Compute = compute };

    private static double Ratio(long count, long of) => of == 0 ? double.NaN : (double)count / of;

    private static double Matthews(ConfusionCounts c)
    {
        double margins = (double)c.Positives * c.Negatives * c.CalledPositive * c.CalledNegative;
        double difference = ((double)c.TruePositives * c.TrueNegatives) - ((double)c.FalsePositives * c.FalseNegatives);
        return margins == 0 ? double.NaN : difference / Math.Sqrt(margins);
    }
}

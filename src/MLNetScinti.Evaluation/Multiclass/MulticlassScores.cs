using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>Scored cases of several classes in the form that a bootstrap draws from: everything is sorted once.</summary>
internal sealed class MulticlassScores
{
    private readonly IReadOnlyList<string> _names;
    private readonly int[] _labels, _called;
    private readonly double[,] _probabilities;
    private readonly WeightedRanking[] _againstRest;

    public MulticlassScores(IReadOnlyList<string> names, MulticlassCase[] cases, int[] patientOfCase)
    {
        _names = names;
        PatientOfCase = patientOfCase;
        _labels = [.. cases.Select(one => one.Label)];
        _called = [.. cases.Select(one => one.Called)];
        _probabilities = new double[cases.Length, names.Count];
        for (int i = 0; i < cases.Length; i++)
        {
            for (int k = 0; k < names.Count; k++)
            {
                _probabilities[i, k] = cases[i].Probabilities[k];
            }
        }

        _againstRest = [.. Enumerable.Range(0, names.Count).Select(k => new WeightedRanking(Of(k), Is(k)))];
    }

    /// <summary>The figures over all classes.</summary>
    public static IReadOnlyList<(string Key, string Name, string Meaning)> Figures { get; } =
    [
        ("accuracy", "Accuracy", "The share of cases called right."),
        ("macroRecall", "Macro recall", "The mean over the classes of the share of their cases called so (balanced accuracy)."),
        ("macroPrecision", "Macro precision", "The mean over the classes of the share of those called so that are."),
        ("macroSpecificity", "Macro specificity", "The mean over the classes of the share of other cases not called so."),
        ("macroF1", "Macro F1", "The mean of the classes' F1 scores."),
        ("weightedF1", "Weighted F1", "The mean of the classes' F1 scores, weighted by their cases."),
        ("kappa", "Cohen's kappa", "Agreement with the truth beyond chance."),
        ("kappaLinear", "Cohen's kappa, linear", "The same for classes in an order, disagreements weighted by their distance."),
        ("kappaQuadratic", "Cohen's kappa, quadratic", "The same, weighted by the square of their distance."),
        ("areaUnderRocMacro", "Area under ROC, macro", "The mean of the areas of each class against the rest."),
        ("areaUnderRocWeighted", "Area under ROC, weighted", "The same, weighted by the classes' cases."),
        ("logLoss", "Log loss (nats)", "The mean surprise at the truth: 0 is perfect."),
    ];

    /// <summary>For each case the number of its patient.</summary>
    public int[] PatientOfCase { get; }

    /// <summary>How many numbers <see cref="Compute"/> writes: the figures, then the F1 score of each class.</summary>
    public int Count => Figures.Count + _names.Count;

    /// <summary>The confusion table of the cases, each as often as drawn.</summary>
    public ClassTable Table(int[]? weights)
    {
        int[,] counts = new int[_names.Count, _names.Count];
        for (int i = 0; i < _labels.Length; i++)
        {
            counts[_labels[i], _called[i]] += weights?[i] ?? 1;
        }

        return new(_names, counts);
    }

    public void Compute(int[] weights, double[] values)
    {
        ClassTable table = Table(weights);
        Metric[] figures = Values(table, weights);
        for (int s = 0; s < values.Length; s++)
        {
            Metric metric = s < figures.Length ? figures[s] : table.F1(s - figures.Length);
            values[s] = metric.TryGetValue(out double value) ? value : double.NaN;
        }
    }

    public Metric[] Values(ClassTable table, int[]? weights = null)
    {
        weights ??= [.. Enumerable.Repeat(1, _labels.Length)];
        double[] areas = [.. _againstRest.Select(ranking => ranking.Area(weights))];
        int[] sizes = new int[_names.Count];
        double loss = 0, total = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                sizes[_labels[i]] += weights[i];
                total += weights[i];
                loss -= weights[i] * Math.Log(_probabilities[i, _labels[i]]);
            }
        }

        const string Absent = "a class is absent";
        return
        [
            table.Accuracy, table.MacroRecall, table.MacroPrecision, table.MacroSpecificity, table.MacroF1, table.WeightedF1,
            table.Kappa(), table.Kappa(KappaWeights.Linear), table.Kappa(KappaWeights.Quadratic),
            Finite(areas.Average(), Absent),
            Finite(areas.Select((area, k) => area * sizes[k]).Sum() / total, Absent),
            Finite(loss / total, total == 0 ? "there is no case" : "a case was given the probability 0 for what it is, so the loss is infinite"),
        ];
    }

    /// <summary>The figures of one class.</summary>
    public ClassFigures Class(ClassTable table, int k, ConfidenceInterval? f1, EvaluationOptions options)
    {
        bool[] labels = Is(k);
        double[] scores = Of(k);
        int own = labels.Count(label => label), patients = PatientOfCase.Distinct().Count();
        int others = labels.Length - own, called = _called.Count(one => one == k), found = table[k, k];
        bool isRanked = own > 0 && others > 0;
        AucEstimate? area = isRanked ? DeLong.Estimate(scores, labels) : null;
        ConfidenceInterval? clustered = isRanked && DeLong.EstimateClustered(scores, labels, PatientOfCase) is { Variance: > 0 } estimate
            ? estimate.Interval(options.Level) with { Method = "Obuchowski (cases clustered in patients), logit" }
            : null;
        Metric f = table.F1(k);
        return new(
            _names[k],
            own,
            Share(found, own, $"no case is {_names[k]}"),
            Share(found, called, $"no case was called {_names[k]}"),
            Share(others - (called - found), others, $"every case is {_names[k]}"),
            f.TryGetValue(out double value) ? Metric.Of(value, labels.Length, patients, f1 is { } interval && interval.Upper - interval.Lower > 1e-12 ? interval : null) : f,
            area is null
                ? Metric.Undefined(own == 0 ? $"no case is {_names[k]}" : $"every case is {_names[k]}", labels.Length, patients)
                : Metric.Of(area.Area, labels.Length, patients, area.Interval(options.Level)) with { FurtherIntervals = clustered is null ? [] : [clustered] },
            isRanked ? RocCurve.Of(scores, labels) : null);

        Metric Share(int count, int of, string reason) => of == 0
            ? Metric.Undefined(reason)
            : Metric.Of((double)count / of, of, patients, BinomialInterval.Wilson(count, of, options.Level));
    }

    private static Metric Finite(double value, string reason) => double.IsFinite(value) ? Metric.Of(value, 0, 0) : Metric.Undefined(reason);

    private double[] Of(int k) => [.. Enumerable.Range(0, _labels.Length).Select(i => _probabilities[i, k])];

    private bool[] Is(int k) => [.. _labels.Select(label => label == k)];
}

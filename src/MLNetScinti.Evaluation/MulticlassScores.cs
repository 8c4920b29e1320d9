using MLNetScinti.Evaluation.Statistics;

namespace MLNetScinti.Evaluation;

/// <summary>Scored cases of several classes in the form that a bootstrap draws from: everything is sorted once.</summary>
internal sealed class MulticlassScores
{
    public const string MicroAccuracyKey = "microAccuracy", MacroAccuracyKey = "macroAccuracy", MacroAreaKey = "areaUnderRocMacro", MacroF1Key = "macroF1", LogLossKey = "logLoss";

    private readonly IReadOnlyList<string> _names;
    private readonly int[] _labels, _called;
    private readonly bool[] _isMostProbableRight;
    private readonly double[,] _probabilities;
    private readonly WeightedRanking[] _againstRest;
    private readonly int _bins;

    public MulticlassScores(IReadOnlyList<string> names, CaseSet<MulticlassCase> set, int bins)
    {
        _names = names;
        _bins = bins;
        PatientOfCase = set.PatientOfCase;
        IReadOnlyList<MulticlassCase> cases = set.Cases;
        _labels = [.. cases.Select(one => one.Label)];
        _called = [.. cases.Select(one => one.Called)];
        _isMostProbableRight = [.. cases.Select(one => one.MostProbable == one.Label)];
        Confidences = [.. cases.Select(one => (double)one.Probabilities[one.MostProbable])];
        _probabilities = new double[cases.Count, names.Count];
        for (int i = 0; i < cases.Count; i++)
        {
            for (int k = 0; k < names.Count; k++)
            {
                _probabilities[i, k] = cases[i].Probabilities[k];
            }
        }

        _againstRest = [.. Enumerable.Range(0, names.Count).Select(k => new WeightedRanking(Of(k), Is(k)))];
    }

    /// <summary>The figures over all classes, in the order in which <see cref="Compute"/> writes them.</summary>
    public static IReadOnlyList<(string Key, string Name, string Meaning)> Figures { get; } =
    [
        (MicroAccuracyKey, "Accuracy (micro-average)", "The share of cases called right."),
        (MacroAccuracyKey, "Accuracy (macro-average)", "The mean over the classes of the share of their cases called so (macro recall, balanced accuracy)."),
        ("macroPrecision", "Macro precision", "The mean over the classes of the share of those called so that are."),
        ("macroSpecificity", "Macro specificity", "The mean over the classes of the share of other cases not called so."),
        (MacroF1Key, "Macro F1", "The mean of the classes' F1 scores."),
        ("weightedF1", "Weighted F1", "The mean of the classes' F1 scores, weighted by their cases."),
        ("kappa", "Cohen's kappa", "Agreement with the truth beyond chance."),
        ("kappaLinear", "Cohen's kappa, linear", "The same for classes in an order, disagreements weighted by their distance."),
        ("kappaQuadratic", "Cohen's kappa, quadratic", "The same, weighted by the square of their distance."),
        (MacroAreaKey, "Area under ROC, macro", "The mean of the areas of each class against the rest."),
        ("areaUnderRocWeighted", "Area under ROC, weighted", "The same, weighted by the classes' cases."),
        (LogLossKey, "Log loss (nats)", "The mean surprise at the truth: 0 is perfect."),
        ("logLossReduction", "Log-loss reduction", "How much of the surprise of who knows only how common the classes are is taken away: 1 is perfect, 0 is no better."),
        ("brier", "Brier score", "The mean over the cases of the squared errors of all their probabilities: 0 is perfect."),
        (RankingFigures.CalibrationErrorKey, "Expected calibration error", "How far the probability of the most probable class is from the share of such cases it is right for, on average over equally wide bins. Biased upwards in small sets."),
    ];

    /// <summary>For each case the number of its patient.</summary>
    public int[] PatientOfCase { get; }

    /// <summary>For each case the probability of its most probable class.</summary>
    public double[] Confidences { get; }

    /// <summary>How many numbers <see cref="Compute"/> writes: the figures, then the F1 score of each class.</summary>
    public int Count => Figures.Count + _names.Count;

    /// <summary>The place of a figure in what <see cref="Values"/> gives.</summary>
    public static int IndexOf(string key) => Figures.Select(figure => figure.Key).TakeWhile(other => other != key).Count();

    /// <summary>A figure's names.</summary>
    public static (string Key, string Name, string Meaning) Named(string key) => Figures[IndexOf(key)];

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
        double loss = 0, squares = 0, total = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                sizes[_labels[i]] += weights[i];
                total += weights[i];
                loss -= weights[i] * Math.Log(_probabilities[i, _labels[i]]);
                squares += weights[i] * SquaredError(i);
            }
        }

        const string Absent = "a class is absent", Infinite = "a case was given the probability 0 for what it is, so the loss is infinite";
        string none = total == 0 ? "there is no case" : Infinite;
        double prior = sizes.Where(size => size > 0).Sum(size => -(size / total) * Math.Log(size / total));
        return
        [
            table.Accuracy, table.MacroRecall, table.MacroPrecision, table.MacroSpecificity, table.MacroF1, table.WeightedF1,
            table.Kappa(), table.Kappa(KappaWeights.Linear), table.Kappa(KappaWeights.Quadratic),
            Finite(areas.Average(), Absent),
            Finite(areas.Select((area, k) => area * sizes[k]).Sum() / total, Absent),
            Finite(loss / total, none),
            Finite((prior - (loss / total)) / prior, total > 0 && prior == 0 ? "all cases are of one class" : none),
            Finite(squares / total, none),
            Finite(CalibrationError(weights, total), none),
        ];
    }

    private double SquaredError(int i)
    {
        double sum = 0;
        for (int k = 0; k < _names.Count; k++)
        {
            double error = _probabilities[i, k] - (k == _labels[i] ? 1 : 0);
            sum += error * error;
        }

        return sum;
    }

    private double CalibrationError(int[] weights, double total)
    {
        double[] difference = new double[_bins];
        for (int i = 0; i < weights.Length; i++)
        {
            difference[ProbabilityScores.BinOf(Confidences[i], _bins, BinEdges.LeftClosed)] += weights[i] * (Confidences[i] - (_isMostProbableRight[i] ? 1 : 0));
        }

        return difference.Sum(Math.Abs) / total;
    }

    /// <summary>The figures of one class.</summary>
    public ClassFigures Class(ClassTable table, int k, ConfidenceInterval? f1, EvaluationOptions options)
    {
        bool[] labels = Is(k);
        double[] scores = Of(k);
        int own = labels.Count(label => label), patients = PatientOfCase.Distinct().Count();
        int others = labels.Length - own;
        bool isRanked = own > 0 && others > 0;
        AucEstimate? area = isRanked ? DeLong.Estimate(scores, labels) : null;
        bool isClustered = patients < labels.Length;
        ConfidenceInterval? independent = area?.Interval(options.Level), headline = independent;
        if (isRanked && isClustered)
        {
            headline = RankingFigures.ByPatient(DeLong.EstimateClustered(scores, labels, PatientOfCase), options.Level);
        }

        Metric f = table.F1(k);
        return new(
            _names[k],
            own,
            Share(i => labels[i], i => _called[i] == k, $"no case is {_names[k]}"),
            Share(i => _called[i] == k, i => labels[i], $"no case was called {_names[k]}"),
            Share(i => !labels[i], i => _called[i] != k, $"every case is {_names[k]}"),
            f.TryGetValue(out double value) ? Metric.Of(value, labels.Length, patients, f1 is { HasWidth: true } ? f1 : null) : f,
            area is null
                ? Metric.Undefined(own == 0 ? $"no case is {_names[k]}" : $"every case is {_names[k]}", labels.Length, patients)
                : Metric.Of(area.Area, labels.Length, patients, headline) with { FurtherIntervals = isClustered ? [independent!] : [] },
            isRanked ? RocCurve.Of(scores, labels) : null);

        // Of the cases of which something is true, those of which something else is.
        Metric Share(Func<int, bool> among, Func<int, bool> counted, string reason)
        {
            (int Count, int Of)[] clusters = new (int, int)[patients];
            for (int i = 0; i < labels.Length; i++)
            {
                ref (int Count, int Of) cluster = ref clusters[PatientOfCase[i]];
                cluster = (cluster.Count + (among(i) && counted(i) ? 1 : 0), cluster.Of + (among(i) ? 1 : 0));
            }

            (int count, int of) = (clusters.Sum(cluster => cluster.Count), clusters.Sum(cluster => cluster.Of));
            return of == 0
                ? Metric.Undefined(reason)
                : Metric.Of((double)count / of, of, patients, isClustered ? BinomialInterval.WilsonClustered(clusters, options.Level) : BinomialInterval.Wilson(count, of, options.Level));
        }
    }

    private static Metric Finite(double value, string reason) => double.IsFinite(value) ? Metric.Of(value, 0, 0) : Metric.Undefined(reason);

    private double[] Of(int k) => [.. Enumerable.Range(0, _labels.Length).Select(i => _probabilities[i, k])];

    private bool[] Is(int k) => [.. _labels.Select(label => label == k)];
}

/// <summary>How well probabilities of several classes rank cases, with scikit-learn's definitions. Not a number where a class is absent.</summary>
public static class MulticlassRanking
{
    /// <summary>Mean of the areas under the ROC curves of each class against the rest.</summary>
    /// <param name="probabilities">One row per case, one column per class.</param>
    /// <param name="labels">The class of each case, from 0.</param>
    /// <param name="weightByCases">Whether classes count by their cases.</param>
    public static double OneVersusRest(double[,] probabilities, ReadOnlySpan<int> labels, bool weightByCases = false)
    {
        Check(probabilities, labels);
        double sum = 0, weights = 0;
        for (int k = 0; k < probabilities.GetLength(1); k++)
        {
            double weight = weightByCases ? labels.Count(k) : 1;
            sum += weight * Area(Column(probabilities, k), [.. labels.ToArray().Select(label => label == k)]);
            weights += weight;
        }

        return sum / weights;
    }

    /// <summary>Mean over the pairs of classes of the areas among their own cases, each the mean of both directions (Hand and Till 2001).</summary>
    /// <param name="probabilities">One row per case, one column per class.</param>
    /// <param name="labels">The class of each case, from 0.</param>
    public static double OneVersusOne(double[,] probabilities, ReadOnlySpan<int> labels)
    {
        Check(probabilities, labels);
        int[] truth = labels.ToArray();
        int classes = probabilities.GetLength(1), pairs = 0;
        double sum = 0;
        for (int a = 0; a < classes; a++)
        {
            for (int b = a + 1; b < classes; b++)
            {
                int[] own = [.. Enumerable.Range(0, truth.Length).Where(i => truth[i] == a || truth[i] == b)];
                double first = Area([.. own.Select(i => probabilities[i, a])], [.. own.Select(i => truth[i] == a)]);
                double second = Area([.. own.Select(i => probabilities[i, b])], [.. own.Select(i => truth[i] == b)]);
                sum += (first + second) / 2;
                pairs++;
            }
        }

        return sum / pairs;
    }

    /// <summary>The area over all probabilities together, each a case of its own: is this case of this class?</summary>
    /// <param name="probabilities">One row per case, one column per class.</param>
    /// <param name="labels">The class of each case, from 0.</param>
    public static double Micro(double[,] probabilities, ReadOnlySpan<int> labels)
    {
        Check(probabilities, labels);
        int classes = probabilities.GetLength(1);
        double[] all = new double[labels.Length * classes];
        bool[] truth = new bool[all.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            for (int k = 0; k < classes; k++)
            {
                all[(i * classes) + k] = probabilities[i, k];
                truth[(i * classes) + k] = labels[i] == k;
            }
        }

        return Area(all, truth);
    }

    /// <summary>The mean negative log probability of the truth, in nats.</summary>
    /// <param name="probabilities">One row per case, one column per class.</param>
    /// <param name="labels">The class of each case, from 0.</param>
    public static double LogLoss(double[,] probabilities, ReadOnlySpan<int> labels)
    {
        Check(probabilities, labels);
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            sum -= Math.Log(probabilities[i, labels[i]]);
        }

        return sum / labels.Length;
    }

    private static void Check(double[,] probabilities, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.GetLength(0) != labels.Length)
        {
            throw new ArgumentException($"{probabilities.GetLength(0)} rows of probabilities for {labels.Length} labels.", nameof(probabilities));
        }

        foreach (int label in labels)
        {
            if (label < 0 || label >= probabilities.GetLength(1))
            {
                throw new ArgumentException($"Label {label} of {probabilities.GetLength(1)} classes.", nameof(labels));
            }
        }
    }

    private static double Area(double[] scores, bool[] labels) =>
        labels.Contains(true) && labels.Contains(false) ? RocCurve.Of(scores, labels).Area : double.NaN;

    private static double[] Column(double[,] probabilities, int k) => [.. Enumerable.Range(0, probabilities.GetLength(0)).Select(i => probabilities[i, k])];
}

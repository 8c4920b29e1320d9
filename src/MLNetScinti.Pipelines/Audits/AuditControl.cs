using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Audits;

/// <summary>How an audit judges.</summary>
public sealed record AuditOptions
{
    /// <summary>Decides folds, permutations and draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The level of intervals. An audit raises an alarm where chance alone would do so in half of what is left of 1: .025 at .95.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Parts into which patients are dealt; each is judged by a control that was trained on the others.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>How often labels are exchanged between patients, to see what chance does.</summary>
    public int Permutations { get; init; } = 159;

    /// <summary>Draws of the bootstrap by patient.</summary>
    public int Replicates { get; init; } = 2000;

    /// <summary>Patients that are looked at: of more, as many are drawn.</summary>
    public int MostPatients { get; init; } = 400;

    /// <summary>Threads to compute with. Results do not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>At most how often chance alone raises an alarm.</summary>
    public double Alarm => (1 - Level) / 2;
}

/// <summary>What a control sees of one case.</summary>
/// <param name="Patient">Whose it is.</param>
/// <param name="Class">Of which class it is.</param>
/// <param name="Features">What the control may know of it.</param>
public sealed record ControlRow(string Patient, string Class, IReadOnlyList<float> Features);

/// <summary>What a control found.</summary>
/// <param name="Area">The area under the ROC curve of the class that is told best against the others, by patient, with its interval.</param>
/// <param name="P">How often chance alone gives as large an area to any class.</param>
/// <param name="LeastFound">The area that is found half the time with these patients: the least that raises an alarm.</param>
public sealed record ControlFinding(Metric Area, double P, double LeastFound)
{
    /// <summary>The class that is told best; empty where none is.</summary>
    public string Class { get; init; } = "";

    /// <summary>The part of the patients whose class would have to be plain, and all others' hidden, to give an area.</summary>
    public static double ShareOf(double area) => Math.Clamp(1 - Math.Sqrt(2 * (1 - area)), 0, 1);
}

/// <summary>
/// A control: maximum entropy classification of ML.NET on a few features, which are no picture of what a pipeline is to learn. It is trained
/// and tested on other patients (cross-validation; all rows of a patient in one fold). What it finds is held against the same control
/// on labels that were exchanged between patients, trained anew each time: an exact test, whatever the features are (Ojala and Garriga 2010).
/// </summary>
public sealed class AuditControl
{
    private readonly float[][] _features;
    private readonly AuditOptions _options;

    /// <summary>Takes what the control may see; features are brought to mean 0 and deviation 1, those that never differ are left out.</summary>
    public AuditControl(IReadOnlyList<IReadOnlyList<float>> features, AuditOptions options)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(options);
        _features = Standardized(features);
        _options = options;
    }

    /// <summary>Whether there is anything to see: a feature that differs between rows.</summary>
    public bool Sees => _features.Length > 0 && _features[0].Length > 0;

    /// <summary>Whether classes can be told by the rows' features.</summary>
    /// <param name="rows">The rows; each class needs as many patients as there are folds.</param>
    /// <param name="options">How.</param>
    /// <param name="alarm">At most how often chance alone may raise an alarm.</param>
    /// <param name="cancellation">Ends it.</param>
    public static ControlFinding Judge(IReadOnlyList<ControlRow> rows, AuditOptions options, double alarm, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        (int[] patients, int patientCount) = Numbers(rows.Select(row => row.Patient));
        (int[] classes, int classCount) = Numbers(rows.Select(row => row.Class));
        AuditControl control = new([.. rows.Select(row => row.Features)], options);
        if (classCount < 2 || !control.Sees)
        {
            return new ControlFinding(Metric.Of(0.5, rows.Count, patientCount), 1, double.NaN);
        }

        ClassAreas observed = control.Areas(patients, classes, classCount);
        double[] chance = new double[options.Permutations];
        Parallel.For(0, chance.Length, Parallels(options, cancellation), draw =>
        {
            int[] exchanged = Exchanged(patients, patientCount, classes, new CounterRandom(options.Seed, draw, 0, "audit.labels"));
            chance[draw] = control.Areas(patients, exchanged, classCount).Best;
        });
        double p = (1.0 + chance.Count(area => area >= observed.Best - 1e-12)) / (chance.Length + 1);
        string[] names = [.. rows.Select(row => row.Class).Distinct(StringComparer.Ordinal)];
        return new ControlFinding(Metric.Of(observed.Best, rows.Count, patientCount, observed.Interval(options)), p, LeastFound(chance, alarm)) { Class = names[observed.BestClass] };
    }

    /// <summary>The least figure that chance, as it was drawn, leaves to be an alarm.</summary>
    internal static double LeastFound(double[] chance, double alarm)
    {
        int above = (int)Math.Floor((alarm * (chance.Length + 1)) + 1e-9) - 1;
        return above < 0 ? double.NaN : chance.OrderDescending().ElementAt(Math.Min(above, chance.Length - 1));
    }

    internal static ParallelOptions Parallels(AuditOptions options, CancellationToken cancellation) => new() { MaxDegreeOfParallelism = Math.Max(1, options.Threads), CancellationToken = cancellation };

    /// <summary>Texts as numbers from 0, in order of their first occurrence.</summary>
    internal static (int[] Numbers, int Count) Numbers(IEnumerable<string> texts)
    {
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        int[] numbers = [.. texts.Select(text => known.TryGetValue(text, out int number) ? number : known[text] = known.Count)];
        return (numbers, known.Count);
    }

    /// <summary>How well classes can be told: groups of rows (patients) are judged by a control that saw none of their rows.</summary>
    internal ClassAreas Areas(int[] groups, int[] classes, int classCount) => new(OutOfFold(groups, classes, classCount), groups, classes, classCount);

    /// <summary>The probabilities of classes of each row, by a control that saw no row of its group. Rows that <paramref name="taught"/> names teach; all are judged.</summary>
    internal double[][] OutOfFold(int[] groups, int[] classes, int classCount, bool[]? taught = null)
    {
        int[] folds = Folds(groups, classes);
        double[][] scores = new double[groups.Length][];
        for (int fold = 0; fold < _options.Folds; fold++)
        {
            int held = fold;
            int[] judged = [.. Enumerable.Range(0, groups.Length).Where(row => folds[row] == held)];
            if (judged.Length == 0)
            {
                continue;
            }

            LinearControl control = Train([.. Enumerable.Range(0, groups.Length).Where(row => folds[row] != held && taught?[row] != false)], classes, classCount);
            foreach (int row in judged)
            {
                scores[row] = control.Probabilities(_features[row]);
            }
        }

        return scores;
    }

    // Classes are dealt one after the other, so that all folds have alike parts of each: otherwise a class that is rare in one part is frequent in the rest.
    private int[] Folds(int[] groups, int[] classes)
    {
        int count = groups.Max() + 1;
        int[] first = new int[count];
        Array.Fill(first, -1);
        for (int row = 0; row < groups.Length; row++)
        {
            first[groups[row]] = first[groups[row]] < 0 ? classes[row] : first[groups[row]];
        }

        int[] order = [.. Enumerable.Range(0, count)];
        new CounterRandom(_options.Seed, 0, 0, "audit.folds").Shuffle<int>(order);
        int[] fold = new int[count];
        int next = 0;
        foreach (int group in order.OrderBy(group => first[group]))
        {
            fold[group] = next++ % _options.Folds;
        }

        return [.. groups.Select(group => fold[group])];
    }

    private LinearControl Train(int[] rows, int[] classes, int classCount)
    {
        MLContext ml = new(seed: 1);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(TrainingRow));
        schema[nameof(TrainingRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, _features[0].Length);
        schema[nameof(TrainingRow.Label)].ColumnType = new KeyDataViewType(typeof(uint), classCount);
        // Of objects a key counts from 0; ML.NET adds the 1 that its views count from.
        IDataView data = ml.Data.LoadFromEnumerable(rows.Select(row => new TrainingRow { Label = (uint)classes[row], Features = _features[row] }), schema);
        // One thread: the order in which sums are taken stays the same.
        MaximumEntropyModelParameters model = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = 1,
            NumberOfThreads = 1,
            MaximumNumberOfIterations = 100,
            OptimizationTolerance = 1e-4f,
        }).Fit(data).Model;
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out int count);
        return new LinearControl([.. weights.Take(count).Select(vector => vector.DenseValues().ToArray())], [.. model.GetBiases()]);
    }

    // Whole patients exchange what is true of them. Those whose cases differ among themselves exchange with others of as many cases.
    private static int[] Exchanged(int[] patients, int count, int[] classes, CounterRandom random)
    {
        List<int>[] rows = [.. Enumerable.Range(0, count).Select(_ => new List<int>())];
        for (int row = 0; row < patients.Length; row++)
        {
            rows[patients[row]].Add(row);
        }

        int[] exchanged = new int[classes.Length];
        foreach (IGrouping<int, int> pool in Enumerable.Range(0, count).GroupBy(patient => rows[patient].All(row => classes[row] == classes[rows[patient][0]]) ? 0 : rows[patient].Count).OrderBy(pool => pool.Key))
        {
            int[] from = [.. pool], to = [.. pool];
            random.Shuffle<int>(from);
            for (int i = 0; i < to.Length; i++)
            {
                for (int k = 0; k < rows[to[i]].Count; k++)
                {
                    exchanged[rows[to[i]][k]] = classes[rows[from[i]][pool.Key == 0 ? 0 : k]];
                }
            }
        }

        return exchanged;
    }

    private static float[][] Standardized(IReadOnlyList<IReadOnlyList<float>> features)
    {
        if (features.Count == 0)
        {
            return [];
        }

        List<(int Feature, double Mean, double Deviation)> kept = [];
        for (int feature = 0; feature < features[0].Count; feature++)
        {
            double mean = features.Average(row => (double)row[feature]);
            double deviation = Math.Sqrt(features.Average(row => (row[feature] - mean) * (row[feature] - mean)));
            if (deviation > 1e-9 * Math.Max(1, Math.Abs(mean)))
            {
                kept.Add((feature, mean, deviation));
            }
        }

        return [.. features.Select(row => kept.Select(one => (float)((row[one.Feature] - one.Mean) / one.Deviation)).ToArray())];
    }

    private sealed class TrainingRow
    {
        public uint Label { get; set; }

        public float[] Features { get; set; } = [];
    }

    private sealed record LinearControl(float[][] Weights, float[] Biases)
    {
        public double[] Probabilities(float[] features)
        {
            double[] values = new double[Weights.Length];
            for (int k = 0; k < values.Length; k++)
            {
                double sum = Biases[k];
                for (int i = 0; i < features.Length; i++)
                {
                    sum += (double)Weights[k][i] * features[i];
                }

                values[k] = sum;
            }

            double most = values.Max(), all = 0;
            for (int k = 0; k < values.Length; k++)
            {
                all += values[k] = Math.Exp(values[k] - most);
            }

            for (int k = 0; k < values.Length; k++)
            {
                values[k] /= all;
            }

            return values;
        }
    }
}

/// <summary>Areas under the ROC curves of each class against the others. Rows of one patient and class are one case: their mean is judged.</summary>
internal sealed class ClassAreas
{
    private readonly WeightedRanking[] _rankings;
    private readonly int[] _patientOfUnit;

    public ClassAreas(double[][] scores, int[] patients, int[] classes, int classCount)
    {
        Dictionary<(int, int), int> units = [];
        int[] unitOfRow = new int[scores.Length];
        for (int row = 0; row < scores.Length; row++)
        {
            unitOfRow[row] = units.TryGetValue((patients[row], classes[row]), out int unit) ? unit : units[(patients[row], classes[row])] = units.Count;
        }

        double[][] means = [.. Enumerable.Range(0, classCount).Select(_ => new double[units.Count])];
        int[] rows = new int[units.Count], truth = new int[units.Count];
        (_patientOfUnit, _) = AuditControl.Numbers(units.OrderBy(pair => pair.Value).Select(pair => pair.Key.Item1.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        for (int row = 0; row < scores.Length; row++)
        {
            rows[unitOfRow[row]]++;
            truth[unitOfRow[row]] = classes[row];
        }

        for (int row = 0; row < scores.Length; row++)
        {
            for (int k = 0; k < classCount; k++)
            {
                means[k][unitOfRow[row]] += scores[row][k] / rows[unitOfRow[row]];
            }
        }

        // Of two classes one says all.
        _rankings = [.. Enumerable.Range(0, classCount == 2 ? 1 : classCount).Select(k => new WeightedRanking(Rounded(means[k]), [.. truth.Select(one => one == k)]))];
        int[] once = [.. Enumerable.Repeat(1, units.Count)];
        double[] areas = [.. _rankings.Select(ranking => ranking.Area(once))];
        Best = areas.Max();
        BestClass = Array.IndexOf(areas, Best);
    }

    /// <summary>The largest of the classes' areas.</summary>
    public double Best { get; }

    /// <summary>Whose it is.</summary>
    public int BestClass { get; }

    /// <summary>The interval of that class's area.</summary>
    public ConfidenceInterval? Interval(AuditOptions options) => new PatientBootstrap(_patientOfUnit, options.Replicates, options.Seed).Intervals([_rankings[BestClass].Area], options.Level)[0];

    // Equal features give equal scores in any order of sums.
    private static double[] Rounded(double[] values) => [.. values.Select(value => Math.Round(value, 9))];
}

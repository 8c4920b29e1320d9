using System.Globalization;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The evaluation of a model that tells several classes apart: confusion table, figures over all classes and of each class against
/// the rest. Wilson's interval for shares, DeLong's for areas, the bootstrap by patient for all else.
/// </summary>
[TypeFormatterSource(typeof(MulticlassEvaluation))]
public sealed class MulticlassEvaluation : IEvaluation
{
    private MulticlassEvaluation(EvaluationOptions options, TestScores<MulticlassCase> test, ValidationScores<MulticlassCase>? validation, ClassTable table) =>
        (Options, Test, Validation, Table) = (options, test, validation, table);

    /// <inheritdoc/>
    public string Task => "multiclass-classification";

    /// <inheritdoc/>
    public EvaluationOptions Options { get; }

    /// <summary>The model's name.</summary>
    public string Model => Options.Model;

    /// <summary>The cases judged.</summary>
    public TestScores<MulticlassCase> Test { get; }

    /// <summary>The cases that decisions were fitted on, where there were any.</summary>
    public ValidationScores<MulticlassCase>? Validation { get; }

    ICaseSet IEvaluation.Test => Test;

    ICaseSet? IEvaluation.Validation => Validation;

    /// <summary>The classes' names, in order.</summary>
    public IReadOnlyList<string> Names => Table.Names;

    /// <summary>The confusion table.</summary>
    public ClassTable Table { get; }

    /// <summary>The figures over all classes, in the order of the report.</summary>
    public IReadOnlyList<MetricEntry> Figures { get; private init; } = [];

    /// <summary>The share of cases called right; ML.NET's micro accuracy.</summary>
    public Metric MicroAccuracy => this[MulticlassScores.MicroAccuracyKey];

    /// <summary>The mean over the classes of the share of their cases called so; ML.NET's macro accuracy.</summary>
    public Metric MacroAccuracy => this[MulticlassScores.MacroAccuracyKey];

    /// <summary>The mean of the areas under the ROC curves of each class against the rest.</summary>
    public Metric AreaUnderRoc => this[MulticlassScores.MacroAreaKey];

    /// <summary>How far the probability of the class that is most probable is from the share of such cases called right.</summary>
    public Metric CalibrationError => this[RankingFigures.CalibrationErrorKey];

    /// <summary>The figures of each class.</summary>
    public IReadOnlyList<ClassFigures> Classes { get; private init; } = [];

    /// <summary>The reliability curve of the probability of the class that is most probable.</summary>
    public IReadOnlyList<ReliabilityBin> Reliability { get; private init; } = [];

    /// <summary>The wrongly called cases, those of which the model was surest first.</summary>
    public IReadOnlyList<MulticlassCase> Misjudged { get; private init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<Subgroup> Subgroups { get; private init; } = [];

    /// <summary>
    /// The same by patient, where a patient has several cases and all of one class: what most of the cases are called, the larger mean
    /// probability where as many are called another, and the mean of the probabilities. Null where there is nothing to put together.
    /// </summary>
    public MulticlassEvaluation? ByPatient { get; private init; }

    /// <summary>What ML.NET's own evaluator says.</summary>
    public required MLNetMetrics Stock { get; init; }

    IReadOnlyList<MLNetMetrics> IEvaluation.Stock => [Stock];

    /// <summary>A figure by its key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such figure.</exception>
    public Metric this[string key] => Figures.Named(key);

    /// <summary>Judges a test set by itself.</summary>
    /// <param name="names">The classes' names, in order; weighted kappas take the order for a scale.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="options">Level, replicates, seed, words, groupings.</param>
    /// <exception cref="ArgumentException">A case is there twice, has no pseudonyms, another number of probabilities, or a label or probability out of range.</exception>
    public static MulticlassEvaluation Of(IReadOnlyList<string> names, IEnumerable<MulticlassCase> cases, EvaluationOptions? options = null) => Make(names, null, new(cases), options);

    /// <summary>Judges a test set whose decisions were fitted on validation data.</summary>
    /// <param name="names">The classes' names, in order; weighted kappas take the order for a scale.</param>
    /// <param name="validation">The validation cases.</param>
    /// <param name="test">The test cases.</param>
    /// <param name="options">Level, replicates, seed, words, groupings.</param>
    /// <exception cref="LeakedPatientException">A patient is in both sets.</exception>
    /// <exception cref="ArgumentException">A case has another number of probabilities, or a label or probability out of range.</exception>
    public static MulticlassEvaluation Of(IReadOnlyList<string> names, ValidationScores<MulticlassCase> validation, TestScores<MulticlassCase> test, EvaluationOptions? options = null)
    {
        LeakedPatientException.ThrowIfShared(validation, test);
        return Make(names, validation, test, options);
    }

    private static MulticlassEvaluation Make(IReadOnlyList<string> names, ValidationScores<MulticlassCase>? validation, TestScores<MulticlassCase> test, EvaluationOptions? options)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(test);
        options ??= new();
        Check(names, test);
        MulticlassScores scores = new(names, test, options.CalibrationBins);
        ClassTable table = scores.Table(null);
        PatientBootstrap bootstrap = new(test.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals(scores.Count, scores.Compute, options.Level);
        Metric[] values = scores.Values(table);
        bool[] right = [.. test.Cases.Select(one => one.Called == one.Label)];
        return new(options, test, validation, table)
        {
            Figures = ((IReadOnlyList<MetricEntry>)[.. MulticlassScores.Figures.Select((figure, i) => new MetricEntry(
                figure.Key,
                figure.Name,
                figure.Meaning,
                figure.Key == MulticlassScores.MicroAccuracyKey && test.Count > 0 ? Share(right, test.PatientCount, resampled[i], options.Level) : Judge(values[i], test, resampled[i])) { HasOpenScale = figure.Key is MulticlassScores.LogLossKey or "brier" })]).Marked(options.Mark),
            Classes = [.. Enumerable.Range(0, names.Count).Select(k => scores.Class(table, k, resampled[MulticlassScores.Figures.Count + k], options).Marked(options.Mark))],
            Reliability = ProbabilityScores.Reliability(scores.Confidences, [.. test.Cases.Select(one => one.MostProbable == one.Label)], options.CalibrationBins),
            Misjudged = [.. test.Cases.Where(one => one.Called != one.Label)
                .OrderByDescending(one => one.Probabilities[one.Called] - one.Probabilities[one.Label])
                .ThenBy(one => one.CaseId, StringComparer.Ordinal)],
            Subgroups = [.. Subgroup.Of(test, options, Group).Select(group => group with { Metrics = group.Metrics.Marked(options.Mark) })],
            ByPatient = PatientVote.Of(test) is { } patients ? Make(names, null, patients, options with { Groupings = [] }) : null,
            Stock = MLNetMetrics.OfClasses(names, test).Marked(options.Mark),
        };

        (int?, IReadOnlyList<MetricEntry>) Group(Grouping grouping, int[] members)
        {
            TestScores<MulticlassCase> cases = new(members.Select(i => test.Cases[i]));
            MulticlassScores own = new(names, cases, options.CalibrationBins);
            ClassTable ownTable = own.Table(null);
            Metric[] figures = own.Values(ownTable);
            return (null,
            [
                new(MulticlassScores.MicroAccuracyKey, "Accuracy", "", Share([.. members.Select(i => right[i])], cases.PatientCount, null, options.Level)),
                .. new[] { MulticlassScores.MacroAccuracyKey, MulticlassScores.MacroAreaKey }.Select(key => new MetricEntry(key, MulticlassScores.Named(key).Name, "", Judge(figures[MulticlassScores.IndexOf(key)], cases, null))),
            ]);
        }
    }

    /// <summary>The share called right is a plain proportion.</summary>
    private static Metric Share(bool[] right, int patients, ConfidenceInterval? resampled, double level)
    {
        int count = right.Count(one => one);
        return Metric.Of((double)count / right.Length, right.Length, patients, BinomialInterval.Wilson(count, right.Length, level)) with { FurtherIntervals = resampled is null ? [] : [resampled] };
    }

    private static Metric Judge(Metric value, TestScores<MulticlassCase> test, ConfidenceInterval? resampled) => value.TryGetValue(out double number)
        ? Metric.Of(number, test.Count, test.PatientCount, resampled is { HasWidth: true } ? resampled : null)
        : Metric.Undefined(value.UndefinedReason!, test.Count, test.PatientCount);

    private static void Check(IReadOnlyList<string> names, TestScores<MulticlassCase> test)
    {
        foreach (MulticlassCase one in test.Cases)
        {
            string? fault = one switch
            {
                _ when one.Probabilities.Count != names.Count => $"has {one.Probabilities.Count} probabilities for {names.Count} classes",
                _ when one.Label < 0 || one.Label >= names.Count => $"has label {one.Label} of {names.Count} classes",
                _ when one.Decision is { } decision && (decision < 0 || decision >= names.Count) => $"is called {one.Decision} of {names.Count} classes",
                _ when one.Probabilities.Any(p => !(p >= 0 && p <= 1)) => "has a probability that is not from 0 to 1",
                _ when Math.Abs(one.Probabilities.Sum(p => (double)p) - 1) > 1e-3 => string.Create(CultureInfo.InvariantCulture, $"has probabilities that add up to {one.Probabilities.Sum(p => (double)p):0.####}, expected 1 (those of findings that may be together belong to a multi-label task)"),
                _ => null,
            };
            if (fault is not null)
            {
                throw new ArgumentException($"{test.Name} set: case '{one.CaseId}' {fault}.", nameof(test));
            }
        }
    }
}

/// <summary>One case after scoring, where there are several classes of which one is true.</summary>
/// <param name="CaseId">Pseudonym of the case, unique in its set.</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
/// <param name="Label">The true class, from 0.</param>
/// <param name="Probabilities">The probability of each class, 0 to 1, in the order of the classes.</param>
public sealed record MulticlassCase(string CaseId, string PatientId, int Label, IReadOnlyList<float> Probabilities) : EvaluatedCase(CaseId, PatientId)
{
    /// <summary>The class called, where a rule other than "the most probable" decides (one fitted on validation data).</summary>
    public int? Decision { get; init; }

    /// <summary>The class with the largest probability, the first of those that tie.</summary>
    public int MostProbable
    {
        get
        {
            int best = 0;
            for (int k = 1; k < Probabilities.Count; k++)
            {
                best = Probabilities[k] > Probabilities[best] ? k : best;
            }

            return best;
        }
    }

    /// <summary>The class called: <see cref="Decision"/>, or the most probable one.</summary>
    public int Called => Decision ?? MostProbable;
}

/// <summary>The figures of one class against the others.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Cases">Cases that are of this class.</param>
/// <param name="Recall">Of the cases of the class, the share called so.</param>
/// <param name="Precision">Of the cases called so, the share that are.</param>
/// <param name="Specificity">Of the other cases, the share not called so.</param>
/// <param name="F1">The harmonic mean of recall and precision.</param>
/// <param name="AreaUnderRoc">How well the class's probability ranks its cases above the others.</param>
/// <param name="Roc">The ROC curve of the class against the rest; null where it or the rest is absent.</param>
public sealed record ClassFigures(string Name, int Cases, Metric Recall, Metric Precision, Metric Specificity, Metric F1, Metric AreaUnderRoc, RocCurve? Roc)
{
    internal ClassFigures Marked(string mark)
    {
        Metric With(Metric metric) => mark.Length == 0 ? metric : metric with { Mark = mark };
        return this with { Recall = With(Recall), Precision = With(Precision), Specificity = With(Specificity), F1 = With(F1), AreaUnderRoc = With(AreaUnderRoc) };
    }

    /// <summary>The figures as rows of a table.</summary>
    internal IReadOnlyList<MetricEntry> Entries =>
    [
        new("recall", "Recall", "", Recall),
        new("precision", "Precision", "", Precision),
        new("specificity", "Specificity", "", Specificity),
        new("f1", "F1 score", "", F1),
        new(RankingFigures.AreaUnderRocKey, "Area under ROC", "", AreaUnderRoc),
    ];
}

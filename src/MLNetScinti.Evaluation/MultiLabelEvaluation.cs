using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The evaluation of a model that says for each of several labels whether it applies: a whole evaluation of two classes for each label,
/// and figures over all labels together.
/// </summary>
[TypeFormatterSource(typeof(MultiLabelEvaluation))]
public sealed class MultiLabelEvaluation : IEvaluation
{
    internal const string SubsetAccuracyKey = "subsetAccuracy", HammingLossKey = "hammingLoss", MicroF1Key = "microF1", MacroF1Key = "macroF1", MacroAreaKey = "areaUnderRocMacro";

    private MultiLabelEvaluation(EvaluationOptions options, IReadOnlyList<string> names, TestScores<MultiLabelCase> test, ValidationScores<MultiLabelCase>? validation) =>
        (Options, Names, Test, Validation) = (options, names, test, validation);

    /// <inheritdoc/>
    public string Task => "multilabel-classification";

    /// <inheritdoc/>
    public EvaluationOptions Options { get; }

    /// <summary>The model's name.</summary>
    public string Model => Options.Model;

    /// <summary>The labels' names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The cases judged.</summary>
    public TestScores<MultiLabelCase> Test { get; }

    /// <summary>The cases that thresholds were fitted on, where there were any.</summary>
    public ValidationScores<MultiLabelCase>? Validation { get; }

    ICaseSet IEvaluation.Test => Test;

    ICaseSet? IEvaluation.Validation => Validation;

    /// <summary>For each case and label whether it was called.</summary>
    internal bool[][] Called { get; private init; } = [];

    /// <summary>For each test case whether every label was called right.</summary>
    public IEnumerable<bool> Right => Test.Cases.Select((one, i) => one.Labels.SequenceEqual(Called[i]));

    /// <summary>The evaluation of each label by itself, its threshold fitted on validation data where there were any.</summary>
    public IReadOnlyList<BinaryEvaluation> Labels { get; private init; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<MetricEntry> Figures { get; private init; } = [];

    /// <summary>The share of cases of which every label was called right.</summary>
    public Metric SubsetAccuracy => this[SubsetAccuracyKey];

    /// <summary>The share of all calls, over cases and labels, that are wrong.</summary>
    public Metric HammingLoss => this[HammingLossKey];

    /// <summary>F1 over the calls of all labels together.</summary>
    public Metric MicroF1 => this[MicroF1Key];

    /// <summary>The mean of the labels' F1 scores.</summary>
    public Metric MacroF1 => this[MacroF1Key];

    /// <inheritdoc/>
    public IReadOnlyList<Subgroup> Subgroups { get; private init; } = [];

    /// <summary>
    /// Each combination of labels that is true of a case or was called, as a class of its own: "first + second", or "none". The confusion
    /// table shows what is taken for what.
    /// </summary>
    public ClassTable Combinations { get; private init; } = new([], new int[0, 0]);

    /// <summary>
    /// The same by patient, where a patient has several cases and the labels of all are alike: a label is called where most cases are
    /// called so, or half of them and the mean probability is 0.5 or more; probabilities are means. Null where there is nothing to put together.
    /// </summary>
    public MultiLabelEvaluation? ByPatient { get; private init; }

    /// <summary>What ML.NET's own evaluator says of each label.</summary>
    public IReadOnlyList<MLNetMetrics> Stock { get; private init; } = [];

    /// <summary>A figure by its key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such figure.</exception>
    public Metric this[string key] => Figures.Named(key);

    /// <summary>Fits a threshold for each label on the validation set and judges the test set with them.</summary>
    /// <param name="names">The labels' names, in order.</param>
    /// <param name="validation">The validation cases.</param>
    /// <param name="test">The test cases.</param>
    /// <param name="options">Level, replicates, seed, words, groupings.</param>
    /// <exception cref="LeakedPatientException">A patient is in both sets.</exception>
    /// <exception cref="InvalidOperationException">The validation set lacks a class of a label: no threshold can be fitted; the message names the label.</exception>
    /// <exception cref="ArgumentException">A case has another number of labels or probabilities, or a probability out of range.</exception>
    public static MultiLabelEvaluation Of(IReadOnlyList<string> names, ValidationScores<MultiLabelCase> validation, TestScores<MultiLabelCase> test, EvaluationOptions? options = null)
    {
        LeakedPatientException.ThrowIfShared(validation, test);
        ArgumentNullException.ThrowIfNull(names);
        Check(names, validation);
        DecisionThreshold[] thresholds = [.. names.Select((name, k) =>
        {
            ValidationScores own = new(validation.Cases.Select(one => one.Of(k)));
            return own.LacksClass
                ? throw new InvalidOperationException($"No threshold can be fitted for '{name}': {own.MissingClass(WordsOf(name, new()))}. Give thresholds, or use a larger validation set.")
                : DecisionThreshold.FitYouden(own);
        })];
        return Make(names, validation, test, thresholds, options);
    }

    /// <summary>Judges a test set with thresholds that were given or fitted before.</summary>
    /// <param name="names">The labels' names, in order.</param>
    /// <param name="test">The test cases.</param>
    /// <param name="thresholds">The threshold of each label.</param>
    /// <param name="options">Level, replicates, seed, words, groupings.</param>
    /// <exception cref="ArgumentException">A case has another number of labels or probabilities, or a probability out of range; or there is not one threshold for each label.</exception>
    public static MultiLabelEvaluation Of(IReadOnlyList<string> names, TestScores<MultiLabelCase> test, IReadOnlyList<DecisionThreshold> thresholds, EvaluationOptions? options = null) =>
        Make(names, null, test, thresholds, options);

    /// <summary>Judges a test set with thresholds that were fitted before (they may be inside a model already), beside the validation set that they were fitted on.</summary>
    /// <param name="names">The labels' names, in order.</param>
    /// <param name="validation">The validation cases.</param>
    /// <param name="test">The test cases.</param>
    /// <param name="thresholds">The threshold of each label.</param>
    /// <param name="options">Level, replicates, seed, words, groupings.</param>
    /// <exception cref="LeakedPatientException">A patient is in both sets.</exception>
    /// <exception cref="ArgumentException">A case has another number of labels or probabilities, or a probability out of range; or there is not one threshold for each label.</exception>
    public static MultiLabelEvaluation Of(
        IReadOnlyList<string> names, ValidationScores<MultiLabelCase> validation, TestScores<MultiLabelCase> test, IReadOnlyList<DecisionThreshold> thresholds, EvaluationOptions? options = null)
    {
        LeakedPatientException.ThrowIfShared(validation, test);
        ArgumentNullException.ThrowIfNull(names);
        Check(names, validation);
        return Make(names, validation, test, thresholds, options);
    }

    private static MultiLabelEvaluation Make(IReadOnlyList<string> names, ValidationScores<MultiLabelCase>? validation, TestScores<MultiLabelCase> test, IReadOnlyList<DecisionThreshold> thresholds, EvaluationOptions? options)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(thresholds);
        options ??= new();
        if (thresholds.Count != names.Count || names.Count == 0)
        {
            throw new ArgumentException($"{names.Count} labels need as many thresholds, at least one; there are {thresholds.Count}.", nameof(thresholds));
        }

        Check(names, test);
        bool[][] called = [.. test.Cases.Select(one => thresholds.Select((threshold, k) => threshold.IsPositive(one.Of(k))).ToArray())];
        BinaryEvaluation[] labels = [.. names.Select((name, k) =>
        {
            EvaluationOptions own = options with { Words = WordsOf(name, options.Words), Model = name, WithPaperProtocol = false, ByPatient = false, Groupings = [] };
            TestScores cases = new(test.Cases.Select(one => one.Of(k)));
            return validation is null
                ? BinaryEvaluation.Of(cases, thresholds[k], own)
                : BinaryEvaluation.Of(new ValidationScores(validation.Cases.Select(one => one.Of(k))), cases, thresholds[k], own);
        })];
        return new(options, names, test, validation)
        {
            Labels = labels,
            Called = called,
            Figures = Overall(names, test, called, options).Marked(options.Mark),
            Subgroups = Subgroup.Of(test, options, (_, members) =>
            {
                TestScores<MultiLabelCase> cases = new(members.Select(i => test.Cases[i]));
                return (null, Overall(names, cases, [.. members.Select(i => called[i])], options with { BootstrapReplicates = 0 }).Only(SubsetAccuracyKey, MicroF1Key, MacroF1Key).Marked(options.Mark));
            }),
            Combinations = CombinationsOf(names, test, called),
            ByPatient = PatientVote.Of(test, called) is { } patients
                ? Make(names, null, patients, [.. thresholds.Select(threshold => DecisionThreshold.ByCase(threshold, "By patient: what most cases are called."))], options with { Groupings = [] }) : null,
            Stock = [.. labels.Select(label => label.Stock with { Label = label.Model })],
        };
    }

    private static ClassTable CombinationsOf(IReadOnlyList<string> names, TestScores<MultiLabelCase> test, bool[][] called)
    {
        string Name(IReadOnlyList<bool> labels) => labels.Any(label => label) ? string.Join(" + ", names.Where((_, k) => labels[k])) : "none";
        bool[][] all = [.. test.Cases.Select(one => one.Labels.ToArray()), .. called];
        string[] found = [.. all.OrderBy(labels => labels.Count(label => label)).ThenBy(labels => string.Concat(labels.Select(label => label ? '0' : '1')), StringComparer.Ordinal).Select(Name).Distinct(StringComparer.Ordinal)];
        int[,] counts = new int[found.Length, found.Length];
        for (int i = 0; i < called.Length; i++)
        {
            counts[Array.IndexOf(found, Name(test.Cases[i].Labels)), Array.IndexOf(found, Name(called[i]))]++;
        }

        return new ClassTable(found, counts);
    }

    private static IReadOnlyList<MetricEntry> Overall(IReadOnlyList<string> names, TestScores<MultiLabelCase> test, bool[][] called, EvaluationOptions options)
    {
        MultiLabelScores scores = new(names, test, called);
        PatientBootstrap bootstrap = new(test.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals(MultiLabelScores.Keys.Count, scores.Compute, options.Level);
        double[] values = new double[MultiLabelScores.Keys.Count];
        scores.Compute([.. Enumerable.Repeat(1, test.Count)], values);
        int exact = test.Cases.Where((one, i) => one.Labels.SequenceEqual(called[i])).Count();
        (string Key, string Name, string Meaning, string Undefined)[] figures =
        [
            (SubsetAccuracyKey, "Subset accuracy", "The share of cases of which every label was called right.", "there is no case"),
            (HammingLossKey, "Hamming loss", "The share of all calls, over cases and labels, that are wrong: 0 is perfect.", "there is no case"),
            (MicroF1Key, "Micro F1", "F1 over the calls of all labels together.", "no label applies or was called"),
            (MacroF1Key, "Macro F1", "The mean of the labels' F1 scores.", "a label neither applies to a case nor was called"),
            (MacroAreaKey, "Area under ROC, macro", "The mean of the labels' areas under the ROC curve.", "a label applies to no case or to all"),
        ];
        return [.. figures.Select((figure, i) => new MetricEntry(figure.Key, figure.Name, figure.Meaning, figure.Key == SubsetAccuracyKey && test.Count > 0
            ? Metric.Of(values[i], test.Count, test.PatientCount, BinomialInterval.Wilson(exact, test.Count, options.Level)) with { FurtherIntervals = resampled[i] is { } further ? [further] : [] }
            : double.IsFinite(values[i])
                ? Metric.Of(values[i], test.Count, test.PatientCount, resampled[i] is { HasWidth: true } ? resampled[i] : null)
                : Metric.Undefined(figure.Undefined, test.Count, test.PatientCount)))];
    }

    private static TaskWords WordsOf(string name, TaskWords words) => words with { Positive = name, Negative = $"not {name}" };

    private static void Check(IReadOnlyList<string> names, CaseSet<MultiLabelCase> set)
    {
        foreach (MultiLabelCase one in set.Cases)
        {
            string? fault = one switch
            {
                _ when one.Labels.Count != names.Count || one.Probabilities.Count != names.Count => $"has {one.Labels.Count} labels and {one.Probabilities.Count} probabilities for {names.Count} names",
                _ when one.Probabilities.Any(p => !(p >= 0 && p <= 1)) => "has a probability that is not from 0 to 1",
                _ => null,
            };
            if (fault is not null)
            {
                throw new ArgumentException($"{set.Name} set: case '{one.CaseId}' {fault}.", nameof(set));
            }
        }
    }
}

/// <summary>One case after scoring, where each of several labels may apply.</summary>
/// <param name="CaseId">Pseudonym of the case, unique in its set.</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
/// <param name="Labels">For each label whether it truly applies.</param>
/// <param name="Probabilities">For each label the probability that it applies, 0 to 1.</param>
public sealed record MultiLabelCase(string CaseId, string PatientId, IReadOnlyList<bool> Labels, IReadOnlyList<float> Probabilities) : EvaluatedCase(CaseId, PatientId)
{
    /// <summary>For each label whether it was called, where the model that scored the case has thresholds of its own: see <see cref="DecisionThreshold.OfEach"/>.</summary>
    public IReadOnlyList<bool>? Decisions { get; init; }

    /// <summary>The case as one of two classes: whether this label applies. The score is the logit of the probability.</summary>
    internal ScoredCase Of(int label) => new(CaseId, PatientId, Labels[label], (float)Math.Clamp(Math.Log(Probabilities[label] / (1.0 - Probabilities[label])), -1000, 1000), Probabilities[label]) { Facts = Facts, Decision = Decisions?[label] };
}

/// <summary>Scored cases of several labels in the form that a bootstrap draws from: everything is sorted once.</summary>
internal sealed class MultiLabelScores(IReadOnlyList<string> names, TestScores<MultiLabelCase> test, bool[][] called)
{
    private readonly WeightedRanking[] _rankings = [.. names.Select((_, k) => new WeightedRanking([.. test.Cases.Select(one => (double)one.Probabilities[k])], [.. test.Cases.Select(one => one.Labels[k])]))];

    /// <summary>The figures, in the order in which <see cref="Compute"/> writes them.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        [MultiLabelEvaluation.SubsetAccuracyKey, MultiLabelEvaluation.HammingLossKey, MultiLabelEvaluation.MicroF1Key, MultiLabelEvaluation.MacroF1Key, MultiLabelEvaluation.MacroAreaKey];

    public void Compute(int[] weights, double[] into)
    {
        double total = 0, right = 0, wrong = 0;
        long[] tp = new long[names.Count], errors = new long[names.Count];
        for (int i = 0; i < weights.Length; i++)
        {
            total += weights[i];
            int faults = 0;
            for (int k = 0; k < names.Count; k++)
            {
                bool truth = test.Cases[i].Labels[k];
                faults += truth == called[i][k] ? 0 : 1;
                tp[k] += truth && called[i][k] ? weights[i] : 0;
                errors[k] += truth == called[i][k] ? 0 : weights[i];
            }

            right += faults == 0 ? weights[i] : 0;
            wrong += (double)faults * weights[i];
        }

        into[0] = right / total;
        into[1] = wrong / total / names.Count;
        into[2] = F1(tp.Sum(), errors.Sum());
        into[3] = names.Select((_, k) => F1(tp[k], errors[k])).Average();
        into[4] = _rankings.Select(ranking => ranking.Area(weights)).Average();
    }

    private static double F1(long truePositives, long wrong) => truePositives + wrong == 0 ? double.NaN : 2.0 * truePositives / ((2.0 * truePositives) + wrong);
}

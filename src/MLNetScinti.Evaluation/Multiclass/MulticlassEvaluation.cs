using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation;

/// <summary>
/// The evaluation of a model that tells several classes apart, each case called what is most probable: Wilson's interval for shares,
/// DeLong's for each class against the rest, the bootstrap by patient for all else.
/// </summary>
[TypeFormatterSource(typeof(MulticlassEvaluation))]
public sealed class MulticlassEvaluation
{
    private MulticlassEvaluation(ClassTable table, IReadOnlyList<MetricEntry> metrics, IReadOnlyList<ClassFigures> classes)
    {
        Table = table;
        Metrics = metrics;
        Classes = classes;
    }

    /// <summary>The confusion table.</summary>
    public ClassTable Table { get; }

    /// <summary>The figures over all classes, in the order of the report.</summary>
    public IReadOnlyList<MetricEntry> Metrics { get; }

    /// <summary>The figures of each class.</summary>
    public IReadOnlyList<ClassFigures> Classes { get; }

    /// <summary>A figure by its key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such figure.</exception>
    public Metric this[string key] => Metrics.FirstOrDefault(entry => string.Equals(entry.Key, key, StringComparison.Ordinal))?.Metric
        ?? throw new KeyNotFoundException($"No figure '{key}'; there are: {string.Join(", ", Metrics.Select(entry => entry.Key))}.");

    /// <summary>Judges scored cases.</summary>
    /// <param name="names">The classes' names, in order; weighted kappas take the order for a scale.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="options">Level, replicates and seed.</param>
    /// <exception cref="ArgumentException">A case is there twice, has no pseudonyms, another number of probabilities, or a label or probability out of range.</exception>
    public static MulticlassEvaluation Of(IReadOnlyList<string> names, IEnumerable<MulticlassCase> cases, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(cases);
        options ??= new();
        MulticlassCase[] all = [.. cases];
        Check(names, all);
        string[] patients = [.. all.Select(one => one.PatientId).Distinct(StringComparer.Ordinal)];
        Dictionary<string, int> number = patients.Select((id, i) => (id, i)).ToDictionary(pair => pair.id, pair => pair.i, StringComparer.Ordinal);
        MulticlassScores scores = new(names, all, [.. all.Select(one => number[one.PatientId])]);
        ClassTable table = scores.Table(null);
        PatientBootstrap bootstrap = new(scores.PatientOfCase, options.BootstrapReplicates, options.Seed);
        IReadOnlyList<ConfidenceInterval?> resampled = bootstrap.Intervals(scores.Count, scores.Compute, options.Level);
        Metric[] values = scores.Values(table);
        MetricEntry[] metrics = [.. MulticlassScores.Figures.Select((figure, i) => new MetricEntry(figure.Key, figure.Name, figure.Meaning, Judge(values[i], all.Length, patients.Length, resampled[i])))];
        if (all.Length > 0)
        {
            // The share called right is a plain proportion.
            int right = all.Count(one => one.Called == one.Label);
            metrics[0] = metrics[0] with
            {
                Metric = Metric.Of((double)right / all.Length, all.Length, patients.Length, BinomialInterval.Wilson(right, all.Length, options.Level)) with { FurtherIntervals = resampled[0] is { } further ? [further] : [] },
            };
        }

        return new(table, metrics, [.. Enumerable.Range(0, names.Count).Select(k => scores.Class(table, k, resampled[MulticlassScores.Figures.Count + k], options))]);
    }

    private static Metric Judge(Metric value, int cases, int patients, ConfidenceInterval? resampled) => value.TryGetValue(out double number)
        ? Metric.Of(number, cases, patients, resampled is { } interval && interval.Upper - interval.Lower > 1e-12 ? interval : null)
        : Metric.Undefined(value.UndefinedReason!, cases, patients);

    private static void Check(IReadOnlyList<string> names, MulticlassCase[] cases)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (MulticlassCase one in cases)
        {
            string? fault = one switch
            {
                _ when string.IsNullOrWhiteSpace(one.CaseId) || string.IsNullOrWhiteSpace(one.PatientId) => "has no case or patient pseudonym",
                _ when !seen.Add(one.CaseId) => "is there twice",
                _ when one.Probabilities.Count != names.Count => $"has {one.Probabilities.Count} probabilities for {names.Count} classes",
                _ when one.Label < 0 || one.Label >= names.Count => $"has label {one.Label} of {names.Count} classes",
                _ when one.Probabilities.Any(p => !(p >= 0 && p <= 1)) => "has a probability that is not from 0 to 1",
                _ => null,
            };
            if (fault is not null)
            {
                throw new ArgumentException($"Case '{one.CaseId}' {fault}.", nameof(cases));
            }
        }
    }
}

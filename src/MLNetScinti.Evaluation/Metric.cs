using System.Globalization;

namespace MLNetScinti.Evaluation;

/// <summary>
/// A figure: a value, or the reason why there is none, with the number of cases and patients behind it and, where one was
/// made, its interval. Undefined is not zero: reading <see cref="Value"/> of an undefined metric throws.
/// </summary>
public sealed record Metric
{
    private readonly double _value;

    private Metric(double value, string? reason, int cases, int patients, ConfidenceInterval? interval)
    {
        _value = value;
        UndefinedReason = reason;
        Cases = cases;
        Patients = patients;
        Interval = interval;
    }

    /// <summary>Why there is no value; null where there is one.</summary>
    public string? UndefinedReason { get; }

    /// <summary>Whether there is a value.</summary>
    public bool IsDefined => UndefinedReason is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">The metric is undefined; the message says why.</exception>
    public double Value => IsDefined ? _value : throw new InvalidOperationException($"This metric is undefined: {UndefinedReason}.");

    /// <summary>The interval, where one was made.</summary>
    public ConfidenceInterval? Interval { get; init; }

    /// <summary>The same interval by other methods, for who prefers them.</summary>
    public IReadOnlyList<ConfidenceInterval> FurtherIntervals { get; init; } = [];

    /// <summary>What has to be said wherever the figure is shown, such as "not trained"; empty for nothing.</summary>
    public string Mark { get; init; } = "";

    /// <summary>The number of cases behind the figure (the denominator of a proportion).</summary>
    public int Cases { get; }

    /// <summary>The number of patients behind the figure.</summary>
    public int Patients { get; }

    /// <summary>A metric that has a value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite: say why with <see cref="Undefined"/>.</exception>
    public static Metric Of(double value, int cases, int patients, ConfidenceInterval? interval = null) => double.IsFinite(value)
        ? new(value, null, cases, patients, interval)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A metric's value is finite; one that is not is undefined, with a reason.");

    /// <summary>A metric that has no value, and why.</summary>
    public static Metric Undefined(string reason, int cases = 0, int patients = 0)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(double.NaN, reason, cases, patients, null);
    }

    /// <summary>Gives the value where there is one.</summary>
    public bool TryGetValue(out double value)
    {
        value = _value;
        return IsDefined;
    }

    /// <summary>"0.925 (0.801-0.974)" or "undefined: reason".</summary>
    public override string ToString() => Text + (Mark.Length > 0 ? $" [{Mark}]" : "");

    private string Text => this switch
    {
        { IsDefined: false } => $"undefined: {UndefinedReason}",
        { Interval: { } i } => string.Create(CultureInfo.InvariantCulture, $"{_value:0.000} ({i.Lower:0.000}-{i.Upper:0.000})"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{_value:0.000}"),
    };
}

/// <summary>A metric with its name: a row of a table.</summary>
/// <param name="Key">Its name in metrics.json, such as "sensitivity".</param>
/// <param name="Name">Its name for people, such as "Sensitivity".</param>
/// <param name="Meaning">What it says, in one plain sentence.</param>
/// <param name="Metric">The figure.</param>
public sealed record MetricEntry(string Key, string Name, string Meaning, Metric Metric)
{
    /// <summary>Whether its scale has no upper end (a loss, a distance, a volume): it is then not drawn between 0 and 1.</summary>
    public bool HasOpenScale { get; init; }
}

/// <summary>Figures are found by their keys, never by their place.</summary>
public static class MetricEntries
{
    /// <summary>The figure of this key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such figure; the message lists those that there are.</exception>
    public static Metric Named(this IReadOnlyList<MetricEntry> entries, string key) => entries.Entry(key).Metric;

    /// <summary>The figure of this key with its name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such figure; the message lists those that there are.</exception>
    public static MetricEntry Entry(this IReadOnlyList<MetricEntry> entries, string key)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return entries.FirstOrDefault(entry => string.Equals(entry.Key, key, StringComparison.Ordinal))
            ?? throw new KeyNotFoundException($"No figure '{key}'; there are: {string.Join(", ", entries.Select(entry => entry.Key))}.");
    }

    /// <summary>The figures with a mark.</summary>
    internal static IReadOnlyList<MetricEntry> Marked(this IReadOnlyList<MetricEntry> entries, string mark) =>
        mark.Length == 0 ? entries : [.. entries.Select(entry => entry with { Metric = entry.Metric with { Mark = mark } })];

    /// <summary>The figures of these keys, in this order.</summary>
    /// <exception cref="KeyNotFoundException">One of them is not there.</exception>
    internal static IReadOnlyList<MetricEntry> Only(this IReadOnlyList<MetricEntry> entries, params IEnumerable<string> keys) => [.. keys.Select(key => entries.Entry(key))];
}

/// <summary>A confidence interval and how it was made.</summary>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="Method">The method in words, such as "Wilson".</param>
/// <param name="Level">Coverage aimed at, such as 0.95.</param>
public sealed record ConfidenceInterval(double Lower, double Upper, string Method, double Level = 0.95)
{
    /// <summary>Whether it says anything: an interval of draws that are all alike would claim what they cannot know.</summary>
    internal bool HasWidth => Upper - Lower > 1e-12;
}

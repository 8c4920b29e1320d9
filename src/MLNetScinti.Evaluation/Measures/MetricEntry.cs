namespace MLNetScinti.Evaluation;

/// <summary>A metric with its name: a row of a table.</summary>
/// <param name="Key">Its name in metrics.json, such as "sensitivity".</param>
/// <param name="Name">Its name for people, such as "Sensitivity".</param>
/// <param name="Meaning">What it says, in one plain sentence.</param>
/// <param name="Metric">The figure.</param>
public sealed record MetricEntry(string Key, string Name, string Meaning, Metric Metric);

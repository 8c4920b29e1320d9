namespace MLNetScinti.Evaluation;

/// <summary>
/// What ML.NET's own <c>BinaryClassification.Evaluate</c> says about the same cases. It decides by score &gt; 0 (probability
/// above one half), whatever the threshold; its log losses and its entropy are in bits.
/// </summary>
public sealed record MLNetMetrics
{
    private MLNetMetrics(IReadOnlyList<MetricEntry> entries, string? confusionTable)
    {
        Metrics = entries;
        ConfusionTable = confusionTable;
    }

    /// <summary>ML.NET's figures, under ML.NET's names.</summary>
    public IReadOnlyList<MetricEntry> Metrics { get; }

    /// <summary>ML.NET's own text of its confusion table; null where ML.NET refused.</summary>
    public string? ConfusionTable { get; }

    /// <summary>Has ML.NET evaluate the cases.</summary>
    public static MLNetMetrics? Of(ScoreSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return null;
    }
}

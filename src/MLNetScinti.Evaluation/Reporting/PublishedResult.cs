namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What a publication reports of a model, to be shown beside ours: other patients, and often another protocol.</summary>
public sealed record PublishedResult
{
    /// <summary>Where it is printed, such as "Table 1" with authors and year.</summary>
    public required string Source { get; init; }

    /// <summary>The row's name there, such as "2.5D MIPs".</summary>
    public required string Name { get; init; }

    /// <summary>How its threshold was chosen, where that was.</summary>
    public required ThresholdProtocol Protocol { get; init; }

    /// <summary>The confusion table, as printed or as the printed shares determine it; null where neither.</summary>
    public ConfusionCounts? Counts { get; init; }

    /// <summary>Whether <see cref="Counts"/> are printed; otherwise they follow from the printed shares and the numbers of cases.</summary>
    public bool CountsArePrinted { get; init; }

    /// <summary>The figures as printed, by their keys in metrics.json ("accuracy", "areaUnderRoc").</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>The figures at a threshold that follow from <see cref="Counts"/>, to hold the printed ones against; empty where there are no counts.</summary>
    public IReadOnlyDictionary<string, double> FiguresOfCounts() => Counts is not { } counts
        ? new Dictionary<string, double>(StringComparer.Ordinal)
        : BinaryFigure.All.Select(figure => (figure.Key, Value: figure.Compute(counts))).Where(figure => double.IsFinite(figure.Value)).ToDictionary(figure => figure.Key, figure => figure.Value, StringComparer.Ordinal);
}

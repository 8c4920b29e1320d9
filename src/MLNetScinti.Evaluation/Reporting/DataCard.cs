namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What came in, and what was left out.</summary>
public sealed record DataCard
{
    /// <summary>Where the images come from.</summary>
    public DataOrigin Origin { get; init; }

    /// <summary>What the data are, in a sentence or two.</summary>
    public string Description { get; init; } = "";

    /// <summary>Files (or studies) that were offered.</summary>
    public int Offered { get; init; }

    /// <summary>Files (or studies) that were read.</summary>
    public int Read { get; init; }

    /// <summary>What was left out and why.</summary>
    public IReadOnlyList<SkippedInput> Skipped { get; init; } = [];

    /// <summary>How many were on each side of the split.</summary>
    public IReadOnlyList<SplitCount> Splits { get; init; } = [];

    /// <summary>Further facts, name and value: camera, matrix, isotope, label source.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];
}

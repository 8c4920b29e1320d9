namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a comparison is told besides its definitions.</summary>
public sealed record ComparisonSettings
{
    /// <summary>The command that was given, for the report.</summary>
    public required string Command { get; init; }

    /// <summary>The folder of the comparison's report. The models stay in their definitions' folders.</summary>
    public required string Output { get; init; }

    /// <summary>The preset that the definitions were read with, or null; for the report's words.</summary>
    public string? Preset { get; init; }

    /// <summary>Threads to compute with. Results do not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether the baseline of hand-made measures is among the models.</summary>
    public bool WithBaseline { get; init; } = true;

    /// <summary>Whether models that are there already are trained anew.</summary>
    public bool Retrain { get; init; }

    /// <summary>
    /// A folder with other patients' studies and their labels table, all of whom are tested on instead of the definitions' test
    /// patients; null for those.
    /// </summary>
    public string? TestFolder { get; init; }
}

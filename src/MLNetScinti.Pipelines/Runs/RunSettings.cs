namespace MLNetScinti.Pipelines.Runs;

/// <summary>What a run is told besides its definition.</summary>
public sealed record RunSettings
{
    /// <summary>The command that was given, for the report.</summary>
    public required string Command { get; init; }

    /// <summary>The folder to write instead of the definition's; null for the definition's.</summary>
    public string? Output { get; init; }

    /// <summary>Threads to compute with. Results do not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// What somebody needs to do it again, and how long it took. Nothing here may name a person, a patient or a machine.
/// </summary>
public sealed record RunRecord
{
    /// <summary>The command that was given, such as "scinti run pipelines/dmsa-2.5d.yaml".</summary>
    public required string Command { get; init; }

    /// <summary>The seed of every random draw.</summary>
    public required long Seed { get; init; }

    /// <summary>Versions of what computed: this product, ML.NET, ONNX Runtime, libtorch.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>SHA-256 of what went in and came out, by name: pipeline definition, data, model.</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>When it began. Differs from run to run.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>How long each stage took. Differs from run to run.</summary>
    public IReadOnlyList<StageDuration> Durations { get; init; } = [];

    /// <summary>What it ran on, without names: "2 cores, CPU". Results do not depend on it.</summary>
    public string Hardware { get; init; } = "";

    /// <summary>Threads used, where known. Results do not depend on it.</summary>
    public int? Threads { get; init; }
}

/// <summary>How long one stage of a run took.</summary>
/// <param name="Stage">Its name, such as "training".</param>
/// <param name="Duration">Wall-clock time.</param>
public sealed record StageDuration(string Stage, TimeSpan Duration);

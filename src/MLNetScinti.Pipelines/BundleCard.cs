using System.Text.Json.Serialization;

namespace MLNetScinti.Pipelines;

/// <summary>What a model reads.</summary>
/// <param name="Name">The column.</param>
/// <param name="Dimensions">The dimensions of one row's values; none for a scalar.</param>
public sealed record BundleInput(string Name, IReadOnlyList<int> Dimensions);

/// <summary>What a model decides by.</summary>
/// <param name="Value">The threshold on the probability.</param>
/// <param name="Protocol">How it was found.</param>
/// <param name="Rule">The same in words.</param>
public sealed record BundleThreshold(float Value, string Protocol, string Rule);

/// <summary>A model that another one is made of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RunKey">The key of the run that made it.</param>
/// <param name="Model">SHA-256 of its file.</param>
public sealed record BundleMember(string Name, string RunKey, string Model);

/// <summary>What a bundle says of its model: enough to score with it, and to know what it is. Nothing of it depends on when or where it was made.</summary>
public sealed record BundleCard
{
    /// <summary>The form of the card.</summary>
    public int Form { get; init; } = 1;

    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The system that makes cases for it; empty for none.</summary>
    public string System { get; init; } = "";

    /// <summary>The system's settings.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What is asked of a case. Entered when the bundle is written, as are the next three.</summary>
    public string Task { get; init; } = "";

    /// <summary>The names of the classes, findings or labels.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>What the model reads.</summary>
    public IReadOnlyList<BundleInput> Inputs { get; init; } = [];

    /// <summary>What it adds.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>What it decides by; empty where the most probable class is called.</summary>
    public IReadOnlyList<BundleThreshold> Thresholds { get; init; } = [];

    /// <summary>The network in a word or two.</summary>
    public string Network { get; init; } = "";

    /// <summary>Whether it was trained on simulated patients: then so does every answer say.</summary>
    public bool Simulated { get; init; }

    /// <summary>What it is for.</summary>
    public string IntendedUse { get; init; } = "Research only. Not a medical device; not for decisions about patients.";

    /// <summary>What it cannot do: each a sentence.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>What it was trained on; null where that is not known, as of models of earlier versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrainingEnvelope? Envelope { get; init; }

    /// <summary>The key of the run that made it: SHA-256 of <see cref="RunKey"/>'s parts.</summary>
    public string RunKey { get; init; } = "";

    /// <summary>The models whose mean the model is; null where it is one network.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BundleMember>? Members { get; init; }

    /// <summary>SHA-256 of each other file of the bundle, in lower-case hexadecimal.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// SHA-256 of the card itself with zeros in this place: what a card says of limits and settings is as much the model's as its weights. It
    /// tells damage and a careless change; who means to forge a card can make another seal, as for any file that is not signed.
    /// </summary>
    public string Seal { get; init; } = NoSeal;

    internal static string NoSeal { get; } = new('0', 64);
}

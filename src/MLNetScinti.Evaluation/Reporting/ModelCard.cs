namespace MLNetScinti.Evaluation.Reporting;

/// <summary>What the model is, how it was made, and what it is and is not for.</summary>
public sealed record ModelCard
{
    /// <summary>The model's name, such as "dmsa-2.5d".</summary>
    public required string Name { get; init; }

    /// <summary>The network in a sentence.</summary>
    public string Network { get; init; } = "";

    /// <summary>Trainable parameters.</summary>
    public long Parameters { get; init; }

    /// <summary>What it was trained on, in a sentence.</summary>
    public string TrainingData { get; init; } = "";

    /// <summary>What it is for.</summary>
    public string IntendedUse { get; init; } = "Research only. Not a medical device; not for decisions about patients.";

    /// <summary>What it cannot do or has not been shown to do, one sentence each.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>Settings of the training, name and value: loss, optimiser, epochs, augmentation.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; } = [];

    /// <summary>Where the method comes from: a citation.</summary>
    public string Source { get; init; } = "";
}

using MLNetScinti.Imaging;

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

    /// <summary>What a careful reader would want to know of those that were read, the most frequent first.</summary>
    public IReadOnlyList<WarningCount> Warnings { get; init; } = [];

    /// <summary>How many were on each side of the split.</summary>
    public IReadOnlyList<SplitCount> Splits { get; init; } = [];

    /// <summary>What became of the files, from those that were offered to the sets; empty where that was not counted.</summary>
    public IReadOnlyList<FlowStep> Flow { get; init; } = [];

    /// <summary>Who and what the sets consist of; null where nothing is known.</summary>
    public CohortTable? Cohort { get; init; }

    /// <summary>Further facts, name and value: camera, matrix, isotope, label source.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];
}

/// <summary>Where the images come from: the first thing a reader of figures has to know.</summary>
public enum DataOrigin
{
    /// <summary>Nobody said.</summary>
    Unstated,

    /// <summary>Simulated patients.</summary>
    Simulated,

    /// <summary>Real patients.</summary>
    Real,

    /// <summary>Simulated and real patients together.</summary>
    Mixed,
}

/// <summary>An input that was left out, and why.</summary>
/// <param name="Name">A name that identifies no patient: a pseudonym, or a file name where file names hold no identity.</param>
/// <param name="Reason">What was wrong, in one sentence.</param>
public sealed record SkippedInput(string Name, string Reason)
{
    /// <summary>Whether it should have been read: what is no image at all, or there twice, is no loss.</summary>
    public bool IsLoss { get; init; } = true;
}

/// <summary>What was found in some inputs that were read all the same, and in how many.</summary>
/// <param name="Warning">What was found, in one sentence without its numbers: it identifies no patient.</param>
/// <param name="Inputs">How many inputs it was found in.</param>
public sealed record WarningCount(string Warning, int Inputs);

/// <summary>How many were on one side of the split.</summary>
/// <param name="Name">"training", "validation" or "test".</param>
/// <param name="Patients">Patients.</param>
/// <param name="Cases">Cases.</param>
/// <param name="Classes">How many of them are of which class, as far as that is worth a column: the positive one of two, each of several.</param>
public sealed record SplitCount(string Name, int Patients, int Cases, params IReadOnlyList<ClassCount> Classes);

/// <summary>How many cases are of a class.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Cases">Cases.</param>
public sealed record ClassCount(string Name, int Cases);

/// <summary>What the model is, how it was made, and what it is and is not for.</summary>
public sealed record ModelCard
{
    /// <summary>The model's name, such as "2.5d".</summary>
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

    /// <summary>Where it departs from that source, or decides what the source leaves open.</summary>
    public IReadOnlyList<PaperDecision> Decisions { get; init; } = [];
}

/// <summary>What was decided otherwise than in the paper that a method comes from, or where the paper leaves it open.</summary>
/// <param name="Subject">What it is about, in a word or two.</param>
/// <param name="Paper">What the paper does.</param>
/// <param name="Here">What was done here.</param>
public sealed record PaperDecision(string Subject, string Paper, string Here);

/// <summary>
/// What somebody needs to do it again, and how long it took. Nothing here may name a person, a patient or a machine.
/// </summary>
public sealed record RunRecord
{
    /// <summary>The command that was given, such as "scinti run pipelines/name.yaml".</summary>
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

    /// <summary>Finished runs of the same model that lie beside this one, the oldest first.</summary>
    public IReadOnlyList<EarlierRun> Earlier { get; init; } = [];
}

/// <summary>How long one stage of a run took.</summary>
/// <param name="Stage">Its name, such as "training".</param>
/// <param name="Duration">Wall-clock time.</param>
public sealed record StageDuration(string Stage, TimeSpan Duration);

/// <summary>How a training went, epoch by epoch.</summary>
/// <param name="Epochs">The epochs in order.</param>
/// <param name="BestEpoch">The epoch whose weights were kept, where one was chosen.</param>
[TypeFormatterSource(typeof(TrainingHistory))]
public sealed record TrainingHistory(IReadOnlyList<TrainingEpoch> Epochs, int? BestEpoch = null);

/// <summary>One epoch of a training.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainingLoss">Mean loss over the training cases.</param>
/// <param name="ValidationLoss">Mean loss over the validation cases, where it was computed.</param>
/// <param name="ValidationAccuracy">Share of validation cases called right, where it was computed.</param>
public sealed record TrainingEpoch(int Epoch, double TrainingLoss, double? ValidationLoss = null, double? ValidationAccuracy = null);

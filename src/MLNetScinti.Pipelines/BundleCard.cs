using System.Text.Json.Serialization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Networks;

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

/// <summary>What a model's probabilities mean: how common each class was where they were made, and how sure of itself the model is.</summary>
/// <param name="Shares">
/// For each class, of two classes for the positive one alone, the part of the training cases that have it, as the loss weighed them: 0.5 where classes
/// weighed the same whatever their numbers. Not a number that any patient can be told from.
/// </param>
/// <param name="Temperature">What logits are divided by, fitted on validation cases (Guo et al. 2017); null where none could be fitted.</param>
public sealed record BundleCalibration(IReadOnlyList<double> Shares, double? Temperature)
{
    /// <summary>What the probabilities of a training mean; null where they are none.</summary>
    internal static BundleCalibration? Of(LearningTask task, IReadOnlyList<Target> targets, Loss? loss, IEnumerable<AnsweredCase> validation)
    {
        if (task is SegmentationTask || targets.Count == 0)
        {
            return null;
        }

        IReadOnlyList<double>? weights = (loss as BinaryCrossEntropy)?.ClassWeights ?? (loss as SoftmaxCrossEntropy)?.ClassWeights;
        if (weights is not null && (task is MultiLabelTask or OneOrTwoTask))
        {
            // Of several findings in one case no share says what such weights made of them.
            return null;
        }

        double WeightOf(int place) => weights is not null && place < weights.Count ? weights[place] : 1;
        int classes = task.Classes.Count;
        double[] counts = [.. Enumerable.Range(0, classes).Select(place => WeightOf(place) * targets.Count(target => target switch
        {
            ClassTarget one => one.Index == place,
            FindingsTarget several => several.Present[place],
            _ => false,
        }))];
        // Of several findings each is a question of its own.
        double all = task is MultiLabelTask or OneOrTwoTask ? targets.Count : counts.Sum();
        double[] shares = [.. counts.Select(count => Math.Round(count / all, 2))];
        if (task is not BinaryTask)
        {
            return new(shares, null);
        }

        ValidationScores scores = BinaryTask.ValidationScoresOf(validation);
        return new([shares[1]], scores is { Positives: > 0, Negatives: > 0 } && TemperatureScaling.Fit(scores) is { IsAtLimit: false } fitted ? Math.Round(fitted.Temperature, 6) : null);
    }

    /// <summary>The risk where a class is as common as is stated: the probability, divided by the temperature as a logit, shifted from the share of training to the prevalence (Saerens et al. 2002).</summary>
    /// <param name="place">The class's place in <see cref="Shares"/>.</param>
    /// <param name="probability">The probability that the model gives it.</param>
    /// <param name="prevalence">How common it is, between 0 and 1.</param>
    /// <returns>The risk; null where the training had none or all of the class.</returns>
    public double? Risk(int place, double probability, double prevalence)
    {
        if (place >= Shares.Count || Shares[place] is <= 0 or >= 1)
        {
            return null;
        }

        const double least = 1e-7;
        double inside = Math.Clamp(probability, least, 1 - least);
        double calibrated = Temperature is { } temperature ? 1 / (1 + Math.Exp(-Math.Log(inside / (1 - inside)) / temperature)) : inside;
        return Prevalence.Shift(calibrated, Shares[place], prevalence);
    }

    internal bool IsSound => Shares is not null && Shares.All(share => share is >= 0 and <= 1) && Temperature is not (<= 0 or double.NaN or double.PositiveInfinity);
}

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

    /// <summary>What its probabilities mean; null where that is not known: of models of earlier versions, of several together, of masks, and where training cases were copied or generated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BundleCalibration? Calibration { get; init; }

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

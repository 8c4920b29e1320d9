using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>What came out of one epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainingLoss">Mean loss over the training cases, as the steps saw them.</param>
/// <param name="ValidationLoss">Mean loss over the validation cases.</param>
/// <param name="Figures">Other figures of the validation cases, by name: "accuracy", "auc", "dice", or what the training step adds.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record EpochResult(int Epoch, double TrainingLoss, double ValidationLoss, IReadOnlyDictionary<string, double> Figures, double Seconds)
{
    /// <summary>A validation figure by name, "loss" among them; not a number where there is none of that name.</summary>
    public double Figure(string name) => string.Equals(name, "loss", StringComparison.Ordinal)
        ? ValidationLoss
        : Figures.TryGetValue(name, out double value) ? value : double.NaN;

    /// <summary>The same numbers under the same names.</summary>
    public bool Equals(EpochResult? other) => other is not null
        && (Epoch, TrainingLoss, ValidationLoss, Seconds).Equals((other.Epoch, other.TrainingLoss, other.ValidationLoss, other.Seconds))
        && Figures.Count == other.Figures.Count
        && Figures.All(figure => other.Figures.TryGetValue(figure.Key, out double value) && value.Equals(figure.Value));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Epoch, TrainingLoss, ValidationLoss, Seconds);
}

/// <summary>How far training is: sent at the end of each epoch, and within a long epoch about once a second.</summary>
/// <param name="Epoch">The epoch that is running or just ended, from 1.</param>
/// <param name="Epochs">All epochs.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="TrainingLoss">Mean loss of the epoch so far.</param>
/// <param name="Finished">What came out of the epoch, at its end; else null.</param>
/// <param name="Best">The best epoch so far; null in the first.</param>
/// <param name="Elapsed">Time since this run began.</param>
/// <param name="Remaining">Time left, at the pace of this run; null before there is one.</param>
public sealed record TrainingProgress(
    int Epoch,
    int Epochs,
    int Step,
    int Steps,
    double TrainingLoss,
    EpochResult? Finished,
    EpochResult? Best,
    TimeSpan Elapsed,
    TimeSpan? Remaining);

/// <summary>What training ended with.</summary>
[TypeFormatterSource(typeof(TrainingResult))]
public sealed record TrainingResult
{
    /// <summary>Weights of the best epoch by <see cref="Selection"/>: those to serve. Of the first network where a step trains several.</summary>
    public required NetworkWeights BestWeights { get; init; }

    /// <summary>Weights after the last epoch. Of the first network where a step trains several.</summary>
    public required NetworkWeights FinalWeights { get; init; }

    /// <summary>Weights of every network of the best epoch, by the network's name.</summary>
    public required IReadOnlyDictionary<string, NetworkWeights> BestNetworks { get; init; }

    /// <summary>Weights of every network after the last epoch, by the network's name.</summary>
    public required IReadOnlyDictionary<string, NetworkWeights> FinalNetworks { get; init; }

    /// <summary>The best epoch.</summary>
    public required EpochResult BestEpoch { get; init; }

    /// <summary>All epochs, those before a resume too.</summary>
    public required IReadOnlyList<EpochResult> History { get; init; }

    /// <summary>What decided the best epoch.</summary>
    public required Selection Selection { get; init; }

    /// <summary>The loss, with the weights of classes that were balanced on the training cases; null where the step has a loss of its own.</summary>
    public required Loss? Loss { get; init; }

    /// <summary>What decided the training, by name, as its checkpoint is bound to it.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>What a reader of the result should know, one sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Epochs that were taken from a checkpoint; 0 for a run from the start.</summary>
    public required int ResumedEpochs { get; init; }

    /// <summary>Where it was trained: "cpu" or "cuda".</summary>
    public required string Device { get; init; }

    /// <summary>The hash of the first network.</summary>
    public required string GraphHash { get; init; }
}

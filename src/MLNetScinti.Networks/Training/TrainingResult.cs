using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>What training ended with.</summary>
[TypeFormatterSource(typeof(TrainingResult))]
public sealed record TrainingResult
{
    /// <summary>Weights of the best epoch by <see cref="EpochResult.IsBetterThan"/>: those to serve.</summary>
    public required NetworkWeights BestWeights { get; init; }

    /// <summary>Weights after the last epoch.</summary>
    public required NetworkWeights FinalWeights { get; init; }

    /// <summary>The best epoch.</summary>
    public required EpochResult BestEpoch { get; init; }

    /// <summary>All epochs, those before a resume too.</summary>
    public required IReadOnlyList<EpochResult> History { get; init; }

    /// <summary>Weights of the classes in the loss.</summary>
    public required ClassWeights ClassWeights { get; init; }

    /// <summary>Epochs that were taken from a checkpoint; 0 for a run from the start.</summary>
    public required int ResumedEpochs { get; init; }

    /// <summary>Where it was trained: "cpu" or "cuda".</summary>
    public required string Device { get; init; }

    /// <summary>The network's hash.</summary>
    public required string GraphHash { get; init; }
}

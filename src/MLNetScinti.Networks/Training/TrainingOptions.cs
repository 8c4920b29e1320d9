namespace MLNetScinti.Networks;

/// <summary>How a network is trained. The defaults are those of Lin et al. 2023.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training cases.</summary>
    public int Epochs { get; init; } = 300;

    /// <summary>Cases in a step. A last batch of a single case joins the one before, because one case has no batch statistics.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Adam's step size.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Adam's memory of the gradient.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's memory of the squared gradient.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Adam's addend in the denominator.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decides the starting weights, the order of the cases and dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Weights of the classes in the loss; null for <see cref="Networks.ClassWeights.Balanced"/> on the training labels.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>Where to train.</summary>
    public TrainingDevice Device { get; init; } = TrainingDevice.Auto;

    /// <summary>
    /// Into how many parts the CPU's arithmetic is divided. Sums come out in other last digits for another number of parts,
    /// so this number belongs to a result like the seed does; the number of cores that do the work does not. More parts than
    /// cores cost time, fewer leave cores idle; small networks gain nothing from a second part. On a busy computer, set the
    /// environment variable OMP_WAIT_POLICY to passive before the start: parts that wait for each other keep their cores
    /// busy otherwise.
    /// </summary>
    public int Lanes { get; init; } = 2;

    /// <summary>Threads that read and augment the cases of coming batches while a step computes. No result depends on it.</summary>
    public int ReaderThreads { get; init; } = 2;

    /// <summary>The checkpoint file; null for none. Where it exists, training goes on from it.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Epochs between checkpoints. The last epoch always has one.</summary>
    public int CheckpointEvery { get; init; } = 1;
}

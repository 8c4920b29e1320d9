using MLNetScinti.Networks.Native;

namespace MLNetScinti.Networks;

/// <summary>Where a network is trained.</summary>
public enum TrainingDevice
{
    /// <summary>On the first GPU where there is one, else on the CPU.</summary>
    Auto,

    /// <summary>On the CPU.</summary>
    Cpu,

    /// <summary>On the first GPU; an error where there is none.</summary>
    Cuda,
}

/// <summary>The numbers that training computes with. Weights, their updates and the validation are 32-bit in every case.</summary>
public enum TrainingPrecision
{
    /// <summary>32-bit floating point throughout.</summary>
    Float32,

    /// <summary>
    /// Convolutions on 16-bit copies (bfloat16: 8 bits of exponent, 8 of fraction) of 32-bit weights, normalisations with
    /// 32-bit statistics, dense layers and loss in 32 bits. Quicker on processors that have such arithmetic (AVX512-BF16 or
    /// AMX) and on GPUs; another result.
    /// </summary>
    BFloat16,
}

/// <summary>Where training starts from other weights than drawn ones: fine-tuning.</summary>
/// <param name="Weights">The weights to begin with, by name.</param>
public record TrainingStart(NetworkWeights Weights)
{
    /// <summary>Layers that begin anew all the same, by name; * stands for any letters. A new head is named here.</summary>
    public IReadOnlyList<string> Fresh { get; init; } = [];

    /// <summary>
    /// Layers that stay as they are, by name; * stands for any letters. Neither their weights nor their running statistics
    /// change, and their normalisations use the running statistics in training as well.
    /// </summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];
}

/// <summary>How a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training cases.</summary>
    public int Epochs { get; init; } = 300;

    /// <summary>Cases in a step. A last batch of a single case joins the one before, because one case has no batch statistics.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>How weights follow their gradients.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>What is made small. Weights of classes that are not given are balanced on the training cases.</summary>
    public Loss Loss { get; init; } = new BinaryCrossEntropy();

    /// <summary>Which validation figure decides the epoch whose weights are kept.</summary>
    public Selection Selection { get; init; } = Selection.Loss;

    /// <summary>How the validation cases go through the network.</summary>
    public Inferer Inferer { get; init; } = Inferer.WholeImage;

    /// <summary>Weights to begin with; null for weights drawn by the seed.</summary>
    public TrainingStart? Start { get; init; }

    /// <summary>Decides the starting weights, the order of the cases and dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Where to train.</summary>
    public TrainingDevice Device { get; init; } = TrainingDevice.Auto;

    /// <summary>The numbers that training computes with.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Float32;

    /// <summary>Between which processors the same seed gives the same weights. A process computes in one way only, from its first step on.</summary>
    public Reproducibility Reproducibility { get; init; } = Reproducibility.Processor;

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

    /// <summary>Whether a checkpoint that another build of this product made is gone on with; the result says so (<see cref="TrainingResult.Warnings"/>). By default it is refused.</summary>
    public bool AcceptCode { get; init; }

    /// <summary>What decides the result outside this record, as the caller knows it (data, preprocessing, code): a checkpoint of another fingerprint is refused.</summary>
    public string Fingerprint { get; init; } = "";
}

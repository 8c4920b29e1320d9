using MLNetScinti.Imaging;
using MLNetScinti.Networks;

namespace MLNetScinti.Pipelines.Training;

/// <summary>How a convolutional network is trained. The defaults are those of Lin et al. 2023.</summary>
public sealed record ConvolutionalNetworkOptions
{
    /// <summary>The network.</summary>
    public required NetworkGraph Network { get; init; }

    /// <summary>The columns of images, in the order of the network's inputs; empty to take columns with the inputs' names.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>The Boolean column of answers.</summary>
    public string LabelColumn { get; init; } = "Label";

    /// <summary>The text column that names a case, by pseudonym; it need not be there.</summary>
    public string CaseColumn { get; init; } = "CaseId";

    /// <summary>The text column that names a case's patient, by pseudonym.</summary>
    public string PatientColumn { get; init; } = "PatientID";

    /// <summary>Random changes of the training images; only a training set is changed.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.None;

    /// <summary>Seed, epochs, batch, Adam's settings, device, checkpoint.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Is told of each epoch; null for nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Stops the training after the step in hand; its checkpoint stays.</summary>
    public CancellationToken CancellationToken { get; init; }
}

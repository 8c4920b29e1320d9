using System.Globalization;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>What a definition decides otherwise than Lin et al. 2023, or where they leave it open: read off the definition, so that it is true of the run.</summary>
internal static class DmsaDecisions
{
    /// <summary>The matrix of the paper, voxels along each edge.</summary>
    private const int Matrix = 128;

    private static readonly AugmentationDefinition s_augmentation = new(FlipHorizontal: true, FlipVertical: true, TranslatePixels: 25, RotateDegrees: 90, Zoom: 0.2);

    public static IReadOnlyList<PaperDecision> Of(DmsaSystem system, PipelineDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return [.. Data(system, definition), .. Model(system, definition), .. Judging(definition)];
    }

    private static IEnumerable<PaperDecision> Data(DmsaSystem system, PipelineDefinition definition)
    {
        if (definition.Data.Simulation is not null)
        {
            yield return new("Patients", "Examinations of one hospital, read by two physicians in consensus.", "Simulated patients; the truth is the simulation's.");
            yield return new("Acquisition", "Two heads in continuous rotation on a non-circular orbit, zoom 2, pixels of 1.748 mm.",
                "The files say the same, with the radius of each view. Each view is computed at its own angle, without the turn while it counts; the zoom changes nothing, since the pixels are given.");
        }

        SplitDefinition split = definition.Split;
        if (split is not { Train: 261, Validation: 20, Test: 20, Balanced: true })
        {
            yield return new("Split", "261, 20 and 20 patients; five of each pattern of kidneys to validate and to test.",
                Text($"{split.Train}, {split.Validation} and {split.Test} patients{(split.Balanced ? "; each pattern of kidneys equally often to validate and to test" : ", as the seed draws them")}."));
        }

        yield return new("Separation", "The kidneys are taken apart by hand.", Text($"They are taken apart automatically; studies below a confidence of {system.MinimumConfidence} are left out and counted."));
        if (system.Placement == KidneyPlacement.Centred)
        {
            yield return new("Placement", Text($"Each half lies as it lay in the matrix of {Matrix} voxels."), Text($"Each kidney is centred in a cube of {system.Size} voxels."));
        }
        else if (system.Size != Matrix)
        {
            yield return new("Placement", Text($"Each half lies as it lay in the matrix of {Matrix} voxels."),
                Text($"Each kidney lies as it lay, in the matrix's middle {system.Size} voxels; studies with a kidney beyond them are left out and counted."));
        }
    }

    private static IEnumerable<PaperDecision> Model(DmsaSystem system, PipelineDefinition definition)
    {
        NetworkDefinition network = definition.Network;
        yield return new("Network", "It is not said where max pooling stands and with which step, what the skips span, and how maps of different channels are added.",
            "Pooling of 3, step 2, behind convolutions 1, 3 and 5; skips over convolutions 2-3, 4-5 and 6-7, through a 1x1 convolution where channels differ. Convolutions before a batch normalisation have no bias, which it would take away.");
        if (network is not { Width: 1, Downsample: 1 } || system.Size != Matrix)
        {
            yield return new("Size", Text($"All filters, on {Matrix} voxels along each edge."),
                Text($"{network.Width} of the filters, on {system.Size / network.Downsample} voxels along each edge{(network.Downsample > 1 ? Text($", each the mean of {network.Downsample} along each axis") : "")}."));
        }

        TrainingDefinition training = definition.Training;
        if (training is not { Epochs: 300, BatchSize: 4, Optimizer: "adam", LearningRate: 1e-4, Beta1: 0.9, Beta2: 0.999, WeightDecay: 0 })
        {
            yield return new("Training", "300 epochs, batches of 4, Adam with a rate of 0.0001 and betas of 0.9 and 0.999.",
                Text($"{training.Epochs} epochs, batches of {training.BatchSize}, {training.Optimizer} with a rate of {training.LearningRate}{(training.Optimizer == "sgd" ? Text($" and a momentum of {training.Momentum}") : Text($" and betas of {training.Beta1} and {training.Beta2}"))}{(training.WeightDecay > 0 ? Text($", weight decay {training.WeightDecay}") : "")}."));
        }

        yield return Numbers(training);
        if (training.StartFrom.Length > 0)
        {
            yield return new("Start", "Training begins with drawn weights.", "It begins with those of another model.");
        }

        if (definition.Augmentation != s_augmentation)
        {
            yield return new("Augmentation", Augmentation(s_augmentation), Augmentation(definition.Augmentation));
        }

        if (training.Validation != "accuracy")
        {
            yield return new("Kept epoch", "The one with the best validation accuracy.", $"The one with the best validation {training.Validation}.");
        }
    }

    private static IEnumerable<PaperDecision> Judging(PipelineDefinition definition)
    {
        yield return new("Threshold", "The 'optimal' point of the test patients' own ROC curve; by which rule is not said, and it is not said to be Youden's.",
            definition.Evaluation.PaperProtocol
                ? "Youden's index on validation patients. Beside it, and marked as optimistic, the test patients' own curve, where Youden's index stands in for the rule that is not said."
                : "Youden's index on validation patients.");
    }

    // TensorFlow's conventions still leave one difference, which is said.
    private static PaperDecision Numbers(TrainingDefinition training)
    {
        const string paper = "TensorFlow 2.8, which takes an epsilon of 1e-7 in Adam and of 0.001 in batch normalisation, a running momentum of 0.99, and Glorot's uniform weights with zero biases.";
        NetworkDefaults defaults = training.Defaults;
        string epsilon = training.Optimizer == "sgd" ? "" : Text($"Adam's epsilon {training.Epsilon}, ");
        return new("Conventions", paper, Text($"{training.Conventions}: {epsilon}batch normalisation with {defaults.NormalizationEpsilon} and a running momentum of {1 - defaults.NormalizationMomentum}, ")
            + (defaults.Initialisation == WeightInitialisation.GlorotUniform ? "Glorot's uniform weights" : "weights as in He et al. 2015") + " with zero biases."
            + (epsilon.Length > 0 ? " Adam's epsilon is added behind the correction of the second moment, as PyTorch does; TensorFlow adds it before." : ""));
    }

    private static string Augmentation(AugmentationDefinition one) =>
        Text($"Flips {(one.FlipHorizontal && one.FlipVertical ? "both ways" : one.FlipHorizontal ? "of columns" : one.FlipVertical ? "of rows" : "none")}, shifts up to {one.TranslatePixels} pixels, turns up to {one.RotateDegrees} degrees, zoom up to {one.Zoom:P0}{(one.WholeCase.Count > 0 ? $"; of whole cases: {one.WholeCaseWords}" : "")}.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

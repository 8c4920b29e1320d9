using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
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

/// <summary>What reports of DMSA kidneys call things.</summary>
internal static class DmsaWords
{
    /// <summary>By what kidneys are grouped.</summary>
    public static IReadOnlyList<Grouping> Groupings { get; } =
    [
        Grouping.ByValue("Side", DmsaSystem.Side),
        Grouping.ByValue("Sex", DmsaSystem.Sex),
        Grouping.ByRange("Age", DmsaSystem.Age, (2, "under 2 years"), (12, "2 to 11 years"), (18, "12 to 17 years"), (double.PositiveInfinity, "18 years and over")),
        Grouping.ByRange("Volume of true defects", DmsaSystem.DefectVolume, (1, "under 1 ml"), (3, "1 to 3 ml"), (10, "3 to 10 ml"), (double.PositiveInfinity, "10 ml and over")) with { OfPositives = true },
        Grouping.ByThirds("Counts", DmsaSystem.Counts),
        Grouping.ByValue("Kidney", DmsaSystem.KidneyKind),
        Grouping.ByValue("Scan", DmsaSystem.ScanKind),
    ];

    /// <summary>The words for a system's settings.</summary>
    public static SystemWords Of(DmsaSystem system) => new()
    {
        Task = new TaskWords { Case = "kidney", Cases = "kidneys", Negative = "normal", Positive = "abnormal", Finding = "defect", Findings = "defects" },
        Studies = "reconstructed 99mTc-DMSA SPECT studies with a table of labels",
        Limits =
        [
            "Answers whether a kidney has a cortical defect; it does not say where, how many, or why.",
            "Cameras, reconstructions and doses other than those of the training data were not tested.",
        ],
        Facts =
        [
            new("Image", string.Create(CultureInfo.InvariantCulture, $"{system.Size} x {system.Size} x {system.Size} voxels {(system.Placement == KidneyPlacement.Centred ? "centred on each kidney" : "in the middle of the matrix, each kidney where it lay")}, counts")),
            new("Kidneys taken apart", string.Create(CultureInfo.InvariantCulture, $"automatically; studies below a confidence of {system.MinimumConfidence} are left out")),
            new("Split", "by patient: both kidneys of a patient are on one side"),
        ],
        Source = "Lin C, Chang YC, Chiu HY, Cheng CH, Huang HM. Clinical Radiology 2023, doi 10.1016/j.crad.2023.04.015.",
    };
}

/// <summary>
/// The five rows of Table 1 of Lin et al. 2023 (deep learning on DMSA kidney SPECT), with the areas and kappas from its text.
/// Forty test kidneys of twenty patients, twenty abnormal; the threshold was chosen on the test ROC curve, so the figures are
/// optimistic. Only the 2.5D confusion table is printed (Figure 4); the others follow from sensitivity and specificity of
/// twenty kidneys each, and reproduce every printed figure.
/// </summary>
public static class PublishedDmsaResults
{
    private const string Source = "Lin et al. 2023, Table 1";

    /// <summary>The rows by the names of our pipelines: dmsa-3d, dmsa-2.5d, dmsa-2d-coronal, dmsa-2d-sagittal, dmsa-2d-transverse.</summary>
    public static IReadOnlyDictionary<string, PublishedResult> ByPipeline { get; } = new Dictionary<string, PublishedResult>(StringComparer.Ordinal)
    {
        ["dmsa-3d"] = Row("3D images", new(18, 2, 4, 16), 0.91, 0.850, 0.900, 0.800, 0.818, 0.857, 0.70),
        ["dmsa-2.5d"] = Row("2.5D MIPs", new(18, 2, 1, 19), 0.94, 0.925, 0.900, 0.950, 0.947, 0.923, 0.85) with { CountsArePrinted = true },
        ["dmsa-2d-coronal"] = Row("2D MIP (coronal)", new(15, 5, 1, 19), 0.92, 0.850, 0.750, 0.950, 0.938, 0.833, 0.70),
        ["dmsa-2d-sagittal"] = Row("2D MIP (sagittal)", new(16, 4, 2, 18), 0.87, 0.850, 0.800, 0.900, 0.889, 0.842, 0.70),
        ["dmsa-2d-transverse"] = Row("2D MIP (transaxial)", new(18, 2, 4, 16), 0.92, 0.850, 0.900, 0.800, 0.818, 0.857, 0.70),
    };

    private static PublishedResult Row(string name, ConfusionCounts counts, double area, double accuracy, double sensitivity, double specificity, double precision, double f1, double kappa) => new()
    {
        Source = Source,
        Name = name,
        Protocol = ThresholdProtocol.Paper,
        Counts = counts,
        Figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["areaUnderRoc"] = area,
            ["accuracy"] = accuracy,
            ["sensitivity"] = sensitivity,
            ["specificity"] = specificity,
            ["positivePredictiveValue"] = precision,
            ["f1"] = f1,
            ["kappa"] = kappa,
        },
    };
}

/// <summary>The augmentation of Lin et al. 2023 for DMSA SPECT, as a preset.</summary>
public static class DmsaAugmentation
{
    /// <summary>
    /// Flips of columns and rows, zoom by up to 20 %, rotation by up to 90 degrees, translation by up to 25 pixels at 128 x 128. Zoom
    /// and rotation come before the translation, so that the shift is in pixels of the result.
    /// </summary>
    public static Augmentation Published { get; } = new(
        new RandomFlip(horizontal: true, vertical: true), new RandomZoom(0.2), new RandomRotate(90), new RandomTranslate(25));
}

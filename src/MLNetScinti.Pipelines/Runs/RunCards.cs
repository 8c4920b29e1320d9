using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What the report says besides the figures: the data, the model, how to do it again.</summary>
internal sealed class RunCards(PipelineDefinition definition, RunSettings settings)
{
    public RunRecord Run(ConvolutionalNetworkTransformer network, FusedModel fused, DateTimeOffset started, IReadOnlyList<StageDuration> durations) => new()
    {
        Command = settings.Command,
        Seed = (long)definition.Seed,
        Versions = Versions(),
        Hashes = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["definition"] = definition.Hash(),
            ["labels"] = FinishedRun.HashOf(Path.Combine(definition.Data.Folder, definition.Data.Labels)) ?? "",
            ["network"] = network.Network.Hash,
            ["weights"] = network.Weights.Hash(),
            ["model.onnx"] = Convert.ToHexStringLower(SHA256.HashData(fused.Bytes.Span)),
        },
        Started = started,
        Durations = durations,
        Threads = settings.Threads,
        Hardware = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {network.Training.Device}"),
    };

    public DataCard Data(KidneyDataView kidneys, PatientSplit split, ConvolutionalNetworkTransformer network, TestScores test) => new()
    {
        Origin = definition.Data.Simulation is null ? DataOrigin.Real : DataOrigin.Simulated,
        Description = Describe(definition),
        Offered = kidneys.Studies.FileCount,
        Read = kidneys.Studies.FileCount - kidneys.LeftOut.Count,
        Skipped = [.. kidneys.LeftOut.Select(study => new SkippedInput(study.File, study.Sentence))],
        Splits =
        [
            new SplitCount("training", split.Train.Patients.Count, network.TrainingCases, new ClassCount(DmsaReport.Words.Positive, network.TrainingPositives)),
            new SplitCount("validation", network.Validation.PatientCount, network.Validation.Count, new ClassCount(DmsaReport.Words.Positive, network.Validation.Positives)),
            new SplitCount("test", test.PatientCount, test.Count, new ClassCount(DmsaReport.Words.Positive, test.Positives)),
        ],
        Facts =
        [
            new("Image", string.Create(CultureInfo.InvariantCulture, $"{definition.Kidneys.Size} x {definition.Kidneys.Size} x {definition.Kidneys.Size} voxels around each kidney, counts")),
            new("Kidneys taken apart", string.Create(CultureInfo.InvariantCulture, $"automatically; studies below a confidence of {definition.Kidneys.MinimumConfidence} are left out")),
            new("Split", "by patient: both kidneys of a patient are on one side"),
        ],
    };

    public ModelCard Model(ConvolutionalNetworkTransformer network) => new()
    {
        Name = definition.Name,
        Network = $"{definition.Network.Architecture}, width {definition.Network.Width.ToString(CultureInfo.InvariantCulture)}",
        Parameters = network.Network.ParameterCount,
        TrainingData = $"{network.TrainingCases} kidneys of {definition.Split.Train} {(definition.Data.Simulation is null ? "" : "simulated ")}patients.",
        Limits =
        [
            .. definition.Data.Simulation is null ? (string[])[] : ["Trained and tested on simulated patients: the figures say how the method works on them, not on people."],
            "Answers whether a kidney has a cortical defect; it does not say where, how many, or why.",
            "Cameras, reconstructions and doses other than those of the training data were not tested.",
        ],
        Settings =
        [
            new("Loss", "binary cross-entropy, classes weighted by N / N of the class"),
            new("Optimiser", string.Create(CultureInfo.InvariantCulture, $"Adam, learning rate {definition.Training.LearningRate}, beta {definition.Training.Beta1} / {definition.Training.Beta2}")),
            new("Epochs", string.Create(CultureInfo.InvariantCulture, $"{definition.Training.Epochs}; the weights of epoch {network.Training.BestEpoch.Epoch} (best validation accuracy) are kept")),
            new("Batch", definition.Training.BatchSize.ToString(CultureInfo.InvariantCulture)),
            new("Augmentation", string.Create(CultureInfo.InvariantCulture,
                $"flip {(definition.Augmentation.FlipHorizontal ? "horizontal " : "")}{(definition.Augmentation.FlipVertical ? "vertical" : "")}, shift up to {definition.Augmentation.TranslatePixels} pixels, turn up to {definition.Augmentation.RotateDegrees} degrees, zoom up to {definition.Augmentation.Zoom:P0}")),
            new("Threshold", network.Threshold.ToString()),
        ],
        Source = "Lin C, Chang YC, Chiu HY, Cheng CH, Huang HM. Clinical Radiology 2023, doi 10.1016/j.crad.2023.04.015.",
    };

    /// <summary>The data in a sentence.</summary>
    public static string Describe(PipelineDefinition definition) => definition.Data.Simulation is { } simulation
        ? $"{simulation.Patients} simulated children (seed {simulation.Seed}) with 99mTc-DMSA SPECT; which kidneys have cortical defects is known from the simulation."
        : "Reconstructed 99mTc-DMSA SPECT studies with a table of labels.";

    /// <summary>What computes, with versions.</summary>
    public static IReadOnlyDictionary<string, string> Versions() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["MLNetScinti"] = VersionOf(typeof(PipelineRunner)),
        ["Microsoft.ML"] = VersionOf(typeof(MLContext)),
        ["Microsoft.ML.OnnxRuntime"] = OrtEnv.Instance().GetVersionString(),
        ["TorchSharp"] = VersionOf(typeof(TorchSharp.torch)),
        [".NET"] = Environment.Version.ToString(3),
    };

    public static TrainingHistory History(TrainingResult training) => new(
        [.. training.History.Select(epoch => new TrainingEpoch(epoch.Epoch, epoch.TrainingLoss, epoch.ValidationLoss, epoch.ValidationAccuracy))],
        training.BestEpoch.Epoch);

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? type.Assembly.GetName().Version?.ToString() ?? "unknown";
}

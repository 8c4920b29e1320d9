using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks.Native;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>What the report and the bundle say besides the figures: the data, the model, how to do it again.</summary>
internal sealed class RunCards(PipelineDefinition definition, RunSettings settings, FittedPipeline pipeline, RunKey key, IReadOnlyList<string> otherCode, DataOrigin origin, int trainingPatients, RunMember? member = null)
{
    private NetworkTransformer Network => pipeline.Network;

    /// <summary>The training images that were generated; null for none.</summary>
    public GenerationSection? Generation => Network.Generation;

    private SystemWords Words => definition.System.Words;

    public BundleCard Bundle() => new()
    {
        Name = definition.Name,
        System = definition.System.Name,
        Settings = definition.System.OnGridOf(pipeline.Envelope).Settings,
        Network = NetworkOf(definition),
        Simulated = origin is DataOrigin.Simulated or DataOrigin.Mixed,
        Limits = Limits(),
        RunKey = key.Hash,
    };

    public RunRecord Run(DateTimeOffset started, IReadOnlyList<StageDuration> durations) => Run(definition, settings, started, durations) with
    {
        Hashes = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["definition"] = definition.Hash(),
            ["cases"] = key.Parts["cases"],
            ["run"] = key.Hash,
            ["network"] = Network.Network.Hash,
            ["weights"] = Network.Weights.Hash(),
        },
        Hardware = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {Network.Training.Device}"),
    };

    /// <summary>What a run of a definition says of itself, without what it made.</summary>
    public static RunRecord Run(PipelineDefinition definition, RunSettings settings, DateTimeOffset started, IReadOnlyList<StageDuration> durations) => new()
    {
        Command = settings.Command,
        Seed = (long)definition.Seed,
        Versions = Versions(),
        Started = started,
        Durations = durations,
        Threads = settings.Threads,
        Hardware = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores"),
    };

    public DataCard Data(CaseView cases, PatientSplit split)
    {
        DataCard card = Data(definition, cases, Sets(split));
        return Generation is null ? card : card with { Facts = [.. card.Facts, new("Generated training images", $"{GeneratedWords}, in no count above. They show no patient, and are neither validated nor tested; {GeneratedTable.Name} lists them.")] };
    }

    private string GeneratedWords => string.Join(", ", Generation!.Images.Kinds.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Made} {kind.Kind} beside {kind.Real} real")));

    /// <summary>The sets of a split under their names.</summary>
    public static IReadOnlyList<(string Name, PatientSet Set)> Sets(PatientSplit split, PatientSet? test = null) => [("training", split.Train), ("validation", split.Validation), ("test", test ?? split.Test)];

    /// <summary>What came in, with who is where.</summary>
    public static DataCard Data(PipelineDefinition definition, CaseView cases, IReadOnlyList<(string Name, PatientSet Set)> sets) => Peopled(definition, [cases], sets, new()
    {
        Origin = cases.Origin,
        Description = Describe(definition),
        Offered = cases.StudyCount,
        Read = cases.StudyCount - cases.LeftOut.Count,
        Skipped = LeftOutStudy.Written(cases.LeftOut),
        Warnings = [.. cases.Warnings.Select(warning => new WarningCount(warning.Key, warning.Value))],
        Facts = [.. definition.System.Words.Facts, .. Facts(cases)],
    });

    /// <summary>A card with the sets, what became of the files, and who and what the sets consist of; without sets, of all cases.</summary>
    public static DataCard Peopled(PipelineDefinition definition, IReadOnlyList<CaseView> folders, IReadOnlyList<(string Name, PatientSet Set)> sets, DataCard card)
    {
        SplitCount[] splits = [.. sets.Select(set => Count(set.Name, set.Set))];
        CohortDescription.Set[] described = sets.Count > 0
            ? [.. sets.Select(set => new CohortDescription.Set(set.Name, [.. set.Set.Cases!.Read(images: false)]))]
            : [new CohortDescription.Set($"all {definition.System.Words.Task.Cases}", [.. folders.SelectMany(view => view.Read(images: false))])];
        return card with { Splits = splits, Flow = CohortDescription.Flow(folders, splits), Cohort = CohortDescription.Of(described) };
    }

    public ModelCard Model() => new()
    {
        Name = definition.Name,
        Network = NetworkOf(definition),
        Parameters = Network.Network.ParameterCount,
        TrainingData = $"{Network.TrainingTargets.Count} {Words.Task.Cases} of {member?.TrainingPatients ?? trainingPatients} {(origin switch { DataOrigin.Simulated => "simulated ", DataOrigin.Mixed => "simulated and real ", _ => "" })}patients{(Generation is { } made ? string.Create(CultureInfo.InvariantCulture, $", and {made.Images.Made.Count} generated images") : "")}.",
        Limits = Limits(),
        Settings = [.. Settings()],
        Source = Words.Source,
        Decisions = definition.System.DecisionsAgainstThePaper(definition),
    };

    public TrainingHistory History() => new(
        [.. Network.Training.History.Select(epoch => new TrainingEpoch(epoch.Epoch, epoch.TrainingLoss, epoch.ValidationLoss, epoch.Figures.TryGetValue("accuracy", out double accuracy) ? accuracy : null))],
        Network.Training.BestEpoch.Epoch);

    /// <summary>The network in a word or two.</summary>
    public static string NetworkOf(PipelineDefinition definition) => $"{definition.Network.Architecture}, width {definition.Network.Width.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The data in a sentence.</summary>
    public static string Describe(PipelineDefinition definition) => definition.Data.Simulation is { } simulation
        ? definition.System.Simulator!.Describe(simulation)
        : $"{char.ToUpperInvariant(definition.System.Words.Studies[0])}{definition.System.Words.Studies[1..]}.";

    /// <summary>What is to be known of the data besides: images that look alike, numbers that are one patient's.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Facts(CaseView cases)
    {
        if (cases.Alike is { Count: > 0 } alike)
        {
            yield return new("Images that look alike", string.Create(CultureInfo.InvariantCulture,
                $"{alike.Count} {(alike.Count == 1 ? "pair" : "pairs")}, used as they are: {string.Join("; ", alike.Take(PipelineRunner.MostAlike).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Files.One.Named().Name} of {pair.Patients.One} and {pair.Files.Other.Named().Name} of {pair.Patients.Other} ({pair.Correlation:0.00000})")))}"));
        }

        if (cases.SamePatients() is { Count: > 0 } same)
        {
            yield return new("Pseudonyms of one patient", $"kept on one side: {string.Join("; ", same.Take(PipelineRunner.MostAlike).Select(pair => $"{pair.One} and {pair.Other}"))}");
        }
    }

    /// <summary>Counts a set's cases.</summary>
    public static SplitCount Count(string name, PatientSet set)
    {
        Case[] cases = [.. set.Cases!.Read(images: false)];
        return new SplitCount(name, set.Patients.Count, cases.Length, [.. set.Cases.Task!.Count(cases.Select(one => one.Target!))]);
    }

    /// <summary>What computes, with versions.</summary>
    public static IReadOnlyDictionary<string, string> Versions() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["MLNetScinti"] = VersionOf(typeof(PipelineRunner)),
        ["Microsoft.ML"] = VersionOf(typeof(MLContext)),
        ["Microsoft.ML.OnnxTransformer"] = VersionOf(typeof(Microsoft.ML.Transforms.Onnx.OnnxScoringEstimator)),
        ["Microsoft.Data.Analysis"] = VersionOf(typeof(Microsoft.Data.Analysis.DataFrame)),
        ["Microsoft.ML.OnnxRuntime"] = NativeLibraries.LoadOnnxRuntime(),
        ["libtorch"] = NativeLibraries.LibtorchVersion,
        ["TorchSharp"] = VersionOf(typeof(TorchSharp.torch)),
        ["fo-dicom"] = VersionOf(typeof(FellowOakDicom.DicomFile)),
        [".NET"] = Environment.Version.ToString(3),
    };

    private IReadOnlyList<string> Limits() =>
    [
        .. origin switch
        {
            DataOrigin.Simulated => (string[])["Trained and tested on simulated patients: the figures say how the method works on them, not on people."],
            DataOrigin.Mixed => ["Trained and tested on simulated and real patients together: the figures say nothing of either alone."],
            _ => [],
        },
        .. definition.Training.PermutedLabels ? (string[])["Trained on labels that patients exchanged at random: a control whose figures must be those of chance. It tells nothing of any patient.", "One exchange of labels is one draw: its figures may lie off chance by more than their intervals say, which hold for other test patients alone. Several trainings, each with an exchange of its own, show how far (scinti run --permute-labels --seeds)."] : [],
        .. Generation is { Images: { } images } ? (string[])[string.Create(CultureInfo.InvariantCulture, $"Trained on {images.Made.Count} generated images beside {images.Real.Count} cases: {(images.Copies ? "their generator copies training images" : "they show no patient")}.")] : [],
        .. definition.Split.Protocol.Warning() is { Length: > 0 } warning ? (string[])[warning] : [],
        .. Words.Limits,
    ];

    private IEnumerable<KeyValuePair<string, string>> Settings()
    {
        TrainingDefinition training = definition.Training;
        AugmentationDefinition augmentation = definition.Augmentation;
        if (member is not null)
        {
            yield return new("Training", $"{member.Description}; seed {member.Seed.ToString(CultureInfo.InvariantCulture)}");
        }

        yield return new("Loss", Network.Training.Loss?.ToString() ?? "the training step's own");
        yield return new("Optimiser", RunCases.TrainingOf(definition with { Training = training with { StartFrom = "" } }).Optimizer.ToString());
        yield return new("Conventions", training.Conventions);
        yield return new("Epochs", string.Create(CultureInfo.InvariantCulture, $"{training.Epochs}; the weights of epoch {Network.Training.BestEpoch.Epoch} ({Network.Training.Selection}) are kept"));
        if (Network.Training.Selection.Warning(Network.Training.BestEpoch, training.Epochs) is { } warning)
        {
            yield return new("Kept epoch", warning);
        }

        if (training.PermutedLabels)
        {
            yield return new("Labels", "exchanged at random between training patients, and between validation patients; test patients keep theirs");
        }

        yield return new("Batch", training.BatchSize.ToString(CultureInfo.InvariantCulture));
        string[] changes =
        [
            .. (augmentation.FlipHorizontal, augmentation.FlipVertical) switch
            {
                (true, true) => ["flip horizontal and vertical"],
                (true, false) => ["flip horizontal"],
                (false, true) => ["flip vertical"],
                _ => Array.Empty<string>(),
            },
            .. augmentation.TranslatePixels > 0 ? [string.Create(CultureInfo.InvariantCulture, $"shift up to {augmentation.TranslatePixels} pixels")] : Array.Empty<string>(),
            .. augmentation.RotateDegrees > 0 ? [string.Create(CultureInfo.InvariantCulture, $"turn up to {augmentation.RotateDegrees} degrees")] : Array.Empty<string>(),
            .. augmentation.Zoom > 0 ? [string.Create(CultureInfo.InvariantCulture, $"zoom up to {augmentation.Zoom:P0}")] : Array.Empty<string>(),
        ];
        yield return new("Augmentation", changes.Length > 0 ? string.Join(", ", changes) : "none");
        if (augmentation.WholeCase.Count > 0)
        {
            yield return new("Augmentation of whole cases", augmentation.WholeCaseWords);
        }

        if (augmentation.Copies is { } copies)
        {
            yield return new("Copies of training cases", $"{copies}. Validation and test cases are not copied.");
        }

        if (augmentation.Generated is { } generated)
        {
            yield return new("Generated training images", $"{generated.ToString()["generated images: ".Length..]}. Validation and test have none.");
        }

        if (definition.Inferer.Slides)
        {
            yield return new("Inferer", $"{definition.Inferer}; in training one window a case and epoch");
        }

        yield return new("Decision", Network.Decision.ToString());
        yield return new("Same seed, same result", Network.Training.Device.Contains("cuda", StringComparison.OrdinalIgnoreCase)
            ? "not on a GPU: its sums may differ in the last digits"
            : training.Reproducible == NativeLibraries.Word(Reproducibility.Portable) ? "bit for bit, on every x86-64 processor with AVX2" : "bit for bit, on one kind of processor, at any number of threads");
        if (training.Precision != "float32")
        {
            yield return new("Precision", $"{training.Precision} in convolutions");
        }

        if (training.StartFrom.Length > 0)
        {
            yield return new("Start", $"the weights of {training.StartFrom}{(training.Frozen.Count > 0 ? $"; frozen: {string.Join(", ", training.Frozen)}" : "")}");
        }

        if (pipeline.Fusion.NotFused is { } sentence)
        {
            yield return new("Served file", sentence);
        }

        if (otherCode.Count > 0)
        {
            yield return new("Code", $"begun by another build of {string.Join(", ", otherCode.Select(name => name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..]))} and gone on with by this one, as asked for");
        }
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? type.Assembly.GetName().Version?.ToString() ?? "unknown";
}

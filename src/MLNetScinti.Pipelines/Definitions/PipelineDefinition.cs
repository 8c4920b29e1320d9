using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Audits;

namespace MLNetScinti.Pipelines.Definitions;

/// <summary>A pipeline as a file describes it: from a folder of DICOM to a report.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Description">What it is for, in a sentence or two.</param>
/// <param name="Seed">Decides every random choice of the run.</param>
/// <param name="System">The system with its settings: how a study becomes cases, and what is asked of them.</param>
/// <param name="Data">Where the studies are.</param>
/// <param name="Split">Who trains, validates and tests.</param>
/// <param name="Network">The network.</param>
/// <param name="Training">The training settings.</param>
/// <param name="Augmentation">Random changes of the training images.</param>
/// <param name="Evaluation">What is reported.</param>
/// <param name="Output">The folder that the run writes.</param>
/// <param name="Source">The file this was read from, with its preset.</param>
public sealed record PipelineDefinition(
    string Name,
    string Description,
    ulong Seed,
    SystemDefinition System,
    DataDefinition Data,
    SplitDefinition Split,
    NetworkDefinition Network,
    TrainingDefinition Training,
    AugmentationDefinition Augmentation,
    EvaluationDefinition Evaluation,
    string Output,
    string Source)
{
    /// <summary>How images go through the network, in validation and in serving.</summary>
    public InfererDefinition Inferer { get; init; } = InfererDefinition.WholeImage;

    /// <summary>The system's task, with thresholds chosen as the definition says.</summary>
    public LearningTask Task => System.Task with { Threshold = Evaluation.Threshold };

    /// <summary>The network that is trained: the system's, with the defaults that the training's conventions name.</summary>
    public NetworkGraph BuildNetwork() => System.Network(Network).WithDefaults(Training.Defaults);

    /// <summary>
    /// What decides the model, part by part: the values in force, however the file was laid out. Where the run writes, which file said
    /// so, and how the model is judged is no part of it.
    /// </summary>
    public IReadOnlyDictionary<string, string> Parts()
    {
        Dictionary<string, string> parts = new(StringComparer.Ordinal)
        {
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
            ["system"] = Setting.Words([("system", System.Name), .. System.Settings.Select(pair => (pair.Key, pair.Value))]),
            ["split"] = Setting.Words([.. Split.Parts(), ("balanced", Setting.Of(Split.Balanced)), ("protocol", Split.Protocol.Word())]),
            ["network"] = Setting.Words([("architecture", Network.Architecture), ("width", Setting.Of(Network.Width)), ("downsample", Setting.Of(Network.Downsample))]),
            ["augmentation"] = Setting.Words(
            [
                ("flip-horizontal", Setting.Of(Augmentation.FlipHorizontal)), ("flip-vertical", Setting.Of(Augmentation.FlipVertical)),
                ("translate-pixels", Setting.Of(Augmentation.TranslatePixels)), ("rotate-degrees", Setting.Of(Augmentation.RotateDegrees)), ("zoom", Setting.Of(Augmentation.Zoom)),
            ]),
            ["augmentation.whole-case"] = Augmentation.WholeCaseWords,
            ["augmentation.copies"] = Augmentation.Copies?.ToString() ?? "none",
            ["inferer"] = Inferer.ToString(),
        };
        // Said only where it is asked for: a run that was begun before there was such a key goes on.
        if (Data.AssumeSpacing)
        {
            parts["data.assume-spacing"] = Setting.Of(Data.AssumeSpacing);
        }

        if (Augmentation.Generated is { } generated)
        {
            parts["augmentation.generated"] = generated.ToString();
        }

        if (Training.PermutedLabels)
        {
            parts["training.permuted-labels"] = Setting.Of(Training.PermutedLabels);
        }

        foreach ((string name, string value) in Training.Parts())
        {
            parts.Add($"training.{name}", value);
        }

        return parts;
    }

    /// <summary>SHA-256 of <see cref="Parts"/> and of how the model is judged, in lower-case hexadecimal.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Parts().OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{part.Key}={part.Value}")) + $"\n{Data}\n{Evaluation}")));
}

/// <summary>Where the studies are. Key <c>data</c>.</summary>
/// <param name="Folder">The folder of DICOM files; a relative path in a file starts at that file's folder.</param>
/// <param name="Labels">The labels table: a CSV file in <paramref name="Folder"/>, or beside the definition, with what studies are called and Label, and what the system needs besides.</param>
/// <param name="Simulation">The cohort that is simulated into <paramref name="Folder"/> where it is not there yet; null for patients' studies.</param>
public sealed record DataDefinition(
    string Folder,
    string Labels,
    SimulationDefinition? Simulation)
{
    /// <summary>Whether volumes go on with lengths that their files do not give; what was assumed stands among the data's warnings.</summary>
    public bool AssumeSpacing { get; init; }

    /// <summary>Folder and labels as the file has them; null where nothing was read.</summary>
    internal (string Folder, string Labels)? Told { get; init; }

    /// <summary>The same folder, labels and cohort, however a file writes them.</summary>
    public bool Equals(DataDefinition? other) => other is not null && (Folder, Labels, AssumeSpacing) == (other.Folder, other.Labels, other.AssumeSpacing) && Simulation == other.Simulation;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Folder, Labels, Simulation, AssumeSpacing);

    // Where a definition lies is no part of what it says.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Folder = {Told?.Folder ?? Folder}, Labels = {Told?.Labels ?? Labels}, Simulation = {Simulation}, AssumeSpacing = {AssumeSpacing}");
        return true;
    }
}

/// <summary>A simulated cohort. Key <c>data.simulation</c>.</summary>
/// <param name="Patients">The number of patients.</param>
/// <param name="Seed">The seed of the cohort: the same seed gives the same files.</param>
public sealed record SimulationDefinition(
    int Patients,
    ulong Seed)
{
    /// <summary>Patients drawn so that a balanced validation set of this size can be taken: a quarter of each pattern of labels.</summary>
    public int BalancedValidation { get; init; }

    /// <summary>The same for a balanced test set.</summary>
    public int BalancedTest { get; init; }

    /// <summary>Whether scattered photons arrive where scatter sends them.</summary>
    public bool Scatter { get; init; } = true;

    /// <summary>The part of the labels that say the opposite of what is true, as a reader's would; 0 for the truth.</summary>
    public double FalseReadings { get; init; }

    /// <summary>What the system's simulator reads besides; null where there is nothing of its own.</summary>
    public SimulationSettings? Settings { get; init; }

    // A simulation without settings of its own prints, and so is hashed, as it ever was.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Patients = {Patients}, Seed = {Seed}, BalancedValidation = {BalancedValidation}, BalancedTest = {BalancedTest}, Scatter = {Scatter}, FalseReadings = {FalseReadings}");
        if (Settings is not null)
        {
            builder.Append(CultureInfo.InvariantCulture, $", Settings = {Settings}");
        }

        return true;
    }
}

/// <summary>What a system's own simulator is told beside patients, seed, scatter and readers. Two with the same settings are equal, and print the same.</summary>
public abstract record SimulationSettings;

/// <summary>How many patients train, validate and test. Key <c>split</c>.</summary>
/// <param name="Train">Patients to train on.</param>
/// <param name="Validation">Patients to choose the epoch and the threshold on.</param>
/// <param name="Test">Patients to test on.</param>
/// <param name="Balanced">Whether validation and test hold each pattern of a patient's labels equally often.</param>
public sealed record SplitDefinition(
    int Train,
    int Validation,
    int Test,
    bool Balanced)
{
    /// <summary>What is divided, and whether before or after copies are made. Others than patients are there to show what they do, and are warned about.</summary>
    public SplitProtocol Protocol { get; init; }

    /// <summary>The parts of the patients that train, validate and test, together 1; null where their numbers are given.</summary>
    public (double Train, double Validation, double Test)? Shares { get; init; }

    /// <summary>The column of the labels table that says train, validation or test; empty where nothing but the seed decides.</summary>
    public string Column { get; init; } = "";

    /// <summary>How many folds a cross-validation has; 0 for a single split.</summary>
    public int Folds { get; init; }

    /// <summary>Who is where, by name.</summary>
    internal IReadOnlyList<(string Name, string Value)> Parts() =>
        Column.Length > 0 ? [("column", Column)] : Folds > 0 ? [("folds", Setting.Of(Folds))]
        : Shares is { } shares ? [("train", Setting.Of(shares.Train)), ("validation", Setting.Of(shares.Validation)), ("test", Setting.Of(shares.Test))]
        : [("train", Setting.Of(Train)), ("validation", Setting.Of(Validation)), ("test", Setting.Of(Test))];

    /// <summary>For example "80, 9 and 24 patients".</summary>
    public override string ToString() =>
        Column.Length > 0 ? "patients as a column of the labels table says" : Folds > 0 ? string.Create(CultureInfo.InvariantCulture, $"patients in {Folds} folds")
        : Shares is { } shares ? string.Create(CultureInfo.InvariantCulture, $"{shares.Train:0.##%}, {shares.Validation:0.##%} and {shares.Test:0.##%} of the patients")
        : string.Create(CultureInfo.InvariantCulture, $"{Train}, {Validation} and {Test} patients");
}

/// <summary>The network. Key <c>network</c>.</summary>
/// <param name="Architecture">One of the system's networks.</param>
/// <param name="Width">Every layer's filters are multiplied by this; 1 is the paper's network.</param>
/// <param name="Downsample">Voxels along each edge that become one before the network sees them: 1 (none), 2 or 4.</param>
public sealed record NetworkDefinition(
    string Architecture,
    double Width,
    int Downsample = 1)
{
    /// <summary>The extents that the network is to take where images go through in windows, slowest first; null for those of the images.</summary>
    public IReadOnlyList<int>? Window { get; init; }
}

/// <summary>The training settings. Key <c>training</c>.</summary>
/// <param name="Epochs">Passes over the training cases.</param>
/// <param name="BatchSize">Cases a step.</param>
/// <param name="Optimizer">adam, adamw or sgd.</param>
/// <param name="LearningRate">The optimizer's step size.</param>
/// <param name="Beta1">Adam's decay of the first moment.</param>
/// <param name="Beta2">Adam's decay of the second moment.</param>
/// <param name="Epsilon">Adam's addend in the denominator.</param>
/// <param name="WeightDecay">How strongly weights are drawn to 0.</param>
/// <param name="Momentum">The momentum of sgd.</param>
/// <param name="Validation">The validation figure that keeps the epoch: loss, accuracy, auc or dice.</param>
/// <param name="Device">auto, cpu or cuda.</param>
/// <param name="Lanes">Into how many parts the CPU's arithmetic is divided. It decides the last digits of a result, as the seed does; a small network is as quick with one.</param>
/// <param name="Precision">float32 or bfloat16.</param>
/// <param name="Reproducible">processor or portable: between which machines the same seed gives the same bits.</param>
/// <param name="StartFrom">A bundle whose weights the training begins with; empty for weights drawn by the seed.</param>
/// <param name="Frozen">Layers that stay as they are, by name; * stands for any letters.</param>
public sealed record TrainingDefinition(
    int Epochs,
    int BatchSize,
    string Optimizer,
    double LearningRate,
    double Beta1,
    double Beta2,
    double Epsilon,
    double WeightDecay,
    double Momentum,
    string Validation,
    string Device,
    int Lanes,
    string Precision,
    string Reproducible,
    string StartFrom,
    IReadOnlyList<string> Frozen)
{
    /// <summary>Whose defaults layers and optimizer take where nobody says: <see cref="PyTorch"/> or <see cref="TensorFlow"/>.</summary>
    public string Conventions { get; init; } = PyTorch;

    /// <summary>What is made small: one of <see cref="Losses"/>.</summary>
    public string Loss { get; init; } = TaskLoss;

    /// <summary>Whether patients exchange their labels before the training, test patients apart: a control, whose figures must be those of chance.</summary>
    public bool PermutedLabels { get; init; }

    /// <summary>The words of losses: the task's own; of masks Dice by sums of squares, the same with cross-entropy, by plain sums, and with the product that some papers print.</summary>
    internal const string TaskLoss = "default", Dice = "dice", DiceCrossEntropy = "dice-cross-entropy", DicePlain = "dice-plain", DiceProduct = "dice-product-as-printed";

    /// <summary>All words of losses. "dice-squared" is the long name of "dice".</summary>
    internal static IReadOnlyList<string> Losses { get; } = [TaskLoss, Dice, DiceCrossEntropy, "dice-squared", DicePlain, DiceProduct];

    /// <summary>The loss; null for the task's own.</summary>
    public Loss? MakeLoss() => Loss switch
    {
        Dice => new DiceLoss(),
        DiceCrossEntropy => new DiceLoss { CrossEntropy = 1 },
        DicePlain => new DiceLoss(DiceForm.Plain),
        DiceProduct => new DiceLoss(DiceForm.Product),
        _ => null,
    };

    /// <summary>The words of <see cref="NetworkDefaults.PyTorch"/> and <see cref="NetworkDefaults.TensorFlow"/>.</summary>
    internal const string PyTorch = "pytorch-defaults", TensorFlow = "tensorflow-defaults";

    /// <summary>The defaults that the conventions name.</summary>
    public NetworkDefaults Defaults => DefaultsOf(Conventions);

    internal static NetworkDefaults DefaultsOf(string conventions) => conventions == TensorFlow ? NetworkDefaults.TensorFlow : NetworkDefaults.PyTorch;

    /// <summary>Layers that begin anew although there are weights to start from, by name; * stands for any letters. A new head on an old body.</summary>
    public IReadOnlyList<string> Fresh { get; init; } = [];

    /// <summary>The settings by name, as they bind a run.</summary>
    internal IEnumerable<(string Name, string Value)> Parts() =>
    [
        .. Fresh.Count > 0 ? ((string, string)[])[("fresh", string.Join(' ', Fresh))] : [],
        ("epochs", Setting.Of(Epochs)), ("batch-size", Setting.Of(BatchSize)), ("optimizer", Optimizer), ("learning-rate", Setting.Of(LearningRate)),
        ("beta1", Setting.Of(Beta1)), ("beta2", Setting.Of(Beta2)), ("epsilon", Setting.Of(Epsilon)), ("weight-decay", Setting.Of(WeightDecay)), ("momentum", Setting.Of(Momentum)),
        ("validation", Validation), ("device", Device), ("lanes", Setting.Of(Lanes)), ("precision", Precision), ("reproducible", Reproducible),
        ("conventions", Conventions), ("loss", Loss), ("start-from", StartFrom), ("frozen", string.Join(' ', Frozen)),
    ];
}

/// <summary>Random changes of the training images, none of the others. Key <c>augmentation</c>.</summary>
/// <param name="FlipHorizontal">Mirror along the columns, every second time.</param>
/// <param name="FlipVertical">Mirror along the rows, every second time.</param>
/// <param name="TranslatePixels">Shift by up to this many pixels either way, along each axis.</param>
/// <param name="RotateDegrees">Turn by up to this many degrees either way.</param>
/// <param name="Zoom">Zoom in or out by up to this fraction.</param>
public sealed record AugmentationDefinition(
    bool FlipHorizontal,
    bool FlipVertical,
    double TranslatePixels,
    double RotateDegrees,
    double Zoom)
{
    /// <summary>Changes of whole cases before the steps to the network: all images and the mask together, in space and in value. Key <c>augmentation.whole-case</c>.</summary>
    public IReadOnlyList<RandomTransform> WholeCase { get; init; } = [];

    /// <summary>Copies of training cases, to even out classes; null for none. Key <c>augmentation.copies</c>.</summary>
    public CopiesDefinition? Copies { get; init; }

    /// <summary>Training images that a generator adds; null for none. Key <c>augmentation.generated</c>.</summary>
    public GeneratedDefinition? Generated { get; init; }

    /// <summary><see cref="WholeCase"/> in words; "none" where there is none.</summary>
    public string WholeCaseWords => WholeCase.Count == 0 ? "none" : string.Join("; ", WholeCase.Select(CaseAugmentationReader.Words));

    /// <summary>The same changes.</summary>
    public bool Equals(AugmentationDefinition? other) => other is not null
        && (FlipHorizontal, FlipVertical, TranslatePixels, RotateDegrees, Zoom) == (other.FlipHorizontal, other.FlipVertical, other.TranslatePixels, other.RotateDegrees, other.Zoom)
        && WholeCase.SequenceEqual(other.WholeCase) && Copies == other.Copies && Generated == other.Generated;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(FlipHorizontal, FlipVertical, TranslatePixels, RotateDegrees, Zoom, WholeCase.Count);
}

/// <summary>
/// How often each training case is there: itself, and copies by parameter variation that stay the same in every epoch. Validation and test
/// cases are never copied. Key <c>augmentation.copies</c>.
/// </summary>
/// <param name="Factors">Of each class that has one, the rows of its cases together as a multiple of their number.</param>
/// <param name="Several">The same for cases of several classes at once.</param>
/// <param name="Changes">How a copy differs from its case.</param>
public sealed record CopiesDefinition(IReadOnlyList<(string Class, double Factor)> Factors, double Several, AugmentationDefinition Changes)
{
    /// <summary>Reads factors by class, key <c>by-class</c>: those above 1, and that of several classes at once.</summary>
    internal static (IReadOnlyList<(string Class, double Factor)> Factors, double Several) ReadFactors(DefinitionSection section, SystemDefinition system)
    {
        DefinitionSection factors = section.Section("by-class");
        double Factor(string name) => factors.Number(name, 1, least: 1, most: 100);
        (string Class, double Factor)[] each = [.. system.Task.Classes.Select(name => (name, Factor(name))).Where(one => one.Item2 > 1)];
        double several = Factor("several");
        factors.Done();
        return (each, several);
    }

    /// <summary>The same copies.</summary>
    public bool Equals(CopiesDefinition? other) => other is not null && Factors.SequenceEqual(other.Factors) && Several.Equals(other.Several) && Changes == other.Changes;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Factors.Count, Several, Changes);

    /// <summary>For example "first 3, several 10: flip-horizontal, translate-pixels 5, rotate-degrees 3".</summary>
    public override string ToString()
    {
        IEnumerable<string> factors = Factors.Select(factor => string.Create(CultureInfo.InvariantCulture, $"{factor.Class} {factor.Factor}")).Append(string.Create(CultureInfo.InvariantCulture, $"several {Several}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{string.Join(", ", factors)}: {(Changes.FlipHorizontal ? "flip-horizontal, " : "")}{(Changes.FlipVertical ? "flip-vertical, " : "")}translate-pixels {Changes.TranslatePixels}, rotate-degrees {Changes.RotateDegrees}, zoom {Changes.Zoom}");
    }
}

/// <summary>How images go through the network: whole, or in windows that are put together again. Key <c>inferer</c>.</summary>
/// <param name="Window">The window's extents, slowest first; empty for the whole image.</param>
/// <param name="Overlap">The part of a window that the next one repeats, from 0 to below 1.</param>
/// <param name="Gaussian">Whether the middle of a window counts more than its edges.</param>
/// <param name="Batch">Windows that go through the network together.</param>
public sealed record InfererDefinition(IReadOnlyList<int> Window, double Overlap = 0.5, bool Gaussian = true, int Batch = 1)
{
    /// <summary>The whole image at once.</summary>
    public static InfererDefinition WholeImage { get; } = new([]);

    /// <summary>Whether images go through in windows.</summary>
    public bool Slides => Window.Count > 0;

    /// <summary>The way that it describes.</summary>
    public Inferer Make() => Slides ? new SlidingWindow(Window) { Overlap = Overlap, Gaussian = Gaussian, Batch = Batch } : Inferer.WholeImage;

    /// <summary>For example "windows of 64 x 64 x 64, overlap 0.5, Gaussian, 1 at once".</summary>
    public override string ToString() => Slides ? string.Create(CultureInfo.InvariantCulture, $"{Make()}, {Batch} at once") : Make().ToString()!;
}

/// <summary>What is reported. Key <c>evaluation</c>.</summary>
/// <param name="Confidence">The level of all intervals.</param>
/// <param name="PaperProtocol">Also report with the threshold taken from the test set's own ROC curve, as papers often do; marked as optimistic.</param>
public sealed record EvaluationDefinition(
    double Confidence,
    bool PaperProtocol)
{
    /// <summary>What figures of a run that only shows that everything runs are marked with.</summary>
    public const string NotTrained = "not trained";

    /// <summary>What figures of a run whose training patients exchanged their labels are marked with.</summary>
    public const string Permuted = "labels permuted";

    /// <summary>How thresholds are chosen on the validation patients.</summary>
    public ThresholdRule Threshold { get; init; } = ThresholdRule.MiddleOfBest;

    /// <summary>The comparison of two models that is not corrected for the number of pairs, named before anybody looked; null for none.</summary>
    public PrimaryContrast? PrimaryContrast { get; init; }

    /// <summary>The explanation map on which the verdict rests, named before anybody looked; empty for the system's usual one.</summary>
    public string PrimaryMap { get; init; } = "";

    /// <summary>Shares of positive cases at which predictive values are told, in ascending order.</summary>
    public IReadOnlyList<double> Prevalences { get; init; } = EvaluationOptions.UsualPrevalences;

    /// <summary>Whether the system's model of hand-made measures is fitted too, and stands beside the network.</summary>
    public bool Baseline { get; init; }

    /// <summary>Whether the training is too short to have taught anything: every figure is then marked as that of a model that is not trained.</summary>
    public bool Smoke { get; init; }

    /// <summary>The audits that are sections of the report.</summary>
    public AuditKinds Audits { get; init; }

    /// <summary>The same settings.</summary>
    public bool Equals(EvaluationDefinition? other) => other is not null
        && (Confidence, PaperProtocol, Threshold, Baseline, Smoke, Audits) == (other.Confidence, other.PaperProtocol, other.Threshold, other.Baseline, other.Smoke, other.Audits) && PrimaryContrast == other.PrimaryContrast && PrimaryMap == other.PrimaryMap
        && Prevalences.SequenceEqual(other.Prevalences);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Confidence, PaperProtocol, Threshold, Baseline, Smoke, Audits, Prevalences.Count);

    // An evaluation without what came later prints, and so is hashed, as it ever was.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Confidence = {Confidence}, PaperProtocol = {PaperProtocol}, Smoke = {Smoke}");
        if (Threshold != ThresholdRule.MiddleOfBest)
        {
            builder.Append(CultureInfo.InvariantCulture, $", Threshold = {Threshold}");
        }

        if (Baseline)
        {
            builder.Append(", Baseline = True");
        }

        if (PrimaryContrast is not null)
        {
            builder.Append(CultureInfo.InvariantCulture, $", PrimaryContrast = {PrimaryContrast}");
        }

        if (PrimaryMap.Length > 0)
        {
            builder.Append(CultureInfo.InvariantCulture, $", PrimaryMap = {PrimaryMap}");
        }

        if (!Prevalences.SequenceEqual(EvaluationOptions.UsualPrevalences))
        {
            builder.Append(CultureInfo.InvariantCulture, $", Prevalences = {string.Join(' ', Prevalences.Select(Setting.Of))}");
        }

        if (Audits != AuditKinds.None)
        {
            builder.Append(CultureInfo.InvariantCulture, $", Audits = {Audits}");
        }

        return true;
    }
}

/// <summary>Settings as words that are the same everywhere.</summary>
internal static class Setting
{
    public static string Of<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");

    public static string Words(IEnumerable<(string Name, string Value)> settings) => string.Join(", ", settings.Select(setting => $"{setting.Name} {setting.Value}"));
}

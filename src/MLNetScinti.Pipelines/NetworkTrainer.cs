using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Training;
using MLNetScinti.Pipelines.Transforms;

namespace MLNetScinti.Pipelines;

/// <summary>How a convolutional network is trained for a task.</summary>
public sealed record NetworkTrainerOptions
{
    /// <summary>The network.</summary>
    public required NetworkGraph Network { get; init; }

    /// <summary>What is asked of a case.</summary>
    public required LearningTask Task { get; init; }

    /// <summary>The columns of images, in the order of the network's inputs; empty to take columns with the inputs' names.</summary>
    public IReadOnlyList<string> FeatureColumnNames { get; init; } = [];

    /// <summary>The column of truth, of the type that the task asks for.</summary>
    public string LabelColumnName { get; init; } = LearningTask.LabelColumn;

    /// <summary>The text column that names a case, by pseudonym; it need not be there.</summary>
    public string CaseColumnName { get; init; } = CaseSchema.CaseId;

    /// <summary>The text column that names a case's patient, by pseudonym.</summary>
    public string PatientColumnName { get; init; } = CaseSchema.PatientId;

    /// <summary>Random changes of the training images; only a training set is changed.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.None;

    /// <summary>
    /// Random changes of whole training cases before the steps to the network; null for none. They need a split of a view of cases.
    /// </summary>
    public SampleAugmentation? CaseAugmentation { get; init; }

    /// <summary>How often each training case is there, with changed copies; null for once. Masks are not copied.</summary>
    public TrainingCopies? Copies { get; init; }

    /// <summary>Images that a generator adds to the training cases; null for none. There are none beside masks.</summary>
    public ImageGeneration? Generation { get; init; }

    /// <summary>Seed, epochs, batch, optimizer, selection, device, checkpoint. Its loss counts where <see cref="Loss"/> is not given.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>What is made small; null for the task's own.</summary>
    public Loss? Loss { get; init; }

    /// <summary>Whether a step before the network that has no ONNX form is refused, before anything is trained. Otherwise it is said, and the model's file begins behind it.</summary>
    public bool MustFuse { get; init; }

    /// <summary>Bytes of features that are held in memory; more goes to a file.</summary>
    public long MemoryBudget { get; init; } = FeatureStore.DefaultMemoryBudget;

    /// <summary>Is told of each epoch; null for nobody. <see cref="MLContext.Log"/> hears of it in any case.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Stops the training after the step in hand; its checkpoint stays.</summary>
    public CancellationToken CancellationToken { get; init; }
}

/// <summary>How many rows each training case has, and how copies differ from it. Only a training set is multiplied.</summary>
/// <param name="Factors">For each class the rows of its cases together, as a multiple of their number: 1 leaves them as they are.</param>
/// <param name="Several">The same for cases of several classes at once.</param>
/// <param name="Changes">What is drawn for each copy.</param>
public sealed record TrainingCopies(IReadOnlyDictionary<string, double> Factors, double Several, Augmentation Changes)
{
    /// <summary>The factor of a case.</summary>
    public double FactorOf(LearningTask task, Target target) => FactorOf(task, target, Factors, Several);

    internal static double FactorOf(LearningTask task, Target target, IReadOnlyDictionary<string, double> factors, double several)
    {
        ArgumentNullException.ThrowIfNull(task);
        return target switch
        {
            ClassTarget one => factors.GetValueOrDefault(task.Classes[one.Index], 1),
            FindingsTarget findings when findings.Present.Count(present => present) > 1 => several,
            FindingsTarget findings when findings.Present.Contains(true) => factors.GetValueOrDefault(task.Classes[findings.Present.ToList().IndexOf(true)], 1),
            _ => 1,
        };
    }

    /// <summary>For example "copies: first 3, several 10 by RandomFlip, RandomRotate".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"copies: {string.Join(", ", Factors.OrderBy(factor => factor.Key, StringComparer.Ordinal).Select(factor => string.Create(CultureInfo.InvariantCulture, $"{factor.Key} {factor.Value}")))}{(Several != 1 ? string.Create(CultureInfo.InvariantCulture, $", several {Several}") : "")} by {string.Join(", ", Changes.Operators.Select(one => one.Name))}");
}

/// <summary>
/// Trains a convolutional network on columns of images. It takes both sides of a <see cref="PatientSplit"/>, so it is handed to
/// <see cref="PatientSplit"/>: one set to learn from, and one to choose the epoch and the decision on.
/// </summary>
public sealed class NetworkTrainer
{
    private readonly PipelineLog _log;

    internal NetworkTrainer(NetworkTrainerOptions options, PipelineLog log)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _log = log;
        Features = options.FeatureColumnNames.Count > 0 ? options.FeatureColumnNames : [.. options.Network.Inputs.Select(input => input.Name)];
        if (Features.Count != options.Network.Inputs.Count)
        {
            throw new ArgumentException(
                $"The network takes {options.Network.Inputs.Count} inputs ({string.Join(", ", options.Network.Inputs.Select(input => input.Name))}); "
                + $"{Features.Count} feature columns are given ({string.Join(", ", Features)}).", nameof(options));
        }

        options.Task.MustFit(options.Network, options.Training.Inferer);
        if (options is { Copies: not null, Task: SegmentationTask })
        {
            throw new ArgumentException("Cases with masks are not copied: change whole cases at random instead.", nameof(options));
        }

        if (options is { Generation: not null, Task: SegmentationTask })
        {
            throw new ArgumentException("No images are generated for cases with masks: their masks would be missing.", nameof(options));
        }
    }

    /// <summary>How it trains.</summary>
    public NetworkTrainerOptions Options { get; }

    /// <summary>The columns that the network reads, in the order of its inputs.</summary>
    internal IReadOnlyList<string> Features { get; }

    /// <summary>What is worth telling goes to ML.NET's log.</summary>
    internal void Say(string sentence) => _log.Info(sentence);

    /// <summary>Trains the network.</summary>
    /// <param name="training">Preprocessed rows to learn from.</param>
    /// <param name="validation">Preprocessed rows of other patients, to choose the epoch and the decision on.</param>
    /// <exception cref="ColumnException">A column is missing, of another type or another shape than the network takes.</exception>
    /// <exception cref="PatientSplitException">A class has no case to learn from; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped; its checkpoint stays.</exception>
    /// <param name="augmented">The training cases changed as a whole; null where they are not.</param>
    internal NetworkTransformer Fit(IDataView training, IDataView validation, AugmentedCases? augmented = null)
    {
        CheckShapes(training.Schema);
        CancellationToken cancel = Options.CancellationToken;
        using FeatureStore learned = FeatureStore.Read(training, Features, Options, cancel);
        using FeatureStore chosen = FeatureStore.Read(validation, Features, Options, cancel);

        CheckClasses(learned.Targets);
        if (augmented is not null && augmented.Count != learned.Count)
        {
            throw new ColumnException($"The steps before the network make {learned.Count} rows of {augmented.Count} cases: whole cases can be changed at random only where each gives one row.");
        }

        // The network may take windows of what it is validated on.
        IReadOnlyList<TensorShape> shapes = [.. Options.Network.Inputs.Select(input => input.Shape)];
        IReadOnlyList<TensorShape> whole = [.. learned.Shapes.Zip(shapes, (image, input) => TensorShape.Create([input.Channels, .. image.ToArray().Select(extent => (long)extent)]))];
        Inferer inferer = Options.Training.Inferer;
        TrainingOptions options = Options.Training with { Loss = Options.Loss ?? Options.Task.DefaultLoss };
        TrainingSamples cases = new(learned, shapes, inferer is WholeImageInferer ? Options.Task.TargetShape : inferer.WindowOf(Options.Task.TargetShape), Options.Augmentation, options.Seed) { Augmented = augmented };
        ITrainingSamples rows = Options.Copies is { } copies ? new MultipliedSamples(cases, learned, copies, options.Seed) : cases;
        using MadeImages? made = Options.Generation is { } generation ? Generate(learned, training, generation, options) : null;
        TrainingResult result = TrainingLoop.Run(
            Options.Network,
            made is null ? rows : new JoinedSamples(rows, new TrainingSamples(made.Store, shapes, Options.Task.TargetShape, Options.Augmentation, options.Seed), Options.Generation!.ToString()),
            new TrainingSamples(chosen, whole, Options.Task.TargetShape, Augmentation.None, options.Seed),
            options, new LoggedProgress(Options.Progress, _log), cancel);

        // The decision is fitted with the served form, on the very numbers that it will be compared with.
        NetworkTransformer undecided = new(Options.Task, Features, Options.Network, result.BestWeights,
            [.. Features.Select(feature => ImageColumns.ShapeOf(training.Schema, feature))], TaskDecision.MostProbable, result)
        { Inferer = inferer, Generation = made?.Section };
        IEnumerable<AnsweredCase> answers = undecided.Answer(validation, Options);
        answers = Options.Task is SegmentationTask ? answers : [.. answers];
        // Of copied and generated cases it is not known how common a class was.
        BundleCalibration? calibration = Options.Copies is null && Options.Generation is null ? BundleCalibration.Of(Options.Task, learned.Targets, result.Loss, answers) : null;
        return undecided.WithDecision(Options.Task.Fit(answers), [.. learned.Targets], calibration);
    }

    private MadeImages Generate(FeatureStore learned, IDataView training, ImageGeneration generation, TrainingOptions options)
    {
        MadeImages made = ImageGenerator.Make(learned, [.. Texts(training, Options.PatientColumnName)], generation, options, Options.MemoryBudget, Options.CancellationToken);
        _log.Info($"{made.Store.Count.ToString(CultureInfo.InvariantCulture)} training images were generated. {made.Section.Images.Sentences[0]}");
        return made;
    }

    private static IEnumerable<string> Texts(IDataView rows, string name)
    {
        DataViewSchema.Column column = rows.Schema[name];
        using DataViewRowCursor cursor = rows.GetRowCursor([column]);
        Func<string> text = RowReading.Text(cursor, column);
        while (cursor.MoveNext())
        {
            yield return text();
        }
    }

    // A class that nobody has, or a finding that all or none have, cannot be learned: said before the first step.
    private void CheckClasses(IReadOnlyList<Target> targets)
    {
        for (int index = 0; index < Options.Task.Classes.Count && Options.Task is not SegmentationTask; index++)
        {
            int place = index, with = targets.Count(target => target switch
            {
                ClassTarget one => one.Index == place,
                FindingsTarget several => several.Present[place],
                _ => true,
            });
            string name = Options.Task.Classes[place];
            if (with == 0 || (with == targets.Count && Options.Task is MultiLabelTask))
            {
                throw new PatientSplitException(
                    $"The training set holds {targets.Count} cases and {(with == 0 ? "none" : "every one")} of them is {name}: a network learns from cases of each kind. Give the set more patients.");
            }
        }
    }

    private void CheckShapes(DataViewSchema schema)
    {
        // What is needed behind the training is looked for before it.
        foreach (string name in (string[])[Options.LabelColumnName, Options.PatientColumnName])
        {
            if (schema.GetColumnOrNull(name) is null)
            {
                throw new ColumnException($"There is no column '{name}' behind the steps before the network; there are {string.Join(", ", schema.Where(there => !there.IsHidden).Select(there => there.Name))}. Keep it in the chain.");
            }
        }

        for (int i = 0; i < Features.Count; i++)
        {
            NetworkInput input = Options.Network.Inputs[i];
            ImageShape found = ImageColumns.ShapeOf(schema, Features[i]);
            long[] expected = [.. input.Shape];
            if (Options.Training.Inferer is not WholeImageInferer)
            {
                // Features, mask and windows have one grid.
                ImageShape masks = ((SegmentationTask)Options.Task).Shape;
                if (found != masks || expected[0] != 1)
                {
                    throw new ColumnException($"The column '{Features[i]}' holds {found}; windows slide over images of the masks' extents, {masks}, of one channel.");
                }

                continue;
            }

            if (expected.Length != found.Rank + 1 || expected[0] != 1 || !expected.Skip(1).SequenceEqual(found.ToArray().Select(extent => (long)extent)))
            {
                throw new ColumnException(
                    $"The network's input {input.Name} takes images of {string.Join(" x ", expected.Skip(1))}; the column '{Features[i]}' holds {found}.");
            }
        }
    }

    /// <summary>An epoch's end goes to ML.NET's log as well.</summary>
    private sealed class LoggedProgress(IProgress<TrainingProgress>? other, PipelineLog log) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Finished is { } epoch)
            {
                log.Info(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"epoch {epoch.Epoch} of {value.Epochs}: training loss {epoch.TrainingLoss:0.####}, validation loss {epoch.ValidationLoss:0.####}{string.Concat(epoch.Figures.Select(figure => string.Create(System.Globalization.CultureInfo.InvariantCulture, $", {figure.Key} {figure.Value:0.###}")))}"));
            }

            other?.Report(value);
        }
    }
}

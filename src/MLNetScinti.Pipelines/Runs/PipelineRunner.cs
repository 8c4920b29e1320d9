using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Networks.Native;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>
/// Carries out a pipeline definition: studies, split, training, fused model, evaluation, report. A run that was interrupted,
/// or killed, goes on where it was when it is started again, and ends with the same weights; where anything that decides the result
/// has changed meanwhile, it is refused with the name of what changed.
/// </summary>
public sealed class PipelineRunner
{
    /// <summary>The file that an unfinished training leaves in its folder.</summary>
    internal const string CheckpointName = "training.checkpoint";

    /// <summary>The file that says what decides the result, part by part.</summary>
    internal const string RunKeyName = "run-key.json";

    /// <summary>Pairs of studies that look alike which are told of.</summary>
    internal const int MostAlike = 20;

    private readonly PipelineDefinition _definition;
    private readonly RunSettings _settings;
    private readonly IRunObserver _observer;
    private readonly string _folder;
    private readonly RunMember? _member;
    private readonly StageClock _clock = new();

    /// <summary>Prepares a run.</summary>
    /// <param name="definition">What to do.</param>
    /// <param name="settings">How.</param>
    /// <param name="observer">Is told how it goes.</param>
    public PipelineRunner(PipelineDefinition definition, RunSettings settings, IRunObserver observer)
        : this(definition, settings, observer, member: null)
    {
    }

    /// <summary>Prepares one of several runs of a definition.</summary>
    internal PipelineRunner(PipelineDefinition definition, RunSettings settings, IRunObserver observer, RunMember? member)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(observer);
        _definition = definition;
        _settings = settings;
        _observer = observer;
        _folder = settings.Output ?? definition.Output;
        _member = member;
    }

    private SystemDefinition System => _definition.System;

    private string CheckpointFile => Path.Combine(_folder, CheckpointName);

    /// <summary>Runs to the end.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted; started again, it goes on.</exception>
    /// <exception cref="RunFolderInUseException">Another run writes the same folder.</exception>
    /// <exception cref="NetworkMemoryException">The training needs more memory than there is; the message has both figures.</exception>
    /// <exception cref="RunKeyException">The run was begun with something else that decides its result.</exception>
    public RunOutcome Run(CancellationToken cancellationToken = default)
    {
        RunCases.MustFit(_definition);
        using RunFolderLock folder = RunFolderLock.Take(_folder);
        MLContext ml = new(seed: unchecked((int)_definition.Seed)) { TempFilePath = PrivateFolder.Path };

        _clock.Time("data", () => Simulate(cancellationToken));
        if (_definition.Split.Protocol.Warning() is { Length: > 0 } warning)
        {
            _observer.Note(warning);
        }

        using CaseView cases = RunCases.Load(_definition, _definition.Data.Folder, _settings.Threads);
        PatientSplit split = _clock.Time("reading", () => Split(ml, cases, cancellationToken));
        return RunOn(ml, cases, split, cancellationToken);
    }

    /// <summary>The run over cases that are read and split already, into a folder that is the caller's.</summary>
    internal RunOutcome RunOn(MLContext ml, CaseView cases, PatientSplit split, CancellationToken cancellationToken)
    {
        (RunKey key, IReadOnlyList<string> otherCode) = Bind(cases);
        split = StartingFrom(split);
        using FittedPipeline pipeline = _clock.Time("training", () => Train(ml, split, key, cancellationToken));

        RunCards cards = new(_definition, _settings, pipeline, key, otherCode, cases.Origin, _member);
        ModelBundle bundle = _clock.Time("saving", () => ModelBundle.Write(_folder, cards.Bundle(), pipeline, ml));
        _observer.Note($"Model: {Path.Combine(_folder, ModelBundle.ModelFile)} (and {ModelBundle.StockFile} for ML.NET)");

        _observer.Stage("Scoring the test patients");
        using OnnxScorer scorer = new(bundle.Model, _settings.Threads);
        Judged judged = new(scorer, pipeline, split, cancellationToken);
        double difference = _clock.Time("scoring", judged.CheckFused);
        EvaluationOptions options = RunCases.Options(_definition, cases, _definition.Name);
        IEvaluation evaluation = _clock.Time("evaluation", () => System.Task.Evaluate(judged.Validation, judged.Test, pipeline.Network.Decision, options));
        ExplanationSection? explanation = Explain(pipeline, bundle.Model, split.Test, evaluation, cancellationToken);
        // What the cases give away is the same for each of several trainings.
        IReadOnlyList<AuditFinding> audits = _definition.Evaluation.Audits == AuditKinds.None || _member is not null ? []
            : _clock.Time("audits", () => PipelineAudits.Run(_definition.Evaluation.Audits, _definition, cases, _settings.Threads, _observer, cancellationToken));
        RunOutcome outcome = _clock.Time("report", () => Report(cards, cases, split, judged, evaluation, explanation, audits, difference));
        AtomicFile.Write(Path.Combine(_folder, RunKeyName), key.ToJson());
        // Only a finished run takes its checkpoint away: the next one starts afresh.
        File.Delete(CheckpointFile);
        return outcome;
    }

    private void Simulate(CancellationToken cancellationToken)
    {
        if (_definition.Data.Simulation is { } simulation)
        {
            System.Simulator!.Ensure(_definition.Data.Folder, simulation, _settings.Threads, _observer, cancellationToken);
        }
    }

    private PatientSplit Split(MLContext ml, CaseView cases, CancellationToken cancellationToken)
    {
        _observer.Stage($"Reading {_definition.Data.Folder}");
        PatientSplit split = RunCases.Split(ml, cases, _definition, _observer.LeftOut);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (AlikeStudies alike in cases.Alike.Take(MostAlike))
        {
            _observer.Note(string.Create(CultureInfo.InvariantCulture, $"{alike.One} and {alike.Other} look alike (correlation {alike.Correlation:0.00000}){(alike.Patients.One == alike.Patients.Other ? "" : ", under two patients' numbers")}: where they are one acquisition, remove one."));
        }

        _observer.Note($"{cases.StudyCount - cases.LeftOut.Count} of {cases.StudyCount} files are studies: {split}");
        return split;
    }

    private (RunKey Key, IReadOnlyList<string> OtherCode) Bind(CaseView cases)
    {
        RunKey key = _member?.Key(_definition, cases) ?? RunCases.Key(_definition, cases);
        string file = Path.Combine(_folder, RunKeyName);
        IReadOnlyList<string> otherCode = [];
        if (File.Exists(CheckpointFile))
        {
            RunKey begun = RunKey.Read(file) ?? throw new RunKeyException($"{CheckpointFile}: nothing says what this training was begun with ({RunKeyName} is not there): delete it to begin anew.");
            otherCode = key.MustGoOnFrom(begun, CheckpointFile, _settings.AcceptCode);
        }

        // Until a run is finished, the file says by which code it was begun: the report of a run that is interrupted again says so too.
        if (otherCode.Count == 0)
        {
            AtomicFile.Write(file, key.ToJson());
        }

        return (key, otherCode);
    }

    // A model that starts from another one has seen that one's patients too: none of them may test it, and its list names them.
    private PatientSplit StartingFrom(PatientSplit split)
    {
        if (_definition.Training.StartFrom.Length == 0)
        {
            return split;
        }

        using ModelBundle start = ModelBundle.Load(_definition.Training.StartFrom);
        start.Membership.MustNotKnow(split.Test, $"{start.Card.Name}, which the training starts from");
        return split.After(start.Membership);
    }

    private FittedPipeline Train(MLContext ml, PatientSplit split, RunKey key, CancellationToken cancellationToken)
    {
        NetworkGraph graph = _definition.BuildNetwork();
        TrainingDefinition training = _definition.Training;
        _observer.Stage(string.Create(CultureInfo.InvariantCulture,
            $"Training {_definition.Network.Architecture}: {graph.ParameterCount:N0} parameters, {graph.EstimateMemory(training.BatchSize).TrainingBytes / 1048576.0:N0} MiB while training"));
        NetworkTrainer trainer = ml.TrainNetwork(new NetworkTrainerOptions
        {
            Network = graph,
            Task = System.Task,
            Loss = training.MakeLoss(),
            Augmentation = RunCases.AugmentationOf(_definition.Augmentation),
            CaseAugmentation = new Imaging.SampleAugmentation(_definition.Augmentation.WholeCase),
            // By other protocols copies are cases already.
            Copies = _definition.Split.Protocol == SplitProtocol.Patients ? RunCases.CopiesOf(_definition.Augmentation) : null,
            Training = RunCases.TrainingOf(_definition) with
            {
                ReaderThreads = Math.Max(1, _settings.Threads),
                CheckpointPath = CheckpointFile,
                Seed = _member?.Seed ?? _definition.Seed,
                // Other code is told apart by the run's key, which may accept it.
                Fingerprint = key.HashWithoutCode,
            },
            Progress = new EpochProgress(_observer),
            CancellationToken = cancellationToken,
        });
        IEstimator<ITransformer> preprocessing = System.Preprocessing(ml, _definition.Network);
        FittedPipeline pipeline = split.Fit(preprocessing, trainer);
        if (pipeline.Fusion.NotFused is { } sentence)
        {
            _observer.Note(sentence);
        }

        if (pipeline.Network.Training.Selection.Warning(pipeline.Network.Training.BestEpoch, training.Epochs) is { } warning)
        {
            _observer.Note(warning);
        }

        return pipeline;
    }

    private ExplanationSection? Explain(FittedPipeline pipeline, FusedModel fused, TestSet test, IEvaluation evaluation, CancellationToken cancellationToken)
    {
        if (System.Explainer is not { } explainer || evaluation is not BinaryEvaluation binary || test.Cases is not { } cases)
        {
            return null;
        }

        _observer.Stage("Explaining the test patients' scores");
        return _clock.Time("explanation", () => explainer.Explain(
            new ExplanationRequest(_definition, pipeline.Network, pipeline.Explain(), fused, cases, binary.Test, binary.Options, _settings.Threads), cancellationToken));
    }

    private RunOutcome Report(RunCards cards, CaseView cases, PatientSplit split, Judged judged, IEvaluation evaluation, ExplanationSection? explanation, IReadOnlyList<AuditFinding> audits, double difference)
    {
        EvaluationReport report = new()
        {
            Title = (_definition.Evaluation.Smoke ? $"{EvaluationDefinition.NotTrained.ToUpperInvariant()}: this only shows that everything runs. " : "") + (_definition.Description.Length > 0 ? $"{_definition.Name}: {_definition.Description}" : _definition.Name),
            Evaluation = evaluation,
            Run = cards.Run(_clock.Started, _clock.Durations),
            Data = cards.Data(cases, split),
            Model = cards.Model(),
            History = cards.History(),
            Explanation = explanation,
            Audits = audits,
            Pictures = CasePictures.Draw(System, split.Test.Cases, evaluation),
        };
        RunOutcome outcome = new(report, _folder, cases.LeftOut, difference);
        MetricsJson.Write(report, outcome.MetricsFile);
        HtmlReport.Write(report, outcome.HtmlFile);
        ScoresTable.Write(Path.Combine(_folder, "scores.csv"), System.Task, judged.Validation, judged.Test);
        return outcome;
    }

    private sealed class EpochProgress(IRunObserver observer) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => observer.Epoch(value);
    }
}

/// <summary>The served model's answers for the patients of a split. Masks are answered anew on each pass, so that they need not be held.</summary>
internal sealed class Judged
{
    private const double Tolerance = 1e-4;

    private readonly FittedPipeline _pipeline;
    private readonly PatientSplit _split;

    public Judged(OnnxScorer scorer, FittedPipeline pipeline, PatientSplit split, CancellationToken cancellation)
    {
        _pipeline = pipeline;
        _split = split;
        IEnumerable<AnsweredCase> Answers(IDataView rows) => AnswerReading.Read(
            scorer, rows, pipeline.Network.Task, LearningTask.LabelColumn, CaseSchema.CaseId, CaseSchema.PatientId, cancellation);
        bool held = pipeline.Network.Task is not SegmentationTask;
        Validation = held ? [.. Answers(split.Validation)] : Answers(split.Validation);
        Test = held ? [.. Answers(split.Test)] : Answers(split.Test);
    }

    public IEnumerable<AnsweredCase> Validation { get; }

    public IEnumerable<AnsweredCase> Test { get; }

    /// <summary>The largest difference between the served file and the pipeline that it was made of.</summary>
    /// <exception cref="InvalidOperationException">They differ: the figures would be about something else than what serves.</exception>
    public double CheckFused()
    {
        double difference = 0;
        foreach ((AnsweredCase served, AnsweredCase fitted) in Validation.Zip(_pipeline.Answer(_split.Validation)))
        {
            // What is decided may flip at the threshold's own last digit; what is decided on may not differ.
            int last = served.Answers.Count - 1;
            for (int answer = 0; answer < last; answer++)
            {
                for (int i = 0; i < served.Answers[answer].Length; i++)
                {
                    double scale = Math.Max(1, Math.Abs(fitted.Answers[answer][i]));
                    difference = Math.Max(difference, Math.Abs(served.Answers[answer][i] - fitted.Answers[answer][i]) / scale);
                }
            }
        }

        return difference < Tolerance
            ? difference
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The fused model differs from the pipeline by {difference:G3}."));
    }
}

/// <summary>The cases, split and settings that a definition asks for.</summary>
internal static class RunCases
{
    public static CaseView Load(PipelineDefinition definition, string folder, int threads)
    {
        CaseView cases = Read(definition, folder, threads);
        return definition.Split.Protocol == SplitProtocol.Patients || folder != definition.Data.Folder ? cases
            : new CaseView(new CopiedCases(cases, CopiesOf(definition.Augmentation)!, definition.Split.Protocol, definition.Seed), new CaseViewOptions { Parallelism = Math.Clamp(threads, 1, 8) });
    }

    private static CaseView Read(PipelineDefinition definition, string folder, int threads) => new(
        new FolderCases(folder, definition.System, new FolderOptions
        {
            // Whether a patient is simulated, and so whose key stands behind the pseudonym, each file says for itself.
            Labels = definition.Data.Labels,
            AssumeSpacing = definition.Data.AssumeSpacing,
        }),
        new CaseViewOptions { Parallelism = Math.Clamp(threads, 1, 8) });

    /// <summary>Splits the cases as the definition says, and tells of the files that were left out whether or not a split comes of it.</summary>
    public static PatientSplit Split(MLContext ml, CaseView cases, PipelineDefinition definition, Action<LeftOutStudy> leftOut) => Told(cases, leftOut, () => ml.Data.SplitByPatient(cases, definition.Split.Protocol == SplitProtocol.ImagesAfterCopies ? ByImage(definition) : new PatientSplitOptions
    {
        TrainPatients = definition.Split.Train,
        ValidationPatients = definition.Split.Validation,
        TestPatients = definition.Split.Test,
        Balanced = definition.Split.Balanced,
        Seed = definition.Seed,
    }));

    // Each row counts as a patient: the parts are the same, and their number is another.
    private static PatientSplitOptions ByImage(PipelineDefinition definition)
    {
        double all = definition.Split.Train + definition.Split.Validation + definition.Split.Test;
        return new PatientSplitOptions { TrainFraction = definition.Split.Train / all, ValidationFraction = definition.Split.Validation / all, Seed = definition.Seed };
    }

    /// <summary>Has cases split. Where that fails, there will be no report to name what was left out: the refusal says why there are so few patients.</summary>
    public static T Told<T>(CaseView cases, Action<LeftOutStudy> leftOut, Func<T> split)
    {
        try
        {
            T made = split();
            Tell();
            return made;
        }
        catch (PatientSplitException problem)
        {
            Tell();
            throw new PatientSplitException($"{problem.Message} {LeftOutStudy.Summary(cases.LeftOut, cases.StudyCount)}".TrimEnd(), problem);
        }

        void Tell()
        {
            foreach (LeftOutStudy study in cases.LeftOut)
            {
                leftOut(study);
            }
        }
    }

    /// <summary>Refuses what cannot fit before anything is read or made.</summary>
    /// <exception cref="NetworkMemoryException">The training needs more memory than there is.</exception>
    public static void MustFit(PipelineDefinition definition) =>
        definition.BuildNetwork().EstimateTrainingMemory(TrainingOf(definition with { Training = definition.Training with { StartFrom = "" } })).TrainingMustFit();

    /// <summary>What decides the result of a run of the definition.</summary>
    public static RunKey Key(PipelineDefinition definition, CaseView cases) => RunKey.Of(PartsOf(definition), cases.Fingerprint(), ReproducibilityOf(definition), definition.System.GetType().Assembly);

    /// <summary>Between which processors the definition asks for one result.</summary>
    public static Reproducibility ReproducibilityOf(PipelineDefinition definition) => Enum.Parse<Reproducibility>(definition.Training.Reproducible, ignoreCase: true);

    /// <summary>What of a definition decides the result, with what the model that it starts from holds: its path alone may lead to another one tomorrow.</summary>
    public static IReadOnlyDictionary<string, string> PartsOf(PipelineDefinition definition)
    {
        if (definition.Training.StartFrom.Length == 0)
        {
            return definition.Parts();
        }

        using ModelBundle start = ModelBundle.Load(definition.Training.StartFrom);
        return new Dictionary<string, string>(definition.Parts(), StringComparer.Ordinal)
        {
            ["training.start-from.weights"] = start.Card.Files.GetValueOrDefault(ModelBundle.WeightsFile, ""),
        };
    }

    public static EvaluationOptions Options(PipelineDefinition definition, CaseView cases, string model) => new()
    {
        Level = definition.Evaluation.Confidence,
        Seed = definition.Seed,
        WithPaperProtocol = definition.Evaluation.PaperProtocol,
        Model = model,
        Mark = definition.Evaluation.Smoke ? EvaluationDefinition.NotTrained : definition.Split.Protocol.Mark(),
        Words = definition.System.Words.Task,
        Groupings = [.. definition.System.Groupings, .. cases.Groupings],
    };

    public static TrainingOptions TrainingOf(PipelineDefinition definition)
    {
        TrainingDefinition training = definition.Training;
        return new TrainingOptions
        {
            Seed = definition.Seed,
            Epochs = training.Epochs,
            BatchSize = training.BatchSize,
            Optimizer = new OptimizerOptions
            {
                Kind = Enum.Parse<OptimizerKind>(training.Optimizer, ignoreCase: true),
                LearningRate = training.LearningRate,
                Beta1 = training.Beta1,
                Beta2 = training.Beta2,
                Epsilon = training.Epsilon,
                WeightDecay = training.WeightDecay,
                Momentum = training.Momentum,
            },
            Selection = training.Validation switch
            {
                "accuracy" => Selection.Accuracy,
                "auc" => Selection.Auc,
                "dice" => Selection.Dice,
                _ => Selection.Loss,
            },
            Precision = Enum.Parse<TrainingPrecision>(training.Precision, ignoreCase: true),
            Reproducibility = ReproducibilityOf(definition),
            Device = Enum.Parse<TrainingDevice>(training.Device, ignoreCase: true),
            Lanes = training.Lanes,
            Inferer = definition.Inferer.Make(),
            Start = training.StartFrom.Length == 0 ? null : ModelBundle.Load(training.StartFrom).StartOf(training.Frozen),
        };
    }

    public static TrainingCopies? CopiesOf(AugmentationDefinition definition) => definition.Copies is { } copies
        ? new TrainingCopies(copies.Factors.ToDictionary(factor => factor.Class, factor => factor.Factor, StringComparer.Ordinal), copies.Several, AugmentationOf(copies.Changes))
        : null;

    public static Imaging.Augmentation AugmentationOf(AugmentationDefinition definition)
    {
        List<Imaging.IRandomOperator> operators = [];
        if (definition.FlipHorizontal || definition.FlipVertical)
        {
            operators.Add(new Imaging.RandomFlip(definition.FlipHorizontal, definition.FlipVertical));
        }

        if (definition.Zoom > 0)
        {
            operators.Add(new Imaging.RandomZoom(definition.Zoom));
        }

        if (definition.RotateDegrees > 0)
        {
            operators.Add(new Imaging.RandomRotate(definition.RotateDegrees));
        }

        if (definition.TranslatePixels > 0)
        {
            operators.Add(new Imaging.RandomTranslate(definition.TranslatePixels));
        }

        return new Imaging.Augmentation(operators);
    }
}

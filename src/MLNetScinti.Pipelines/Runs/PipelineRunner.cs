using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Dicom;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Audits;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Transforms;

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

    /// <summary>The same of a generator of training images.</summary>
    internal const string GeneratorCheckpointName = "generator.checkpoint";

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

    private string GeneratorCheckpointFile => Path.Combine(_folder, GeneratorCheckpointName);

    /// <summary>Runs to the end.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted; started again, it goes on.</exception>
    /// <exception cref="RunFolderInUseException">Another run writes the same folder.</exception>
    /// <exception cref="NetworkMemoryException">The training needs more memory than there is; the message has both figures.</exception>
    /// <exception cref="RunKeyException">The run was begun with something else that decides its result.</exception>
    public RunOutcome Run(CancellationToken cancellationToken = default)
    {
        RunCases.MustBeOneSplit(_definition);
        RunCases.MustFit(_definition, _folder);
        using RunFolderLock folder = RunFolderLock.Take(_folder, _definition.Data.Folder);
        MLContext ml = new(seed: unchecked((int)_definition.Seed)) { TempFilePath = PrivateFolder.Path };

        _clock.Time("data", () => Simulate(cancellationToken));
        if (_definition.Split.Protocol.Warning() is { Length: > 0 } warning)
        {
            _observer.Note(warning);
        }

        using CaseView cases = RunCases.Load(_definition, _definition.Data.Folder, _settings.Threads, cancellationToken);
        PatientSplit split = _clock.Time("reading", () => Split(ml, cases, cancellationToken));
        return RunOn(ml, cases, split, cancellationToken);
    }

    /// <summary>The run over cases that are read and split already, into a folder that is the caller's.</summary>
    internal RunOutcome RunOn(MLContext ml, CaseView cases, PatientSplit split, CancellationToken cancellationToken)
    {
        (RunKey key, IReadOnlyList<string> otherCode) = Bind(cases);
        split = StartingFrom(split);
        using FittedPipeline pipeline = _clock.Time("training", () => Train(ml, split, key, cancellationToken));

        RunCards cards = new(_definition, _settings, pipeline, key, otherCode, cases.Origin, _definition.Split.Train > 0 ? _definition.Split.Train : split.Train.Patients.Count, _member);
        ModelBundle bundle = _clock.Time("saving", () => ModelBundle.Write(_folder, cards.Bundle(), pipeline, ml));
        _observer.Note($"Model: {Path.Combine(_folder, ModelBundle.ModelFile)} (and {ModelBundle.StockFile} for ML.NET)");

        _observer.Stage("Scoring the test patients");
        using OnnxScorer scorer = new(bundle.Model, _settings.Threads);
        Judged judged = new(scorer, pipeline, split, cancellationToken);
        double difference = _clock.Time("scoring", judged.CheckFused);
        EvaluationOptions options = RunCases.Options(_definition, cases, _definition.Name);
        JudgedMasks? masks = System.Task is SegmentationTask segmentation ? new(segmentation) : null;
        IEvaluation evaluation = _clock.Time("evaluation", () => _definition.Task.Evaluate(judged.Validation, masks?.Keep(judged.Test) ?? judged.Test, pipeline.Network.Decision, options));
        Compared compared = _definition.Evaluation.Baseline && System.Baseline is { } baseline ? _clock.Time("baseline", () => Against(ml, baseline, split, evaluation, options, cancellationToken)) : default;
        ExplanationSection? explanation = Explain(pipeline, bundle.Model, split.Test, evaluation, cancellationToken);
        // What the cases give away is the same for each of several trainings.
        IReadOnlyList<AuditFinding> audits = _definition.Evaluation.Audits == AuditKinds.None || _member is not null ? []
            : _clock.Time("audits", () => PipelineAudits.Run(_definition.Evaluation.Audits, _definition, cases, _settings.Threads, _observer, cancellationToken));
        RunOutcome outcome = _clock.Time("report", () => Report(cards, cases, split, judged, evaluation, masks, explanation, compared, audits, difference));
        AtomicFile.Write(Path.Combine(_folder, RunKeyName), key.ToJson());
        // Only a finished run takes its checkpoint away: the next one starts afresh.
        File.Delete(CheckpointFile);
        File.Delete(GeneratorCheckpointFile);
        return outcome;
    }

    private void Simulate(CancellationToken cancellationToken)
    {
        if (_definition.Data.Simulation is { } simulation)
        {
            System.Simulator!.Ensure(_definition.Data.Folder, simulation, _settings.Threads, _observer, cancellationToken);
        }
    }

    /// <summary>How many of the files are studies; copies that a protocol makes rows of their own are none.</summary>
    internal static string Studies(CaseView cases)
    {
        CaseView read = cases.Original ?? cases;
        return string.Create(CultureInfo.InvariantCulture, $"{read.StudyCount - read.LeftOut.Count} of {read.StudyCount} files are studies");
    }

    private PatientSplit Split(MLContext ml, CaseView cases, CancellationToken cancellationToken)
    {
        _observer.Stage($"Reading {_definition.Data.Folder}");
        PatientSplit split = RunCases.Controlled(_definition, RunCases.Split(ml, cases, _definition, _observer.LeftOut), _definition.Seed);
        cancellationToken.ThrowIfCancellationRequested();
        if (_definition.Training.PermutedLabels)
        {
            _observer.Note("Training and validation patients exchange their labels at random: this is a control, and no model.");
        }

        foreach (AlikeStudies alike in cases.Alike.Take(MostAlike))
        {
            _observer.Note(string.Create(CultureInfo.InvariantCulture, $"{alike.One} and {alike.Other} look alike (correlation {alike.Correlation:0.00000}){(alike.Patients.One == alike.Patients.Other ? "" : ", under two patients' numbers")}: where they are one acquisition, remove one."));
        }

        _observer.Note($"{Studies(cases)}: {split}");
        return split;
    }

    private (RunKey Key, IReadOnlyList<string> OtherCode) Bind(CaseView cases)
    {
        RunKey key = _member?.Key(_definition, cases) ?? RunCases.Key(_definition, cases);
        string file = Path.Combine(_folder, RunKeyName);
        IReadOnlyList<string> otherCode = [];
        if (((string[])[CheckpointFile, GeneratorCheckpointFile]).FirstOrDefault(File.Exists) is { } checkpoint)
        {
            RunKey begun = RunKey.Read(file) ?? throw new RunKeyException($"{checkpoint}: nothing says what this training was begun with ({RunKeyName} is not there): delete it to begin anew.");
            otherCode = key.MustGoOnFrom(begun, checkpoint, _settings.AcceptCode);
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

        RunCases.StartMustNotKnow(_definition, split.Test);
        using ModelBundle start = ModelBundle.Load(_definition.Training.StartFrom);
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
            Task = _definition.Task,
            Loss = training.MakeLoss(),
            Augmentation = RunCases.AugmentationOf(_definition.Augmentation),
            CaseAugmentation = new Imaging.SampleAugmentation(_definition.Augmentation.WholeCase),
            // By other protocols copies are cases already.
            Copies = _definition.Split.Protocol == SplitProtocol.Patients ? RunCases.CopiesOf(_definition.Augmentation) : null,
            Generation = _definition.Augmentation.Generated?.Make() is not { } generation ? null
                : generation with { CheckpointPath = GeneratorCheckpointFile, Progress = new EpochProgress(_observer) },
            MustFuse = true,
            Training = RunCases.TrainingOf(_definition) with
            {
                ReaderThreads = Math.Max(1, _settings.Threads),
                CheckpointPath = CheckpointFile,
                Seed = _member?.Seed ?? _definition.Seed,
                // Other code is told apart by the run's key, which may accept it.
                AcceptCode = true,
                Fingerprint = key.HashWithoutCode,
            },
            Progress = new EpochProgress(_observer),
            CancellationToken = cancellationToken,
        });
        if (_definition.Augmentation.Generated is { } generated)
        {
            _observer.Note(string.Create(CultureInfo.InvariantCulture, $"First a generator of images learns from the training patients: {generated.Epochs} epochs"));
        }

        IEstimator<ITransformer> preprocessing = System.Preprocessing(ml, _definition.Network);
        FittedPipeline pipeline;
        try
        {
            pipeline = split.Fit(preprocessing, trainer);
        }
        catch (ColumnException problem) when (_definition.Augmentation.Generated is not null)
        {
            // How many images a factor asks for is known when the training cases are.
            throw new DefinitionException($"{_definition.Source}: augmentation.generated: {problem.Message}", problem);
        }

        if (pipeline.Fusion.NotFused is { } sentence)
        {
            _observer.Note(sentence);
        }

        if (pipeline.Network.Generation is { } made)
        {
            _observer.Note(made.Images.Sentences[0]);
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

    /// <summary>The network beside a baseline: of two classes as a comparison of models, of others as a section.</summary>
    private readonly record struct Compared(ModelComparison? Classes, BaselineSection? Section);

    private Compared Against(MLContext ml, BaselineDefinition definition, PatientSplit split, IEvaluation evaluation, EvaluationOptions options, CancellationToken cancellationToken)
    {
        _observer.Stage("Fitting the baseline of hand-made measures");
        MeasuredBaseline baseline = MeasuredBaseline.Train(ml, definition, _definition.Task, split.Train);
        IEvaluation other = baseline.Evaluate(split.Validation, split.Test, options with { Model = MeasuredBaseline.Name, TrainedPrevalence = null }, cancellationToken);
        return evaluation is BinaryEvaluation binary
            ? new(ModelComparison.Of([binary, (BinaryEvaluation)other]), null)
            : new(null, BaselineSection.Of(definition.Description, string.Create(CultureInfo.InvariantCulture, $"fitted on {baseline.TrainingCases} {System.Words.Task.Cases}"), evaluation, other));
    }

    private RunOutcome Report(RunCards cards, CaseView cases, PatientSplit split, Judged judged, IEvaluation evaluation, JudgedMasks? masks, ExplanationSection? explanation, Compared compared, IReadOnlyList<AuditFinding> audits, double difference)
    {
        EvaluationReport report = new()
        {
            Title = (_definition.Evaluation.Smoke ? $"{EvaluationDefinition.NotTrained.ToUpperInvariant()}: this only shows that everything runs. " : _definition.Training.PermutedLabels ? $"{EvaluationDefinition.Permuted.ToUpperInvariant()}: a control, no model. " : "") + (_definition.Description.Length > 0 ? $"{_definition.Name}: {_definition.Description}" : _definition.Name),
            Evaluation = evaluation,
            Run = cards.Run(_clock.Started, _clock.Durations),
            Data = cards.Data(cases, split),
            Model = cards.Model(),
            History = cards.History(),
            Explanation = explanation,
            Comparison = compared.Classes,
            Baseline = compared.Section,
            Generation = cards.Generation,
            Audits = audits,
            Agreements = masks?.Measure(System.Quantities, split.Test.Cases, evaluation.Options.Level) ?? [],
            Pictures = masks is not null && evaluation is SegmentationEvaluation drawn
                ? masks.Draw(split.Test.Cases, drawn, System.Words.Task.Case)
                : CasePictures.Draw(System, split.Test.Cases, evaluation),
        };
        if (_member is null)
        {
            // Runs of one repetition lie beside each other and are no earlier ones.
            report = report with { Run = report.Run with { Earlier = EarlierRuns.Beside(_folder, report) } };
        }

        RunOutcome outcome = new(report, _folder, cases.LeftOut, difference);
        MetricsJson.Write(report, outcome.MetricsFile);
        HtmlReport.Write(report, outcome.HtmlFile);
        ScoresTable.Write(Path.Combine(_folder, "scores.csv"), System.Task, judged.Validation, judged.Test);
        GeneratedTable.Write(Path.Combine(_folder, GeneratedTable.Name), cards.Generation);
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
        CameraFacts cameras = CameraFacts.Of(split.Test);
        IEnumerable<AnsweredCase> test = Answers(split.Test).Select(cameras.Told);
        Test = held ? [.. test] : test;
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

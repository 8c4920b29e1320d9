using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>How often a definition is carried out, and in what the times differ.</summary>
/// <param name="Kind">In the seed of the training, or in who trains, validates and tests.</param>
/// <param name="Count">How often.</param>
public sealed record Repetition(TrainingsKind Kind, int Count)
{
    /// <summary>The same split, trained with so many seeds: the definition's, and those that follow it.</summary>
    public static Repetition Seeds(int count) => new(TrainingsKind.Seeds, count);

    /// <summary>Cross-validation by patient: each patient is tested in one fold, validates in the one before it and trains in the others.</summary>
    public static Repetition Folds(int count) => new(TrainingsKind.Folds, count);

    /// <summary>The folder of all of it, within the run's.</summary>
    public string Folder => Kind == TrainingsKind.Seeds ? "seeds" : string.Create(CultureInfo.InvariantCulture, $"folds-{Count}");
}

/// <summary>What a finished repeated run leaves.</summary>
/// <param name="Report">The report's content.</param>
/// <param name="Folder">The folder with metrics, report, one folder for each training and one for all of them together.</param>
/// <param name="LeftOut">The files that gave no case.</param>
public sealed record TrainingsOutcome(TrainingsReport Report, string Folder, IReadOnlyList<LeftOutStudy> LeftOut)
{
    /// <summary>The folder of the model of all trainings together.</summary>
    public const string EnsembleFolder = "ensemble";

    /// <summary>The HTML report.</summary>
    public string HtmlFile => Path.Combine(Folder, "report.html");

    /// <summary>The figures as JSON.</summary>
    public string MetricsFile => Path.Combine(Folder, "metrics.json");

    /// <summary>The model of all trainings together: a bundle like any other. It is not there where answers have no mean.</summary>
    public string ModelFolder => Path.Combine(Folder, EnsembleFolder);
}

/// <summary>
/// Carries out one definition several times over the same cases, one training after the other: with several seeds on one split, or
/// over the folds of a cross-validation. Each training is a whole run in a folder of its own. A repeated run that was interrupted, or
/// killed, goes on with the training it was in; finished ones are not trained again; where anything that decides a result has
/// changed meanwhile, it is refused with the name of what changed.
/// </summary>
public sealed class RepeatedRun
{
    private readonly PipelineDefinition _definition;
    private readonly RunSettings _settings;
    private readonly Repetition _repetition;
    private readonly IRunObserver _observer;
    private readonly string _folder;
    private readonly StageClock _clock = new();
    private readonly List<string> _ofOtherBuilds = [];

    /// <summary>Prepares a repeated run.</summary>
    /// <param name="definition">What to do.</param>
    /// <param name="settings">How.</param>
    /// <param name="repetition">How often, and in what the times differ.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two trainings.</exception>
    public RepeatedRun(PipelineDefinition definition, RunSettings settings, Repetition repetition, IRunObserver observer)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(repetition);
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentOutOfRangeException.ThrowIfLessThan(repetition.Count, 2, nameof(repetition));
        if (repetition.Kind == TrainingsKind.Seeds)
        {
            RunCases.MustBeOneSplit(definition);
        }

        if (repetition.Kind == TrainingsKind.Folds && definition.Split.Protocol != SplitProtocol.Patients)
        {
            throw new DefinitionException($"{definition.Source}: split.protocol: folds are of patients, each of whom is tested by a model that has not seen it: expected {SplitProtocols.Words[0]}, found {definition.Split.Protocol.Word()}.");
        }

        _definition = definition;
        _settings = settings;
        _repetition = repetition;
        _observer = observer;
        _folder = Path.Combine(settings.Output ?? definition.Output, repetition.Folder);
    }

    private SystemDefinition System => _definition.System;

    // What stands on each figure of one training stands over the figures of all.
    private string Mark => _definition.Split.Protocol.Mark() is { Length: > 0 } mark ? $"{mark.ToUpperInvariant()}: " : "";

    private LearningTask Task => _definition.Task;

    /// <summary>Runs to the end.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted; started again, it goes on.</exception>
    /// <exception cref="RunFolderInUseException">Another run writes the same folder.</exception>
    /// <exception cref="PatientSplitException">The patients cannot be divided so.</exception>
    /// <exception cref="Networks.NetworkMemoryException">The training needs more memory than there is; the message has both figures.</exception>
    /// <exception cref="RunKeyException">The run was begun with something else that decides its result.</exception>
    public TrainingsOutcome Run(CancellationToken cancellationToken = default)
    {
        RunCases.MustFit(_definition, _folder);
        using RunFolderLock folder = RunFolderLock.Take(_folder, _definition.Data.Folder);
        if (_definition.Data.Simulation is { } simulation)
        {
            _clock.Time("data", () => System.Simulator!.Ensure(_definition.Data.Folder, simulation, _settings.Threads, _observer, cancellationToken));
        }

        if (_definition.Split.Protocol.Warning() is { Length: > 0 } warning)
        {
            _observer.Note(warning);
        }

        _observer.Stage($"Reading {_definition.Data.Folder}");
        using CaseView cases = RunCases.Load(_definition, _definition.Data.Folder, _settings.Threads, cancellationToken);
        IReadOnlyList<RunMember> members = _clock.Time("reading", () => Members(cases));
        _observer.Note($"{PipelineRunner.Studies(cases)}: {(_repetition.Kind == TrainingsKind.Seeds ? $"{members[0].Split}, with {members.Count} seeds" : $"{members.Count} folds")}");
        Begin(members, cases);
        List<TrainedMember> trained = [];
        try
        {
            for (int index = 0; index < members.Count; index++)
            {
                trained.Add(Train(members[index], index, cases, cancellationToken));
            }

            _observer.Stage("Judging all trainings together");
            TrainingsReport report = _clock.Time("together", () => Report(trained, cases, cancellationToken));
            TrainingsOutcome outcome = new(report, _folder, cases.LeftOut);
            TrainingsHtml.Write(report, outcome.HtmlFile);
            // The figures come last: a folder that has them is finished.
            TrainingsJson.Write(report, outcome.MetricsFile);
            return outcome;
        }
        finally
        {
            foreach (TrainedMember member in trained)
            {
                member.Bundle.Dispose();
            }
        }
    }

    /// <summary>A training that is done: its model, its answers for its validation and test patients, and its figures.</summary>
    private sealed record TrainedMember(RunMember Member, ModelBundle Bundle, TaskDecision Decision, IEnumerable<AnsweredCase> Validation, IEnumerable<AnsweredCase> Test, IEvaluation Evaluation);

    private IReadOnlyList<RunMember> Members(CaseView cases)
    {
        MLContext ml = new(seed: unchecked((int)_definition.Seed));
        int count = _repetition.Count;
        if (_repetition.Kind == TrainingsKind.Seeds)
        {
            PatientSplit split = RunCases.Split(ml, cases, _definition, _observer.LeftOut);
            return [.. Enumerable.Range(0, count).Select(index => unchecked(_definition.Seed + (ulong)index)).Select((seed, index) => new RunMember(
                string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"), string.Create(CultureInfo.InvariantCulture, $"{index + 1} of {count} on the same split"), seed, RunCases.Controlled(_definition, split, seed)))];
        }

        IReadOnlyList<PatientSplit> folds = RunCases.Told(cases, _observer.LeftOut, () => ml.Data.CrossValidationSplitByPatient(cases, count, new PatientSplitOptions { Seed = _definition.Seed }));
        return [.. folds.Select((each, index) =>
        {
            PatientSplit split = RunCases.Controlled(_definition, each, unchecked(_definition.Seed + (ulong)index));
            string words = string.Create(CultureInfo.InvariantCulture, $"fold {index + 1} of {count}");
            CheckClasses(split, words);
            return new RunMember(string.Create(CultureInfo.InvariantCulture, $"fold-{index + 1}"), words, _definition.Seed, split, words);
        })];
    }

    // A class that a fold cannot learn is found before the first training, not behind those of the other folds.
    private void CheckClasses(PatientSplit split, string fold)
    {
        SplitCount count = RunCards.Count(fold, split.Train);
        // Every case of masks may hold all labels: voxels are what is learned from.
        if (Task is not SegmentationTask && Task.HasMean && count.Classes.FirstOrDefault(one => one.Cases == 0 || one.Cases == count.Cases) is { } lacking)
        {
            throw new PatientSplitException(
                $"In {fold} the training set holds {count.Cases} {System.Words.Task.Cases} and {(lacking.Cases == 0 ? "none" : "every one")} of them is {lacking.Name}: a network learns from cases of each kind. Take fewer folds or more patients.");
        }
    }

    private string FolderOf(RunMember member) => Path.Combine(_folder, member.Name);

    // What an unfinished run left must be of this one. A finished one is begun anew where it was another one.
    private void Begin(IReadOnlyList<RunMember> members, CaseView cases)
    {
        string metrics = Path.Combine(_folder, "metrics.json");
        bool finished = File.Exists(metrics);
        foreach (RunMember member in members)
        {
            string folder = FolderOf(member), keyFile = Path.Combine(folder, PipelineRunner.RunKeyName);
            if (RunKey.Read(keyFile) is not { } begun)
            {
                continue;
            }

            RunKey key = member.Key(_definition, cases);
            if (!finished)
            {
                _ = key.MustGoOnFrom(begun, folder, _settings.AcceptCode);
            }

            if (IsSame(key, begun))
            {
                if (key.Hash != begun.Hash)
                {
                    _ofOtherBuilds.Add(member.Name);
                }
            }
            else
            {
                foreach (string file in (string[])[ModelBundle.CardFile, PipelineRunner.CheckpointName, PipelineRunner.GeneratorCheckpointName, PipelineRunner.RunKeyName])
                {
                    File.Delete(Path.Combine(folder, file));
                }
            }
        }

        File.Delete(metrics);
        if (Directory.Exists(Path.Combine(_folder, TrainingsOutcome.EnsembleFolder)))
        {
            File.Delete(Path.Combine(_folder, TrainingsOutcome.EnsembleFolder, ModelBundle.CardFile));
        }
    }

    private bool IsSame(RunKey key, RunKey begun) => key.Hash == begun.Hash || (_settings.AcceptCode && key.HashWithoutCode == begun.HashWithoutCode);

    private TrainedMember Train(RunMember member, int index, CaseView cases, CancellationToken cancellationToken)
    {
        string folder = FolderOf(member);
        RunKey key = member.Key(_definition, cases);
        RunKey? begun = RunKey.Read(Path.Combine(folder, PipelineRunner.RunKeyName));
        ModelBundle? bundle = begun is not null && IsSame(key, begun) ? FinishedRun.Bundle(folder, begun) : null;
        long start = Stopwatch.GetTimestamp();
        if (bundle is not null)
        {
            _observer.Note($"{member.Name}: trained before, taken from {folder}");
        }
        else
        {
            _observer.Stage($"{member.Name}, {member.Description}");
            using RunFolderLock own = RunFolderLock.Take(folder);
            PipelineDefinition definition = _definition with { Name = NameOf(member), Output = folder };
            RunSettings settings = _settings with { Command = $"{_settings.Command} ({member.Name})", Output = folder };
            // A context of its own: what a training draws does not depend on the trainings before it.
            MLContext ml = new(seed: unchecked((int)_definition.Seed));
            _ = _clock.Time(member.Name, () => new PipelineRunner(definition, settings, _observer, member).RunOn(ml, cases, member.Split, cancellationToken));
            bundle = ModelBundle.Load(folder);
        }

        TrainedMember trained = Judge(member, bundle, cases, cancellationToken);
        _observer.Trial(index + 1, trained.Evaluation, Stopwatch.GetElapsedTime(start));
        return trained;
    }

    private string NameOf(RunMember member) => $"{_definition.Name}-{member.Name}";

    /// <summary>The figures of a kept model on its own test patients, from what it serves.</summary>
    private TrainedMember Judge(RunMember member, ModelBundle bundle, CaseView cases, CancellationToken cancellationToken)
    {
        bundle.Membership.MustNotKnow(member.Split.Test, member.Name);
        IEnumerable<AnsweredCase> validation = Answers(bundle.Model, member.Split.Validation, cancellationToken), test = Answers(bundle.Model, member.Split.Test, cancellationToken);
        TaskDecision decision = new([.. bundle.Card.Thresholds.Select(threshold =>
        {
            ThresholdProtocol protocol = Enum.Parse<ThresholdProtocol>(threshold.Protocol);
            bool isFitted = protocol == ThresholdProtocol.Validation;
            return DecisionThreshold.Kept(threshold.Value, protocol, threshold.Rule, isFitted ? validation.Count() : 0, isFitted ? member.Split.Validation.Patients.Count : 0);
        })]);
        return new TrainedMember(member, bundle, decision, validation, test, Task.Evaluate(validation, test, decision, RunCases.Options(_definition, cases, NameOf(member))));
    }

    // Masks are answered anew on each pass, so that they need not be held.
    private IEnumerable<AnsweredCase> Answers(FusedModel model, PatientSet set, CancellationToken cancellationToken)
    {
        return Task is SegmentationTask ? Read() : [.. Read()];

        IEnumerable<AnsweredCase> Read()
        {
            using OnnxScorer scorer = new(model, _settings.Threads);
            foreach (AnsweredCase one in AnswerReading.Read(scorer, set, Task, LearningTask.LabelColumn, CaseSchema.CaseId, CaseSchema.PatientId, cancellationToken))
            {
                yield return one;
            }
        }
    }

    private TrainingsReport Report(IReadOnlyList<TrainedMember> trained, CaseView cases, CancellationToken cancellationToken)
    {
        bool folds = _repetition.Kind == TrainingsKind.Folds;
        EvaluationOptions options = RunCases.Options(_definition, cases, $"{_definition.Name}-{_repetition.Folder}") with { WithPaperProtocol = false };
        IEvaluation? together = folds
            ? Task.EvaluateEach(trained.SelectMany(one => one.Test), [.. trained.Select(one => one.Decision)], options)
            : null;
        ModelBundle? ensemble = null;
        string tooLarge = Task.HasMean ? TooLarge(trained.Count) : "", scores = Path.Combine(_folder, "scores.csv");
        if (Task.HasMean && tooLarge.Length == 0)
        {
            ModelEnsemble models = ModelEnsemble.Of([.. trained.Select(one => one.Bundle)]);
            TaskDecision decision = folds ? Pooled(trained) : Task.Fit(Answers(models.Undecided(), trained[0].Member.Split.Validation, cancellationToken));
            ensemble = ModelBundle.Write(Path.Combine(_folder, TrainingsOutcome.EnsembleFolder), Card(trained), models, decision, new MLContext(seed: unchecked((int)_definition.Seed)));
            if (!folds)
            {
                PatientSplit split = trained[0].Member.Split;
                ensemble.Membership.MustNotKnow(split.Test, ensemble.Card.Name);
                IEnumerable<AnsweredCase> validation = Answers(ensemble.Model, split.Validation, cancellationToken), test = Answers(ensemble.Model, split.Test, cancellationToken);
                together = Task.Evaluate(validation, test, decision, options);
                ScoresTable.Write(scores, Task, validation, test);
            }
        }

        if (folds)
        {
            // Each case with the answer of the model that had not seen it.
            ScoresTable.Write(scores, Task, trained.Select(one => (one.Member.Name, one.Test)));
        }

        string name = _definition.Description.Length > 0 ? $"{_definition.Name}: {_definition.Description}" : _definition.Name;
        return new TrainingsReport
        {
            Title = $"{Mark}{name} ({_repetition.Count} {(folds ? "folds" : "seeds")})",
            Kind = _repetition.Kind,
            Trainings = [.. trained.Select(one => new ReportedTraining(one.Member.Name, one.Member.Seed, one.Evaluation) { ReportLink = $"{one.Member.Name}/report.html" })],
            Together = together,
            Ensemble = ensemble is null ? tooLarge : Words(),
            Data = RunCards.Data(_definition, cases, Splits(trained)),
            Model = new ModelCard
            {
                Name = _definition.Name,
                Network = RunCards.NetworkOf(_definition),
                Parameters = System.Network(_definition.Network).ParameterCount,
                TrainingData = folds
                    ? $"Each of {trained.Count} models on the patients of {trained.Count - 2} of {trained.Count} folds."
                    : $"Each of {trained.Count} models on the same {trained[0].Member.TrainingPatients} patients.",
                Limits = trained[0].Bundle.Card.Limits,
                Settings = _ofOtherBuilds.Count == 0 ? [] : [new("Code", $"made or begun by another build of this product and taken over by this one, as asked for: {string.Join(", ", _ofOtherBuilds)}")],
                Source = System.Words.Source,
                Decisions = System.DecisionsAgainstThePaper(_definition),
            },
            Run = RunCards.Run(_definition, _settings, _clock.Started, _clock.Durations) with { Hashes = Hashes(trained, ensemble) },
        };
    }

    /// <summary>What is decided on the mean of the folds' answers: fitted on all patients, each answered by the model that it validated.</summary>
    private TaskDecision Pooled(IReadOnlyList<TrainedMember> trained) => new([.. Task.Fit(trained.SelectMany(one => one.Validation)).Thresholds
        .Select(threshold => DecisionThreshold.Kept(threshold.Value, threshold.Protocol, $"{threshold.Rule} Each patient was answered by the one model that it validated.", threshold.FittedOnCases, threshold.FittedOnPatients))]);

    private BundleCard Card(IReadOnlyList<TrainedMember> trained) => trained[0].Bundle.Card with
    {
        Name = $"{_definition.Name}-{TrainingsOutcome.EnsembleFolder}",
        Network = $"the mean of {trained.Count} networks: {RunCards.NetworkOf(_definition)}",
        RunKey = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', trained.Select(one => $"{one.Member.Name}={one.Bundle.Card.RunKey}"))))),
    };

    // The graphs of all models, the file that is made of them, and the session that runs it: to run out of memory would cost the figures too.
    private string TooLarge(int models)
    {
        double needed = 3.0 * sizeof(float) * models * System.Network(_definition.Network).ParameterCount, room = Networks.MemoryEstimate.Available();
        return needed <= room ? "" : string.Create(CultureInfo.InvariantCulture,
            $"The {models} models are not put together: that needs about {needed / (1L << 30):0.0} GiB of memory, and {room / (1L << 30):0.0} GiB are available. Run the same command on a larger computer; no training is done again.");
    }

    private string Words() => _repetition.Kind == TrainingsKind.Folds
        ? $"The models of all folds together are one model in the folder {TrainingsOutcome.EnsembleFolder}: its answer is the mean of their probabilities. Every patient here was trained on by some of them, so none can judge it; these figures are of one model at a time."
        : $"The models of all seeds together are one model in the folder {TrainingsOutcome.EnsembleFolder}: its answer is the mean of their probabilities.";

    private IReadOnlyList<(string Name, PatientSet Set)> Splits(IReadOnlyList<TrainedMember> trained)
    {
        PatientSplit split = trained[0].Member.Split;
        return _repetition.Kind == TrainingsKind.Folds
            ? [.. trained.Select(one => ($"tested in {one.Member.Name}", (PatientSet)one.Member.Split.Test))]
            : RunCards.Sets(split);
    }

    private SortedDictionary<string, string> Hashes(IReadOnlyList<TrainedMember> trained, ModelBundle? ensemble)
    {
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal) { ["definition"] = _definition.Hash() };
        foreach (TrainedMember one in trained)
        {
            hashes[$"{one.Member.Name}: run"] = one.Bundle.Card.RunKey;
            hashes[$"{one.Member.Name}: model.onnx"] = one.Bundle.Card.Files[ModelBundle.ModelFile];
        }

        if (ensemble is not null)
        {
            hashes[$"{TrainingsOutcome.EnsembleFolder}: model.onnx"] = ensemble.Card.Files[ModelBundle.ModelFile];
        }

        return hashes;
    }
}

/// <summary>One of several runs of a definition: with another seed of the training, or another fold tested.</summary>
/// <param name="Name">Its name and its folder's: "seed-4", "fold-2".</param>
/// <param name="Description">What it is, in a few words for its report.</param>
/// <param name="Seed">The seed of the training.</param>
/// <param name="Split">Who trains, validates and tests.</param>
/// <param name="Fold">Which fold it is ("fold 2 of 5"), in place of the definition's split; empty where the definition's split holds.</param>
internal sealed record RunMember(string Name, string Description, ulong Seed, PatientSplit Split, string Fold = "")
{
    /// <summary>Patients that it is trained on.</summary>
    public int TrainingPatients => Split.Train.Patients.Count;

    /// <summary>What decides its result: what decides that of the definition's own run, and in what it differs from that.</summary>
    public RunKey Key(PipelineDefinition definition, CaseView cases)
    {
        Dictionary<string, string> parts = new(RunCases.PartsOf(definition), StringComparer.Ordinal);
        if (Fold.Length > 0)
        {
            parts["split"] = Fold;
        }

        if (Seed != definition.Seed)
        {
            parts["training.seed"] = Seed.ToString(CultureInfo.InvariantCulture);
        }

        return RunKey.Of(parts, cases.Fingerprint(), RunCases.ReproducibilityOf(definition), definition.System.GetType().Assembly);
    }
}

/// <summary>The model that a finished run left.</summary>
internal static class FinishedRun
{
    /// <summary>
    /// The model of a finished run of this key; null where there is none: an unfinished run, one of another key, or a damaged model,
    /// all of which are answered by doing the run.
    /// </summary>
    public static ModelBundle? Bundle(string folder, RunKey key)
    {
        if (!File.Exists(Path.Combine(folder, ModelBundle.CardFile)) || File.Exists(Path.Combine(folder, PipelineRunner.CheckpointName)))
        {
            return null;
        }

        try
        {
            ModelBundle bundle = ModelBundle.Load(folder);
            return bundle.Card.RunKey == key.Hash ? bundle : null;
        }
        catch (Exception problem) when (problem is ModelBundleException or NotAFusedModelException or IOException or InvalidDataException)
        {
            return null;
        }
    }
}

using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>
/// Carries out several pipeline definitions, or takes their models where they are there already, and judges all of them on the
/// same patients: what is compared is the fused model that would serve.
/// </summary>
public sealed class ComparisonRunner
{
    private readonly IReadOnlyList<PipelineDefinition> _definitions;
    private readonly ComparisonSettings _settings;
    private readonly IRunObserver _observer;
    private readonly StageClock _clock = new();

    /// <summary>Prepares a comparison.</summary>
    /// <param name="definitions">The models' definitions: the same data and the same split.</param>
    /// <param name="settings">How.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <exception cref="DefinitionException">The definitions cannot be compared; the message names file and key.</exception>
    public ComparisonRunner(IReadOnlyList<PipelineDefinition> definitions, ComparisonSettings settings, IRunObserver observer)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(observer);
        foreach (PipelineDefinition definition in definitions)
        {
            RunCases.MustBeOneSplit(definition);
        }

        Check(definitions, settings);
        _definitions = definitions;
        _settings = settings;
        _observer = observer;
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="OperationCanceledException">The comparison was interrupted; started again, it goes on.</exception>
    /// <exception cref="PatientSplitException">A patient to test on was trained or validated on.</exception>
    public ComparisonOutcome Run(CancellationToken cancellationToken = default)
    {
        using RunFolderLock folder = RunFolderLock.Take(_settings.Output, _definitions.Select(definition => definition.Data.Folder));
        PipelineDefinition first = _definitions[0];
        if (first.Data.Simulation is { } simulation)
        {
            _clock.Time("data", () => first.System.Simulator!.Ensure(first.Data.Folder, simulation, _settings.Threads, _observer, cancellationToken));
        }

        foreach (string warning in _definitions.Select(one => one.Split.Protocol.Warning()).Where(one => one.Length > 0).Distinct(StringComparer.Ordinal))
        {
            _observer.Note(warning);
        }

        // Which patients there are decides whether a model of an earlier run is still the one that would be trained.
        MLContext ml = new(seed: unchecked((int)first.Seed)) { TempFilePath = Dicom.PrivateFolder.Path };
        using ComparisonCases cases = _clock.Time("reading", () => ComparisonCases.Read(ml, _definitions, _settings, _observer, cancellationToken));
        foreach (PipelineDefinition definition in _definitions)
        {
            // Hours of training would end in this refusal otherwise.
            RunCases.StartMustNotKnow(definition, cases.Of(definition).Test);
        }

        IReadOnlyList<TrainedModel> trained = [.. _definitions.Select((definition, index) => Train(ml, definition, cases, index, cancellationToken))];
        IComparisonReport report = first.System.Task is BinaryTask ? OfTwoClasses(ml, trained, cases, cancellationToken) : OfTask(ml, trained, cases, cancellationToken);
        ComparisonOutcome outcome = new(report, _settings.Output, cases.LeftOut);
        ComparisonJson.Write(report, outcome.MetricsFile);
        ComparisonHtml.Write(report, outcome.HtmlFile);
        return outcome;
    }

    private ComparisonReport OfTwoClasses(MLContext ml, IReadOnlyList<TrainedModel> trained, ComparisonCases cases, CancellationToken cancellationToken)
    {
        List<ComparedModel> models = [];
        if (_settings.WithBaseline && _definitions[0].System.Baseline is { } baseline)
        {
            JudgedModel judged = _clock.Time("baseline", () => Baseline(ml, baseline, cases, cancellationToken));
            models.Add(new ComparedModel { Evaluation = (BinaryEvaluation)judged.Evaluation, Description = judged.Description, Training = judged.Training, IsBaseline = true });
        }

        IReadOnlyDictionary<string, IEvaluation> evaluations = _clock.Time("scoring", () => Score(trained, cases, cancellationToken));
        models.InsertRange(0, trained.Select(model => new ComparedModel
        {
            Evaluation = (BinaryEvaluation)evaluations[model.Definition.Name],
            Description = model.Definition.Description.TrimEnd('.'),
            Training = Words(model),
            Duration = model.Duration,
            ReportLink = Link(model),
            Published = model.Definition.Evaluation.Smoke ? null : model.Definition.System.Published(model.Definition.Network.Architecture),
        }));
        return ComparisonReport.Of(Title(models.Count), models, cases.Card(_definitions[0]), Record(trained), Primary) with { Protocol = Protocol() };
    }

    private TaskComparisonReport OfTask(MLContext ml, IReadOnlyList<TrainedModel> trained, ComparisonCases cases, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, IEvaluation> evaluations = _clock.Time("scoring", () => Score(trained, cases, cancellationToken));
        JudgedModel[] baselines = _settings.WithBaseline && HasBaseline(_definitions[0].System) ? [_clock.Time("baseline", () => Baseline(ml, _definitions[0].System.Baseline!, cases, cancellationToken))] : [];
        JudgedModel[] models = [.. trained.Select(model => new JudgedModel(evaluations[model.Definition.Name])
        {
            Description = model.Definition.Description.TrimEnd('.'),
            Training = Words(model),
            Duration = model.Duration,
            ReportLink = Link(model),
        }), .. baselines];
        return _clock.Time("comparison", () => TaskComparisonReport.Of(Title(models.Length), models, cases.Card(_definitions[0]), Record(trained), Primary) with { Protocol = Protocol() });
    }

    // Files of one comparison may each name it; that they agree was checked.
    private PrimaryContrast? Primary => _definitions.Select(one => one.Evaluation.PrimaryContrast).FirstOrDefault(one => one is not null);

    private string Link(TrainedModel model) => Path.GetRelativePath(_settings.Output, Path.Combine(model.Definition.Output, "report.html")).Replace('\\', '/');

    private sealed record TrainedModel(PipelineDefinition Definition, ModelBundle Bundle, TimeSpan? Duration);

    private TrainedModel Train(MLContext ml, PipelineDefinition definition, ComparisonCases cases, int index, CancellationToken cancellationToken)
    {
        ComparisonCases.Prepared sets = cases.Of(definition);
        RunKey key = RunCases.Key(definition, sets.Cases);
        if (!_settings.Retrain && FinishedRun.Bundle(definition.Output, key) is { } finished)
        {
            _observer.Note($"{definition.Name}: trained before, taken from {definition.Output}");
            return new(definition, finished, null);
        }

        _observer.Stage($"Model {index + 1} of {_definitions.Count}: {definition.Name}");
        RunSettings settings = new() { Command = $"{_settings.Command} ({definition.Name})", Threads = _settings.Threads };
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        RunCases.MustFit(definition, definition.Output);
        using RunFolderLock folder = RunFolderLock.Take(definition.Output, definition.Data.Folder);
        // Its cases are read and split already, for all models.
        RunOutcome outcome = _clock.Time(definition.Name, () => new PipelineRunner(definition, settings, _observer).RunOn(ml, sets.Cases, sets.Split, cancellationToken));
        TimeSpan duration = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        _observer.Trial(index + 1, outcome.Report.Evaluation, duration);
        return new(definition, ModelBundle.Load(definition.Output), duration);
    }

    private IReadOnlyDictionary<string, IEvaluation> Score(IReadOnlyList<TrainedModel> trained, ComparisonCases cases, CancellationToken cancellationToken)
    {
        int patients = cases.Of(_definitions[0]).Test.Patients.Count;
        _observer.Stage($"Scoring {patients} test patients with {(trained.Count == 1 ? "one model" : $"{trained.Count} models")}");
        Dictionary<string, IEvaluation> evaluations = new(StringComparer.Ordinal);
        // Models that read the same images share one pass over them.
        foreach (IGrouping<string, TrainedModel> alike in trained.GroupBy(model => ComparisonCases.KeyOf(model.Definition)))
        {
            TrainedModel[] group = [.. alike];
            ComparisonCases.Prepared sets = cases.Of(group[0].Definition);
            OnnxScorer[] scorers = [.. group.Select(model => new OnnxScorer(model.Bundle.Model, _settings.Threads))];
            try
            {
                LearningTask task = group[0].Definition.Task;
                CameraFacts cameras = CameraFacts.Of(sets.Test);
                IReadOnlyList<AnsweredCase>[] Answers(PatientSet set) => [.. AnswerReading.Read(
                    scorers, set, task, LearningTask.LabelColumn, CaseSchema.CaseId, CaseSchema.PatientId, cancellationToken)];
                if (task is SegmentationTask)
                {
                    // Masks are answered as they are judged, so that they need not be held; what decides is in the served file.
                    foreach ((TrainedModel model, OnnxScorer scorer) in group.Zip(scorers))
                    {
                        IEnumerable<AnsweredCase> Masks(PatientSet set) => AnswerReading.Read(scorer, set, task, LearningTask.LabelColumn, CaseSchema.CaseId, CaseSchema.PatientId, cancellationToken);
                        model.Bundle.Membership.MustNotKnow(sets.Test, model.Definition.Name);
                        evaluations[model.Definition.Name] = task.Evaluate(Masks(sets.Split.Validation), Masks(sets.Test).Select(cameras.Told), TaskDecision.MostProbable, Options(model.Definition.Name, cases));
                    }

                    continue;
                }

                IReadOnlyList<AnsweredCase>[] fitted = Answers(sets.Split.Validation), judged = Answers(sets.Test);
                for (int i = 0; i < group.Length; i++)
                {
                    int model = i;
                    group[i].Bundle.Membership.MustNotKnow(sets.Test, group[i].Definition.Name);
                    AnsweredCase[] validation = [.. fitted.Select(answers => answers[model])];
                    evaluations[group[i].Definition.Name] = task.Evaluate(validation, judged.Select(answers => cameras.Told(answers[model])), group[i].Definition.Task.Fit(validation), Options(group[i].Definition.Name, cases));
                }
            }
            finally
            {
                foreach (OnnxScorer scorer in scorers)
                {
                    scorer.Dispose();
                }
            }
        }

        return evaluations;
    }

    // What answers with masks has no measures.
    private static bool HasBaseline(SystemDefinition system) => system is { Task: not SegmentationTask, Baseline: not null };

    private JudgedModel Baseline(MLContext ml, BaselineDefinition definition, ComparisonCases cases, CancellationToken cancellationToken)
    {
        _observer.Stage("Fitting the baseline of hand-made measures");
        ComparisonCases.Prepared sets = cases.Of(_definitions[0]);
        SystemDefinition system = _definitions[0].System;
        MeasuredBaseline baseline = MeasuredBaseline.Train(ml, definition, system.Task, sets.Split.Train);
        return new JudgedModel(baseline.Evaluate(sets.Split.Validation, sets.Test, Options(MeasuredBaseline.Name, cases), cancellationToken))
        {
            Description = definition.Description,
            Training = string.Create(CultureInfo.InvariantCulture, $"fitted on {baseline.TrainingCases} {system.Words.Task.Cases}"),
        };
    }

    private EvaluationOptions Options(string name, ComparisonCases cases) => RunCases.Options(_definitions[0], cases.Of(_definitions[0]).Cases, name);

    private static string Words(TrainedModel model)
    {
        PipelineDefinition definition = model.Definition;
        string merged = definition.Network.Downsample > 1 ? string.Create(CultureInfo.InvariantCulture, $", {definition.Network.Downsample}-fold larger voxels") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{definition.Training.Epochs} epochs, batch {definition.Training.BatchSize}, width {definition.Network.Width}, {string.Join(" and ", definition.System.Cases.Images.Select(image => image.Shape))} voxels{merged}{(definition.Augmentation.Copies is null ? "" : ", copies of training cases")}{(definition.Augmentation.Generated is null ? "" : ", generated training images")}; {(model.Duration is null ? "trained before" : "trained now")}");
    }

    private string Title(int models) =>
        _settings.TestFolder is null ? $"{models} models on the same test patients" : $"{models} models on patients of another folder";

    private string Protocol()
    {
        if (_definitions.Any(one => one.Evaluation.Smoke))
        {
            return "NOT TRAINED: this only shows that everything runs; no figure says anything of a network, and none belongs in a paper's table.";
        }

        string warning = string.Join(' ', _definitions.Select(one => one.Split.Protocol.Warning()).Where(one => one.Length > 0).Distinct(StringComparer.Ordinal).Select(one => one + " "));
        string preset = _settings.Preset is { } name ? $"with the preset {name}, " : "";
        int[] epochs = [.. _definitions.Select(definition => definition.Training.Epochs).Distinct().Order()];
        string trained = epochs.Length == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{epochs[0]} epochs")
            : string.Create(CultureInfo.InvariantCulture, $"{epochs[0]} to {epochs[^1]} epochs");
        return _definitions[0].System.PublishedTraining switch
        {
            null => $"{warning}Trained {preset}{trained}.",
            { } paper when _definitions.All(paper.IsFollowed) => $"{warning}Trained with the paper's protocol ({paper.Words}).",
            { } paper => $"{warning}Trained {preset}{trained}: not the paper's protocol ({paper.Words}).",
        };
    }

    private RunRecord Record(IReadOnlyList<TrainedModel> trained)
    {
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal);
        foreach (TrainedModel model in trained)
        {
            hashes[$"{model.Definition.Name}: definition"] = model.Definition.Hash();
            hashes[$"{model.Definition.Name}: model.onnx"] = model.Bundle.Card.Files[ModelBundle.ModelFile];
        }

        return new RunRecord
        {
            Command = _settings.Command,
            Seed = (long)_definitions[0].Seed,
            Versions = RunCards.Versions(),
            Hashes = hashes,
            Started = _clock.Started,
            Durations = _clock.Durations,
            Threads = _settings.Threads,
            Hardware = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores"),
        };
    }

    private static string TaskOf(PipelineDefinition definition) => $"{definition.System.Task.Name} of {string.Join(", ", definition.System.Task.Classes)}";

    private static void Check(IReadOnlyList<PipelineDefinition> definitions, ComparisonSettings settings)
    {
        PipelineDefinition first = definitions.Count > 0 ? definitions[0] : throw new DefinitionException("A comparison needs at least two models: give two pipeline definitions.");
        bool hasBaseline = HasBaseline(first.System);
        if (definitions.Count + (settings.WithBaseline && hasBaseline ? 1 : 0) < 2)
        {
            throw new DefinitionException(hasBaseline
                ? "A comparison needs at least two models: give two pipeline definitions, or one and the baseline."
                : $"A comparison needs at least two models: give two pipeline definitions; the system {first.System.Name} has no baseline to compare one with.");
        }

        string[] names = [.. definitions.Select(one => one.Name), .. settings.WithBaseline && hasBaseline ? (string[])[MeasuredBaseline.Name] : []];
        PipelineDefinition[] naming = [.. definitions.Where(one => one.Evaluation.PrimaryContrast is not null)];
        foreach (PipelineDefinition one in naming)
        {
            PrimaryContrast contrast = one.Evaluation.PrimaryContrast!;
            if (!names.Contains(contrast.First, StringComparer.Ordinal) || !names.Contains(contrast.Second, StringComparer.Ordinal))
            {
                throw new DefinitionException($"{one.Source}: evaluation.primary-contrast: expected two of {string.Join(", ", names)}, found {PlainText.Short(contrast.ToString())}.");
            }

            if (!contrast.IsOf(naming[0].Evaluation.PrimaryContrast!.First, naming[0].Evaluation.PrimaryContrast!.Second))
            {
                throw new DefinitionException($"{one.Source}: evaluation.primary-contrast: {naming[0].Source} names another one ({PlainText.Short(naming[0].Evaluation.PrimaryContrast!.ToString())}); name one.");
            }
        }

        foreach (PipelineDefinition other in definitions.Skip(1))
        {
            void Same<T>(string key, T expected, T found)
            {
                if (!EqualityComparer<T>.Default.Equals(expected, found))
                {
                    throw new DefinitionException($"{other.Source}: {key}: models are compared on the same patients; {first.Source} says {Said(expected)}, this file says {Said(found)}.");
                }
            }

            void Equal<T>(string key, T expected, T found)
            {
                if (!EqualityComparer<T>.Default.Equals(expected, found))
                {
                    throw new DefinitionException($"{other.Source}: {key}: models are compared on the same patients, and this section is another one than in {first.Source}: make both the same.");
                }
            }

            static string Said<T>(T value) => value is null ? "nothing" : string.Create(CultureInfo.InvariantCulture, $"{value}");

            Same("data.folder", first.Data.Folder, other.Data.Folder);
            Same("data.labels", first.Data.Labels, other.Data.Labels);
            Same("data.assume-spacing", first.Data.AssumeSpacing, other.Data.AssumeSpacing);
            Same("data.simulation.patients", first.Data.Simulation?.Patients, other.Data.Simulation?.Patients);
            Same("data.simulation.seed", first.Data.Simulation?.Seed, other.Data.Simulation?.Seed);
            // What is left of both sections has no one line that says it.
            Equal("data", first.Data, other.Data);
            Same("split.train", first.Split.Train, other.Split.Train);
            Same("split.validation", first.Split.Validation, other.Split.Validation);
            Same("split.test", first.Split.Test, other.Split.Test);
            Equal("split", first.Split, other.Split);
            Same("seed", first.Seed, other.Seed);
            Same("system", first.System.Name, other.System.Name);
            Same($"{first.System.Section}, which decides the task", TaskOf(first), TaskOf(other));
            foreach ((string setting, string value) in first.System.CohortSettings)
            {
                Same($"{first.System.Section}.{setting}", value, other.System.CohortSettings.GetValueOrDefault(setting));
            }
        }

        foreach (Func<PipelineDefinition, (string Key, string Value)> of in (Func<PipelineDefinition, (string, string)>[])[one => ("name", one.Name), one => ("output", Path.GetFullPath(one.Output))])
        {
            if (definitions.GroupBy(one => of(one).Value, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw new DefinitionException($"{twice.Last().Source}: {of(twice.Last()).Key}: {twice.First().Source} has the same; give each model its own.");
            }
        }

        if (definitions.FirstOrDefault(one => one.Name == MeasuredBaseline.Name) is { } taken)
        {
            throw new DefinitionException($"{taken.Source}: name: '{MeasuredBaseline.Name}' is the name of the baseline; choose another.");
        }
    }
}

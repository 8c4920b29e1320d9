using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Pipelines.Data;
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
        Directory.CreateDirectory(_settings.Output);
        using RunFolderLock folder = RunFolderLock.Take(_settings.Output);
        PipelineDefinition first = _definitions[0];
        if (first.Data.Simulation is { } simulation)
        {
            _clock.Time("data", () => SimulatedStudies.Ensure(first.Data.Folder, simulation, _settings.Threads, _observer, cancellationToken));
        }

        IReadOnlyList<TrainedModel> trained = [.. _definitions.Select((definition, index) => Train(definition, index, cancellationToken))];

        MLContext ml = new(seed: unchecked((int)first.Seed));
        ComparisonCases cases = _clock.Time("reading", () => ComparisonCases.Read(ml, _definitions, _settings, _observer, cancellationToken));
        List<ComparedModel> models = [];
        if (_settings.WithBaseline)
        {
            models.Add(_clock.Time("baseline", () => Baseline(ml, cases, cancellationToken)));
        }

        _clock.Time("scoring", () => models.InsertRange(0, Score(trained, cases, cancellationToken)));
        ComparisonReport report = ComparisonReport.Of(Title(), models, cases.Card(_definitions[0]), Record()) with { Protocol = Protocol() };
        ComparisonOutcome outcome = new(report, _settings.Output, cases.LeftOut);
        ComparisonJson.Write(report, outcome.MetricsFile);
        ComparisonHtml.Write(report, outcome.HtmlFile);
        return outcome;
    }

    private sealed record TrainedModel(PipelineDefinition Definition, FusedModel Fused, TimeSpan? Duration);

    private TrainedModel Train(PipelineDefinition definition, int index, CancellationToken cancellationToken)
    {
        string model = Path.Combine(definition.Output, "model.onnx");
        string? labels = FinishedRun.HashOf(Path.Combine(definition.Data.Folder, definition.Data.Labels));
        if (!_settings.Retrain && FinishedRun.IsThere(definition.Output, definition, labels))
        {
            _observer.Note($"{definition.Name}: trained before, taken from {definition.Output}");
            return new(definition, FusedModel.Load(model), null);
        }

        _observer.Stage($"Model {index + 1} of {_definitions.Count}: {definition.Name}");
        RunSettings settings = new() { Command = $"{_settings.Command} ({definition.Name})", Threads = _settings.Threads };
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        RunOutcome outcome = _clock.Time(definition.Name, () => new PipelineRunner(definition, settings, _observer).Run(cancellationToken));
        TimeSpan duration = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        _observer.Trial(index + 1, (BinaryEvaluation)outcome.Report.Evaluation, duration);
        return new(definition, FusedModel.Load(model), duration);
    }

    private List<ComparedModel> Score(IReadOnlyList<TrainedModel> trained, ComparisonCases cases, CancellationToken cancellationToken)
    {
        _observer.Stage($"Scoring {cases.Test.Patients.Count} test patients with {(trained.Count == 1 ? "one model" : $"{trained.Count} models")}");
        Dictionary<string, BinaryEvaluation> evaluations = new(StringComparer.Ordinal);
        // Models that read kidneys of one size share one pass over the studies.
        foreach (IGrouping<int, TrainedModel> alike in trained.GroupBy(model => model.Definition.Kidneys.Size))
        {
            TrainedModel[] group = [.. alike];
            FusedModel[] models = [.. group.Select(model => model.Fused)];
            (ValidationSet validation, TestSet test) = cases.OfSize(alike.Key);
            IReadOnlyList<IReadOnlyList<ScoredCase>> fitted = FusedScoring.Score(models, validation, _settings.Threads, cancellationToken);
            IReadOnlyList<IReadOnlyList<ScoredCase>> judged = FusedScoring.Score(models, test, _settings.Threads, cancellationToken);
            for (int i = 0; i < group.Length; i++)
            {
                ValidationScores scores = new(fitted[i]);
                evaluations[group[i].Definition.Name] = BinaryEvaluation.Of(scores, new TestScores(judged[i]), DecisionThreshold.FitYouden(scores), Options(group[i].Definition.Name));
            }
        }

        return [.. trained.Select(model => new ComparedModel
        {
            Evaluation = evaluations[model.Definition.Name],
            Description = model.Definition.Description.TrimEnd('.'),
            Training = Words(model),
            Duration = model.Duration,
            ReportLink = Path.GetRelativePath(_settings.Output, Path.Combine(model.Definition.Output, "report.html")).Replace('\\', '/'),
            Published = PublishedDmsaResults.ByPipeline.GetValueOrDefault(model.Definition.Network.Architecture),
        })];
    }

    private ComparedModel Baseline(MLContext ml, ComparisonCases cases, CancellationToken cancellationToken)
    {
        _observer.Stage("Fitting the baseline of hand-made measures");
        (ValidationSet validation, TestSet test) = cases.OfSize(cases.Split.Size);
        MeasuredBaseline baseline = MeasuredBaseline.Train(ml, cases.Split.Patients.Train, cancellationToken);
        return new ComparedModel
        {
            Evaluation = baseline.Evaluate(validation, test, Options(MeasuredBaseline.Name), cancellationToken),
            Description = MeasuredBaseline.Description,
            Training = string.Create(CultureInfo.InvariantCulture, $"fitted on {baseline.TrainingKidneys} kidneys"),
            IsBaseline = true,
        };
    }

    private EvaluationOptions Options(string name) => new()
    {
        Level = _definitions[0].Evaluation.Confidence,
        Seed = _definitions[0].Seed,
        WithPaperProtocol = _definitions[0].Evaluation.PaperProtocol,
        Model = name,
        Words = DmsaReport.Words,
    };

    private static string Words(TrainedModel model)
    {
        PipelineDefinition definition = model.Definition;
        string merged = definition.Network.Downsample > 1 ? string.Create(CultureInfo.InvariantCulture, $", {definition.Network.Downsample}-fold larger voxels") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{definition.Training.Epochs} epochs, batch {definition.Training.BatchSize}, width {definition.Network.Width}, {definition.Kidneys.Size} voxels{merged}; {(model.Duration is null ? "trained before" : "trained now")}");
    }

    private string Title()
    {
        int models = _definitions.Count + (_settings.WithBaseline ? 1 : 0);
        return _settings.TestFolder is null ? $"{models} models on the same test patients" : $"{models} models on patients of another folder";
    }

    private string Protocol()
    {
        string preset = _settings.Preset is { } name ? $"with the preset {name}, " : "";
        int[] epochs = [.. _definitions.Select(definition => definition.Training.Epochs).Distinct().Order()];
        string trained = epochs.Length == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{epochs[0]} epochs")
            : string.Create(CultureInfo.InvariantCulture, $"{epochs[0]} to {epochs[^1]} epochs");
        // Lin et al. 2023: 300 epochs, batches of four, the full width and matrix.
        bool isPaper = _definitions.All(definition => definition.Training is { Epochs: 300, BatchSize: 4 } && definition.Network is { Width: 1, Downsample: 1 } && definition.Kidneys.Size == 128);
        return isPaper
            ? "Trained with the paper's protocol (300 epochs, batches of 4, the full network and matrix)."
            : $"Trained {preset}{trained}: not the paper's protocol (300 epochs, batches of 4, the full network and matrix).";
    }

    private RunRecord Record()
    {
        SortedDictionary<string, string> hashes = new(StringComparer.Ordinal);
        foreach (PipelineDefinition definition in _definitions)
        {
            hashes[$"{definition.Name}: definition"] = definition.Hash();
            hashes[$"{definition.Name}: model.onnx"] = FinishedRun.HashOf(Path.Combine(definition.Output, "model.onnx")) ?? "";
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

    private static void Check(IReadOnlyList<PipelineDefinition> definitions, ComparisonSettings settings)
    {
        if (definitions.Count + (settings.WithBaseline ? 1 : 0) < 2)
        {
            throw new DefinitionException("A comparison needs at least two models: give two pipeline definitions, or one and the baseline.");
        }

        PipelineDefinition first = definitions[0];
        foreach (PipelineDefinition other in definitions.Skip(1))
        {
            void Same<T>(string key, T expected, T found)
            {
                if (!EqualityComparer<T>.Default.Equals(expected, found))
                {
                    throw new DefinitionException($"{other.Source}: {key}: models are compared on the same patients; {first.Source} says {expected}, this file says {found}.");
                }
            }

            Same("data", first.Data, other.Data);
            Same("split", first.Split, other.Split);
            Same("seed", first.Seed, other.Seed);
            Same("kidneys.minimum-confidence", first.Kidneys.MinimumConfidence, other.Kidneys.MinimumConfidence);
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

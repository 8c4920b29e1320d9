using System.Globalization;
using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Explanations;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>
/// Carries out a pipeline definition: studies, split, training, fused model, evaluation, report. A run that was interrupted,
/// or killed, goes on where it was when it is started again, and ends with the same weights.
/// </summary>
public sealed class PipelineRunner
{
    /// <summary>The file that an unfinished training leaves in its folder.</summary>
    internal const string CheckpointName = "training.checkpoint";

    private readonly PipelineDefinition _definition;
    private readonly RunSettings _settings;
    private readonly IRunObserver _observer;
    private readonly string _folder;
    private readonly StageClock _clock = new();

    /// <summary>Prepares a run.</summary>
    /// <param name="definition">What to do.</param>
    /// <param name="settings">How.</param>
    /// <param name="observer">Is told how it goes.</param>
    public PipelineRunner(PipelineDefinition definition, RunSettings settings, IRunObserver observer)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(observer);
        _definition = definition;
        _settings = settings;
        _observer = observer;
        _folder = settings.Output ?? definition.Output;
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted; started again, it goes on.</exception>
    /// <exception cref="RunFolderInUseException">Another run writes the same folder.</exception>
    public RunOutcome Run(CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(_folder);
        using RunFolderLock folder = RunFolderLock.Take(_folder);
        MLContext ml = new(seed: unchecked((int)_definition.Seed));

        _clock.Time("data", () => Simulate(cancellationToken));
        (KidneyDataView kidneys, PatientSplit split) = _clock.Time("reading", () => Load(ml, cancellationToken));
        using ConvolutionalNetworkTransformer network = _clock.Time("training", () => Train(ml, split, cancellationToken));
        FusedModel fused = network.Fuse();
        string onnx = Path.Combine(_folder, "model.onnx");
        fused.WriteOnnx(onnx);
        fused.SaveStock(ml, Path.Combine(_folder, "model.zip"));
        _observer.Note($"Model: {onnx} (and model.zip for ML.NET)");

        _observer.Stage("Scoring the test patients");
        (TestScores test, double difference) = _clock.Time("scoring", () => ScoreTest(network, fused, split.Test, cancellationToken));
        _observer.Stage("Explaining the test patients' scores");
        ExplanationSection explanation = _clock.Time("explanation", () => Explain(kidneys, split.Test, network, fused, test, cancellationToken));
        RunOutcome outcome = _clock.Time("evaluation", () => Evaluate(kidneys, split, network, fused, test, difference, explanation));
        // Only a finished run takes its checkpoint away: the next one starts afresh.
        File.Delete(CheckpointFile);
        return outcome;
    }

    private string CheckpointFile => Path.Combine(_folder, CheckpointName);

    private void Simulate(CancellationToken cancellationToken)
    {
        if (_definition.Data.Simulation is { } simulation)
        {
            SimulatedStudies.Ensure(_definition.Data.Folder, simulation, _settings.Threads, _observer, cancellationToken);
        }
    }

    private (KidneyDataView Kidneys, PatientSplit Split) Load(MLContext ml, CancellationToken cancellationToken)
    {
        _observer.Stage($"Reading {_definition.Data.Folder}");
        KidneyDataView kidneys = KidneyStudies.Load(ml, _definition, _definition.Data.Folder, _settings.Threads);
        cancellationToken.ThrowIfCancellationRequested();
        PatientSplit split = KidneyStudies.Split(ml, kidneys, _definition);
        foreach (LeftOutStudy study in kidneys.LeftOut)
        {
            _observer.LeftOut(study);
        }

        _observer.Note($"{kidneys.Studies.FileCount - kidneys.LeftOut.Count} of {kidneys.Studies.FileCount} files are studies: {split}");
        return (kidneys, split);
    }

    private ConvolutionalNetworkTransformer Train(MLContext ml, PatientSplit split, CancellationToken cancellationToken)
    {
        NetworkGraph graph = NetworkCatalog.Create(_definition.Network, _definition.Kidneys.Size);
        _observer.Stage(string.Create(CultureInfo.InvariantCulture,
            $"Training {_definition.Network.Architecture}: {graph.ParameterCount:N0} parameters, {graph.EstimateMemory(_definition.Training.BatchSize).TrainingBytes / 1048576.0:N0} MiB while training"));
        ConvolutionalNetworkTrainer trainer = ml.BinaryClassification.Trainers.ConvolutionalNetwork(new ConvolutionalNetworkOptions
        {
            Network = graph,
            Augmentation = NetworkCatalog.CreateAugmentation(_definition.Augmentation),
            Training = new TrainingOptions
            {
                Seed = _definition.Seed,
                Epochs = _definition.Training.Epochs,
                BatchSize = _definition.Training.BatchSize,
                LearningRate = _definition.Training.LearningRate,
                Beta1 = _definition.Training.Beta1,
                Beta2 = _definition.Training.Beta2,
                Device = Enum.Parse<TrainingDevice>(_definition.Training.Device, ignoreCase: true),
                Lanes = _definition.Training.Lanes,
                ReaderThreads = Math.Max(1, _settings.Threads),
                CheckpointPath = CheckpointFile,
            },
            Progress = new EpochProgress(_observer),
            CancellationToken = cancellationToken,
        });
        return NetworkCatalog.Preprocessing(ml, _definition.Network, _definition.Kidneys.Size).Append(trainer).Fit(split.Train).LastTransformer;
    }

    private (TestScores Scores, double Difference) ScoreTest(
        ConvolutionalNetworkTransformer network, FusedModel fused, TestSet test, CancellationToken cancellationToken)
    {
        using FusedScorer scorer = new(fused);
        List<ScoredCase> cases = [];
        double difference = 0;
        foreach (TestCase row in TestCase.Read(network, fused, test))
        {
            cancellationToken.ThrowIfCancellationRequested();
            cases.Add(row.Scored);
            float served = scorer.Score([row.FusedInputs])[0].Probability;
            difference = Math.Max(difference, Math.Abs(served - row.Scored.Probability));
        }

        // The file that serves must answer as what was evaluated, or the figures below would be about something else.
        return difference < 1e-4
            ? (new TestScores(cases), difference)
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The fused model differs from the pipeline by {difference:G3}."));
    }

    private ExplanationSection Explain(
        KidneyDataView kidneys, TestSet set, ConvolutionalNetworkTransformer network, FusedModel fused, TestScores test, CancellationToken cancellationToken)
    {
        ExplainingModel model = network.Explain();
        model.WriteOnnx(Path.Combine(_folder, "explanation.onnx"));
        return new TestExplanation(_definition, kidneys, network, fused, SimulatedTruth.Of(_definition.Data.Simulation))
            .Of(model, set, test, _settings.Threads, cancellationToken);
    }

    private RunOutcome Evaluate(
        KidneyDataView kidneys, PatientSplit split, ConvolutionalNetworkTransformer network, FusedModel fused, TestScores test, double difference, ExplanationSection explanation)
    {
        BinaryEvaluation evaluation = BinaryEvaluation.Of(network.Validation, test, network.Threshold, new EvaluationOptions
        {
            Level = _definition.Evaluation.Confidence,
            Seed = _definition.Seed,
            WithPaperProtocol = _definition.Evaluation.PaperProtocol,
            Model = _definition.Name,
            Words = DmsaReport.Words,
            Groupings = DmsaReport.Groupings(test.Cases),
        });
        RunCards cards = new(_definition, _settings);
        EvaluationReport report = new()
        {
            Title = _definition.Description.Length > 0 ? $"{_definition.Name}: {_definition.Description}" : _definition.Name,
            Evaluation = evaluation,
            Run = cards.Run(network, fused, _clock.Started, _clock.Durations),
            Data = cards.Data(kidneys, split, network, test),
            Model = cards.Model(network),
            History = RunCards.History(network.Training),
            Explanation = explanation,
            Pictures = MisjudgedPictures.Draw(network, split.Test, evaluation),
        };
        RunOutcome outcome = new(report, _folder, kidneys.LeftOut, difference);
        MetricsJson.Write(report, outcome.MetricsFile);
        HtmlReport.Write(report, outcome.HtmlFile);
        ScoresTable.Write(Path.Combine(_folder, "scores.csv"), network.Validation, test, network.Threshold);
        return outcome;
    }

    private sealed class EpochProgress(IRunObserver observer) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => observer.Epoch(value);
    }
}

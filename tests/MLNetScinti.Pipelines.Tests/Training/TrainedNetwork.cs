using Microsoft.ML;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Serving;

namespace MLNetScinti.Pipelines.Tests.Training;

/// <summary>The small cohort with a small 2.5D network trained on it for two epochs: once for all tests that only look at it.</summary>
public sealed class TrainedNetwork : IDisposable
{
    public static NetworkDefinition Definition { get; } = new("dmsa-2.5d", 0.1);

    public TrainedNetwork()
    {
        Kidneys = SmallCohort.Load(Cohort.Folder);
        Split = Ml.Data.SplitByPatient(Kidneys, new PatientSplitOptions { TrainPatients = 4, ValidationPatients = 4, TestPatients = 4, Balanced = true });
        Chain = Fit(seed: 3);
        Fused = Chain.Fuse();
    }

    public MLContext Ml { get; } = new(seed: 1);

    public SmallCohort Cohort { get; } = new();

    public CaseView Kidneys { get; }

    public PatientSplit Split { get; }

    public FittedPipeline Chain { get; }

    public NetworkTransformer Network => Chain.Network;

    public FusedModel Fused { get; }

    public IEstimator<ITransformer> Preprocessing => SmallCohort.System.Preprocessing(Ml, Definition);

    public FittedPipeline Fit(ulong seed) => Split.Fit(Preprocessing, Trainer(seed));

    public NetworkTrainer Trainer(ulong seed, CancellationToken cancellation = default) => Ml.BinaryClassification.Trainers.ConvolutionalNetwork(new NetworkTrainerOptions
    {
        Network = SmallCohort.System.Network(Definition),
        // A threshold that is a case's own score shows whether served numbers decide alike at its edge.
        Task = SmallCohort.System.Task with { Threshold = ThresholdRule.HighestOfBest },
        Augmentation = new Augmentation([new RandomFlip(true, true), new RandomTranslate(2)]),
        Training = new TrainingOptions { Seed = seed, Epochs = 2, Optimizer = new OptimizerOptions { LearningRate = 1e-3 }, Selection = Selection.Accuracy, Device = TrainingDevice.Cpu },
        CancellationToken = cancellation,
    });

    public void Dispose()
    {
        Chain.Dispose();
        Kidneys.Dispose();
        Cohort.Dispose();
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines.Data;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Pipelines.Runs;
using MLNetScinti.Pipelines.Serving;
using MLNetScinti.Pipelines.Training;

namespace MLNetScinti.Pipelines.Tests.Training;

/// <summary>The small cohort with a small 2.5D network trained on it for two epochs: once for all tests that only look at it.</summary>
public sealed class TrainedNetwork : IDisposable
{
    private static readonly NetworkDefinition s_definition = new("dmsa-2.5d", 0.1);

    public TrainedNetwork()
    {
        Kidneys = Ml.Data.LoadKidneysFromDicom(Cohort.Folder, kidneys: SmallCohort.Kidneys, options: SmallCohort.Load);
        Split = Ml.Data.SplitByPatient(Kidneys, new PatientSplitOptions { TrainPatients = 4, ValidationPatients = 4, TestPatients = 4, Balanced = true });
        Chain = Fit(seed: 3);
        Fused = Network.Fuse();
    }

    public MLContext Ml { get; } = new(seed: 1);

    public SmallCohort Cohort { get; } = new();

    public KidneyDataView Kidneys { get; }

    public PatientSplit Split { get; }

    public TransformerChain<ConvolutionalNetworkTransformer> Chain { get; }

    public ConvolutionalNetworkTransformer Network => Chain.LastTransformer;

    public FusedModel Fused { get; }

    public TransformerChain<ConvolutionalNetworkTransformer> Fit(ulong seed) =>
        NetworkCatalog.Preprocessing(Ml, s_definition, SmallCohort.Kidneys.Size).Append(Trainer(seed)).Fit(Split.Train);

    public ConvolutionalNetworkTrainer Trainer(ulong seed) => Ml.BinaryClassification.Trainers.ConvolutionalNetwork(new ConvolutionalNetworkOptions
    {
        Network = NetworkCatalog.Create(s_definition, SmallCohort.Kidneys.Size),
        Augmentation = new Augmentation([new RandomFlip(true, true), new RandomTranslate(2)]),
        Training = new TrainingOptions { Seed = seed, Epochs = 2, Optimizer = new OptimizerOptions { LearningRate = 1e-3 }, Selection = Selection.Accuracy, Device = TrainingDevice.Cpu },
    });

    public void Dispose()
    {
        Network.Dispose();
        Cohort.Dispose();
    }
}

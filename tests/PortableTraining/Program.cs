using System.Globalization;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Networks.Native;

namespace MLNetScinti.PortableTraining;

/// <summary>
/// Trains a small network on numbers that are the same everywhere and prints the hash of its weights after the last epoch:
/// to be compared between processors, or emulations of them. Arguments: "portable" or "processor", epochs, a checkpoint file.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        Reproducibility reproducibility = arguments is ["portable", ..] ? Reproducibility.Portable : Reproducibility.Processor;
        int epochs = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 2;
        NetworkGraph graph = Network();
        TrainingOptions options = new()
        {
            Epochs = epochs,
            BatchSize = 3,
            Seed = 4,
            Device = TrainingDevice.Cpu,
            Lanes = 2,
            Reproducibility = reproducibility,
            Optimizer = new OptimizerOptions { LearningRate = 1e-2, WeightDecay = 1e-3 },
            CheckpointPath = arguments.Length > 2 ? arguments[2] : null,
        };
        TrainingResult result = TrainingLoop.Run(graph, new Cases(graph, 9, 1), new Cases(graph, 4, 2), options);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.FinalWeights.Hash()} loss {result.History[^1].TrainingLoss:R} validation {result.History[^1].ValidationLoss:R}"));
        return 0;
    }

    private static NetworkGraph Network()
    {
        NetworkGraphBuilder network = new();
        string image = network.Input("image", [1, 20, 20]);
        string facts = network.Input("facts", [3]);
        string x = network.Relu("relu1", network.BatchNormalization("norm1", network.Convolution("conv1", image, 8, bias: false)));
        string skip = x = network.MaxPooling("pool1", x, 3, stride: 2, padding: 1);
        x = network.BatchNormalization("norm2", network.Convolution("conv2", x, 8));
        x = network.Relu("relu2", network.Sum("sum", x, skip));
        x = network.LeakyRelu("relu3", network.Convolution("conv3", network.AveragePooling("pool2", x, 2), 16, kernel: [1, 3]));
        x = network.Concatenate("features", network.GlobalAveragePooling("average", x), network.Tanh("tanh", network.Dense("dense1", facts, 8)));
        x = network.Dropout("dropout", network.Relu("relu4", network.Dense("dense2", x, 32)));
        return network.Build(network.Dense("score", x, 1, gain: 1), OutputActivation.Sigmoid);
    }

    private sealed class Cases(NetworkGraph graph, int count, ulong seed) : ITrainingSamples
    {
        public int Count => count;

        public IReadOnlyList<TensorShape> InputShapes { get; } = [.. graph.Inputs.Select(input => input.Shape)];

        public TensorShape TargetShape { get; } = [1];

        public string Description => "none";

        public void ReadTarget(int index, Span<float> target) => target[0] = index % 2;

        public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
        {
            ReadTarget(index, target.Span);
            CounterRandom random = new(seed, 0, (ulong)index, "case");
            foreach (Memory<float> input in inputs)
            {
                foreach (ref float value in input.Span)
                {
                    value = (float)(random.NextDouble() + (0.3 * target.Span[0]));
                }
            }
        }
    }
}

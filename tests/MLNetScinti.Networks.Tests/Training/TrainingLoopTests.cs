using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Tests;

[Collection("torch")]
public sealed class TrainingLoopTests : IDisposable
{
    private static readonly NetworkGraph s_graph = ResidualNetworks.ThreeView(new ResidualNetworkOptions { Sections = 16, Rows = 16, Columns = 16, WidthMultiplier = 0.125 });

    private static readonly TensorShape[] s_shapes = [.. s_graph.Inputs.Select(input => input.Shape)];

    private static readonly NetworkGraph s_planar = ResidualNetworks.Planar(new ResidualNetworkOptions { Rows = 16, Columns = 16, WidthMultiplier = 0.125 });

    private static readonly TensorShape[] s_small = [[1, 16, 16]];

    private static readonly TrainingOptions s_options = new() { Epochs = 4, Optimizer = new OptimizerOptions { LearningRate = 1e-3 }, Selection = Selection.Accuracy, Seed = 9, Device = TrainingDevice.Cpu, Lanes = 1 };

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-training").FullName;

    private string CheckpointPath => Path.Combine(_folder, "training.checkpoint");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AnEasyTaskIsLearnt()
    {
        TrainingResult result = TrainingLoop.Run(s_graph, Cases(30), Cases(15, 6), s_options with { Epochs = 8 });

        Assert.Equal(8, result.History.Count);
        Assert.True(result.History[^1].TrainingLoss < result.History[0].TrainingLoss / 2);
        Assert.True(result.BestEpoch.Figure("accuracy") >= 14.0 / 15, $"{result.BestEpoch}");
        Assert.Equal([1.5, 3], Assert.IsType<BinaryCrossEntropy>(result.Loss).ClassWeights!);
        Assert.Equal((0, "cpu", s_graph.Hash), (result.ResumedEpochs, result.Device, result.GraphHash));
    }

    [Fact]
    public void NeitherReadersNorTheThreadsBeforeChangeTheResult()
    {
        int before = get_num_threads();
        try
        {
            set_num_threads(1);
            TrainingResult first = TrainingLoop.Run(s_planar, new SimpleCases(7, s_small), new SimpleCases(3, s_small), s_options with { Epochs = 2, ReaderThreads = 1, Lanes = 2 });
            Assert.Equal(1, get_num_threads());
            set_num_threads(3);
            TrainingResult second = TrainingLoop.Run(s_planar, new SimpleCases(7, s_small), new SimpleCases(3, s_small), s_options with { Epochs = 2, ReaderThreads = 5, Lanes = 2 });

            Assert.Equal(first.FinalWeights.Hash(), second.FinalWeights.Hash());
            Assert.Equal(first.BestWeights.Hash(), second.BestWeights.Hash());
            Assert.Equal(
                first.History.Select(epoch => epoch with { Seconds = 0 }),
                second.History.Select(epoch => epoch with { Seconds = 0 }));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void AnotherSeedGivesOtherWeights()
    {
        TrainingOptions options = s_options with { Epochs = 1 };
        string first = TrainingLoop.Run(s_graph, Cases(6), Cases(3), options).FinalWeights.Hash();
        Assert.NotEqual(first, TrainingLoop.Run(s_graph, Cases(6), Cases(3), options with { Seed = 10 }).FinalWeights.Hash());
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    public void AStoppedRunGoesOnAsIfItHadNotBeenStopped(int stopEpoch, int checkpointEvery)
    {
        TrainingResult whole = TrainingLoop.Run(s_graph, Cases(13), Cases(6, 6), s_options);
        TrainingOptions options = s_options with { CheckpointPath = CheckpointPath, CheckpointEvery = checkpointEvery };

        // The reader is some batches ahead of the step, so this stops in the middle of an epoch.
        using CancellationTokenSource stop = new();
        SimpleCases cases = new(13, s_shapes) { BeforeRead = (_, epoch) => StopAt(epoch) };
        void StopAt(int epoch)
        {
            if (epoch == stopEpoch)
            {
                stop.Cancel();
            }
        }

        Assert.ThrowsAny<OperationCanceledException>(() => TrainingLoop.Run(s_graph, cases, Cases(6, 6), options, cancellation: stop.Token));
        TrainingResult resumed = TrainingLoop.Run(s_graph, Cases(13), Cases(6, 6), options, cancellation: CancellationToken.None);

        Assert.InRange(resumed.ResumedEpochs, 0, stopEpoch - 1);
        Assert.Equal(whole.FinalWeights.Hash(), resumed.FinalWeights.Hash());
        Assert.Equal(whole.BestWeights.Hash(), resumed.BestWeights.Hash());
        Assert.Equal(
            whole.History.Select(epoch => epoch with { Seconds = 0 }),
            resumed.History.Select(epoch => epoch with { Seconds = 0 }));
    }

    [Fact]
    public void AFinishedRunIsTakenFromItsCheckpointAndALongerOneGoesOn()
    {
        TrainingOptions options = s_options with { Epochs = 2, CheckpointPath = CheckpointPath };
        string first = TrainingLoop.Run(s_graph, Cases(9), Cases(6, 6), options).FinalWeights.Hash();

        SimpleCases untouched = Cases(9);
        TrainingResult again = TrainingLoop.Run(s_graph, untouched, Cases(6, 6), options);
        Assert.Equal((2, first), (again.ResumedEpochs, again.FinalWeights.Hash()));
        // The cases are looked at, to see that the checkpoint is of these, and nothing is trained on.
        Assert.Equal([.. Enumerable.Range(0, 9).Select(index => (index, 1)), .. Enumerable.Range(0, 8).Select(index => (index, 1))], untouched.Reads);

        TrainingResult longer = TrainingLoop.Run(s_graph, Cases(9), Cases(6, 6), options with { Epochs = 4 });
        TrainingResult atOnce = TrainingLoop.Run(s_graph, Cases(9), Cases(6, 6), s_options);
        Assert.Equal(2, longer.ResumedEpochs);
        Assert.Equal(atOnce.FinalWeights.Hash(), longer.FinalWeights.Hash());
    }

    [Fact]
    public void ACheckpointOfAnotherTrainingIsRefused()
    {
        TrainingOptions options = s_options with { Epochs = 1, CheckpointPath = CheckpointPath };
        TrainingLoop.Run(s_graph, Cases(6), Cases(3), options);

        string Refusal(NetworkGraph graph, SimpleCases training, TrainingOptions changed) =>
            Assert.Throws<CheckpointException>(() => TrainingLoop.Run(graph, training, Cases(3), changed)).Message;
        Assert.Equal(
            $"The checkpoint {CheckpointPath} was made with another learning rate: 0.001, now 0.002. Restore the setting, or delete the checkpoint to start anew.",
            Refusal(s_graph, Cases(6), options with { Optimizer = options.Optimizer with { LearningRate = 2e-3 } }));
        Assert.False(Assert.Throws<CheckpointException>(() => TrainingLoop.Run(s_graph, Cases(6), Cases(3), options with { Seed = 8 })).IsDamaged);
        Assert.Contains("another seed: 9, now 8", Refusal(s_graph, Cases(6), options with { Seed = 8 }), StringComparison.Ordinal);
        Assert.Contains("another lanes: 1, now 3", Refusal(s_graph, Cases(6), options with { Lanes = 3 }), StringComparison.Ordinal);
        Assert.Contains("another training set: 6 cases", Refusal(s_graph, Cases(7), options), StringComparison.Ordinal);
        NetworkGraph wider = ResidualNetworks.ThreeView(new ResidualNetworkOptions { Sections = 16, Rows = 16, Columns = 16, WidthMultiplier = 0.25 });
        Assert.Contains("another network: ", Refusal(wider, Cases(6), options), StringComparison.Ordinal);
    }

    [Fact]
    public void ADamagedCheckpointIsRefusedAndAnUnfinishedOneIgnored()
    {
        TrainingOptions options = s_options with { Epochs = 1, CheckpointPath = CheckpointPath };
        File.WriteAllText(CheckpointPath + ".0.part", "half");
        TrainingLoop.Run(s_graph, Cases(6), Cases(3), options);

        byte[] whole = File.ReadAllBytes(CheckpointPath);
        byte[] flipped = [.. whole];
        flipped[whole.Length / 2] ^= 4;
        foreach (byte[] damaged in new[] { whole[..^7], whole[..5], [], flipped })
        {
            File.WriteAllBytes(CheckpointPath, damaged);
            string message = Assert.Throws<CheckpointException>(() => TrainingLoop.Run(s_graph, Cases(6), Cases(3), options)).Message;
            Assert.StartsWith($"The checkpoint {CheckpointPath} is damaged (", message, StringComparison.Ordinal);
            Assert.EndsWith("): delete it to start anew.", message, StringComparison.Ordinal);
            Assert.True(Assert.Throws<CheckpointException>(() => TrainingLoop.Run(s_graph, Cases(6), Cases(3), options)).IsDamaged);
        }
    }

    [Fact]
    public void TheNumberOfLivingTensorsStaysTheSame()
    {
        // What earlier tests left to the finalizer must not go in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        Listener listener = new(_ => Tensor.TotalCount);
        TrainingLoop.Run(s_graph, Cases(9), Cases(6, 6), s_options with { Epochs = 6, CheckpointPath = CheckpointPath }, listener);

        Assert.Equal(6, listener.Heard.Count(heard => heard.Progress.Finished is not null));
        long during = Assert.Single(listener.Heard.Where(heard => heard.Progress.Finished is not null).Select(heard => heard.Value).Distinct());
        Assert.True(during > before);
        Assert.Equal(before + Samples.CountedForever(s_graph), Tensor.TotalCount);
    }

    [Fact]
    public void EachEpochSeesEachCaseOnceInAnOrderOfItsOwn()
    {
        SimpleCases training = Cases(13);
        SimpleCases validation = Cases(7, 6);
        TrainingLoop.Run(s_graph, training, validation, s_options with { Epochs = 3, ReaderThreads = 1 });

        int[][] orders = [.. training.Reads.GroupBy(read => read.Epoch).OrderBy(group => group.Key).Select(group => group.Select(read => read.Index).ToArray())];
        Assert.Equal(3, orders.Length);
        Assert.All(orders, order => Assert.Equal(Enumerable.Range(0, 13), order.Order()));
        Assert.NotEqual(orders[0], orders[1]);
        Assert.NotEqual(orders[1], orders[2]);
        Assert.Equal(Enumerable.Range(0, 7), validation.Reads.Where(read => read.Epoch == 2).Select(read => read.Index).Order());
    }

    [Fact]
    public void TheValidationLossIsThatByHand()
    {
        NetworkGraphBuilder network = new();
        string x = network.Relu("relu", network.Convolution("conv", network.Input("image", [1, 16, 16]), 4, stride: 2));
        NetworkGraph graph = network.Build(network.Dense("score", network.Flatten("flat", x), 1, gain: 1), OutputActivation.Sigmoid);
        SimpleCases validation = new(7, [[1, 16, 16]], seed: 6);

        // The step is too small to change a weight.
        TrainingOptions options = s_options with { Epochs = 1, Optimizer = new OptimizerOptions { LearningRate = 1e-30 }, Loss = new BinaryCrossEntropy { ClassWeights = [1.5, 4] } };
        TrainingResult result = TrainingLoop.Run(graph, new SimpleCases(6, [[1, 16, 16]]), validation, options);

        float[] images = new float[7 * 256];
        for (int item = 0; item < 7; item++)
        {
            validation.Read(item, 1, [images.AsMemory(item * 256, 256)], new float[1]);
        }

        using OnnxRun model = new(graph.ToOnnx(NetworkWeights.Initialise(graph, options.Seed)));
        float[] probabilities = model.Run(graph, [images], 7);
        double expected = probabilities.Select((p, item) => SimpleCases.Label(item) == 1 ? -4 * Math.Log(p) : -1.5 * Math.Log(1 - p)).Sum() / 7;
        Assert.Equal(expected, result.History[0].ValidationLoss, 4);
        Assert.Equal(probabilities.Where((p, item) => p >= 0.5f == (SimpleCases.Label(item) == 1)).Count() / 7.0, result.History[0].Figure("accuracy"));
    }

    [Fact]
    public void ProgressTellsTheTimeLeft()
    {
        Listener listener = new(_ => 0);
        TrainingLoop.Run(s_graph, Cases(9), Cases(3), s_options with { Epochs = 3 }, listener);

        TrainingProgress[] ends = [.. listener.Heard.Select(heard => heard.Progress).Where(progress => progress.Finished is not null)];
        Assert.Equal([1, 2, 3], ends.Select(end => end.Epoch));
        Assert.All(ends, end => Assert.Equal((end.Steps, end.Steps), (end.Step, 2)));
        Assert.True(ends[0].Remaining > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, ends[2].Remaining);
        Assert.Equal(ends[2].Finished, ends[2].Best is { Epoch: 3 } ? ends[2].Best : ends[2].Finished);
    }

    [Fact]
    public void AnUnreadableCaseEndsTrainingWithItsOwnReason()
    {
        SimpleCases broken = new(9, s_shapes) { BeforeRead = (index, epoch) => Fail(index, epoch) };
        static void Fail(int index, int epoch)
        {
            if (index == 4 && epoch == 2)
            {
                throw new InvalidDataException("case 4 is torn");
            }
        }

        // What earlier tests left to the finalizer must not go in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        Assert.Equal("case 4 is torn", Assert.Throws<InvalidDataException>(() => TrainingLoop.Run(s_graph, broken, Cases(3), s_options)).Message);
        Assert.Equal(before + Samples.CountedForever(s_graph), Tensor.TotalCount);
    }

    [Fact]
    public void ATrainingThatDivergesSaysSo()
    {
        string message = Assert.Throws<TrainingException>(() =>
            TrainingLoop.Run(s_graph, Cases(12), Cases(3), s_options with { Optimizer = new OptimizerOptions { LearningRate = 1e30 } })).Message;
        Assert.Matches("^The loss is (NaN|-?Infinity) in epoch 1, step [2-9]: lower the learning rate", message);
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedBeforeItStarts()
    {
        SimpleCases flat = new(6, [[1, 16, 16]]);
        Assert.Contains("The training cases have inputs [1, 16, 16]; the network takes MipTransverse [1, 16, 16], MipSagittal", Refusal(flat, Cases(3), s_options), StringComparison.Ordinal);
        Assert.Contains("There are no validation cases.", Refusal(Cases(6), Cases(0), s_options), StringComparison.Ordinal);
        Assert.Contains("found 0 of class 0 and 1 of class 1", Refusal(Cases(1), Cases(3), s_options), StringComparison.Ordinal);
        Assert.Contains("BatchSize must be at least 1", Refusal(Cases(6), Cases(3), s_options with { BatchSize = 0 }), StringComparison.Ordinal);
        Assert.Contains("LearningRate must be above 0", Refusal(Cases(6), Cases(3), s_options with { Optimizer = new OptimizerOptions { LearningRate = double.NaN } }), StringComparison.Ordinal);

        static string Refusal(SimpleCases training, SimpleCases validation, TrainingOptions options) =>
            Assert.ThrowsAny<ArgumentException>(() => TrainingLoop.Run(s_graph, training, validation, options)).Message;
    }

    [Fact]
    public void BalancedWeightsAreAllCasesByThoseOfTheClass() =>
        Assert.Equal([1.413, 3.421], ClassWeights.Balanced(368, 152).Select(weight => Math.Round(weight, 3)));

    [Theory]
    [InlineData(0.8, 0.5, 0.7, 0.1, true)]
    [InlineData(0.8, 0.5, 0.8, 0.6, true)]
    [InlineData(0.8, 0.5, 0.8, 0.5, false)]
    [InlineData(0.8, 0.5, 0.9, 0.9, false)]
    [InlineData(0.8, double.NaN, 0.8, 0.9, false)]
    [InlineData(0.8, 0.9, 0.8, double.NaN, true)]
    public void TheBestEpochIsByAccuracyThenLossThenTime(double accuracy, double loss, double earlierAccuracy, double earlierLoss, bool better)
    {
        static EpochResult Epoch(int epoch, double loss, double accuracy) => new(epoch, 0, loss, new Dictionary<string, double> { ["accuracy"] = accuracy }, 0);
        Assert.Equal(better, Selection.Accuracy.IsBetter(Epoch(2, loss, accuracy), Epoch(1, earlierLoss, earlierAccuracy)));
    }

    private static SimpleCases Cases(int count, ulong seed = 5) => new(count, s_shapes, seed);

    private sealed class Listener(Func<TrainingProgress, long> value) : IProgress<TrainingProgress>
    {
        public List<(TrainingProgress Progress, long Value)> Heard { get; } = [];

        public void Report(TrainingProgress progress) => Heard.Add((progress, value(progress)));
    }
}

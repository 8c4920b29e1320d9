using MLNetScinti.Imaging;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Tests;

/// <summary>A generator of images and its judge: it learns two kinds of image, the same ones from the same seed, and serves as ONNX.</summary>
[Collection("torch")]
public sealed class AdversarialStepTests : IDisposable
{
    private const int Size = 16, Images = 32;

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-gan").FullName;

    private static TrainingOptions Options => new()
    {
        Epochs = 200,
        BatchSize = 8,
        Seed = 4,
        Device = TrainingDevice.Cpu,
        Lanes = 1,
        Selection = AdversarialStep.SmallestDistance,
    };

    private static AdversarialStep Step => new([1, Size, Size], 2, new AdversarialOptions { NoiseCount = 8, Filters = 8, Optimizer = new() { LearningRate = 1e-3, Beta1 = 0.5 } });

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AKindIsBrightWhereItsImagesAre()
    {
        TwoKinds images = new(Images);
        TrainingResult result = TrainingLoop.Run(Step, images, images, Options);
        Assert.True(result.BestEpoch.Figure("distance") < 0.6 * result.History[0].Figure("distance"), $"{result.History[0].Figure("distance")} {result.BestEpoch.Figure("distance")}");

        NetworkGraph generator = Step.GeneratorGraph;
        using OnnxSession session = OnnxSession.Open(generator.ToOnnxModel(result.BestWeights));
        using TorchNetwork network = new(generator, result.BestWeights);
        network.eval();
        for (int kind = 0; kind < 2; kind++)
        {
            double top = 0, bottom = 0;
            for (ulong number = 0; number < 16; number++)
            {
                float[] noise = Step.NoiseOf(9, number, kind);
                using OnnxAnswers answers = session.Run(1, [noise]);
                float[] image = answers.Floats(0).ToArray();
                Assert.All(image, value => Assert.InRange(value, -1, 1));
                top += image[..(image.Length / 2)].Average();
                bottom += image[(image.Length / 2)..].Average();

                using DisposeScope scope = NewDisposeScope();
                using IDisposable noGradient = no_grad();
                float[] torchForm = network.call([tensor(noise, [1, noise.Length, 1, 1])]).data<float>().ToArray();
                Assert.Equal(torchForm, image, (a, b) => Math.Abs(a - b) < 1e-4);
            }

            Assert.True(kind == 0 ? top > bottom + 4 : bottom > top + 4, $"kind {kind}: above {top / 16}, below {bottom / 16}");
        }

        Assert.Equal(Step.NoiseOf(9, 3, 1), Step.NoiseOf(9, 3, 1));
        Assert.NotEqual(Step.NoiseOf(9, 3, 1), Step.NoiseOf(9, 4, 1));
    }

    [Fact]
    public void ThreadsChangeNothingAndAResumedTrainingIsTheWholeOne()
    {
        TwoKinds images = new(Images);
        TrainingOptions options = Options with { Epochs = 4, CheckpointPath = Path.Combine(_folder, "generator.checkpoint") };
        TrainingResult whole = TrainingLoop.Run(Step, images, images, Options with { Epochs = 4, ReaderThreads = 1 });
        TrainingLoop.Run(Step, images, images, options with { Epochs = 2, ReaderThreads = 2 });
        TrainingResult resumed = TrainingLoop.Run(Step, images, images, options with { ReaderThreads = 2 });
        Assert.Equal(2, resumed.ResumedEpochs);
        foreach (string name in (string[])[AdversarialStep.GeneratorName, AdversarialStep.JudgeName])
        {
            Assert.Equal(whole.FinalNetworks[name].Hash(), resumed.FinalNetworks[name].Hash());
            Assert.Equal(whole.BestNetworks[name].Hash(), resumed.BestNetworks[name].Hash());
        }

        AdversarialStep other = new([1, Size, Size], 2, new AdversarialOptions { NoiseCount = 9, Filters = 8, Optimizer = Step.Networks[0].Optimizer });
        Assert.Contains("was made with another network of the generator", Assert.Throws<CheckpointException>(() => TrainingLoop.Run(other, images, images, options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, 64, 4)]
    [InlineData(512, 128, 5)]
    [InlineData(1024, 256, 6)]
    [InlineData(16, 16, 2)]
    [InlineData(24, 40, 2)]
    [InlineData(8, 8, 1)]
    [InlineData(6, 64, 0)]
    [InlineData(31, 64, 0)]
    public void ItGoesFromAFewPixelsToTheImage(int rows, int columns, int doublings)
    {
        TensorShape image = [2, rows, columns];
        Assert.Equal(doublings, AdversarialStep.Doublings(image));
        if (doublings == 0)
        {
            Assert.Contains("that can be halved", Assert.Throws<ArgumentException>(() => new AdversarialStep(image, 3, new AdversarialOptions())).Message, StringComparison.Ordinal);
            return;
        }

        AdversarialStep step = new(image, 3, new AdversarialOptions { Filters = 2 });
        Assert.Equal(image, step.GeneratorGraph.OutputShape);
        Assert.Equal([3], step.Networks[1].Graph.OutputShape);
    }

    [Fact]
    public void ImagesOfAnotherShapeAreRefused() => Assert.Contains(
        "learns from such images and the number of their kind, found inputs [1, 16, 16]",
        Assert.Throws<ArgumentException>(() => TrainingLoop.Run(new AdversarialStep([1, 32, 16], 2, new AdversarialOptions()), new TwoKinds(4), new TwoKinds(4), Options)).Message,
        StringComparison.Ordinal);

    /// <summary>Noise, bright in the upper half or in the lower one.</summary>
    private sealed class TwoKinds(int count) : ITrainingSamples
    {
        public int Count => count;

        public IReadOnlyList<TensorShape> InputShapes { get; } = [[1, Size, Size]];

        public TensorShape TargetShape { get; } = [1];

        public string Description => "none";

        public void ReadTarget(int index, Span<float> target) => target[0] = index % 2;

        public void Read(int index, int epoch, IReadOnlyList<Memory<float>> inputs, Memory<float> target)
        {
            ReadTarget(index, target.Span);
            CounterRandom random = new(3, 0, (ulong)index, "kinds");
            Span<float> image = inputs[0].Span;
            for (int i = 0; i < image.Length; i++)
            {
                image[i] = (float)((i < image.Length / 2 == (index % 2 == 0) ? 0.5 : -0.8) + (0.2 * (random.NextDouble() - 0.5)));
            }
        }
    }
}

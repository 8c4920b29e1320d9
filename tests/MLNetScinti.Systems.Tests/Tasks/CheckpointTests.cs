using Microsoft.ML;
using MLNetScinti.Imaging;
using MLNetScinti.Networks;
using MLNetScinti.Pipelines;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Systems.Tests.Tasks;

/// <summary>A checkpoint of a pipeline that is fitted in code goes on only where everything that decides the result is as it was.</summary>
[Collection("training")]
public sealed class CheckpointTests
{
    private static readonly Augmentation s_zoom = new(new RandomZoom(0.1));
    private static readonly SampleAugmentation s_noise = new([new RandomGaussianNoise { Least = 0, Most = 5 }]);

    /// <summary>What is changed, and the name and words by which it is refused.</summary>
    public static TheoryData<string, string> Changes { get; } = new()
    {
        { "preprocessing", "training set" },
        { "another column", "training set" },
        { "a pixel", "training set" },
        { "a pixel of the validation", "validation set" },
        { "truth", "training set" },
        { "patients", "training set" },
        { "zoom", "augmentation: RandomZoom by 0.1, now RandomZoom by 0.2" },
        { "another operator", "augmentation" },
        { "an operator of the same words", "augmentation of the first cases" },
        { "no augmentation", "augmentation" },
        { "noise on whole cases", "augmentation: noise 0 to 5, now noise 0 to 6" },
        { "what steps hide from the features", "training set" },
        { "loss", "class weights" },
        { "optimizer", "optimizer" },
        { "learning rate", "learning rate: 0.01, now 0.02" },
        { "selection", "selection" },
        { "batch", "batch size" },
        { "seed", "seed" },
        { "lanes", "lanes" },
        { "network", "network" },
        { "start", "starting weights" },
        { "windows", "inferer" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void WhatChangedIsNamedAndTheSameThingsGoOn(string change, string words)
    {
        using TemporaryFolder folder = new();
        Trial trial = new(folder.File("training.checkpoint"));
        trial = change switch
        {
            "an operator of the same words" => trial with { Augmentation = new Augmentation(new Told(0.1)) },
            "noise on whole cases" or "what steps hide from the features" => trial with { WholeCase = s_noise, Augmentation = Augmentation.None },
            "windows" => trial with { Masks = true, Augmentation = Augmentation.None },
            _ => trial,
        };
        if (change == "what steps hide from the features")
        {
            trial = trial with { Steps = ml => ml.Transforms.NormalizeByMaximum("Scaled", "Image").Append(ml.Transforms.ApplyImageOperator("Scaled", new Quarter())) };
        }

        Assert.Equal(0, trial.Run().ResumedEpochs);
        Assert.Equal(1, (trial with { Epochs = 2 }).Run().ResumedEpochs);
        Trial changed = change switch
        {
            "preprocessing" => trial with { Steps = ml => ml.Transforms.NormalizeByMaximum("Normal", "Image").Append(ml.Transforms.ApplyImageOperator("Scaled", new Zoom(1.1), "Normal")) },
            "another column" => trial with { Steps = ml => ml.Transforms.NormalizeByMaximum("Normal", "Image").Append(ml.Transforms.CopyColumns("Scaled", "Image")) },
            "a pixel" => trial with { Touched = 0 },
            "a pixel of the validation" => trial with { Touched = 1 },
            "truth" => trial with { Truth = number => 1 - (number % 2) },
            "patients" => trial with { SplitSeed = 2 },
            "zoom" => trial with { Augmentation = new Augmentation(new RandomZoom(0.2)) },
            "another operator" => trial with { Augmentation = new Augmentation(new RandomRotate(0.1)) },
            "an operator of the same words" => trial with { Augmentation = new Augmentation(new Told(0.2)) },
            "no augmentation" => trial with { Augmentation = Augmentation.None },
            "noise on whole cases" => trial with { WholeCase = new([new RandomGaussianNoise { Least = 0, Most = 6 }]) },
            "what steps hide from the features" => trial with { Touched = 2 },
            "loss" => trial with { Options = options => options with { Loss = new BinaryCrossEntropy { ClassWeights = [1, 3] } } },
            "optimizer" => Training(training => training with { Optimizer = training.Optimizer with { Kind = OptimizerKind.AdamW } }),
            "learning rate" => Training(training => training with { Optimizer = training.Optimizer with { LearningRate = 0.02 } }),
            "selection" => Training(training => training with { Selection = Selection.Accuracy }),
            "batch" => Training(training => training with { BatchSize = 4 }),
            "seed" => Training(training => training with { Seed = 4 }),
            "lanes" => Training(training => training with { Lanes = 2 }),
            "network" => trial with { Options = options => options with { Network = Classifier(kernel: 5) } },
            "start" => Training(training => training with { Start = new TrainingStart(NetworkWeights.Initialise(Classifier(), 9)) }),
            _ => Training(training => training with { Inferer = new SlidingWindow([16, 16]) }),
        };
        string message = Assert.Throws<CheckpointException>(() => (changed with { Epochs = 3 }).Run()).Message;
        Assert.Contains($"was made with another {words}", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);

        Trial Training(Func<TrainingOptions, TrainingOptions> change) => trial with { Options = options => options with { Training = change(options.Training) } };
    }

    [Fact]
    public void WhatDecidesNothingMayChange()
    {
        using TemporaryFolder folder = new();
        Trial trial = new(folder.File("training.checkpoint"));
        _ = trial.Run();
        Trial other = trial with { Epochs = 2, Options = options => options with { MemoryBudget = 3000, Training = options.Training with { ReaderThreads = 1, CheckpointEvery = 2 } } };
        Assert.Equal(1, other.Run().ResumedEpochs);
    }

    private static NetworkGraph Classifier(int kernel = 3)
    {
        NetworkGraphBuilder graph = new();
        string value = graph.Relu("relu", graph.Convolution("convolution", graph.Input("Scaled", [1, 16, 16]), filters: 2, kernel: kernel));
        return graph.Build(graph.Dense("answer", graph.Flatten("flat", graph.MaxPooling("pool", value, kernel: 4)), 1, gain: 1));
    }

    /// <summary>One training, from made-up counts to its result.</summary>
    private sealed record Trial(string Checkpoint)
    {
        public int Epochs { get; init; } = 1;

        public Func<MLContext, IEstimator<ITransformer>> Steps { get; init; } = static ml => ml.Transforms.NormalizeByMaximum("Normal", "Image").Append(ml.Transforms.CopyColumns("Scaled", "Normal"));

        public Augmentation Augmentation { get; init; } = s_zoom;

        public SampleAugmentation? WholeCase { get; init; }

        /// <summary>In which set a case has other counts in a corner: 0 for training, 1 for validation, 2 for training where <see cref="Quarter"/> does not look.</summary>
        public int? Touched { get; init; }

        public Func<int, int> Truth { get; init; } = static number => number % 2;

        public ulong SplitSeed { get; init; } = 1;

        public bool Masks { get; init; }

        public Func<NetworkTrainerOptions, NetworkTrainerOptions> Options { get; init; } = static options => options;

        public TrainingResult Run()
        {
            MLContext ml = new(seed: 1);
            // Who goes where follows from what the images hold: a column says it, so that a changed count moves nobody.
            string[] sets = new string[24];
            CaseView untouched = ml.Data.LoadCases(Source(-1));
            PatientSplit of = ml.Data.SplitByPatient(untouched, new PatientSplitOptions { TrainFraction = 0.5, ValidationFraction = 0.25, Seed = SplitSeed });
            Case[] all = [.. untouched.Read(images: false)];
            for (int i = 0; i < all.Length; i++)
            {
                sets[i] = of.Train.Patients.Contains(all[i].PatientId) ? "train" : of.Validation.Patients.Contains(all[i].PatientId) ? "validation" : "test";
            }

            using CaseView cases = ml.Data.LoadCases(Touched is { } set ? Source(Array.IndexOf(sets, set == 1 ? "validation" : "train")) : Source(-1));
            PatientSplit split = Touched is null ? of : new PatientSplit(
                new TrainingSet(cases.RestrictTo(of.Train.Patients), of.Train.Patients), new ValidationSet(cases.RestrictTo(of.Validation.Patients), of.Validation.Patients), of.Test, of.Membership);
            NetworkGraph network = Masks ? TrainedTasks.Segmenter(1, "Scaled", new ImageShape(16, 16)) : Classifier();
            NetworkTrainerOptions options = TrainedTasks.Options(network, cases.Task!, Epochs) with { Augmentation = Augmentation, CaseAugmentation = WholeCase };
            options = Options(options with { Training = options.Training with { CheckpointPath = Checkpoint } });
            using FittedPipeline pipeline = split.Fit(Steps(ml), ml.TrainNetwork(options));
            untouched.Dispose();
            return pipeline.Network.Training;
        }

        private SyntheticCases Source(int changed)
        {
            ImageShape shape = new(16, 16);
            return new(Masks ? new SegmentationTask(shape, "blob") : new BinaryTask("low", "high"), new CaseSchema(new CaseImageColumn("Image", shape)), 24, number =>
            {
                float[] image = Pattern.Blobs(shape, number, "binary", (0, number % 2 == 1 ? 4 : 11, 5 + (number % 6), 100));
                image[^1] += number == changed ? 1 : 0;
                return new Made([image], Masks ? new MaskTarget(shape, Array.ConvertAll(image, value => value > 60 ? (byte)1 : (byte)0)) : new ClassTarget(Truth(number)));
            });
        }
    }

    /// <summary>A zoom that says nothing of how strong it is.</summary>
    private sealed class Told(double maximum) : IRandomOperator
    {
        public string Name => "RandomZoom";

        public IImageOperator Draw(ref CounterRandom random, ImageShape shape) => new Zoom(random.NextDouble(1 - maximum, 1 + maximum));
    }

    /// <summary>Leaves nothing but the first quarter of the rows, so that the last row is hidden from what follows.</summary>
    private sealed class Quarter : IImageOperator
    {
        public string Name => "Quarter";

        public ImageShape OutputShape(ImageShape input) => input;

        public void Apply(ReadOnlySpan<float> input, ImageShape shape, Span<float> output)
        {
            output.Clear();
            input[..(input.Length / 4)].CopyTo(output);
        }

        public string WriteNodes(INodeGraph graph, string input, ImageShape shape) => throw new NotSupportedException();
    }
}

using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Networks.Native;
using MLNetScinti.Networks.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Tests;

/// <summary>Each seam of the training, through the engine and over a resume.</summary>
[Collection("torch")]
public sealed class TrainingSeamsTests : IDisposable
{
    private static readonly TrainingOptions s_options = new()
    {
        Epochs = 4,
        Optimizer = new OptimizerOptions { LearningRate = 3e-3 },
        Seed = 9,
        Device = TrainingDevice.Cpu,
        Lanes = 1,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-seams").FullName;

    private string CheckpointPath => Path.Combine(_folder, "training.checkpoint");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Tasks() => ["classes", "one number a class", "labels", "mask", "mask by plain Dice", "mask of two classes", "mask by cross-entropy"];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void EachTaskIsLearntAndResumed(string name)
    {
        (TaskCases.Task task, NetworkGraph graph, Loss loss, Selection selection) = name switch
        {
            "classes" => (TaskCases.Task.Classes, Classifier(3), (Loss)new SoftmaxCrossEntropy(), Selection.Auc),
            "one number a class" => (TaskCases.Task.OneHot, Classifier(3), new SoftmaxCrossEntropy(), Selection.Accuracy),
            "labels" => (TaskCases.Task.Labels, Classifier(2), new MultiLabelCrossEntropy(), Selection.Loss),
            "mask" => (TaskCases.Task.Mask, Segmenter(1), new DiceLoss { CrossEntropy = 1 }, Selection.Dice),
            "mask by plain Dice" => (TaskCases.Task.Mask, Segmenter(1), new DiceLoss(DiceForm.Plain), Selection.Dice),
            "mask of two classes" => (TaskCases.Task.Mask, Segmenter(2), new DiceLoss { Background = false }, Selection.Dice),
            _ => (TaskCases.Task.Mask, Segmenter(1), new BinaryCrossEntropy(), Selection.Accuracy),
        };
        TrainingOptions options = s_options with { Epochs = 12, Loss = loss, Selection = selection };
        TrainingResult whole = TrainingLoop.Run(graph, new TaskCases(task, 24), new TaskCases(task, 12, 8), options);
        double figure = whole.BestEpoch.Figure(name.StartsWith("mask by cross", StringComparison.Ordinal) ? "accuracy" : task == TaskCases.Task.Mask ? "dice" : "accuracy");
        Assert.True(figure > 0.9, $"{name}: {figure}");
        Assert.Equal(loss.FigureNames.Order(StringComparer.Ordinal), whole.BestEpoch.Figures.Keys.Order(StringComparer.Ordinal));

        TrainingLoop.Run(graph, new TaskCases(task, 24), new TaskCases(task, 12, 8), options with { Epochs = 5, CheckpointPath = CheckpointPath });
        TrainingResult resumed = TrainingLoop.Run(graph, new TaskCases(task, 24), new TaskCases(task, 12, 8), options with { CheckpointPath = CheckpointPath });
        MustBeTheSame(whole, resumed, 5);
    }

    public static TheoryData<string> Optimizers() => ["Adam", "Adam with decay", "AdamW", "SGD", "SGD with momentum", "SGD of Nesterov", "bfloat16"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void AResumedRunIsTheUninterruptedOneBitForBit(string name)
    {
        OptimizerOptions optimizer = name switch
        {
            "Adam with decay" => new() { LearningRate = 3e-3, WeightDecay = 0.01 },
            "AdamW" => new() { Kind = OptimizerKind.AdamW, LearningRate = 3e-3, WeightDecay = 0.01 },
            "SGD" => new() { Kind = OptimizerKind.Sgd, LearningRate = 0.02, WeightDecay = 1e-3 },
            "SGD with momentum" => new() { Kind = OptimizerKind.Sgd, LearningRate = 0.02, Momentum = 0.9 },
            "SGD of Nesterov" => new() { Kind = OptimizerKind.Sgd, LearningRate = 0.02, Momentum = 0.9, Nesterov = true, WeightDecay = 1e-3 },
            _ => new() { LearningRate = 3e-3 },
        };
        TrainingOptions options = s_options with { Optimizer = optimizer, Loss = new SoftmaxCrossEntropy(), Precision = name == "bfloat16" ? TrainingPrecision.BFloat16 : TrainingPrecision.Float32 };
        if (name == "bfloat16" && !ProcessorKind.HasBFloat16)
        {
            Assert.Contains("no bfloat16 arithmetic", Assert.Throws<TrainingException>(() => Run(options)).Message, StringComparison.Ordinal);
            return;
        }

        TrainingResult whole = Run(options);
        Run(options with { Epochs = 1, CheckpointPath = CheckpointPath });
        Run(options with { Epochs = 2, CheckpointPath = CheckpointPath });
        MustBeTheSame(whole, Run(options with { CheckpointPath = CheckpointPath }), 2);
        Assert.True(whole.History[^1].TrainingLoss < whole.History[0].TrainingLoss, $"{name}: {whole.History[0].TrainingLoss} {whole.History[^1].TrainingLoss}");

        static TrainingResult Run(TrainingOptions options) =>
            TrainingLoop.Run(Classifier(3), new TaskCases(TaskCases.Task.Classes, 12), new TaskCases(TaskCases.Task.Classes, 6, 8), options);
    }

    /// <summary>The step without a square root goes where TorchSharp's goes, but for the last digits.</summary>
    [Theory]
    [InlineData(OptimizerKind.Adam, 0)]
    [InlineData(OptimizerKind.Adam, 0.1)]
    [InlineData(OptimizerKind.AdamW, 0.1)]
    public void ThePortableStepGoesWhereTorchSharpsGoes(OptimizerKind kind, double decay)
    {
        OptimizerOptions options = new() { Kind = kind, LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = decay };
        float[] start = [0.3f, -2, 1e-3f, 40];
        using DisposeScope scope = NewDisposeScope();
        TorchSharp.Modules.Parameter ours = new(torch.tensor(start));
        TorchSharp.Modules.Parameter theirs = new(torch.tensor(start));
        using StepOptimizer portable = StepOptimizer.Create([ours], options, Reproducibility.Portable);
        using StepOptimizer usual = StepOptimizer.Create([theirs], options, Reproducibility.Processor);
        Assert.IsType<PortableAdam>(portable);
        for (int step = 1; step <= 20; step++)
        {
            foreach (TorchSharp.Modules.Parameter parameter in new[] { ours, theirs })
            {
                Tensor error = parameter.sub(torch.tensor(new float[] { 1, 1, step % 2, 3 }));
                error.mul(error).sum().backward();
            }

            portable.Step();
            usual.Step();
            ours.grad!.zero_();
            theirs.grad!.zero_();
            Assert.Equal(theirs.detach().data<float>().ToArray(), ours.detach().data<float>().ToArray(), (a, b) => MathF.Abs(a - b) <= 1e-6f * MathF.Max(1, MathF.Abs(a)));
        }

        Assert.Equal([20L], portable.Steps);
        Assert.NotEqual(start[0], ours.detach().data<float>().ToArray()[0]);
    }

    [Fact]
    public void AProcessComputesInOneWayOnly() => Assert.Contains(
        "this process computes with 'reproducible: processor' already and cannot change to 'portable'",
        Assert.Throws<NativeLibraryException>(() => TrainingLoop.Run(
            Classifier(3), new TaskCases(TaskCases.Task.Classes, 6), new TaskCases(TaskCases.Task.Classes, 3), s_options with { Loss = new SoftmaxCrossEntropy(), Reproducibility = Reproducibility.Portable })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void FrozenLayersStayAndFreshOnesBeginAnew()
    {
        NetworkGraph graph = Classifier(3);
        TaskCases cases = new(TaskCases.Task.Classes, 9);
        NetworkWeights before = Samples.Trained(graph, 77);
        TrainingStart start = new(before) { Frozen = ["conv*", "norm1"], Fresh = ["score"] };
        TrainingOptions options = s_options with { Loss = new SoftmaxCrossEntropy(), Start = start, Epochs = 2 };
        TrainingResult result = TrainingLoop.Run(graph, cases, cases, options);

        foreach (NetworkWeight weight in result.FinalWeights)
        {
            bool frozen = weight.Name.StartsWith("conv", StringComparison.Ordinal) || weight.Name.StartsWith("norm1", StringComparison.Ordinal);
            Assert.True(frozen == weight.Values.SequenceEqual(before[weight.Name].Values), weight.Name);
        }

        // The fresh layer begins as the seed says, and a layer that is neither begins with the given weights.
        TrainingResult still = TrainingLoop.Run(graph, cases, cases, options with { Epochs = 1, Optimizer = new OptimizerOptions { LearningRate = 1e-30 } });
        Assert.Equal(NetworkWeights.Initialise(graph, options.Seed)["score.weight"].Values, still.FinalWeights["score.weight"].Values);
        Assert.Equal(before["norm2.weight"].Values, still.FinalWeights["norm2.weight"].Values);
        Assert.NotEqual(before["norm2.running_mean"].Values, still.FinalWeights["norm2.running_mean"].Values);

        // A resume keeps them frozen, and their weights are no state of the optimizer.
        TrainingLoop.Run(graph, cases, cases, options with { Epochs = 1, CheckpointPath = CheckpointPath });
        MustBeTheSame(result, TrainingLoop.Run(graph, cases, cases, options with { CheckpointPath = CheckpointPath }), 1);
    }

    [Fact]
    public void AStartThatDoesNotFitIsRefused()
    {
        TaskCases cases = new(TaskCases.Task.Classes, 6);
        NetworkWeights other = NetworkWeights.Initialise(Classifier(5), 1);
        string Refusal(TrainingStart start) => Assert.Throws<NetworkGraphException>(() =>
            TrainingLoop.Run(Classifier(3), cases, cases, s_options with { Loss = new SoftmaxCrossEntropy(), Start = start })).Message;
        Assert.StartsWith("The weights to start from have the shape [5, 8] for score.weight; the network needs [3, 8].", Refusal(new TrainingStart(other)), StringComparison.Ordinal);
        Assert.StartsWith("No layer with weights has the name 'relu1'", Refusal(new TrainingStart(other) { Frozen = ["relu1"] }), StringComparison.Ordinal);
        Assert.Contains("nothing to train", Assert.Throws<ArgumentException>(() => TrainingLoop.Run(
            Classifier(5), new TaskCases(TaskCases.Task.Labels, 6), new TaskCases(TaskCases.Task.Labels, 6), s_options with { Loss = new AnyLoss(), Start = new TrainingStart(other) { Frozen = ["*"] } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoNetworksTrainInTurnAndResume()
    {
        AdversarialStep step = new();
        TrainingOptions options = s_options with { Epochs = 3, Selection = new Selection("distance", HigherIsBetter: false) };
        TrainingResult Run(TrainingOptions options) => TrainingLoop.Run(step, new TaskCases(TaskCases.Task.Classes, 12), new TaskCases(TaskCases.Task.Classes, 6), options);
        TrainingResult whole = Run(options);
        Assert.Equal(["discriminator", "generator"], whole.FinalNetworks.Keys.Order(StringComparer.Ordinal));
        Assert.NotEqual(NetworkWeights.Initialise(step.Networks[1].Graph, options.Seed).Hash(), whole.FinalNetworks["discriminator"].Hash());
        Assert.True(whole.BestEpoch.Figure("distance") < whole.History[0].Figure("distance") || whole.BestEpoch.Epoch == 1);

        Run(options with { Epochs = 2, CheckpointPath = CheckpointPath });
        TrainingResult resumed = Run(options with { CheckpointPath = CheckpointPath });
        MustBeTheSame(whole, resumed, 2);
        Assert.Equal(whole.FinalNetworks["discriminator"].Hash(), resumed.FinalNetworks["discriminator"].Hash());
        Assert.Equal(whole.BestNetworks["discriminator"].Hash(), resumed.BestNetworks["discriminator"].Hash());
    }

    [Fact]
    public void ValidationInWindowsTakesLargerImagesThanTheNetwork()
    {
        TrainingOptions options = s_options with { Epochs = 12, Loss = new DiceLoss { CrossEntropy = 1 }, Selection = Selection.Dice, Inferer = new SlidingWindow([16, 16]) { Batch = 2 } };
        TaskCases large = new(TaskCases.Task.Mask, 6, 8) { InputShapes = [[1, 32, 21]] };
        TrainingResult result = TrainingLoop.Run(Segmenter(1), new TaskCases(TaskCases.Task.Mask, 24), large, options);
        Assert.True(result.BestEpoch.Figure("dice") > 0.8, $"{result.BestEpoch.Figure("dice")}");
        Assert.Contains("The validation cases have inputs [1, 32, 21]; the network takes image [1, 16, 16]", Assert.Throws<ArgumentException>(() =>
            TrainingLoop.Run(Segmenter(1), new TaskCases(TaskCases.Task.Mask, 6), large, options with { Inferer = Inferer.WholeImage })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatDecidesTheResultBindsTheCheckpoint()
    {
        TrainingOptions options = s_options with { Epochs = 1, Loss = new SoftmaxCrossEntropy { ClassWeights = [1, 2, 3] }, CheckpointPath = CheckpointPath, Fingerprint = "a" };
        TaskCases cases = new(TaskCases.Task.Classes, 6);
        TrainingLoop.Run(Classifier(3), cases, cases, options);
        (string Name, TrainingOptions Options, ITrainingSamples Training)[] others =
        [
            ("fingerprint: a, now b", options with { Fingerprint = "b" }, cases),
            ("class weights: 1 and 2 and 3, now 1 and 2 and 4", options with { Loss = new SoftmaxCrossEntropy { ClassWeights = [1, 2, 4] } }, cases),
            ("optimizer: Adam, now AdamW", options with { Optimizer = options.Optimizer with { Kind = OptimizerKind.AdamW } }, cases),
            ("weight decay: 0, now 0.1", options with { Optimizer = options.Optimizer with { WeightDecay = 0.1 } }, cases),
            ("beta: 0.9 and 0.999, now 0.9 and 0.99", options with { Optimizer = options.Optimizer with { Beta2 = 0.99 } }, cases),
            ("selection: lowest validation loss, now highest validation auc", options with { Selection = Selection.Auc }, cases),
            ("batch size: 4, now 3", options with { BatchSize = 3 }, cases),
            ("seed: 9, now 10", options with { Seed = 10 }, cases),
            ("lanes: 1, now 2", options with { Lanes = 2 }, cases),
            ("starting weights: drawn, now ", options with { Start = new TrainingStart(NetworkWeights.Initialise(Classifier(3), 1)) }, cases),
            ("augmentation: noise, now another noise", options, new TaskCases(TaskCases.Task.Classes, 6) { Description = "another noise" }),
            ("training set: 6 cases", options, new TaskCases(TaskCases.Task.Classes, 7)),
            ("training set: 6 cases", options, new TaskCases(TaskCases.Task.Classes, 6, seed: 4)),
            ("training set: 6 cases", options, new TaskCases(TaskCases.Task.Classes, 6, augmented: false)),
            ("inferer: whole image, now windows of 16 x 16", options with { Inferer = new SlidingWindow([16, 16]) }, cases),
        ];
        Assert.All(others, other => Assert.Contains(
            $"was made with another {other.Name}",
            Assert.Throws<CheckpointException>(() => TrainingLoop.Run(Classifier(3), other.Training, cases, other.Options)).Message, StringComparison.Ordinal));
        Assert.Equal(1, TrainingLoop.Run(Classifier(3), cases, cases, options with { Epochs = 2, ReaderThreads = 1, CheckpointEvery = 2 }).ResumedEpochs);
        Assert.Contains("has done 2 epochs, and 1 are asked for", Assert.Throws<CheckpointException>(() => TrainingLoop.Run(Classifier(3), cases, cases, options with { Epochs = 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckpointOfAnotherBuildIsGoneOnWithOnlyWhereThatIsAcceptedAndTheResultSaysSo()
    {
        TrainingOptions options = s_options with { Epochs = 1, Loss = new SoftmaxCrossEntropy(), CheckpointPath = CheckpointPath };
        TaskCases cases = new(TaskCases.Task.Classes, 6);
        TrainingResult Run(int epochs, bool accept) => TrainingLoop.Run(Classifier(3), cases, cases, options with { Epochs = epochs, AcceptCode = accept });
        Assert.Matches("^MLNetScinti.Imaging [0-9a-f]{12}, MLNetScinti.Networks [0-9a-f]{12}, MLNetScinti.Networks.Tests [0-9a-f]{12}$", Run(1, accept: false).Settings["code"]);
        OfAnotherBuild();
        Assert.Contains("was made by another build", Assert.Throws<CheckpointException>(() => Run(2, accept: false)).Message, StringComparison.Ordinal);
        TrainingResult accepted = Run(2, accept: true);
        Assert.Equal(1, accepted.ResumedEpochs);
        Assert.Contains(accepted.Warnings, warning => warning.StartsWith("2 builds of this product", StringComparison.Ordinal));

        // What was accepted is this build's now, and still says who began it.
        TrainingResult again = Run(3, accept: false);
        Assert.Equal(2, again.ResumedEpochs);
        Assert.Contains(again.Warnings, warning => warning.StartsWith("2 builds of this product", StringComparison.Ordinal));

        void OfAnotherBuild()
        {
            byte[] whole = File.ReadAllBytes(CheckpointPath)[..^32];
            int at = whole.AsSpan().IndexOf("MLNetScinti.Networks "u8) + "MLNetScinti.Networks ".Length;
            whole[at] = whole[at] == (byte)'0' ? (byte)'1' : (byte)'0';
            File.WriteAllBytes(CheckpointPath, [.. whole, .. SHA256.HashData(whole)]);
        }
    }

    /// <summary>Whoever changes a checkpoint and mends its check sum gets one sentence, or a training that goes on; nothing else.</summary>
    [Fact]
    public void AForgedCheckpointEndsInOneSentence()
    {
        TrainingOptions options = s_options with { Epochs = 1, Loss = new SoftmaxCrossEntropy(), CheckpointPath = CheckpointPath };
        TaskCases cases = new(TaskCases.Task.Classes, 6);
        TrainingLoop.Run(Classifier(3), cases, cases, options);
        byte[] whole = File.ReadAllBytes(CheckpointPath)[..^32];
        int header = BitConverter.ToInt32(whole, 8);
        string text = Encoding.UTF8.GetString(whole, 12, header);
        List<byte[]> forged =
        [
            With(BitConverter.GetBytes(-1)), With(BitConverter.GetBytes(int.MaxValue)), With(BitConverter.GetBytes(header + 4)), With(BitConverter.GetBytes(2)),
            whole[..^4], [.. whole, 0, 0, 0, 0], whole[..(12 + header)],
        ];
        foreach ((string old, string changed) in (ReadOnlySpan<(string, string)>)
        [
            ("\"BestEpoch\":1", "\"BestEpoch\":2"), ("\"BestEpoch\":1", "\"BestEpoch\":-5"), ("\"Epoch\":1", "\"Epoch\":7"), ("\"History\":[", "\"History\":[null,"),
            ("\"Settings\":{", "\"Settings\":null,\"x\":{"), ("\"Networks\":[", "\"Networks\":[null,"), ("[4,1,3,3]", "[4,1,3,4]"), ("[4,1,3,3]", "[999999999999,1,3,3]"),
            ("\"Name\":\"network\"", "\"Name\":null"), ("\"Steps\":[2", "\"Steps\":[-2"), ("\"Steps\":[2", "\"Steps\":[2,2"), ("conv1.weight", "conv9.weight"), ("{", "["),
        ])
        {
            Assert.Contains(old, text, StringComparison.Ordinal);
            int at = text.IndexOf(old, StringComparison.Ordinal);
            byte[] json = Encoding.UTF8.GetBytes(text[..at] + changed + text[(at + old.Length)..]);
            forged.Add([.. whole[..8], .. BitConverter.GetBytes(json.Length), .. json, .. whole[(12 + header)..]]);
        }

        foreach (byte[] file in forged)
        {
            Assert.Matches("^The checkpoint .* is damaged \\(.*\\): delete it to start anew\\.$", Outcome(file));
        }

        Random random = new(5);
        for (int turn = 0; turn < 300; turn++)
        {
            byte[] file = [.. whole];
            file[random.Next(8, 12 + header)] = (byte)random.Next(256);
            Assert.Matches("^(went on|The checkpoint .*[^.]\\.( .*\\.)?)$", Outcome(file).Replace('\n', ' '));
        }

        byte[] With(byte[] length) => [.. whole[..8], .. length, .. whole[12..]];
        string Outcome(byte[] file)
        {
            File.WriteAllBytes(CheckpointPath, [.. file, .. SHA256.HashData(file)]);
            try
            {
                TrainingLoop.Run(Classifier(3), cases, cases, options);
                return "went on";
            }
            catch (CheckpointException problem)
            {
                return problem.Message;
            }
        }
    }

    [Theory]
    [InlineData("processor")]
    [InlineData("libtorch")]
    public void ACheckpointOfAnotherProcessorOrLibtorchIsRefused(string name)
    {
        TrainingOptions options = s_options with { Epochs = 1, CheckpointPath = CheckpointPath, Loss = new SoftmaxCrossEntropy() };
        TaskCases cases = new(TaskCases.Task.Classes, 6);
        string now = TrainingLoop.Run(Classifier(3), cases, cases, options).Settings[name];
        byte[] file = File.ReadAllBytes(CheckpointPath)[..^32], before = Encoding.UTF8.GetBytes($"\"{name}\":\"{now[..2]}");
        int at = file.AsSpan().IndexOf(before);
        Assert.True(at > 0);
        file[at + before.Length - 1]++;
        File.WriteAllBytes(CheckpointPath, [.. file, .. SHA256.HashData(file)]);
        Assert.Contains($"was made with another {name}: ", Assert.Throws<CheckpointException>(() => TrainingLoop.Run(Classifier(3), cases, cases, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheProcessorIsPartOfAResultThatBelongsToIt()
    {
        Assert.Matches("^[^,]+, (AVX-512|AVX2|AVX|SSE|[0-9]+ bits)(, [A-Z_]+=.*)*$", ProcessorKind.Name);
        Assert.Equal(ProcessorKind.Name, ProcessorKind.Deciding(Reproducibility.Processor));
        Assert.Equal("any", ProcessorKind.Deciding(Reproducibility.Portable));
        Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+( \([0-9a-f]{8}\))?$", NativeLibraries.LibtorchVersion);
    }

    [Fact]
    public void AFigureThatIsNotThereIsRefused() => Assert.Contains(
        "by the validation figure 'dice'; this training has loss, accuracy, auc",
        Assert.Throws<ArgumentException>(() => TrainingLoop.Run(Classifier(3), new TaskCases(TaskCases.Task.Classes, 6), new TaskCases(TaskCases.Task.Classes, 6), s_options with { Selection = Selection.Dice })).Message,
        StringComparison.Ordinal);

    private static void MustBeTheSame(TrainingResult whole, TrainingResult resumed, int epochs)
    {
        Assert.Equal(epochs, resumed.ResumedEpochs);
        Assert.Equal(whole.FinalWeights.Hash(), resumed.FinalWeights.Hash());
        Assert.Equal(whole.BestWeights.Hash(), resumed.BestWeights.Hash());
        Assert.Equal(whole.History.Select(epoch => epoch with { Seconds = 0 }), resumed.History.Select(epoch => epoch with { Seconds = 0 }));
    }

    private static NetworkGraph Classifier(int units)
    {
        NetworkGraphBuilder network = new();
        string x = network.Input("image", [1, 16, 16]);
        x = network.Relu("relu1", network.BatchNormalization("norm1", network.Convolution("conv1", x, 4, stride: 2)));
        x = network.Relu("relu2", network.BatchNormalization("norm2", network.Convolution("conv2", x, 8)));
        x = network.Dropout("drop", network.Relu("relu3", network.Dense("hidden", network.Flatten("flat", x), 8)), 0.1);
        return network.Build(network.Dense("score", x, units, gain: 1));
    }

    private static NetworkGraph Segmenter(int classes)
    {
        NetworkGraphBuilder network = new();
        string x = network.Input("image", [1, 16, 16]);
        string skip = x = network.Relu("relu1", network.BatchNormalization("norm1", network.Convolution("conv1", x, 8)));
        x = network.Relu("relu2", network.Convolution("conv2", network.MaxPooling("pool", x, 2), 8));
        x = network.Concatenate("join", network.ConvolutionTranspose("up", x, 8), skip);
        return network.Build(network.Convolution("mask", network.Relu("relu3", network.Convolution("conv3", x, 8)), classes, kernel: 1));
    }

    /// <summary>Mean square of the output, for any answers.</summary>
    private sealed record AnyLoss : Loss
    {
        public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["loss"] = "any" };

        public override IReadOnlyList<string> FigureNames => [];

        public override bool AnswersAreSmall(TensorShape target) => false;

        public override Tensor Compute(Tensor output, Tensor target) => output.mul(output).mean();

        public override ValidationFigures NewFigures() => throw new NotSupportedException();

        public override void MustFit(TensorShape output, TensorShape target)
        {
        }

        public override string? Problem(ReadOnlySpan<float> target) => null;
    }

    /// <summary>A generator that learns to make images whose brightness a discriminator cannot tell from the real ones'.</summary>
    private sealed class AdversarialStep : ITrainingStep
    {
        public IReadOnlyList<StepNetwork> Networks { get; } =
        [
            new("generator", Generator(), new OptimizerOptions { LearningRate = 1e-2, Beta1 = 0.5 }),
            new("discriminator", Discriminator(), new OptimizerOptions { Kind = OptimizerKind.Sgd, LearningRate = 1e-2, Momentum = 0.5 }),
        ];

        public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["step"] = "adversarial" };

        public IReadOnlyList<string> FigureNames { get; } = ["distance"];

        public ITrainingStep Fit(ITrainingSamples training, ITrainingSamples validation) => this;

        public double Train(TrainingContext context, TrainingBatch batch)
        {
            (NetworkInTraining generator, NetworkInTraining discriminator) = (context["generator"], context["discriminator"]);
            Tensor made = generator.Run([randn([batch.Count, 4])]);
            Tensor judged = SoftPlus(discriminator.Run(batch.Inputs).neg()).add(SoftPlus(discriminator.Run([made.detach()]))).mean();
            judged.backward();
            discriminator.Update();

            Tensor fooled = SoftPlus(discriminator.Run([made]).neg()).mean();
            fooled.backward();
            discriminator.ZeroGradients();
            generator.Update();
            return judged.item<float>() + fooled.item<float>();
        }

        public ValidationResult Validate(TrainingContext context, IEnumerable<TrainingBatch> batches)
        {
            double distance = 0;
            int count = 0;
            foreach (TrainingBatch batch in batches)
            {
                Tensor made = context["generator"].Run([randn([batch.Count, 4])]);
                distance += Math.Abs(made.mean().item<float>() - batch.Inputs[0].mean().item<float>()) * batch.Count;
                count += batch.Count;
            }

            return new ValidationResult(distance / count, new Dictionary<string, double> { ["distance"] = distance / count });
        }

        private static Tensor SoftPlus(Tensor x) => nn.functional.softplus(x);

        private static NetworkGraph Generator()
        {
            NetworkGraphBuilder network = new();
            string x = network.Relu("relu", network.Dense("hidden", network.Input("noise", [4]), 16));
            return network.Build(network.Dense("image", x, 256));
        }

        // Real images come as [1, 16, 16], made ones as 256 numbers.
        private static NetworkGraph Discriminator()
        {
            NetworkGraphBuilder network = new();
            string x = network.Flatten("flat", network.Input("image", [1, 16, 16]));
            return network.Build(network.Dense("real", network.LeakyRelu("leak", network.Dense("hidden", x, 16), 0.2), 1, gain: 1));
        }
    }
}

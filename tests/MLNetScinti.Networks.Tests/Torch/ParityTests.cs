using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Tests;

/// <summary>One definition, two forms: the same weights and the same input give the same output.</summary>
[Collection("torch")]
public sealed class ParityTests
{
    private const double Tolerance = 1e-4;

    private static readonly ResidualNetworkOptions s_small = new() { Sections = 20, Rows = 24, Columns = 17, WidthMultiplier = 0.25 };

    public static TheoryData<string, bool> Networks() => new()
    {
        { "planar", true }, { "planar", false },
        { "three views", true }, { "three views", false },
        { "volume", true }, { "volume", false },
        { "three views in full", true },
        { "planar, TensorFlow's defaults", true }, { "planar, TensorFlow's defaults", false },
        { "volume, TensorFlow's defaults", true }, { "volume, TensorFlow's defaults", false },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void BothFormsOfTheResidualNetworksAgree(string name, bool fold)
    {
        NetworkGraph graph = name switch
        {
            "planar" => ResidualNetworks.Planar(s_small),
            "three views" => ResidualNetworks.ThreeView(s_small),
            "volume" => ResidualNetworks.Volumetric(s_small),
            "planar, TensorFlow's defaults" => ResidualNetworks.Planar(s_small).WithDefaults(NetworkDefaults.TensorFlow),
            "volume, TensorFlow's defaults" => ResidualNetworks.Volumetric(s_small).WithDefaults(NetworkDefaults.TensorFlow),
            _ => ResidualNetworks.ThreeView(),
        };
        Assert.InRange(Difference(graph, batch: 2, fold), 0, Tolerance);
    }

    /// <summary>With epsilon .001 and a running momentum of .99 by the formulas of Ioffe and Szegedy, in training, in serving and in the ONNX form.</summary>
    [Fact]
    public void TensorFlowsNormalisationIsItsFormula()
    {
        NetworkGraphBuilder builder = new(NetworkDefaults.TensorFlow);
        NetworkGraph graph = builder.Build(builder.BatchNormalization("norm", builder.Input("image", [1, 1, 4])));
        float[] values = [0.01f, 0.02f, -0.03f, 0.05f, 0, 0.01f, 0.04f, -0.02f];
        double mean = values.Average(value => (double)value), variance = values.Average(value => (value - mean) * (value - mean));
        using TorchNetwork network = new(graph, NetworkWeights.Initialise(graph, 1));
        using DisposeScope scope = NewDisposeScope();
        Tensor images = torch.tensor(values, [2, 1, 1, 4]);
        network.train();
        float[] trained = network.call([images]).detach().data<float>().ToArray();
        NetworkWeights weights = network.ReadWeights();
        // PyTorch and TensorFlow's fused kernel both keep the unbiased variance.
        double runningMean = 0.01 * mean, runningVariance = 0.99 + (0.01 * variance * 8 / 7);
        Assert.Equal(runningMean, weights["norm.running_mean"].Values[0], 1e-7);
        Assert.Equal(runningVariance, weights["norm.running_var"].Values[0], 1e-6);
        network.eval();
        float[] served = network.call([images]).detach().data<float>().ToArray();
        using OnnxRun model = new(graph.ToOnnx(weights, new OnnxNetworkOptions { WithActivation = false }));
        float[] onnx = model.Run(graph, [values], 2);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal((values[i] - mean) / Math.Sqrt(variance + 1e-3), trained[i], 1e-5);
            Assert.Equal((values[i] - runningMean) / Math.Sqrt(runningVariance + 1e-3), served[i], 1e-5);
            Assert.Equal(served[i], onnx[i], 1e-6f);
        }
    }

    [Fact]
    public void BothFormsOfRandomNetworksAgree() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(RandomGraphs.Graphs.ToArbitrary(), graph => Difference(graph, batch: 3, fold: true) < Tolerance));

    /// <summary>Behind the image comes the index of each voxel along each axis, the fastest axis first, in both forms and for every case of a batch.</summary>
    [Theory]
    [InlineData(4, 0, 0)]
    [InlineData(2, 3, 5)]
    public void CoordinatesAreTheIndicesOfVoxels(int columns, int rows, int sections)
    {
        int[] extents = [.. ((int[])[sections, rows, columns]).Where(extent => extent > 0)];
        extents = extents.Length == 1 ? [3, extents[0]] : extents;
        NetworkGraphBuilder builder = new();
        NetworkGraph graph = builder.Build(builder.VoxelCoordinates("coordinates", builder.Input("image", [2, .. extents.Select(extent => (long)extent)])));
        Assert.Equal([2 + extents.Length, .. extents.Select(extent => (long)extent)], graph.OutputShape);
        NetworkWeights weights = NetworkWeights.Initialise(graph, 1);
        float[][] images = Samples.Batch(graph, 2, 4);
        using TorchNetwork network = new(graph, weights);
        using OnnxRun model = new(graph.ToOnnx(weights));
        float[] found = Logits(network, images, 2);
        Assert.Equal(found, model.Run(graph, images, 2));
        int voxels = extents.Aggregate(1, (product, extent) => product * extent), channels = 2 + extents.Length;
        for (int at = 0; at < found.Length; at++)
        {
            (int one, int channel, int voxel) = (at / voxels / channels, at / voxels % channels, at % voxels);
            int step = extents.TakeLast(channel - 2).Aggregate(1, (product, extent) => product * extent);
            Assert.Equal(channel < 2 ? images[0][(((one * 2) + channel) * voxels) + voxel] : voxel / step % extents[^Math.Max(1, channel - 1)], found[at]);
        }
    }

    /// <summary>Overwriting saves memory and must change no bit, of the output or of any gradient.</summary>
    [Fact]
    public void OverwritingWhatNobodyNeedsChangesNothing() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(RandomGraphs.Graphs.ToArbitrary(), graph => Gradients(graph, overwrite: true).SequenceEqual(Gradients(graph, overwrite: false))));

    /// <summary>Images that lie with their channels last give the same outputs and gradients but for last digits, whatever the layers.</summary>
    [Fact]
    public void ChannelsLastIsTheSameNetwork()
    {
        bool other = false;
        foreach (NetworkGraph graph in Enumerable.Range(0, 80).Select(seed => RandomGraphs.Make(new Random(seed))).Append(ResidualNetworks.Planar(s_small)))
        {
            float[] planes = Gradients(graph, overwrite: true), channels = Gradients(graph, overwrite: true, channelsLast: true);
            double size = Math.Sqrt(planes.Sum(value => (double)value * value));
            double error = Math.Sqrt(planes.Zip(channels, (a, b) => (double)(a - b) * (a - b)).Sum());
            Assert.True(error <= 1e-3 * size, $"{graph.Hash}: {error} of {size}");
            Assert.Equal(channels, Gradients(graph, overwrite: false, channelsLast: true));
            other |= error > 0;
        }

        Assert.True(other, "nothing was computed in another order");
    }

    [Fact]
    public void TheResidualNetworksOverwriteBehindTheirNormalisations()
    {
        NetworkGraph graph = ResidualNetworks.Planar(s_small);
        Assert.Equal(
            ["relu1", "relu2", "add3", "relu3", "relu4", "add5", "relu5", "relu6", "add7", "relu7", "dense_relu"],
            graph.Layers.Where(graph.MayOverwrite).Select(layer => layer.Name));
        Assert.Equal(Gradients(graph, overwrite: false), Gradients(graph, overwrite: true));
    }

    /// <summary>A rectified unit comes behind the pooling that is its only user, and nowhere else; that no bit changes is asked of random networks above, and here of one with ties.</summary>
    [Fact]
    public void RectifiedUnitsComeBehindTheirPoolings()
    {
        NetworkGraph residual = ResidualNetworks.Planar(s_small);
        Assert.Equal(["relu1", "relu3", "relu5"], residual.Layers.Select(residual.MayFollow).OfType<Relu>().Select(unit => unit.Name));

        NetworkGraphBuilder network = new();
        string unit = network.Relu("unit", network.Convolution("conv", network.Input("image", [1, 8, 8]), 4, 3));
        NetworkGraph shared = network.Build(network.Dense("score", network.Flatten("flat", network.Sum("both", network.MaxPooling("pool", unit, 3, 1, 1), unit)), 1));
        Assert.All(shared.Layers, layer => Assert.Null(shared.MayFollow(layer)));
        Assert.Equal(Gradients(shared, overwrite: false), Gradients(shared, overwrite: true));
    }

    /// <summary>
    /// Every kind of layer trains with convolutions in bfloat16, to finite gradients near those of 32 bits: a number keeps
    /// two to three digits, which a network with ties or with hardly any variance may blow up, but not most networks.
    /// </summary>
    [Fact]
    public void MixedPrecisionIsNear32Bits()
    {
        List<double> errors = [];
        foreach (NetworkGraph graph in Enumerable.Range(0, 60).Select(seed => RandomGraphs.Make(new Random(seed))))
        {
            float[] single = Gradients(graph, overwrite: true);
            float[] mixed = Gradients(graph, overwrite: true, TrainingPrecision.BFloat16);
            Assert.All(mixed, value => Assert.True(float.IsFinite(value)));
            errors.Add(Math.Sqrt(single.Zip(mixed, (a, b) => (double)(a - b) * (a - b)).Sum() / single.Sum(value => (double)value * value)));
        }

        errors.Sort();
        Assert.True(errors[^1] > 1e-6, "nothing was computed in other numbers");
        Assert.True(errors[30] < 0.02 && errors[54] < 0.2, $"median {errors[30]}, 90 % {errors[54]}, largest {errors[^1]}");
    }

    [Fact]
    public void ParametersAreNamedAfterTheLayers()
    {
        NetworkGraph graph = ResidualNetworks.Planar(s_small);
        using TorchNetwork network = new(graph, NetworkWeights.Initialise(graph, 1));

        Assert.Equal(
            graph.Weights().Select(weight => weight.Name).Order(StringComparer.Ordinal),
            network.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(graph.ParameterCount, network.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void WeightsComeBackAsTheyWent()
    {
        NetworkGraph graph = ResidualNetworks.ThreeView(s_small);
        NetworkWeights weights = Samples.Trained(graph, 8);
        using TorchNetwork network = new(graph, NetworkWeights.Initialise(graph, 1));
        Assert.NotEqual(weights.Hash(), network.ReadWeights().Hash());

        network.WriteWeights(weights);
        Assert.Equal(weights.Hash(), network.ReadWeights().Hash());
    }

    [Fact]
    public void OneNetworkLeavesNoTensorsBehind()
    {
        NetworkGraph graph = ResidualNetworks.Planar(s_small);
        // What earlier tests left to the finalizer must not go in between.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        using (TorchNetwork network = new(graph, Samples.Trained(graph, 1)))
        {
            _ = Logits(network, Samples.Batch(graph, 2, 1), 2);
            _ = network.ReadWeights();
        }

        Assert.Equal(before + Samples.CountedForever(graph), Tensor.TotalCount);
    }

    private static double Difference(NetworkGraph graph, int batch, bool fold)
    {
        NetworkWeights weights = Samples.Trained(graph, 11);
        float[][] inputs = Samples.Batch(graph, batch, 12);
        using TorchNetwork network = new(graph, weights);
        using OnnxRun model = new(graph.ToOnnx(weights, new OnnxNetworkOptions { FoldBatchNormalization = fold, WithActivation = false }));
        float[] torchForm = Logits(network, inputs, batch);
        float[] onnxForm = model.Run(graph, inputs, batch);
        Assert.Equal(torchForm.Length, onnxForm.Length);
        return torchForm.Zip(onnxForm, (a, b) => Math.Abs((double)a - b) / Math.Max(1, Math.Abs(a))).Max();
    }

    /// <summary>The output in training, and the gradients of its sum of squares.</summary>
    private static float[] Gradients(NetworkGraph graph, bool overwrite, TrainingPrecision precision = TrainingPrecision.Float32, bool channelsLast = false)
    {
        using TorchNetwork network = new(graph, Samples.Trained(graph, 11), null, overwrite, [], precision, channelsLast);
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        Tensor output = network.call([.. Samples.Batch(graph, 3, 12).Select((values, index) =>
            torch.tensor(values, graph.Inputs[index].Shape.WithBatch(3)))]);
        output.mul(output).sum().backward();
        return [.. output.detach().data<float>().ToArray(), .. network.parameters().SelectMany(parameter => parameter.grad is { } gradient ? gradient.data<float>().ToArray() : [0])];
    }

    private static float[] Logits(TorchNetwork network, float[][] inputs, int batch)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        network.eval();
        Tensor[] tensors = [.. inputs.Select((values, index) => torch.tensor(values, network.Graph.Inputs[index].Shape.WithBatch(batch)))];
        return network.call(tensors).data<float>().ToArray();
    }
}

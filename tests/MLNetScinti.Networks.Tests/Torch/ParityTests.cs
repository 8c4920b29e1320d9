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

    private static readonly DmsaNetworkOptions s_small = new() { Sections = 20, Rows = 24, Columns = 17, WidthMultiplier = 0.25 };

    public static TheoryData<string, bool> Networks() => new()
    {
        { "planar", true }, { "planar", false },
        { "three views", true }, { "three views", false },
        { "volume", true }, { "volume", false },
        { "three views in full", true },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void BothFormsOfTheDmsaNetworksAgree(string name, bool fold)
    {
        NetworkGraph graph = name switch
        {
            "planar" => DmsaNetworks.Planar(s_small),
            "three views" => DmsaNetworks.ThreeView(s_small),
            "volume" => DmsaNetworks.Volumetric(s_small),
            _ => DmsaNetworks.ThreeView(),
        };
        Assert.InRange(Difference(graph, batch: 2, fold), 0, Tolerance);
    }

    [Fact]
    public void BothFormsOfRandomNetworksAgree() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(RandomGraphs.Graphs.ToArbitrary(), graph => Difference(graph, batch: 3, fold: true) < Tolerance));

    [Fact]
    public void ParametersAreNamedAfterTheLayers()
    {
        NetworkGraph graph = DmsaNetworks.Planar(s_small);
        using TorchNetwork network = new(graph, NetworkWeights.Initialise(graph, 1));

        Assert.Equal(
            graph.Weights().Select(weight => weight.Name).Order(StringComparer.Ordinal),
            network.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(graph.ParameterCount, network.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void WeightsComeBackAsTheyWent()
    {
        NetworkGraph graph = DmsaNetworks.ThreeView(s_small);
        NetworkWeights weights = Samples.Trained(graph, 8);
        using TorchNetwork network = new(graph, NetworkWeights.Initialise(graph, 1));
        Assert.NotEqual(weights.Hash(), network.ReadWeights().Hash());

        network.WriteWeights(weights);
        Assert.Equal(weights.Hash(), network.ReadWeights().Hash());
    }

    [Fact]
    public void OneNetworkLeavesNoTensorsBehind()
    {
        NetworkGraph graph = DmsaNetworks.Planar(s_small);
        long before = Tensor.TotalCount;
        using (TorchNetwork network = new(graph, Samples.Trained(graph, 1)))
        {
            _ = Logits(network, Samples.Batch(graph, 2, 1), 2);
            _ = network.ReadWeights();
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static double Difference(NetworkGraph graph, int batch, bool fold)
    {
        NetworkWeights weights = Samples.Trained(graph, 11);
        float[][] inputs = Samples.Batch(graph, batch, 12);
        using TorchNetwork network = new(graph, weights);
        using OnnxModel model = new(graph.ToOnnx(weights, new OnnxNetworkOptions { FoldBatchNormalization = fold, WithActivation = false }));
        float[] torchForm = Logits(network, inputs, batch);
        float[] onnxForm = model.Run(graph, inputs, batch);
        Assert.Equal(torchForm.Length, onnxForm.Length);
        return torchForm.Zip(onnxForm, (a, b) => Math.Abs((double)a - b) / Math.Max(1, Math.Abs(a))).Max();
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

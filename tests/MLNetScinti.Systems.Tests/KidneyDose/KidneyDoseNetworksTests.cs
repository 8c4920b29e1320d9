using MLNetScinti.Networks;
using MLNetScinti.Networks.Tests;
using MLNetScinti.Systems.KidneyDose;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Systems.Tests.KidneyDose;

[Collection("training")]
public sealed class KidneyDoseNetworksTests
{
    [Fact]
    public void ItHasTwentyOneBlocksAndTheWeightsOfThePublicCode()
    {
        NetworkGraph graph = KidneyDoseNetworks.Create();
        Convolution[] convolutions = [.. graph.Layers.OfType<Convolution>()];
        Assert.Equal(21, graph.Layers.OfType<BatchNormalization>().Count());
        Assert.Equal(
            [32, 32, 64, 64, 64, 64, 128, 128, 128, 128, 128, 128, 64, 64, 64, 64, 64, 64, 64, 64, 64, 3],
            convolutions.Select(one => one.Filters));
        // Concatenation comes behind two convolutions of each step up: these see both maps.
        Assert.Equal([256, 128, 128, 96], ((string[])["conv12", "conv15", "conv18", "conv21"]).Select(name => graph.InputShapesOf(graph.Layers.Single(layer => layer.Name == name))[0].Channels));
        Assert.Equal(4_683_555, graph.ParameterCount);
        Assert.Equal(4_686_147, KidneyDoseNetworks.Create(new KidneyDoseNetworkOptions { Coordinates = true }).ParameterCount);
        Assert.Equal([3, 64, 128, 128], graph.OutputShape);
        Assert.Equal(OutputActivation.Softmax, graph.Activation);
    }

    [Theory]
    [InlineData(0.5, 16)]
    [InlineData(0.25, 8)]
    public void ANarrowerOneHasTheSameFormAndFewerFilters(double width, int first)
    {
        NetworkGraph graph = KidneyDoseNetworks.Create(new KidneyDoseNetworkOptions { WidthMultiplier = width, Shape = new(32, 64, 64) });
        Assert.Equal([1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2], graph.Layers.OfType<Convolution>().SkipLast(1).Select(one => one.Filters / first));
        Assert.Equal([3, 32, 64, 64], graph.OutputShape);
    }

    [Fact]
    public void ExtentsThatPoolingWouldCutAreRefused() =>
        Assert.Contains("multiples of 16", Assert.Throws<NetworkGraphException>(() => KidneyDoseNetworks.Create(new KidneyDoseNetworkOptions { Shape = new(40, 64, 64) })).Message, StringComparison.Ordinal);

    /// <summary>Both forms of narrow networks, with weights as after some training: same input, same answer.</summary>
    [Theory]
    [InlineData(false, 0.125)]
    [InlineData(true, 0.125)]
    public void BothFormsAgree(bool coordinates, double width)
    {
        NetworkGraph graph = KidneyDoseNetworks.Create(new KidneyDoseNetworkOptions { WidthMultiplier = width, Shape = new(16, 32, 16), Coordinates = coordinates });
        NetworkWeights weights = Samples.Trained(graph, 11);
        float[][] images = Samples.Batch(graph, 2, 13);
        using OnnxRun onnx = new(graph.ToOnnx(weights));
        float[] served = onnx.Run(graph, images, 2);
        using TorchNetwork network = new(graph, weights);
        network.eval();
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = network.forward([.. graph.Inputs.Select((input, index) => tensor(images[index], input.Shape.WithBatch(2)))]);
        float[] trained = nn.functional.softmax(logits, 1).data<float>().ToArray();
        Assert.True(trained.Max() - trained.Min() > 1e-4, "the answer is the same everywhere");
        Assert.InRange(trained.Zip(served, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-4);
    }
}

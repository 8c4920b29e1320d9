using MLNetScinti.Networks;
using MLNetScinti.Networks.Tests;
using MLNetScinti.Systems.SpectCtKidney;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Systems.Tests.SpectCtKidney;

[Collection("training")]
public sealed class SpectCtKidneyNetworksTests
{
    [Fact]
    public void ItHasNineteenConvolutionsAndTheWeightsOfThePaper()
    {
        NetworkGraph standard = SpectCtKidneyNetworks.OfCt(), hybrid = SpectCtKidneyNetworks.OfSpectAndCt();
        Convolution[] convolutions = [.. standard.Layers.OfType<Convolution>()];
        Assert.Equal(
            [32, 32, 64, 64, 128, 128, 256, 256, 512, 512, 256, 256, 128, 128, 64, 64, 64, 64, 1],
            convolutions.Select(one => one.Filters));
        long up = Count(standard, layer => layer is ConvolutionTranspose);
        Assert.Equal(1_409_536, up);
        Assert.Equal(21_375_841, Count(standard, layer => layer is Convolution));
        Assert.Equal(22_785_377, standard.ParameterCount);
        Assert.Equal(21_376_705 + up, hybrid.ParameterCount);
        Assert.Equal([256, 128, 64, 64], standard.Layers.OfType<ConvolutionTranspose>().Select(one => one.Filters));
        Assert.Equal([1, 128, 128, 128], standard.OutputShape);
        Assert.Equal(["NormalizedSpect [1, 128, 128, 128]", "NormalizedCt [1, 128, 128, 128]"], hybrid.Inputs.Select(input => $"{input.Name} {input.Shape}"));
        Assert.Equal(OutputActivation.Sigmoid, standard.Activation);
    }

    [Theory]
    [InlineData(0.5, 16)]
    [InlineData(0.25, 8)]
    public void ANarrowerOneHasTheSameFormAndFewerFilters(double width, int first)
    {
        NetworkGraph graph = SpectCtKidneyNetworks.OfCt(new SpectCtKidneyNetworkOptions { WidthMultiplier = width, Shape = new(32, 32, 48) });
        Assert.Equal([1, 2, 4, 8, 16, 8, 4, 2, 2, 1.0 / first], graph.Layers.OfType<Convolution>().Where((_, index) => index % 2 == 0).Select(one => one.Filters / (double)first));
        Assert.Equal([1, 32, 32, 48], graph.OutputShape);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(24)]
    public void ExtentsThatPoolingWouldCutAreRefused(int extent) =>
        Assert.Contains("multiples of 16", Assert.Throws<NetworkGraphException>(() => SpectCtKidneyNetworks.OfCt(new SpectCtKidneyNetworkOptions { Shape = new(extent, 32, 32) })).Message, StringComparison.Ordinal);

    /// <summary>Both forms of narrow networks, with weights as after some training: same input, same answer.</summary>
    [Theory]
    [InlineData(true, 0.125)]
    [InlineData(false, 0.0625)]
    public void BothFormsAgree(bool hybrid, double width)
    {
        SpectCtKidneyNetworkOptions options = new() { WidthMultiplier = width, Shape = new(16, 16, 32) };
        NetworkGraph graph = hybrid ? SpectCtKidneyNetworks.OfSpectAndCt(options) : SpectCtKidneyNetworks.OfCt(options);
        NetworkWeights weights = Samples.Trained(graph, 11);
        float[][] images = Samples.Batch(graph, 2, 13);
        using OnnxRun onnx = new(graph.ToOnnx(weights));
        float[] served = onnx.Run(graph, images, 2);
        using TorchNetwork network = new(graph, weights);
        network.eval();
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = network.forward([.. graph.Inputs.Select((input, index) => tensor(images[index], input.Shape.WithBatch(2)))]);
        float[] trained = logits.sigmoid().data<float>().ToArray();
        Assert.True(trained.Max() - trained.Min() > 1e-4, "the answer is the same everywhere");
        Assert.InRange(trained.Zip(served, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-4);
    }

    private static long Count(NetworkGraph graph, Func<NetworkLayer, bool> which) =>
        graph.Layers.Where(which).Sum(layer => layer.Weights(graph.InputShapesOf(layer)).Sum(weight => weight.Shape.ElementCount));
}

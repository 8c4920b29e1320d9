using MLNetScinti.Networks;
using MLNetScinti.Networks.Tests;
using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Systems.Tests.Dmsa;

public sealed class DmsaNetworksTests
{
    [Fact]
    public void TheBranchIsThatOfThePaper()
    {
        NetworkGraph graph = DmsaNetworks.Planar();

        string[] convolutions = ["conv1", "conv2", "conv3", "conv4", "conv5", "conv6", "conv7"];
        Assert.Equal([32, 64, 64, 128, 128, 256, 256], convolutions.Select(name => graph.ShapeOf(name).Channels));
        Assert.Equal([128, 64, 64, 32, 32, 16, 16], convolutions.Select(name => graph.ShapeOf(name)[1]));
        Assert.Equal(7, graph.Layers.OfType<BatchNormalization>().Count());
        Assert.Equal(3, graph.Layers.OfType<MaxPooling>().Count());
        Assert.All(graph.Layers.OfType<MaxPooling>(), pool => Assert.Equal((3, 2, 1), (pool.Kernel, pool.Stride, pool.Padding)));
        Assert.Equal(
            [("add3", "pool1"), ("add5", "pool3"), ("add7", "pool5")],
            graph.Layers.OfType<Sum>().Select(add => (add.Name, graph.Layers.First(layer => layer.Name == add.Inputs[1]).Inputs[0])));
        Assert.Equal([512], graph.ShapeOf("dense"));
        Assert.Equal(0.5, graph.Layers.OfType<Dropout>().Single().Rate);
        Assert.Equal([1], graph.OutputShape);
        Assert.Equal(OutputActivation.Sigmoid, graph.Activation);
    }

    [Fact]
    public void ParameterCountsAreThoseByHand()
    {
        int[] filters = [32, 64, 64, 128, 128, 256, 256];
        int planar = 0, volumetric = 0, channels = 1;
        foreach (int count in filters)
        {
            planar += (9 * channels * count) + (2 * count);
            volumetric += (27 * channels * count) + (2 * count);
            channels = count;
        }

        int skips = (32 * 64) + 64 + (64 * 128) + 128 + (128 * 256) + 256;
        int head = (256 * 512) + 512 + 512 + 1;
        Assert.Equal(planar + skips + head, DmsaNetworks.Planar().ParameterCount);
        Assert.Equal(volumetric + skips + head, DmsaNetworks.Volumetric().ParameterCount);
        Assert.Equal((3 * (planar + skips)) + (3 * 256 * 512) + 512 + 512 + 1, DmsaNetworks.ThreeView().ParameterCount);
    }

    [Fact]
    public void ThreeViewsHaveTheShapesOfTheirProjections()
    {
        NetworkGraph graph = DmsaNetworks.ThreeView(new DmsaNetworkOptions { Sections = 24, Rows = 32, Columns = 40, WidthMultiplier = 0.125 });

        Assert.Equal(["MipTransverse [1, 32, 40]", "MipSagittal [1, 24, 32]", "MipCoronal [1, 24, 40]"], graph.Inputs.Select(input => $"{input.Name} {input.Shape}"));
        Assert.Equal([96], graph.ShapeOf("features"));
        Assert.Throws<ArgumentOutOfRangeException>(() => DmsaNetworks.ThreeView(new DmsaNetworkOptions { WidthMultiplier = 0 }));
    }

    /// <summary>The residual networks of the tests of Networks, whose two forms, gradients and maps are compared there, are these.</summary>
    [Theory]
    [InlineData(128, 1)]
    [InlineData(64, 0.25)]
    public void TheyAreTheNetworksWhoseTwoFormsAreCompared(int size, double width)
    {
        DmsaNetworkOptions options = new() { Sections = size, Rows = size, Columns = size, WidthMultiplier = width };
        ResidualNetworkOptions compared = new() { Sections = size, Rows = size, Columns = size, WidthMultiplier = width };
        Assert.Equal(ResidualNetworks.Planar(compared).Hash, DmsaNetworks.Planar(options).Hash);
        Assert.Equal(ResidualNetworks.ThreeView(compared).Hash, DmsaNetworks.ThreeView(options).Hash);
        Assert.Equal(ResidualNetworks.Volumetric(compared).Hash, DmsaNetworks.Volumetric(options).Hash);
    }
}

using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Tests;

[Collection("torch")]
public sealed class InfererTests
{
    /// <summary>A network that sees one pixel at a time answers the same whole and in windows, whatever the window, also where it is larger than the image.</summary>
    [Fact]
    public void WindowsPutTogetherAreTheWholeImage() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(40),
        Prop.ForAll(ArbMap.Default.GeneratorFor<int>().ToArbitrary(), seed => Difference(new Random(seed)) < 1e-4));

    /// <summary>Where the image is one window, the answer is the network's own, bit for bit.</summary>
    [Fact]
    public void AnImageOfTheWindowsSizeGoesThroughWhole()
    {
        NetworkGraph graph = Network([1, 9, 10], kernel: 3);
        using TorchNetwork network = new(graph, Samples.Trained(graph, 1));
        network.eval();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor image = torch.tensor(Samples.Numbers(new Random(2), 2 * 90), [2, 1, 9, 10]);
        Tensor whole = network.call([image]);
        Assert.Equal(whole.data<float>().ToArray(), new SlidingWindow([9, 10]).Infer(network.call, [image]).data<float>().ToArray());
    }

    /// <summary>A network that sees its neighbours is wrong at a window's edges, and the weights make the middle count: with overlap it comes near the whole image.</summary>
    [Fact]
    public void OverlapAndWeightsMakeUpForEdges()
    {
        NetworkGraph graph = Network([1, 40, 40], kernel: 3);
        using TorchNetwork network = new(graph, Samples.Trained(graph, 1));
        network.eval();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor image = torch.tensor(Samples.Numbers(new Random(2), 1600), [1, 1, 40, 40]);
        Tensor whole = network.call([image]);
        double Error(SlidingWindow window) => window.Infer(network.call, [image]).sub(whole).abs().mean().item<float>();
        double apart = Error(new SlidingWindow([16, 16]) { Overlap = 0, Gaussian = false });
        double together = Error(new SlidingWindow([16, 16]));
        Assert.True(together < apart / 4, $"{together} {apart}");
    }

    /// <summary>Also where zeros are put around, where windows go together, and where there are more windows than copies of the network.</summary>
    [Theory]
    [InlineData(new[] { 9, 10 }, new[] { 9, 10 }, 0.5, 1, true)]
    [InlineData(new[] { 11, 13 }, new[] { 6, 5 }, 0.5, 1, true)]
    [InlineData(new[] { 11, 13 }, new[] { 6, 5 }, 0.25, 3, false)]
    [InlineData(new[] { 7, 5 }, new[] { 9, 3 }, 0.5, 2, true)]
    [InlineData(new[] { 5, 9, 7 }, new[] { 8, 4, 4 }, 0.5, 1, true)]
    [InlineData(new[] { 26, 26 }, new[] { 4, 4 }, 0.5, 1, true)]
    public void TheOnnxFormGoesTheSameWay(int[] extents, int[] window, double overlap, int batch, bool gaussian)
    {
        SlidingWindow sliding = new(window) { Overlap = overlap, Batch = batch, Gaussian = gaussian };
        TensorShape image = TensorShape.Create([1, .. extents.Select(extent => (long)extent)]);
        NetworkGraph graph = Network(sliding.WindowOf(image), kernel: 3);
        NetworkWeights weights = Samples.Trained(graph, 1);
        OnnxGraphBuilder builder = new("windows");
        string answer = builder.AddNetwork(graph, weights, [builder.Input("image", image)], sliding, image, new OnnxNetworkOptions { WithActivation = false });
        builder.Output(answer, "answer", [2, .. image.Skip(1)]);
        float[] values = Samples.Numbers(new Random(3), 2 * (int)image.ElementCount);
        using OnnxRun model = new(builder.Build());
        float[] onnx = model.Run(("image", values, image.WithBatch(2)));

        using TorchNetwork network = new(graph, weights);
        network.eval();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        float[] torchForm = sliding.Infer(network.call, [torch.tensor(values, image.WithBatch(2))]).data<float>().ToArray();
        Assert.Equal(torchForm.Length, onnx.Length);
        Assert.InRange(torchForm.Zip(onnx, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
    }

    [Theory]
    [InlineData(16, 16, 0.5, 1)]
    [InlineData(12, 16, 0.5, 1)]
    [InlineData(17, 16, 0.5, 2)]
    [InlineData(24, 16, 0.5, 2)]
    [InlineData(25, 16, 0.5, 3)]
    [InlineData(64, 8, 0.95, 57)]
    public void SoManyWindowsAsGoThroughTheNetworkAreCounted(int extent, int window, double overlap, int expected)
    {
        SlidingWindow sliding = new([window, 4]) { Overlap = overlap };
        Assert.Equal(expected, sliding.CountOver([extent, 4]));
        int run = 0;
        sliding.Infer((count, inputs) => { run += count; return inputs[0]; }, [new float[extent * 4]], [[1, extent, 4]]);
        Assert.Equal(expected, run);
    }

    [Fact]
    public void WhatDoesNotSlideIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new SlidingWindow([4, 4]).WindowOf([1, 4, 4, 4]));
        Assert.Throws<ArgumentException>(() => new SlidingWindow([4, 4]) { Overlap = 1 }.Infer((_, _) => new float[16], [new float[64]], [[1, 8, 8]]));
        Assert.Equal<TensorShape>([2, 4, 4], new SlidingWindow([4, 4]).WindowOf([2, 9, 9]));
    }

    private static double Difference(Random random)
    {
        int rank = random.Next(2, 4);
        long[] extents = [.. Enumerable.Range(0, rank).Select(_ => (long)random.Next(3, 12))];
        int[] window = [.. extents.Select(_ => random.Next(2, 14))];
        SlidingWindow sliding = new(window) { Overlap = random.NextDouble() * 0.8, Gaussian = random.Next(2) == 0, Batch = random.Next(1, 4) };
        NetworkGraph graph = Network(TensorShape.Create([1, .. extents]), kernel: 1);
        NetworkWeights weights = Samples.Trained(graph, 1);
        using TorchNetwork network = new(graph, weights);
        network.eval();
        int images = random.Next(1, 3);
        int voxels = (int)extents.Aggregate(1L, (product, extent) => product * extent);
        float[] values = Samples.Numbers(random, images * voxels);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor image = torch.tensor(values, [images, 1, .. extents]);
        float[] whole = network.call([image]).data<float>().ToArray();
        float[] inTorch = sliding.Infer(network.call, [image]).data<float>().ToArray();
        int[] shape = [.. sliding.WindowOf([1, .. extents]).Spatial.ToArray().Select(extent => (int)extent)];
        float[] asFunction = [.. Enumerable.Range(0, images).SelectMany(index => sliding.Infer(
            (count, windows) => network.call([torch.tensor(windows[0].ToArray(), [count, 1, .. shape.Select(extent => (long)extent)])]).data<float>().ToArray(),
            [values.AsMemory(index * voxels, voxels)],
            [TensorShape.Create([1, .. extents])]))];
        Assert.Equal(whole.Length, asFunction.Length);
        return whole.Zip(inTorch, (a, b) => Math.Abs(a - b)).Concat(whole.Zip(asFunction, (a, b) => Math.Abs(a - b))).Max();
    }

    private static NetworkGraph Network(TensorShape image, int kernel)
    {
        NetworkGraphBuilder network = new();
        string x = network.Relu("relu1", network.Convolution("conv1", network.Input("image", image), 4, kernel));
        return network.Build(network.Convolution("conv2", x, 2, kernel));
    }
}

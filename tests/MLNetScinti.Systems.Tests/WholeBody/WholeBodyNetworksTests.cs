using MLNetScinti.Networks;
using MLNetScinti.Networks.Tests;
using MLNetScinti.Systems.WholeBody.Networks;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Systems.Tests.WholeBody;

public sealed class WholeBodyNetworksTests
{
    /// <summary>Counts of the papers' tables at one channel of 1024 x 256, and of the cited papers' networks with one channel and four classes.</summary>
    public static TheoryData<string, long> Counts() => new()
    {
        { "dspic-am", 58_271_756 },
        { "dspic-am-as-printed", 1_732_847_628 },
        { "dspic-rm-as-printed", 1_733_012_355 },
        { "si-clf", 80_614_787 },
        { "si-clf-am", 80_624_029 },
        { "si-clf-rm", 80_688_643 },
        { "si-clf-am-rm", 80_697_885 },
        { "alexnet-dspic", 645_805_699 },
        { "dscint", 20_565_984 },
        { "alexnet", 248_066_756 },
        { "resnet-18", 11_172_292 },
        { "vgg-16", 134_275_780 },
        { "inception-v4", 41_148_388 },
        { "densenet-121", 6_951_684 },
    };

    public static TheoryData<string> Names() => new(ShippedNetworks.All.Where(network => network.System == "whole-body").Select(network => network.Name));

    [Theory]
    [MemberData(nameof(Counts))]
    public void ParametersAreAsManyAsInTheTables(string name, long count) => Assert.Equal(count, WholeBodyNetworks.Create(name).ParameterCount);

    [Fact]
    public void DspicHasTheMapsOfItsTable()
    {
        NetworkGraph graph = WholeBodyNetworks.Create("dspic-am-as-printed");
        Assert.Equal([96, 255, 63], graph.ShapeOf("conv1"));
        Assert.Equal([96, 127, 31], graph.ShapeOf("attention_out"));
        Assert.Equal([256, 127, 31], graph.ShapeOf("conv2"));
        Assert.Equal([256, 63, 15], graph.ShapeOf("pool2"));
        Assert.Equal([384, 67, 19], graph.ShapeOf("conv3"));
        Assert.Equal([384, 71, 23], graph.ShapeOf("conv4"));
        Assert.Equal([256, 71, 23], graph.ShapeOf("conv5"));
        Assert.Equal([418_048], graph.ShapeOf("features"));
        Assert.Equal(1_353, Count(graph, "attention"));
        Assert.Equal(166_080, Count(WholeBodyNetworks.Create("dspic-rm"), "residual"));
        Assert.Equal([9_216], WholeBodyNetworks.Create("dspic-am").ShapeOf("features"));
    }

    [Fact]
    public void DscintHasTheMapsOfItsTable()
    {
        NetworkGraph graph = WholeBodyNetworks.Create("dscint");
        Assert.Equal([16, 255, 63], graph.ShapeOf("conv1"));
        Assert.Equal([16, 127, 31], graph.ShapeOf("attention_out"));
        Assert.Equal([16, 63, 15], graph.ShapeOf("pool2"));
        Assert.Equal([24, 61, 13], graph.ShapeOf("pool3"));
        Assert.Equal([19_032], graph.ShapeOf("features"));
        Assert.Equal(148, Count(graph, "attention"));
        Assert.Equal(2, graph.Layers.OfType<BatchNormalization>().Count());
        Assert.Equal(OutputActivation.Softmax, graph.Activation);
    }

    /// <summary>SI_CLF's maps as they follow from the paper's table 7.</summary>
    [Fact]
    public void SiClfHasTheMapsOfItsTable()
    {
        NetworkGraph graph = WholeBodyNetworks.Create("si-clf-am-rm");
        string[] maps = ["pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool3"];
        long[][] extents = [[127, 31], [125, 29], [62, 14], [64, 16], [68, 20], [68, 20], [33, 9]];
        Assert.Equal(extents, maps.Select(name => graph.ShapeOf(name).Spatial.ToArray()));
        Assert.Equal([76_032], graph.ShapeOf("features"));
        Assert.Equal("residual_relu2", graph.Layers.First(layer => layer.Name == "attention1_mean").Inputs[0]);
        Assert.Equal("attention1_out", graph.Layers.First(layer => layer.Name == "conv2").Inputs[0]);
        Assert.Equal("attention2_out", graph.Layers.First(layer => layer.Name == "pool3").Inputs[0]);
    }

    /// <summary>The same weights and images give the same logits in libtorch and in ONNX Runtime.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void BothFormsAgree(string name)
    {
        // Large enough for Inception's stem and reductions; a quarter of the width makes the same layers with fewer numbers.
        NetworkGraph graph = WholeBodyNetworks.Create(name, new WholeBodyNetworkOptions { Rows = 160, Columns = 96, Width = 0.125 });
        Assert.InRange(Difference(graph), 0, 1e-4);
    }

    [Theory]
    [InlineData(AttentionForm.Woo2018)]
    [InlineData(AttentionForm.AsPrinted)]
    public void AttentionIsThatOfItsFormula(AttentionForm form)
    {
        NetworkGraph graph = LinNetworks.Dscint(new WholeBodyNetworkOptions { Rows = 96, Columns = 64, Attention = form });
        NetworkWeights weights = Samples.Trained(graph, 7);
        using TorchNetwork whole = new(graph, weights);
        whole.eval();
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        float[] image = Samples.Batch(graph, 1, 9)[0];
        using TorchNetwork upToPool = new(Until(graph, "pool1"), Only(weights, "conv1"));
        upToPool.eval();
        Tensor f = upToPool.forward([tensor(image, [1, 1, 96, 64])]);

        Tensor Mlp(Tensor pooled) => nn.functional.linear(
            nn.functional.relu(nn.functional.linear(pooled, W("attention_mean_hidden.weight"), W("attention_mean_hidden.bias"))),
            W("attention_mean_logits.weight"), W("attention_mean_logits.bias"));
        Tensor channels = nn.functional.sigmoid(Mlp(f.mean([2L, 3L])) + Mlp(f.amax([2L, 3L]))).reshape(1, 16, 1, 1);
        Tensor refined = f * channels;
        Tensor looked = nn.functional.conv2d(
            cat([refined.mean([1L], keepdim: true), refined.amax([1L], keepdim: true)], 1), W("attention_place_logits.weight"), W("attention_place_logits.bias"), padding: [3, 3]);
        Tensor expected = (form == AttentionForm.Woo2018 ? refined : f) * nn.functional.sigmoid(looked);

        using TorchNetwork upToAttention = new(Until(graph, "attention_out"), Only(weights, "conv1", "attention"));
        upToAttention.eval();
        Tensor found = upToAttention.forward([tensor(image, [1, 1, 96, 64])]);
        Assert.InRange((found - expected).abs().max().item<float>(), 0, 1e-5f);

        Tensor W(string name) => tensor(weights[name].Values, weights[name].Shape.ToArray());
    }

    /// <summary>Both views go through one set of weights, and each has its own place in what is joined.</summary>
    [Fact]
    public void TwoViewsShareTheirWeights()
    {
        NetworkGraph graph = LinNetworks.TwoViews(new WholeBodyNetworkOptions { Rows = 96, Columns = 64 });
        NetworkGraph one = LinNetworks.Dscint(new WholeBodyNetworkOptions { Rows = 96, Columns = 64 });
        Assert.Equal(["Anterior", "Posterior"], graph.Inputs.Select(input => input.Name));
        Assert.DoesNotContain(graph.Weights(), weight => weight.Name.StartsWith("posterior_", StringComparison.Ordinal));
        Assert.Equal(Trunk(one), Trunk(graph));
        Assert.Equal(2 * one.ShapeOf("features")[0], graph.ShapeOf("features")[0]);

        static long Trunk(NetworkGraph network) => network.Weights()
            .Where(weight => weight.Definition.Trained && !weight.Name.StartsWith("fc", StringComparison.Ordinal) && !weight.Name.StartsWith("classes", StringComparison.Ordinal))
            .Sum(weight => weight.Definition.Shape.ElementCount);
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedWithTheFigure()
    {
        NetworkMemoryException refusal = Assert.Throws<NetworkMemoryException>(() =>
            WholeBodyNetworks.Create("dspic-am-as-printed").EstimateTrainingMemory(new TrainingOptions { BatchSize = 8 }).TrainingMustFit(24L << 30));
        Assert.Contains("24.0 GiB", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<NetworkGraphException>(() => WholeBodyNetworks.Create("inception-v4", new WholeBodyNetworkOptions { Rows = 256, Columns = 64 }));
        Assert.Contains("dscint", Assert.Throws<ArgumentException>(() => WholeBodyNetworks.Create("resnet-81")).Message, StringComparison.Ordinal);
    }

    private static long Count(NetworkGraph graph, string module) => graph.Weights()
        .Where(weight => weight.Name.StartsWith($"{module}_", StringComparison.Ordinal)).Sum(weight => weight.Definition.Shape.ElementCount);

    private static NetworkGraph Until(NetworkGraph graph, string last) =>
        new(graph.Inputs, [.. graph.Layers.TakeWhile(layer => layer.Name != last), graph.Layers.First(layer => layer.Name == last)], last);

    private static NetworkWeights Only(NetworkWeights weights, params string[] parts) =>
        new(weights.Where(weight => Array.Exists(parts, part => weight.Name.StartsWith(part, StringComparison.Ordinal))));

    private static double Difference(NetworkGraph graph)
    {
        const int Batch = 2;
        NetworkWeights weights = Samples.Trained(graph, 11);
        float[][] images = Samples.Batch(graph, Batch, 13);
        using OnnxRun onnx = new(graph.ToOnnx(weights, new OnnxNetworkOptions { WithActivation = false }));
        float[] served = onnx.Run(graph, images, Batch);
        using TorchNetwork network = new(graph, weights);
        network.eval();
        using IDisposable still = no_grad();
        using DisposeScope scope = NewDisposeScope();
        float[] trained = network.forward([.. graph.Inputs.Select((input, index) => tensor(images[index], input.Shape.WithBatch(Batch)))]).data<float>().ToArray();
        double largest = Math.Max(1, trained.Max(Math.Abs));
        Assert.True(trained.Zip(trained.Skip(1)).Any(pair => pair.First != pair.Second), "all logits are the same");
        return trained.Zip(served, (a, b) => Math.Abs(a - b) / largest).Max();
    }
}

using Xunit;

namespace MLNetScinti.Networks.Tests;

public sealed class NetworkGraphTests
{
    [Fact]
    public void ShapesFollowTheLayers()
    {
        NetworkGraphBuilder network = new();
        string x = network.Input("image", [2, 33, 20]);
        x = network.Convolution("conv", x, filters: 8, kernel: 5, stride: 2);
        Assert.Equal([8, 17, 10], network.ShapeOf(x));
        x = network.MaxPooling("pool", x, kernel: 3, stride: 2, padding: 1);
        Assert.Equal([8, 9, 5], network.ShapeOf(x));
        string up = network.ConvolutionTranspose("up", x, filters: 3);
        Assert.Equal([3, 18, 10], network.ShapeOf(up));
        x = network.Concatenate("joined", up, network.Upsample("wide", x));
        Assert.Equal([11, 18, 10], network.ShapeOf(x));
        Assert.Equal([11], network.ShapeOf(network.GlobalAveragePooling("mean", x)));
        Assert.Equal([1980], network.ShapeOf(network.Flatten("flat", x)));
    }

    [Fact]
    public void ALayerThatDoesNotFitIsNamed()
    {
        NetworkGraphBuilder network = new();
        string small = network.Convolution("small", network.Input("image", [1, 4, 4]), 2);
        string wide = network.Convolution("wide", "image", 3);
        Assert.Equal(
            "Layer 'sum' (Sum): expected inputs of one shape, found [2, 4, 4] and [3, 4, 4].",
            Assert.Throws<NetworkGraphException>(() => network.Sum("sum", small, wide)).Message);
        Assert.Equal(
            "Layer 'score' (Dense): expected a vector of features, found [2, 4, 4]: put a Flatten or a GlobalAveragePooling before it.",
            Assert.Throws<NetworkGraphException>(() => network.Dense("score", small, 1)).Message);
        Assert.Equal(
            "Layer 'pool' (MaxPooling): a kernel of 7 with padding 0 does not fit into [2, 4, 4].",
            Assert.Throws<NetworkGraphException>(() => network.MaxPooling("pool", small, 7)).Message);
        Assert.Equal(
            "Layer 'next' (Relu) takes 'smal', which is neither an input nor a layer before it.",
            Assert.Throws<NetworkGraphException>(() => network.Relu("next", "smal")).Message);
        Assert.Equal(
            "The layer 'wide' has a name that the network uses already.",
            Assert.Throws<NetworkGraphException>(() => network.Relu("wide", small)).Message);
        Assert.Equal(
            "The layer 'a.b' needs a name of letters, digits and underscores that starts with a letter.",
            Assert.Throws<NetworkGraphException>(() => network.Relu("a.b", small)).Message);

        // A refused layer leaves no trace.
        Assert.Equal(2, network.Build(small).Layers.Count);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    public void DropoutRatesAreChecked(double rate)
    {
        NetworkGraphBuilder network = new();
        string x = network.Input("image", [1, 4, 4]);
        Assert.Throws<NetworkGraphException>(() => network.Dropout("drop", x, rate));
    }

    [Fact]
    public void TheCanonicalFormTellsNetworksApart()
    {
        static NetworkGraph Make(int filters, double slope = 0.01)
        {
            NetworkGraphBuilder network = new();
            return network.Build(network.LeakyRelu("leak", network.Convolution("conv", network.Input("image", [1, 8, 8]), filters), slope));
        }

        Assert.Equal(Make(4).Hash, Make(4).Hash);
        Assert.NotEqual(Make(4).Hash, Make(5).Hash);
        Assert.NotEqual(Make(4).Hash, Make(4, 0.02).Hash);
        Assert.Equal(
            """{"format":1,"inputs":[{"name":"image","shape":[1,8,8]}],"layers":[{"name":"conv","kind":"Convolution","takes":["image"],"filters":4,"kernel":3,"stride":1,"padding":1,"bias":true},{"name":"leak","kind":"LeakyRelu","takes":["conv"],"slope":0.01}],"output":"leak","activation":"None"}""",
            Make(4).Json);
    }

    [Fact]
    public void ParametersAndMemoryOfASmallNetworkAreThoseByHand()
    {
        NetworkGraphBuilder network = new();
        string x = network.Input("image", [1, 8, 8]);
        x = network.BatchNormalization("norm", network.Convolution("conv", x, 4));
        x = network.Dense("score", network.GlobalAveragePooling("mean", x), 1);
        NetworkGraph graph = network.Build(x);

        Assert.Equal(40 + 8 + 5, graph.ParameterCount);
        MemoryEstimate memory = graph.EstimateMemory(batch: 2);
        Assert.Equal(4 * (53 + 8), memory.WeightBytes);

        // Image 64, convolution 256, normalisation 256, mean 4, score 1; the largest, 256, has a gradient.
        Assert.Equal((4 * (53 + 8)) + (3 * 4 * 53) + (2 * 4 * (64 + 256 + 256 + 4 + 1 + 256)), memory.TrainingBytes);
        Assert.Equal((4 * (53 + 8)) + (2 * 4 * (256 + 256)), memory.ServingBytes);
    }

    [Fact]
    public void StartingWeightsDependOnTheirNameAlone()
    {
        static NetworkWeights Make(bool more, ulong seed)
        {
            NetworkGraphBuilder network = new();
            string x = network.Input("image", [1, 8, 8]);
            x = more ? network.Convolution("first", x, 1) : x;
            return NetworkWeights.Initialise(network.Build(network.Convolution("conv", x, 40, kernel: 5)), seed);
        }

        float[] values = Make(false, 1)["conv.weight"].Values;
        Assert.Equal(values, Make(true, 1)["conv.weight"].Values);
        Assert.NotEqual(values, Make(false, 2)["conv.weight"].Values);

        // Uniform within sqrt(6 / 25): the variance is 2 / 25.
        Assert.InRange(values.Max(), 0.45f, 0.49f);
        Assert.InRange(values.Sum(value => (double)value * value) / values.Length, 0.9 * 2 / 25, 1.1 * 2 / 25);
    }

    [Fact]
    public void WeightsOfAnotherNetworkAreRefused()
    {
        NetworkGraphBuilder network = new();
        NetworkGraph small = network.Build(network.Convolution("conv", network.Input("image", [1, 8, 8]), 4));
        NetworkGraph large = network.Build(network.Convolution("next", "conv", 4));
        NetworkWeights weights = NetworkWeights.Initialise(small, 1);

        Assert.Contains("next.weight", Assert.Throws<NetworkGraphException>(() => weights.MustFit(large)).Message, StringComparison.Ordinal);
        Assert.Contains("next.weight", Assert.Throws<NetworkGraphException>(() => NetworkWeights.Initialise(large, 1).MustFit(small)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANumberForEachAxisIsPartOfTheCanonicalForm()
    {
        static string Kernel(PerAxis kernel)
        {
            NetworkGraphBuilder network = new();
            string json = network.Build(network.Convolution("conv", network.Input("image", [1, 8, 8]), 4, kernel)).Json;
            return json[json.IndexOf("\"kernel\"", StringComparison.Ordinal)..json.IndexOf(",\"stride\"", StringComparison.Ordinal)];
        }

        Assert.Equal("\"kernel\":3", Kernel(3));
        Assert.Equal("\"kernel\":[1,7]", Kernel([1, 7]));
        NetworkGraphBuilder wrong = new();
        wrong.Input("image", [1, 8, 8]);
        Assert.Contains("expected one number or one for each of 2 axes, found 1 x 3 x 3",
            Assert.Throws<NetworkGraphException>(() => wrong.Convolution("conv", "image", 4, [1, 3, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("does not fit into [1, 8, 8]",
            Assert.Throws<NetworkGraphException>(() => wrong.Add(new Convolution("conv", "image", 4, [1, 9]) { Padding = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SharedWeightsComeOnce()
    {
        NetworkGraphBuilder network = new();
        string first = network.Convolution("first", network.Input("left", [1, 8, 8]), 4);
        string second = network.Add(new Convolution("second", network.Input("right", [1, 8, 8]), 4) { WeightsOf = first });
        NetworkGraph graph = network.Build(network.Sum("sum", first, second));
        Assert.Equal(["first.weight", "first.bias"], graph.Weights().Select(weight => weight.Name));
        Assert.Equal(40, graph.ParameterCount);

        string Refusal(NetworkLayer layer) => Assert.Throws<NetworkGraphException>(() => network.Add(layer)).Message;
        Assert.Contains("found 'second'", Refusal(new Convolution("third", "left", 4) { WeightsOf = "second" }), StringComparison.Ordinal);
        Assert.Contains("found 'nobody'", Refusal(new Convolution("third", "left", 4) { WeightsOf = "nobody" }), StringComparison.Ordinal);
        Assert.Contains("found 'first'", Refusal(new Convolution("third", "left", 5) { WeightsOf = "first" }), StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultsOfAnotherFrameworkAreNamed()
    {
        static NetworkGraph Make(NetworkDefaults? defaults)
        {
            NetworkGraphBuilder network = new(defaults);
            string x = network.BatchNormalization("norm", network.Convolution("conv", network.Input("image", [2, 8, 8]), 6));
            return network.Build(network.Dense("score", network.GlobalAveragePooling("mean", x), 3));
        }

        NetworkGraph graph = Make(NetworkDefaults.TensorFlow);
        Assert.NotEqual(Make(null).Hash, graph.Hash);
        Assert.Equal((1e-3, 0.01), graph.Layers.OfType<BatchNormalization>().Select(norm => (norm.Epsilon, norm.Momentum)).Single());

        // Glorot: within sqrt(6 / (in + out)), for a kernel of 9 in 2 and out 6 channels.
        NetworkWeights weights = NetworkWeights.Initialise(graph, 1);
        Assert.InRange(weights["conv.weight"].Values.Max(), 0.8 * Math.Sqrt(6.0 / 72), Math.Sqrt(6.0 / 72));
        Assert.InRange(weights["score.weight"].Values.Max(), 0.5 * Math.Sqrt(6.0 / 9), Math.Sqrt(6.0 / 9));
        Assert.All((string[])["conv.bias", "score.bias"], bias => Assert.All(weights[bias].Values, value => Assert.Equal(0, value)));
    }

    [Fact]
    public void ANetworkTakesOverDefaultsWhereNothingWasSaid()
    {
        static NetworkGraph Make(NetworkDefaults? defaults)
        {
            NetworkGraphBuilder network = new(defaults);
            string x = network.BatchNormalization("norm", network.Convolution("conv", network.Input("image", [2, 8, 8]), 6));
            x = network.Add(new BatchNormalization("given", network.ConvolutionTranspose("up", x, 4)) { Epsilon = 1e-4, Momentum = 0.2 });
            return network.Build(network.Dense("score", network.GlobalAveragePooling("mean", x), 3));
        }

        NetworkGraph usual = Make(null), other = usual.WithDefaults(NetworkDefaults.TensorFlow);
        Assert.Equal(Make(NetworkDefaults.TensorFlow).Hash, other.Hash);
        Assert.NotEqual(usual.Hash, other.Hash);
        Assert.Equal(usual.Hash, usual.WithDefaults(NetworkDefaults.PyTorch).Hash);
        Assert.Equal([(1e-3, 0.01), (1e-4, 0.2)], other.Layers.OfType<BatchNormalization>().Select(norm => (norm.Epsilon, norm.Momentum)));

        // Glorot's bound counts whole kernels of 2 x 2 on both sides: 6 channels in, 4 out.
        double bound = Math.Sqrt(6.0 / (4 * (6 + 4)));
        Assert.InRange(NetworkWeights.Initialise(other, 1)["up.weight"].Values.Max(), 0.8 * bound, bound);
    }

    [Fact]
    public void WhatDoesNotFitIntoMemoryIsRefusedWithBothFigures()
    {
        NetworkGraphBuilder network = new();
        string x = network.Flatten("flat", network.Input("image", [1, 1024, 1024]));
        NetworkGraph graph = network.Build(network.Dense("score", x, 1024));
        MemoryEstimate adam = graph.EstimateTrainingMemory(new TrainingOptions { BatchSize = 1 });
        MemoryEstimate sgd = graph.EstimateTrainingMemory(new TrainingOptions { BatchSize = 1, Optimizer = new OptimizerOptions { Kind = OptimizerKind.Sgd } });

        // 2^30 weights: themselves, their gradients, two moments and the best epoch's, 4 GiB each.
        Assert.InRange(adam.TrainingBytes / (double)(1L << 30), 20, 20.1);
        Assert.InRange(sgd.TrainingBytes / (double)(1L << 30), 12, 12.1);
        Assert.Equal(
            "Training this network with 1 cases at once needs at least 20.0 GiB of memory; 16.0 GiB are available. Take a smaller batch, smaller images or a narrower network, or a larger computer.",
            Assert.Throws<NetworkMemoryException>(() => adam.TrainingMustFit(16L << 30)).Message);
        adam.TrainingMustFit(21L << 30);
        Assert.True(MemoryEstimate.Available() > 1 << 20);
    }
}

using System.Globalization;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Tests.Explanation;

/// <summary>The maps are the derivatives that automatic differentiation finds, and lie where the pictures are.</summary>
[Collection("torch")]
public sealed class ExplainingNetworkTests
{
    private const double Tolerance = 1e-4;

    private static readonly ResidualNetworkOptions s_small = new() { Sections = 20, Rows = 24, Columns = 17, WidthMultiplier = 0.125 };

    public static TheoryData<string> Networks() => ["planar", "three views", "volume", "all kinds of tails", "no hidden layer", "shared features"];

    /// <summary>
    /// Two filters, x and -x, on the picture (1 -2; 3 -4): after the ReLU (1 0; 3 0) and (0 2; 0 4), means 1 and 1.5. The
    /// hidden units are 2 - 1.5 = 0.5 and 1 - 3 = -2, so that only the first lets through: y = 3 * 0.5 - 0.25 = 1.25, dy/dp =
    /// 3 (2, -1), and the map is (1.5 -1.5; 4.5 -3) of which the positive is kept.
    /// </summary>
    [Fact]
    public void AMapWorkedOutByHand()
    {
        NetworkGraphBuilder network = new();
        string features = network.Relu("relu", network.Add(new Convolution("conv", network.Input("x", [1, 2, 2]), 2, 1) { Bias = false }));
        string hidden = network.Relu("bent", network.Dense("hidden", network.GlobalAveragePooling("mean", features), 2));
        NetworkGraph graph = network.Build(network.Dense("y", hidden, 1), OutputActivation.Sigmoid);
        NetworkWeights weights = new(
        [
            new("conv.weight", [2, 1, 1, 1], [1, -1]),
            new("hidden.weight", [2, 2], [2, -1, 1, -2]),
            new("hidden.bias", [2], [0, 0]),
            new("y.weight", [1, 2], [3, 5]),
            new("y.bias", [1], [-0.25f]),
        ]);

        Assert.Equal("mean_map x relu 2x2 1 0", Assert.Single(ExplainingNetwork.Activations(graph).Select(Text)));
        float[][] kept = Run(graph, weights, [[1, -2, 3, -4]], 1);
        Assert.Equal([1.25f], kept[0]);
        Assert.Equal([1.5f, 0, 4.5f, 0], kept[1]);
        float[] all = Run(graph, weights, [[1, -2, 3, -4]], 1, new ExplanationOptions { Rectified = false })[1];
        Assert.Equal([1.5f, -1.5f, 4.5f, -3f], all);
        Assert.Equal(1.25f, all.Sum() - 0.25f, 1e-6f);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void TheMapsAreThoseOfAutomaticDifferentiation(string name)
    {
        NetworkGraph graph = Graph(name);
        NetworkWeights weights = Samples.Trained(graph, 21);
        const int batch = 3;
        float[][] inputs = Samples.Batch(graph, batch, 22);
        IReadOnlyList<ClassActivation> activations = ExplainingNetwork.Activations(graph);
        foreach (bool rectified in (bool[])[true, false])
        {
            float[][] found = Run(graph, weights, inputs, batch, new ExplanationOptions { Rectified = rectified });
            for (int map = 0; map < activations.Count; map++)
            {
                float[] expected = Differentiated(graph, weights, activations, map, inputs, batch, rectified);
                Assert.Equal(batch * activations[map].Shape.Aggregate(1, (a, b) => a * b), found[map + 1].Length);
                Assert.All(expected.Zip(found[map + 1]), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
                Assert.True(rectified || found[map + 1].Any(value => Math.Abs(value) > 1e-3));
            }
        }
    }

    [Fact]
    public void EachOfSeveralUnitsCanBeExplained()
    {
        NetworkGraphBuilder network = new();
        string features = network.Convolution("conv", network.Input("x", [1, 5, 6]), 4);
        NetworkGraph graph = network.Build(network.Dense("y", network.GlobalAveragePooling("mean", features), 3));
        NetworkWeights weights = Samples.Trained(graph, 5);
        float[][] inputs = Samples.Batch(graph, 1, 6);
        float[] bias = weights["y.bias"].Values;
        for (int unit = 0; unit < 3; unit++)
        {
            float[][] found = Run(graph, weights, inputs, 1, new ExplanationOptions { Unit = unit, Rectified = false });
            Assert.Equal(found[0][unit], found[1].Sum() + bias[unit], 1e-5f);
        }

        NetworkGraphException refused = Assert.Throws<NetworkGraphException>(() => graph.ToExplainingOnnx(weights, new ExplanationOptions { Unit = 3 }));
        Assert.Contains("no unit 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACaseHasTheSameMapsAloneAndInABatch()
    {
        NetworkGraph graph = ResidualNetworks.ThreeView(s_small);
        NetworkWeights weights = Samples.Trained(graph, 2);
        float[][] two = Samples.Batch(graph, 2, 3);
        float[][] second = [.. two.Select(values => values[(values.Length / 2)..])];
        float[][] together = Run(graph, weights, two, 2), alone = Run(graph, weights, second, 1);
        Assert.Equal(4, alone.Length);
        for (int output = 0; output < alone.Length; output++)
        {
            Assert.All(alone[output].Zip(together[output][(together[output].Length / 2)..]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void TheLogitIsTheNetworksOwn()
    {
        NetworkGraph graph = ResidualNetworks.ThreeView(s_small);
        NetworkWeights weights = Samples.Trained(graph, 2);
        float[][] inputs = Samples.Batch(graph, 2, 3);
        using OnnxRun plain = new(graph.ToOnnx(weights, new OnnxNetworkOptions { WithActivation = false }));
        Assert.Equal(plain.Run(graph, inputs, 2), Run(graph, weights, inputs, 2)[0]);
    }

    [Fact]
    public void TheMapsOfTheResidualNetworksNameTheirInputsAndPlaces()
    {
        Assert.Equal(
            ["transverse_average_map MipTransverse transverse_relu7 3x3 8 0", "sagittal_average_map MipSagittal sagittal_relu7 3x3 8 0", "coronal_average_map MipCoronal coronal_relu7 3x3 8 0"],
            ExplainingNetwork.Activations(ResidualNetworks.ThreeView(s_small)).Select(Text));
        ClassActivation volume = Assert.Single(ExplainingNetwork.Activations(ResidualNetworks.Volumetric(s_small)));
        Assert.Equal([3, 3, 3], volume.Shape);
    }

    /// <summary>A bright point under an element's centre is hottest there, whatever borders and strides the layers have.</summary>
    [Theory]
    [InlineData("padded pooling")]
    [InlineData("plain pooling")]
    [InlineData("valid convolution")]
    [InlineData("up again")]
    public void AnElementLiesWhereItsReceptiveFieldHasItsCentre(string kind)
    {
        NetworkGraphBuilder network = new();
        string x = network.Input("x", [1, 33, 33]);
        x = kind switch
        {
            "padded pooling" => network.MaxPooling("p2", network.MaxPooling("p1", network.Convolution("c", x, 1), 3, 2, 1), 3, 2, 1),
            "plain pooling" => network.AveragePooling("p2", network.AveragePooling("p1", x, 2), 2),
            "valid convolution" => network.Add(new Convolution("c2", network.Add(new Convolution("c1", x, 1, 5) { Padding = 0 }), 1, 3) { Padding = 0, Stride = 2 }),
            _ => network.Upsample("up", network.ConvolutionTranspose("t", network.AveragePooling("p", x, 8), 1)),
        };
        NetworkGraph graph = network.Build(network.Dense("y", network.GlobalAveragePooling("mean", x), 1));
        NetworkWeights weights = new(graph.Weights().Select(weight =>
            new NetworkWeight(weight.Name, weight.Definition.Shape, [.. Enumerable.Repeat(weight.Name.EndsWith("bias", StringComparison.Ordinal) ? 0f : 1f, (int)weight.Definition.Shape.ElementCount)])));
        ClassActivation map = ExplainingNetwork.Activations(graph)[0];
        int width = map.Shape[1];

        // The mean place of the heat of a point, over all points under one element's neighbourhood, is that point's place.
        double expected = 0, found = 0;
        int count = 0;
        for (int column = 12; column < 20; column++)
        {
            float[] image = new float[33 * 33];
            image[(16 * 33) + column] = 1;
            float[] heat = Run(graph, weights, [image], 1)[1];
            double sum = heat.Sum(), place = heat.Select((value, index) => value * (index % width)).Sum() / sum;
            expected += column;
            found += map.First + (place * map.Spacing);
            count++;
        }

        Assert.Equal(expected / count, found / count, 0.51);
        Assert.Equal(
            kind switch { "padded pooling" => (4, 0), "plain pooling" => (4, 1.5), "valid convolution" => (2, 3), _ => (2, 0.5) },
            (map.Spacing, map.First));
    }

    [Fact]
    public void ANetworkWithAnotherTailIsRefusedByTheLayerInTheWay()
    {
        NetworkGraphBuilder flat = new();
        string features = flat.Convolution("conv", flat.Input("x", [1, 4, 4]), 2);
        Refused(flat.Build(flat.Dense("y", flat.Flatten("all_pixels", features), 1)), "'all_pixels' (Flatten)");

        NetworkGraphBuilder normed = new();
        string mean = normed.GlobalAveragePooling("mean", normed.Convolution("conv", normed.Input("x", [1, 4, 4]), 2));
        Refused(normed.Build(normed.Dense("y", normed.Multiply("squared", mean, mean), 1)), "'squared' (Multiply)");

        NetworkGraphBuilder facts = new();
        string seen = facts.GlobalAveragePooling("mean", facts.Convolution("conv", facts.Input("x", [1, 4, 4]), 2));
        Refused(facts.Build(facts.Dense("y", facts.Concatenate("both", seen, facts.Input("age", [1])), 1)), "'age' (an input)");

        NetworkGraphBuilder mixed = new();
        string sum = mixed.Sum("sum", mixed.Input("a", [1, 4, 4]), mixed.Input("b", [1, 4, 4]));
        Refused(mixed.Build(mixed.Dense("y", mixed.GlobalAveragePooling("mean", sum), 1)), "'sum' mixes several inputs");

        NetworkGraphBuilder map = new();
        NetworkGraph picture = map.Build(map.Convolution("conv", map.Input("x", [1, 4, 4]), 1));
        NetworkGraphException refused = Assert.Throws<NetworkGraphException>(() => picture.ToExplainingOnnx(Samples.Trained(picture, 1)));
        Assert.Contains("[1, 4, 4]", refused.Message, StringComparison.Ordinal);

        static void Refused(NetworkGraph graph, string expected) =>
            Assert.Contains(expected, Assert.Throws<NetworkGraphException>(() => graph.ToExplainingOnnx(Samples.Trained(graph, 1))).Message, StringComparison.Ordinal);
    }

    private static string Text(ClassActivation map) =>
        string.Create(CultureInfo.InvariantCulture, $"{map.Name} {map.Input} {map.Layer} {string.Join('x', map.Shape)} {map.Spacing} {map.First}");

    private static NetworkGraph Graph(string name)
    {
        NetworkGraphBuilder network = new();
        switch (name)
        {
            case "planar":
                return ResidualNetworks.Planar(s_small);
            case "three views":
                return ResidualNetworks.ThreeView(s_small);
            case "volume":
                return ResidualNetworks.Volumetric(s_small);
            case "no hidden layer":
                return network.Build(network.Dense("y", network.GlobalAveragePooling("mean", network.Convolution("conv", network.Input("x", [2, 6, 7]), 5)), 1));
            case "shared features":
                string shared = network.Convolution("conv", network.Input("x", [1, 6, 7]), 4);
                string mean = network.GlobalAveragePooling("mean", shared);
                string hidden = network.Relu("bent", network.Dense("hidden", mean, 4));
                return network.Build(network.Dense("y", network.Sum("skip", hidden, mean), 1));
            default:
                string a = network.GlobalAveragePooling("mean_a", network.Convolution("conv_a", network.Input("a", [1, 6, 7]), 3));
                string b = network.GlobalAveragePooling("mean_b", network.Relu("relu_b", network.Convolution("conv_b", network.Input("b", [2, 5, 4]), 4)));
                string left = network.LeakyRelu("leaky", network.Dense("one", network.Concatenate("both", b, a, b), 6), 0.2);
                string right = network.Dropout("drop", network.Sigmoid("curved", network.Dense("two", a, 6)));
                return network.Build(network.Dense("y", network.Sum("sum", left, right), 1), OutputActivation.Sigmoid);
        }
    }

    /// <summary>The network cut at the explained features: what is behind takes them as inputs, and TorchSharp differentiates it by them.</summary>
    private static float[] Differentiated(
        NetworkGraph graph, NetworkWeights weights, IReadOnlyList<ClassActivation> activations, int explained, float[][] inputs, int batch, bool rectified)
    {
        HashSet<string> cut = [.. activations.Select(activation => activation.Layer)];
        NetworkInput[] features = [.. cut.Select(layer => new NetworkInput(layer, graph.ShapeOf(layer)))];
        HashSet<string> known = [.. cut];
        List<NetworkLayer> tail = [];
        foreach (NetworkLayer layer in graph.Layers.Where(layer => !cut.Contains(layer.Name) && layer.Inputs.All(known.Contains)))
        {
            tail.Add(layer);
            known.Add(layer.Name);
        }

        NetworkGraph behind = new(features, tail, graph.Output, graph.Activation);
        using TorchNetwork network = new(behind, new NetworkWeights(behind.Weights().Select(weight => weights[weight.Name])));
        network.eval();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] values = [.. features.Select(feature =>
        {
            NetworkGraph before = new(graph.Inputs, graph.Layers, feature.Name);
            using TorchNetwork front = new(before, weights);
            front.eval();
            return front.call([.. inputs.Select((input, index) => torch.tensor(input, graph.Inputs[index].Shape.WithBatch(batch)))]).detach().clone().requires_grad_();
        })];
        network.call(values).sum().backward();
        Tensor map = values[Array.FindIndex(features, feature => feature.Name == activations[explained].Layer)];
        long[] space = [.. Enumerable.Range(2, activations[explained].Shape.Count).Select(axis => (long)axis)];
        Tensor weighed = map.detach().mul(map.grad!.mean(space, keepdim: true)).sum(1);
        return (rectified ? weighed.relu() : weighed).contiguous().data<float>().ToArray();
    }

    private static float[][] Run(NetworkGraph graph, NetworkWeights weights, float[][] inputs, int batch, ExplanationOptions? options = null)
    {
        using OnnxRun model = new(graph.ToExplainingOnnx(weights, options));
        return model.RunAll(graph, inputs, batch);
    }
}

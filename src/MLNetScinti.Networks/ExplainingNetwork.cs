using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>
/// Class activation maps as plain ONNX nodes: a network that answers and says where in each input its answer comes from,
/// without any automatic differentiation where it serves.
/// </summary>
/// <remarks>
/// Grad-CAM (Selvaraju et al., ICCV 2017) weighs each feature map A_k by the mean over space of the derivative of the
/// explained value y: a_k = mean_ij dy/dA_k(i,j), and shows max(0, sum_k a_k A_k). Where the features are averaged over space
/// and everything behind is dense, dy/dA_k(i,j) is the same for all i,j: (dy/dp_k) / Z, with p the averages and Z the elements
/// of the map. So only the few vectors behind the average have to be walked back, and that is a handful of products:
/// transposed weights for a dense layer, a mask for a ReLU, a slice for a concatenation. The result is exact.
/// </remarks>
public static class ExplainingNetwork
{
    /// <summary>Where the maps of a network would lie, and whether it can be explained at all.</summary>
    /// <exception cref="NetworkGraphException">The network does not end in global averages and dense layers.</exception>
    public static IReadOnlyList<ClassActivation> Activations(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        List<GlobalAveragePooling> averages = [];
        HashSet<string> wanted = new(StringComparer.Ordinal) { graph.Output };
        foreach (NetworkLayer layer in graph.Layers.Reverse().Where(layer => wanted.Contains(layer.Name)))
        {
            switch (layer)
            {
                case GlobalAveragePooling average:
                    averages.Insert(0, average);
                    break;
                case Dense or Relu or LeakyRelu or Sigmoid or Dropout or Concatenate or Sum when graph.ShapeOf(layer.Name).SpatialRank == 0:
                    wanted.UnionWith(layer.Inputs);
                    break;
                default:
                    throw Unexplainable(layer.Name, layer.Kind);
            }
        }

        NetworkInput? direct = graph.Inputs.FirstOrDefault(input => wanted.Contains(input.Name));
        return direct is null ? [.. averages.Select(average => Activation(graph, average))] : throw Unexplainable(direct.Name, "an input");
    }

    /// <summary>Writes a network with its weights and the maps that explain it.</summary>
    /// <param name="builder">The graph to write to.</param>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="inputs">Names of values in the graph, in the order of the network's inputs; each [N, ...] of the input's shape.</param>
    /// <param name="options">What to explain; null for the defaults.</param>
    /// <exception cref="NetworkGraphException">The weights are not the network's, or it does not end in global averages and dense layers.</exception>
    public static ExplainedNetwork AddExplainedNetwork(
        this OnnxGraphBuilder builder, NetworkGraph graph, NetworkWeights weights, IReadOnlyList<string> inputs, ExplanationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(weights);
        options ??= new ExplanationOptions();
        if (graph.OutputShape.SpatialRank > 0 || options.Unit < 0 || options.Unit >= graph.OutputShape.Channels)
        {
            throw new NetworkGraphException($"The network cannot be explained: its output {graph.OutputShape} has no unit {options.Unit}.");
        }

        IReadOnlyList<ClassActivation> activations = Activations(graph);
        (NetworkGraph written, Dictionary<string, string> values) =
            builder.WriteLayers(graph, weights, inputs, new OnnxNetworkOptions { WithActivation = false, Prefix = options.Prefix });
        Dictionary<string, string> gradients = BackToAverages(builder, written, values, options);
        List<string> maps = [];
        foreach (GlobalAveragePooling average in activations.Select(activation => Average(written, activation)))
        {
            maps.Add(Map(builder, values[average.Inputs[0]], gradients[average.Name], written.ShapeOf(average.Inputs[0]), options.Rectified));
        }

        return new ExplainedNetwork(values[written.Output], maps, activations);
    }

    /// <summary>A model that is one explained network: its inputs under their names; the outputs "output", the logits, and each map under its name.</summary>
    public static byte[] ToExplainingOnnx(this NetworkGraph graph, NetworkWeights weights, ExplanationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        OnnxGraphBuilder builder = new("explained_network");
        foreach (NetworkInput input in graph.Inputs)
        {
            builder.Input(input.Name, input.Shape);
        }

        ExplainedNetwork network = builder.AddExplainedNetwork(graph, weights, [.. graph.Inputs.Select(input => input.Name)], options);
        builder.Output(network.Output, "output", graph.OutputShape);
        foreach ((string map, ClassActivation activation) in network.Maps.Zip(network.Activations))
        {
            builder.Output(map, activation.Name, [.. activation.Shape.Select(extent => (long)extent)]);
        }

        builder.Metadata["network.sha256"] = graph.Hash;
        return builder.Build();
    }

    /// <summary>For each value between the averages and the output, the derivative of the explained unit by it: [N or 1, features].</summary>
    private static Dictionary<string, string> BackToAverages(
        OnnxGraphBuilder builder, NetworkGraph graph, Dictionary<string, string> values, ExplanationOptions options)
    {
        float[] seed = new float[graph.OutputShape.Channels];
        seed[options.Unit] = 1;
        Dictionary<string, string> gradients = new(StringComparer.Ordinal) { [graph.Output] = builder.Constant(seed, [1, seed.Length]) };
        void Enter(string value, string gradient) => gradients[value] = gradients.TryGetValue(value, out string? there)
            ? builder.Node("Add", [there, gradient])
            : gradient;

        foreach (NetworkLayer layer in graph.Layers.Reverse().Where(layer => gradients.ContainsKey(layer.Name)))
        {
            string gradient = gradients[layer.Name];
            switch (layer)
            {
                case Dense:
                    Enter(layer.Inputs[0], builder.Node("MatMul", [gradient, $"{options.Prefix}{layer.WeightsOf ?? layer.Name}.weight"]));
                    break;
                case Relu:
                    // Behind a ReLU the sign of a value is 1 where it lets through and 0 where it does not.
                    Enter(layer.Inputs[0], builder.Node("Mul", [gradient, builder.Node("Sign", [values[layer.Name]])]));
                    break;
                case LeakyRelu leaky:
                    string passes = builder.Node("Greater", [values[layer.Inputs[0]], builder.Constant([0f], [])]);
                    string slope = builder.Node("Where", [passes, builder.Constant([1f], []), builder.Constant([(float)leaky.Slope], [])]);
                    Enter(layer.Inputs[0], builder.Node("Mul", [gradient, slope]));
                    break;
                case Sigmoid:
                    string rest = builder.Node("Sub", [builder.Constant([1f], []), values[layer.Name]]);
                    Enter(layer.Inputs[0], builder.Node("Mul", [gradient, builder.Node("Mul", [values[layer.Name], rest])]));
                    break;
                case Concatenate:
                    long start = 0;
                    foreach (string input in layer.Inputs)
                    {
                        long end = start + graph.ShapeOf(input).Channels;
                        Enter(input, builder.Node("Slice", [gradient, builder.Constant([start], [1]), builder.Constant([end], [1]), builder.Constant([1L], [1])]));
                        start = end;
                    }

                    break;
                case Dropout or Sum:
                    foreach (string input in layer.Inputs)
                    {
                        Enter(input, gradient);
                    }

                    break;
                default:
                    // A global average: what is before it has the same derivative everywhere.
                    break;
            }
        }

        return gradients;
    }

    private static string Map(OnnxGraphBuilder builder, string features, string gradient, TensorShape shape, bool rectified)
    {
        long[] space = [.. Enumerable.Range(2, shape.SpatialRank).Select(axis => (long)axis)];
        float elements = shape.ElementCount / shape.Channels;
        string weights = builder.Node("Div", [gradient, builder.Constant([elements], [])]);
        weights = builder.Node("Unsqueeze", [weights, builder.Constant(space, [space.Length])]);
        string weighed = builder.Node("Mul", [features, weights]);
        string map = builder.Node("ReduceSum", [weighed, builder.Constant([1L], [1])], new NodeAttribute("keepdims", 0));
        return rectified ? builder.Node("Relu", [map]) : map;
    }

    private static ClassActivation Activation(NetworkGraph graph, GlobalAveragePooling average)
    {
        string features = average.Inputs[0];
        MapGrid grid = MapGrid.Of(graph, features);
        int[] shape = [.. graph.ShapeOf(features).Skip(1).Select(extent => (int)extent)];
        return new ClassActivation($"{average.Name}_map", grid.Input, features, shape, grid.Spacing, grid.First);
    }

    // The average keeps its name when normalisations are folded; what it takes may not.
    private static GlobalAveragePooling Average(NetworkGraph graph, ClassActivation activation) =>
        graph.Layers.OfType<GlobalAveragePooling>().First(layer => string.Equals($"{layer.Name}_map", activation.Name, StringComparison.Ordinal));

    private static NetworkGraphException Unexplainable(string name, string kind) => new(
        $"The network cannot be explained by its class activations: between its global averages and its output there may be dense layers, ReLU, sigmoid, dropout, sums and concatenations of features; found '{name}' ({kind}).");
}

/// <summary>The values that an explained network has in an ONNX graph.</summary>
/// <param name="Output">The name of the network's output before its activation (logits), [N, units].</param>
/// <param name="Maps">The name of each map's value, in the order of <paramref name="Activations"/>.</param>
/// <param name="Activations">What each map is.</param>
public sealed record ExplainedNetwork(string Output, IReadOnlyList<string> Maps, IReadOnlyList<ClassActivation> Activations);

/// <summary>A class activation map of an explained network: which input it explains, and where its elements lie over that input.</summary>
/// <param name="Name">The name of the model's output that holds it, [N, rows, columns] or [N, sections, rows, columns].</param>
/// <param name="Input">The network's input that the map lies over.</param>
/// <param name="Layer">The layer whose features are weighed: the last before the global average.</param>
/// <param name="Shape">The shape of the map: [rows, columns] or [sections, rows, columns].</param>
/// <param name="Spacing">Elements of the input from one element of the map to the next, alike along every axis.</param>
/// <param name="First">Where the map's first element has its centre, as an index of the input: 0 is the centre of the first element.</param>
public sealed record ClassActivation(string Name, string Input, string Layer, IReadOnlyList<int> Shape, double Spacing, double First);

/// <summary>What an explained network explains.</summary>
public sealed record ExplanationOptions
{
    /// <summary>The unit of the output whose value is explained: 0, the logit of the positive class, where there is one unit.</summary>
    public int Unit { get; init; }

    /// <summary>
    /// Whether only what speaks for the class is kept, as Grad-CAM does. Without it the map also has what speaks against it:
    /// its elements then add up to the value, less what the biases of the dense layers give.
    /// </summary>
    public bool Rectified { get; init; } = true;

    /// <summary>What stands before the names of the weights, where a graph holds several networks.</summary>
    public string Prefix { get; init; } = "";
}

/// <summary>
/// Where the elements of a feature map lie over the network's input: element i has the centre of its receptive field at
/// First + i Spacing. A map stretched over the whole picture instead would be off by up to half an element.
/// </summary>
internal sealed record MapGrid(string Input, double Spacing, double First)
{
    /// <summary>The grid of a value, walked to from the one input that it comes from.</summary>
    /// <exception cref="NetworkGraphException">The value comes from several inputs, or through a layer that moves elements in a way that is not known.</exception>
    public static MapGrid Of(NetworkGraph graph, string value)
    {
        Dictionary<string, MapGrid> grids = graph.Inputs.ToDictionary(input => input.Name, input => new MapGrid(input.Name, 1, 0), StringComparer.Ordinal);
        foreach (NetworkLayer layer in graph.Layers)
        {
            // A layer behind the average has no place in space and is not asked for.
            if (graph.ShapeOf(layer.Name).SpatialRank > 0 && layer.Inputs.All(grids.ContainsKey))
            {
                grids[layer.Name] = Through(graph, layer, [.. layer.Inputs.Select(name => grids[name])]);
            }

            if (string.Equals(layer.Name, value, StringComparison.Ordinal))
            {
                break;
            }
        }

        MapGrid grid = grids[value];
        return grid.Input.Length > 0
            ? grid
            : throw new NetworkGraphException($"The network cannot be explained: '{value}' mixes several inputs, so that a map of it would lie over none of them.");
    }

    private static MapGrid Through(NetworkGraph graph, NetworkLayer layer, IReadOnlyList<MapGrid> inputs)
    {
        // Paths of different reach (a skip beside convolutions) agree where borders are symmetric; otherwise the middle is right.
        MapGrid before = new(
            inputs.All(input => string.Equals(input.Input, inputs[0].Input, StringComparison.Ordinal)) ? inputs[0].Input : "",
            inputs.Average(input => input.Spacing),
            inputs.Average(input => input.First));
        return layer switch
        {
            Convolution { Kernel.Uniform: { } kernel, Stride.Uniform: { } stride, Padding.Uniform: { } padding } => before.Slide(kernel, stride, padding),
            WindowPooling { Kernel.Uniform: { } kernel, Stride.Uniform: { } stride, Padding.Uniform: { } padding } => before.Slide(kernel, stride, padding),
            Upsample { Factor.Uniform: { } factor } => before.Spread(factor, factor, 0),
            ConvolutionTranspose { Kernel.Uniform: { } kernel, Stride.Uniform: { } stride, Padding.Uniform: { } padding } => before.Spread(kernel, stride, padding),
            _ when graph.ShapeOf(layer.Name).Spatial.SequenceEqual(graph.ShapeOf(layer.Inputs[0]).Spatial) => before,
            _ => throw new NetworkGraphException($"The network cannot be explained: it is not known how '{layer.Name}' ({layer.Kind}) moves the elements of a map."),
        };
    }

    // Output j of a window is centred on input j stride - padding + (kernel - 1) / 2.
    private MapGrid Slide(int kernel, int stride, int padding) =>
        this with { Spacing = Spacing * stride, First = First + (Spacing * (((kernel - 1) / 2.0) - padding)) };

    // Input j is spread over the outputs around j stride - padding + (kernel - 1) / 2.
    private MapGrid Spread(int kernel, int stride, int padding) =>
        this with { Spacing = Spacing / stride, First = First - (Spacing / stride * (((kernel - 1) / 2.0) - padding)) };
}

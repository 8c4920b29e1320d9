using MLNetScinti.Imaging;
using MLNetScinti.Networks.Onnx;

namespace MLNetScinti.Networks;

/// <summary>The ONNX form of a network.</summary>
public static class OnnxNetwork
{
    /// <summary>
    /// Writes a network with its weights, and returns the name of the output: logits, or probabilities where the network
    /// has an output activation. Dropout vanishes.
    /// </summary>
    /// <param name="builder">The graph to write to.</param>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="inputs">Names of values in the graph, in the order of the network's inputs; each [N, ...] of the input's shape.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <exception cref="NetworkGraphException">The weights are not the network's.</exception>
    /// <exception cref="ArgumentException">The inputs are not as many as the network's.</exception>
    public static string AddNetwork(
        this OnnxGraphBuilder builder,
        NetworkGraph graph,
        NetworkWeights weights,
        IReadOnlyList<string> inputs,
        OnnxNetworkOptions? options = null)
    {
        return builder.AddNetwork(graph, weights, inputs, options, new HashSet<string>(StringComparer.Ordinal));
    }

    /// <summary>Writes a network that images go through whole or in windows, with its weights in the graph once, and returns the name of the output.</summary>
    /// <param name="builder">The graph to write to.</param>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="inputs">Names of the images in the graph, in the order of the network's inputs; each [N, ...] of the images' extents.</param>
    /// <param name="inferer">How images go through the network.</param>
    /// <param name="image">The images' shape, without a batch axis.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    public static string AddNetwork(
        this OnnxGraphBuilder builder, NetworkGraph graph, NetworkWeights weights, IReadOnlyList<string> inputs, Inferer inferer, TensorShape image, OnnxNetworkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inferer);
        HashSet<string> there = new(StringComparer.Ordinal);
        return inferer.WriteNodes(builder, windows => builder.AddNetwork(graph, weights, windows, options, there), inputs, image);
    }

    /// <summary>The same for a network that is written several times with its weights in the graph once.</summary>
    /// <param name="builder">The graph to write to.</param>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="inputs">Names of values in the graph.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <param name="there">The names of the weights that are in the graph; those that are not yet are added.</param>
    internal static string AddNetwork(
        this OnnxGraphBuilder builder, NetworkGraph graph, NetworkWeights weights, IReadOnlyList<string> inputs, OnnxNetworkOptions? options, HashSet<string> there)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(graph);
        options ??= new OnnxNetworkOptions();
        (NetworkGraph written, Dictionary<string, string> values) = builder.WriteLayers(graph, weights, inputs, options, there);
        string output = values[written.Output];
        return !options.WithActivation ? output : graph.Activation switch
        {
            OutputActivation.None => output,
            OutputActivation.Sigmoid => builder.Node("Sigmoid", [output]),
            OutputActivation.Softmax => builder.Node("Softmax", [output], new NodeAttribute("axis", 1)),
            _ => throw new NotSupportedException($"The output activation {graph.Activation} has no ONNX form."),
        };
    }

    /// <summary>A model that is one network: its inputs under their names, and the output under the name "output".</summary>
    /// <exception cref="InvalidOperationException">The model is larger than one file can be: take <see cref="ToOnnxModel"/>.</exception>
    public static byte[] ToOnnx(this NetworkGraph graph, NetworkWeights weights, OnnxNetworkOptions? options = null) => graph.ToOnnxModel(weights, options).ToBytes();

    /// <summary>A model that is one network, of any size: its inputs under their names, and the output under the name "output".</summary>
    public static OnnxModel ToOnnxModel(this NetworkGraph graph, NetworkWeights weights, OnnxNetworkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        OnnxGraphBuilder builder = new("network");
        foreach (NetworkInput input in graph.Inputs)
        {
            builder.Input(input.Name, input.Shape);
        }

        string output = builder.AddNetwork(graph, weights, [.. graph.Inputs.Select(input => input.Name)], options);
        builder.Output(output, "output", graph.OutputShape);
        builder.Metadata["network.sha256"] = graph.Hash;
        return builder.BuildModel();
    }

    /// <summary>Writes the layers; gives the network as it was written (normalisations may be folded) and the value of each of its names.</summary>
    internal static (NetworkGraph Written, Dictionary<string, string> Values) WriteLayers(
        this OnnxGraphBuilder builder, NetworkGraph graph, NetworkWeights weights, IReadOnlyList<string> inputs, OnnxNetworkOptions options, HashSet<string>? there = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(inputs);
        weights.MustFit(graph);
        if (inputs.Count != graph.Inputs.Count)
        {
            throw new ArgumentException($"The network has {graph.Inputs.Count} inputs ({string.Join(", ", graph.Inputs.Select(input => input.Name))}); found {inputs.Count}.", nameof(inputs));
        }

        if (options.FoldBatchNormalization)
        {
            (graph, weights) = BatchNormalizationFolding.Fold(graph, weights);
        }

        Dictionary<string, string> values = new(StringComparer.Ordinal);
        for (int input = 0; input < inputs.Count; input++)
        {
            values[graph.Inputs[input].Name] = inputs[input];
        }

        HashSet<string> written = there ?? new(StringComparer.Ordinal);
        string Initialiser(NetworkWeight weight) => written.Add(weight.Name)
            ? builder.Initialiser(options.Prefix + weight.Name, weight.Values.AsMemory(), weight.Shape.ToArray())
            : options.Prefix + weight.Name;
        foreach (NetworkLayer layer in graph.Layers)
        {
            LayerNodes nodes = new(builder, layer, [.. layer.Inputs.Select(name => values[name])], graph.InputShapesOf(layer), weights, Initialiser);
            values[layer.Name] = layer.WriteNodes(nodes);
        }

        return (graph, values);
    }
}

/// <summary>How a network is written as ONNX nodes.</summary>
public sealed record OnnxNetworkOptions
{
    /// <summary>Whether a batch normalisation behind a convolution becomes part of the convolution's weights: fewer nodes, the same answer.</summary>
    public bool FoldBatchNormalization { get; init; } = true;

    /// <summary>Whether the network's output activation is written; without it the output is the logits.</summary>
    public bool WithActivation { get; init; } = true;

    /// <summary>What stands before the names of the weights, where a graph holds several networks.</summary>
    public string Prefix { get; init; } = "";
}

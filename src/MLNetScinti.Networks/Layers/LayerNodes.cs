using MLNetScinti.Imaging;

namespace MLNetScinti.Networks.Layers;

/// <summary>What a layer works on when it writes itself as ONNX nodes.</summary>
public sealed class LayerNodes
{
    private readonly NetworkLayer _layer;
    private readonly NetworkWeights _weights;
    private readonly Func<NetworkWeight, string> _initialiser;

    internal LayerNodes(
        INodeGraph graph,
        NetworkLayer layer,
        IReadOnlyList<string> inputs,
        IReadOnlyList<TensorShape> shapes,
        NetworkWeights weights,
        Func<NetworkWeight, string> initialiser)
    {
        (Graph, _layer, Inputs, Shapes, _weights, _initialiser) = (graph, layer, inputs, shapes, weights, initialiser);
    }

    /// <summary>The graph to write to.</summary>
    public INodeGraph Graph { get; }

    /// <summary>The name of the input, where the layer takes one.</summary>
    public string Input => Inputs[0];

    /// <summary>Names of all inputs, in the order of <see cref="NetworkLayer.Inputs"/>.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Shapes of the inputs, without the batch axis.</summary>
    public IReadOnlyList<TensorShape> Shapes { get; }

    /// <summary>Axes in space of the first input.</summary>
    public int SpatialRank => Shapes[0].SpatialRank;

    /// <summary>The name of a weight of the layer in the graph.</summary>
    public string Weight(string name) => _initialiser(_weights[$"{_layer.Name}.{name}"]);

    /// <summary>Adds a node and returns the name of its output.</summary>
    public string Node(string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<NodeAttribute> attributes) =>
        Graph.Node(operation, inputs.ToArray(), attributes);
}

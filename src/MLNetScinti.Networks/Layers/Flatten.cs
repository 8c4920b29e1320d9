using MLNetScinti.Imaging;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Layers;

/// <summary>All values of a case as one vector, last axis fastest.</summary>
public sealed record Flatten : NetworkLayer
{
    /// <summary>A flattening.</summary>
    public Flatten(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => [ExpectOne(inputs).ElementCount];

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => tensors.Input.flatten(1);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("Flatten", [nodes.Input], new NodeAttribute("axis", 1));
}

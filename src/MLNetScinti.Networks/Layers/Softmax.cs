using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>Exponentials that sum to 1 over axis 1: features of a vector, or channels of an image. For inside a network; the output has its own activation.</summary>
public sealed record Softmax : NetworkLayer
{
    /// <summary>A layer of this kind, which keeps the shape.</summary>
    public Softmax(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectOne(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.softmax(tensors.Input, 1);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Softmax", [nodes.Input], new NodeAttribute("axis", 1));
}

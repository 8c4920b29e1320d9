using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>Logistic function: 1 / (1 + exp(-x)). For gates inside a network; the output has its own activation.</summary>
public sealed record Sigmoid : NetworkLayer
{
    /// <summary>A layer of this kind, which keeps the shape.</summary>
    public Sigmoid(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectOne(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.sigmoid(tensors.Input);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Sigmoid", [nodes.Input]);
}

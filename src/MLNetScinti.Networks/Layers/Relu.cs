using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>Rectified linear unit: max(0, x).</summary>
public sealed record Relu : NetworkLayer
{
    /// <summary>A layer of this kind, which keeps the shape.</summary>
    public Relu(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override bool CanOverwrite => true;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectOne(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.relu(tensors.Input, tensors.MayOverwrite);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Relu", [nodes.Input]);
}

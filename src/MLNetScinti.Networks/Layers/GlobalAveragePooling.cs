using MLNetScinti.Imaging;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Layers;

/// <summary>The mean of each channel over all of space: [channels, ...] becomes [channels].</summary>
public sealed record GlobalAveragePooling : NetworkLayer
{
    /// <summary>A global average pooling.</summary>
    public GlobalAveragePooling(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => [ExpectImage(inputs).Channels];

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) =>
        tensors.Input.mean(tensors.SpatialRank == 2 ? [2L, 3L] : [2L, 3L, 4L]);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        string pooled = nodes.Node("GlobalAveragePool", [nodes.Input]);
        return nodes.Node("Flatten", [pooled], new NodeAttribute("axis", 1));
    }
}

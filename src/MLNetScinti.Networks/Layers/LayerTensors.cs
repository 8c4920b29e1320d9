using static TorchSharp.torch;

namespace MLNetScinti.Networks.Layers;

/// <summary>What a layer works on when it runs in TorchSharp.</summary>
public sealed class LayerTensors
{
    private readonly IReadOnlyList<Tensor> _inputs;
    private readonly IReadOnlyDictionary<string, Tensor> _weights;

    internal LayerTensors(IReadOnlyList<Tensor> inputs, IReadOnlyList<TensorShape> shapes, IReadOnlyDictionary<string, Tensor> weights, bool training, bool mayOverwrite)
    {
        (_inputs, Shapes, _weights, Training, MayOverwrite) = (inputs, shapes, weights, training, mayOverwrite);
    }

    /// <summary>The input, where the layer takes one.</summary>
    public Tensor Input => _inputs[0];

    /// <summary>All inputs, in the order of <see cref="NetworkLayer.Inputs"/>.</summary>
    public IReadOnlyList<Tensor> Inputs => _inputs;

    /// <summary>Shapes of the inputs, without the batch axis.</summary>
    public IReadOnlyList<TensorShape> Shapes { get; }

    /// <summary>Axes in space of the first input.</summary>
    public int SpatialRank => Shapes[0].SpatialRank;

    /// <summary>Whether the layer is being trained: dropout drops, and batch normalisation takes the batch's statistics.</summary>
    public bool Training { get; }

    /// <summary>Whether nobody else, not even the backward pass, needs the first input any more.</summary>
    public bool MayOverwrite { get; }

    /// <summary>A weight of the layer.</summary>
    public Tensor Weight(string name) => _weights[name];
}

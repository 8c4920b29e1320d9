using MLNetScinti.Imaging;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Layers;

/// <summary>Values one after the other along the first axis (features, or channels); the other axes are alike.</summary>
public sealed record Concatenate : NetworkLayer
{
    /// <summary>A concatenation of two values or more.</summary>
    public Concatenate(string name, params IReadOnlyList<string> inputs)
        : base(name, inputs)
    {
    }

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count < 2)
        {
            throw new NetworkGraphException($"expected two inputs or more, found {inputs.Count}");
        }

        if (inputs.Any(input => !input.Spatial.SequenceEqual(inputs[0].Spatial)))
        {
            throw new NetworkGraphException($"expected inputs that differ in channels only, found {string.Join(" and ", inputs)}");
        }

        long[] shape = inputs[0].ToArray();
        shape[0] = inputs.Sum(input => input.Channels);
        return TensorShape.Create(shape);
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => cat(tensors.Inputs.ToArray(), 1);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Concat", nodes.Inputs, new NodeAttribute("axis", 1));
}

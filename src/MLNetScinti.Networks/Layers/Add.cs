using static TorchSharp.torch;

namespace MLNetScinti.Networks.Layers;

/// <summary>The sum of values of one shape, element by element.</summary>
public sealed record Add : NetworkLayer
{
    /// <summary>A sum of two values or more.</summary>
    public Add(string name, params IReadOnlyList<string> inputs)
        : base(name, inputs)
    {
    }

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override bool CanOverwrite => true;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectAlike(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        Tensor result = tensors.Inputs[0];
        for (int input = 1; input < tensors.Inputs.Count; input++)
        {
            result = input > 1 || tensors.MayOverwrite ? result.add_(tensors.Inputs[input]) : result.add(tensors.Inputs[input]);
        }

        return result;
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        string result = nodes.Inputs[0];
        for (int input = 1; input < nodes.Inputs.Count; input++)
        {
            result = nodes.Node("Add", [result, nodes.Inputs[input]]);
        }

        return result;
    }
}

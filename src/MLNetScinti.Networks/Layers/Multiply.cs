using static TorchSharp.torch;

namespace MLNetScinti.Networks.Layers;

/// <summary>The product of values of one shape, element by element.</summary>
public sealed record Multiply : NetworkLayer
{
    /// <summary>A product of two values or more.</summary>
    public Multiply(string name, params IReadOnlyList<string> inputs)
        : base(name, inputs)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectAlike(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        Tensor result = tensors.Inputs[0];
        for (int input = 1; input < tensors.Inputs.Count; input++)
        {
            result = result.mul(tensors.Inputs[input]);
        }

        return result;
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        string result = nodes.Inputs[0];
        for (int input = 1; input < nodes.Inputs.Count; input++)
        {
            result = nodes.Node("Mul", [result, nodes.Inputs[input]]);
        }

        return result;
    }
}

using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>Rectified linear unit that lets a part of the negative through: x where positive, slope * x elsewhere.</summary>
public sealed record LeakyRelu : NetworkLayer
{
    /// <summary>A leaky rectified linear unit.</summary>
    public LeakyRelu(string name, string input, double slope = 0.01)
        : base(name, input)
    {
        Slope = slope;
    }

    /// <summary>The slope below 0.</summary>
    public double Slope { get; init; }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectOne(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.leaky_relu(tensors.Input, Slope);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("LeakyRelu", [nodes.Input], new NodeAttribute("alpha", (float)Slope));

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json) => json.WriteNumber("slope", Slope);
}

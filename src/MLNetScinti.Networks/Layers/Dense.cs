using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>
/// Fully connected layer: y = W x + b, on a vector of features. Weights: weight [units, features] and bias [units].
/// </summary>
public sealed record Dense : NetworkLayer
{
    /// <summary>A fully connected layer.</summary>
    public Dense(string name, string input, int units)
        : base(name, input)
    {
        Units = units;
    }

    /// <summary>Features of the output.</summary>
    public int Units { get; init; }

    /// <summary>The factor of the starting weights: sqrt 2 before a ReLU, 1 for a layer that gives logits.</summary>
    public double Gain { get; init; } = Math.Sqrt(2);

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectOne(inputs);
        return input.Count == 1
            ? [AtLeast(1, Units, "the number of units")]
            : throw new NetworkGraphException($"expected a vector of features, found {input}: put a Flatten or a GlobalAveragePooling before it");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WeightDefinition> Weights(IReadOnlyList<TensorShape> inputs)
    {
        long features = ExpectOne(inputs).Channels;
        return
        [
            new("weight", [Units, features], WeightInitialisation.KaimingUniform) { FanIn = features, Gain = Gain },
            new("bias", [Units], WeightInitialisation.Zeros),
        ];
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) =>
        functional.linear(tensors.Input, tensors.Weight("weight"), tensors.Weight("bias"));

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("Gemm", [nodes.Input, nodes.Weight("weight"), nodes.Weight("bias")], new NodeAttribute("transB", 1));

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("units", Units);
        json.WriteNumber("gain", Gain);
    }
}

using System.Text.Json;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>Sets a random part of the values to 0 in training and scales the rest up; in serving it is not there.</summary>
public sealed record Dropout : NetworkLayer
{
    /// <summary>A dropout.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="input">What it takes.</param>
    /// <param name="rate">The probability that a value is dropped, from 0 to below 1.</param>
    public Dropout(string name, string input, double rate = 0.5)
        : base(name, input)
    {
        Rate = rate;
    }

    /// <summary>The probability that a value is dropped.</summary>
    public double Rate { get; init; }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => Rate is >= 0 and < 1
        ? ExpectOne(inputs)
        : throw new NetworkGraphException($"the rate must be from 0 to below 1, found {Rate}");

    /// <inheritdoc/>
    public override long ExtraTrainingBytes(IReadOnlyList<TensorShape> inputs) => sizeof(float) * ExpectOne(inputs).ElementCount;

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) =>
        tensors.Training ? functional.dropout(tensors.Input, Rate, training: true) : tensors.Input;

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Input;

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json) => json.WriteNumber("rate", Rate);
}

using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>
/// Batch normalisation over the first axis (Ioffe and Szegedy 2015): the batch's mean and biased variance in training,
/// running ones in serving. The running variance takes the unbiased variance, as PyTorch does. Weights: weight, bias,
/// running_mean and running_var, each [channels].
/// </summary>
public sealed record BatchNormalization : NetworkLayer
{
    /// <summary>A batch normalisation with PyTorch's settings.</summary>
    public BatchNormalization(string name, string input)
        : base(name, input)
    {
    }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>The weight of the newest batch in the running statistics.</summary>
    public double Momentum { get; init; } = 0.1;

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        if (Epsilon <= 0 || Momentum is < 0 or > 1)
        {
            throw new NetworkGraphException($"epsilon must be above 0 and momentum between 0 and 1, found {Epsilon} and {Momentum}");
        }

        return ExpectOne(inputs);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WeightDefinition> Weights(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape shape = [ExpectOne(inputs).Channels];
        return
        [
            new("weight", shape, WeightInitialisation.Ones),
            new("bias", shape, WeightInitialisation.Zeros),
            new("running_mean", shape, WeightInitialisation.Zeros) { Trained = false },
            new("running_var", shape, WeightInitialisation.Ones) { Trained = false },
        ];
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.batch_norm(
        tensors.Input,
        tensors.Weight("running_mean"),
        tensors.Weight("running_var"),
        tensors.Weight("weight"),
        tensors.Weight("bias"),
        tensors.Training,
        Momentum,
        Epsilon);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node(
        "BatchNormalization",
        [nodes.Input, nodes.Weight("weight"), nodes.Weight("bias"), nodes.Weight("running_mean"), nodes.Weight("running_var")],
        new NodeAttribute("epsilon", (float)Epsilon));

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("epsilon", Epsilon);
        json.WriteNumber("momentum", Momentum);
    }
}

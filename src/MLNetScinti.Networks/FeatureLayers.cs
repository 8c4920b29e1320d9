using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks;

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

    /// <summary>How the weights start.</summary>
    public WeightInitialisation Initialisation { get; init; } = WeightInitialisation.KaimingUniform;

    /// <inheritdoc/>
    public override NetworkLayer WithDefaults(NetworkDefaults defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return this with { Initialisation = Under(defaults, Initialisation) };
    }

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
            new("weight", [Units, features], Initialisation) { FanIn = features, FanOut = Units, Gain = Gain },
            new("bias", [Units], WeightInitialisation.Zeros),
        ];
    }

    /// <inheritdoc/>
    public override long Products(IReadOnlyList<TensorShape> inputs) => Weights(inputs)[0].Shape.ElementCount;

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) =>
        functional.linear(tensors.Single, tensors.Weight("weight"), tensors.Weight("bias"));

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("Gemm", [nodes.Input, nodes.Weight("weight"), nodes.Weight("bias")], new NodeAttribute("transB", 1));

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("units", Units);
        json.WriteNumber("gain", Gain);
        WriteInitialisation(json, Initialisation);
    }
}

/// <summary>All values of a case as one vector, last axis fastest.</summary>
public sealed record Flatten : NetworkLayer
{
    /// <summary>A flattening.</summary>
    public Flatten(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => [ExpectOne(inputs).ElementCount];

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => tensors.Input.flatten(1);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("Flatten", [nodes.Input], new NodeAttribute("axis", 1));
}

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
    public override NetworkLayer WithDefaults(NetworkDefaults defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return this with
        {
            Epsilon = Epsilon.Equals(NetworkDefaults.PyTorch.NormalizationEpsilon) ? defaults.NormalizationEpsilon : Epsilon,
            Momentum = Momentum.Equals(NetworkDefaults.PyTorch.NormalizationMomentum) ? defaults.NormalizationMomentum : Momentum,
        };
    }

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

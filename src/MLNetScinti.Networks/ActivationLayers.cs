using System.Text.Json;
using MLNetScinti.Imaging;
using MLNetScinti.Networks.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks;

/// <summary>Rectified linear unit: max(0, x).</summary>
public sealed record Relu : NetworkLayer
{
    /// <summary>A layer of this kind, which keeps the shape.</summary>
    public Relu(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override bool CanOverwrite => true;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectOne(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.relu(tensors.Input, tensors.MayOverwrite);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Relu", [nodes.Input]);
}

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
    public override Tensor Forward(LayerTensors tensors) => tensors.Input.leaky_relu(KeptScalar.Of(Slope));

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("LeakyRelu", [nodes.Input], new NodeAttribute("alpha", (float)Slope));

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json) => json.WriteNumber("slope", Slope);
}

/// <summary>Logistic function: 1 / (1 + exp(-x)). For gates inside a network; the output has its own activation.</summary>
public sealed record Sigmoid : NetworkLayer
{
    /// <summary>A layer of this kind, which keeps the shape.</summary>
    public Sigmoid(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectOne(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.sigmoid(tensors.Single);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Sigmoid", [nodes.Input]);
}

/// <summary>Hyperbolic tangent.</summary>
public sealed record Tanh : NetworkLayer
{
    /// <summary>A layer of this kind, which keeps the shape.</summary>
    public Tanh(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectOne(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => tensors.Single.tanh();

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Tanh", [nodes.Input]);
}

/// <summary>Exponentials that sum to 1 over axis 1: features of a vector, or channels of an image. For inside a network; the output has its own activation.</summary>
public sealed record Softmax : NetworkLayer
{
    /// <summary>A layer of this kind, which keeps the shape.</summary>
    public Softmax(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => ExpectOne(inputs);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.softmax(tensors.Single, 1);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("Softmax", [nodes.Input], new NodeAttribute("axis", 1));
}

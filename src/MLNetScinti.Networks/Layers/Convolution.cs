using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>
/// Convolution in 2 or 3 dimensions, as the input has: the same kernel size, stride, padding and dilation on every axis,
/// zeros outside. Weights: weight [filters, channels, kernel...] and bias [filters].
/// </summary>
public sealed record Convolution : NetworkLayer
{
    /// <summary>A convolution that keeps the size of the image: padding of half the kernel, unless told otherwise.</summary>
    public Convolution(string name, string input, int filters, int kernel = 3)
        : base(name, input)
    {
        (Filters, Kernel, Padding) = (filters, kernel, kernel / 2);
    }

    /// <summary>Channels of the output.</summary>
    public int Filters { get; init; }

    /// <summary>Elements of the kernel along each axis.</summary>
    public int Kernel { get; init; }

    /// <summary>Step of the kernel along each axis.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros added on both sides of each axis.</summary>
    public int Padding { get; init; }

    /// <summary>Whether a number is added to each channel. A batch normalisation that follows makes it superfluous.</summary>
    public bool Bias { get; init; } = true;

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) =>
        Slide(ExpectImage(inputs), AtLeast(1, Filters, "the number of filters"), Kernel, Stride, Padding);

    /// <inheritdoc/>
    public override IReadOnlyList<WeightDefinition> Weights(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        TensorShape kernel = TensorShape.Create([Filters, input.Channels, .. Each(input.SpatialRank, Kernel)]);
        WeightDefinition weight = new("weight", kernel, WeightInitialisation.KaimingUniform) { FanIn = kernel.ElementCount / Filters };
        return Bias ? [weight, new("bias", [Filters], WeightInitialisation.Zeros)] : [weight];
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        int rank = tensors.SpatialRank;
        Tensor weight = tensors.Weight("weight");
        Tensor? bias = Bias ? tensors.Weight("bias") : null;
        return rank == 2
            ? functional.conv2d(tensors.Input, weight, bias, Each(rank, Stride), Each(rank, Padding))
            : functional.conv3d(tensors.Input, weight, bias, Each(rank, Stride), Each(rank, Padding));
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        int rank = nodes.SpatialRank;
        string[] inputs = Bias ? [nodes.Input, nodes.Weight("weight"), nodes.Weight("bias")] : [nodes.Input, nodes.Weight("weight")];
        return nodes.Node(
            "Conv",
            inputs,
            new NodeAttribute("kernel_shape", Each(rank, Kernel)),
            new NodeAttribute("pads", Each(2 * rank, Padding)),
            new NodeAttribute("strides", Each(rank, Stride)));
    }

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("filters", Filters);
        json.WriteNumber("kernel", Kernel);
        json.WriteNumber("stride", Stride);
        json.WriteNumber("padding", Padding);
        json.WriteBoolean("bias", Bias);
    }
}

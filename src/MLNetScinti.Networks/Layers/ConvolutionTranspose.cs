using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>
/// Transposed convolution in 2 or 3 dimensions, for the way up of a U-Net: each axis becomes
/// (size - 1) stride - 2 padding + kernel. Weights: weight [channels, filters, kernel...] and bias [filters].
/// </summary>
public sealed record ConvolutionTranspose : NetworkLayer
{
    /// <summary>A transposed convolution whose kernel equals its stride: it multiplies the size of the image.</summary>
    public ConvolutionTranspose(string name, string input, int filters, int factor = 2)
        : base(name, input)
    {
        (Filters, Kernel, Stride) = (filters, factor, factor);
    }

    /// <summary>Channels of the output.</summary>
    public int Filters { get; init; }

    /// <summary>Elements of the kernel along each axis.</summary>
    public int Kernel { get; init; }

    /// <summary>Distance in the output of neighbours in the input.</summary>
    public int Stride { get; init; }

    /// <summary>Elements cut from both sides of each axis of the output.</summary>
    public int Padding { get; init; }

    /// <inheritdoc/>
    public override bool NeedsOwnOutput => false;

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        AtLeast(1, Kernel, "the kernel size");
        AtLeast(1, Stride, "the stride");
        AtLeast(0, Padding, "the padding");
        long[] shape = input.ToArray();
        shape[0] = AtLeast(1, Filters, "the number of filters");
        for (int axis = 1; axis < shape.Length; axis++)
        {
            shape[axis] = ((shape[axis] - 1) * Stride) - (2L * Padding) + Kernel;
            if (shape[axis] < 1)
            {
                throw new NetworkGraphException($"a padding of {Padding} leaves nothing of {input}");
            }
        }

        return TensorShape.Create(shape);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WeightDefinition> Weights(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        TensorShape kernel = TensorShape.Create([input.Channels, Filters, .. Each(input.SpatialRank, Kernel)]);
        double reach = Math.Pow(Math.Max(1, Kernel / Stride), input.SpatialRank);
        return
        [
            new("weight", kernel, WeightInitialisation.KaimingUniform) { FanIn = (long)(input.Channels * reach) },
            new("bias", [Filters], WeightInitialisation.Zeros),
        ];
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        int rank = tensors.SpatialRank;
        Tensor weight = tensors.Weight("weight");
        Tensor bias = tensors.Weight("bias");
        return rank == 2
            ? functional.conv_transpose2d(tensors.Input, weight, bias, Each(rank, Stride), Each(rank, Padding))
            : functional.conv_transpose3d(tensors.Input, weight, bias, Each(rank, Stride), Each(rank, Padding));
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        int rank = nodes.SpatialRank;
        return nodes.Node(
            "ConvTranspose",
            [nodes.Input, nodes.Weight("weight"), nodes.Weight("bias")],
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
    }
}

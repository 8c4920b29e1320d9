using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks.Layers;

/// <summary>The mean of each window, in 2 or 3 dimensions. The border counts as zeros.</summary>
public sealed record AveragePooling : NetworkLayer
{
    /// <summary>A pooling whose stride is its kernel and which adds no border, unless told otherwise.</summary>
    public AveragePooling(string name, string input, int kernel)
        : base(name, input)
    {
        (Kernel, Stride) = (kernel, kernel);
    }

    /// <summary>Elements of the window along each axis.</summary>
    public int Kernel { get; init; }

    /// <summary>Step of the window along each axis.</summary>
    public int Stride { get; init; }

    /// <summary>Border on both sides of each axis; at most half the kernel.</summary>
    public int Padding { get; init; }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        return 2 * Padding <= Kernel
            ? Slide(input, input.Channels, Kernel, Stride, Padding)
            : throw new NetworkGraphException($"a padding of at most half the kernel of {Kernel}, found {Padding}");
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        int rank = tensors.SpatialRank;
        return rank == 2
            ? functional.avg_pool2d(tensors.Input, Each(rank, Kernel), Each(rank, Stride), Each(rank, Padding))
            : functional.avg_pool3d(tensors.Input, Each(rank, Kernel), Each(rank, Stride), Each(rank, Padding));
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        int rank = nodes.SpatialRank;
        return nodes.Node(
            "AveragePool",
            [nodes.Input],
            new NodeAttribute("count_include_pad", 1),
            new NodeAttribute("kernel_shape", Each(rank, Kernel)),
            new NodeAttribute("pads", Each(2 * rank, Padding)),
            new NodeAttribute("strides", Each(rank, Stride)));
    }

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("kernel", Kernel);
        json.WriteNumber("stride", Stride);
        json.WriteNumber("padding", Padding);
    }
}

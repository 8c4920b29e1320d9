using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks;

/// <summary>One value for each window that moves over an image, in 2 or 3 dimensions.</summary>
public abstract record WindowPooling : NetworkLayer
{
    /// <summary>A pooling whose stride is its kernel and which adds no border, unless told otherwise.</summary>
    protected WindowPooling(string name, string input, PerAxis kernel)
        : base(name, input)
    {
        (Kernel, Stride) = (kernel, kernel);
    }

    /// <summary>Elements of the window along each axis.</summary>
    public PerAxis Kernel { get; init; }

    /// <summary>Step of the window along each axis.</summary>
    public PerAxis Stride { get; init; }

    /// <summary>Border on both sides of each axis; at most half the kernel.</summary>
    public PerAxis Padding { get; init; }

    /// <inheritdoc/>
    public sealed override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        return Padding.For(input.SpatialRank).Zip(Kernel.For(input.SpatialRank)).All(axis => 2 * axis.First <= axis.Second)
            ? Slide(input, input.Channels, Kernel, Stride, Padding)
            : throw new NetworkGraphException($"a padding of at most half the kernel of {Kernel}, found {Padding}");
    }

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        Kernel.Write(json, "kernel");
        Stride.Write(json, "stride");
        Padding.Write(json, "padding");
    }

    /// <summary>The attributes of kernel, border and step.</summary>
    private protected NodeAttribute[] Attributes(int rank) =>
    [
        new("kernel_shape", Kernel.For(rank)),
        new("pads", (long[])[.. Padding.For(rank), .. Padding.For(rank)]),
        new("strides", Stride.For(rank)),
    ];
}

/// <summary>The largest value of each window. The border counts as minus infinity.</summary>
public sealed record MaxPooling : WindowPooling
{
    /// <summary>A pooling whose stride is its kernel and which adds no border, unless told otherwise.</summary>
    public MaxPooling(string name, string input, PerAxis kernel)
        : base(name, input, kernel)
    {
    }

    /// <inheritdoc/>
    public override long ExtraTrainingBytes(IReadOnlyList<TensorShape> inputs) =>
        sizeof(long) * OutputShape(inputs).ElementCount; // The place of each largest value.

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        int rank = tensors.SpatialRank;
        return rank == 2
            ? functional.max_pool2d(tensors.Input, Kernel.For(rank), Stride.For(rank), Padding.For(rank))
            : functional.max_pool3d(tensors.Input, Kernel.For(rank), Stride.For(rank), Padding.For(rank));
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("MaxPool", [nodes.Input], Attributes(nodes.SpatialRank));
}

/// <summary>The mean of each window. The border counts as zeros, or not at all.</summary>
public sealed record AveragePooling : WindowPooling
{
    /// <summary>A pooling whose stride is its kernel and which adds no border, unless told otherwise.</summary>
    public AveragePooling(string name, string input, PerAxis kernel)
        : base(name, input, kernel)
    {
    }

    /// <summary>Whether the border counts as zeros; otherwise a mean is over the places of the window that are in the image.</summary>
    public bool CountsBorder { get; init; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        int rank = tensors.SpatialRank;
        return rank == 2
            ? functional.avg_pool2d(tensors.Single, Kernel.For(rank), Stride.For(rank), Padding.For(rank), count_include_pad: CountsBorder)
            : functional.avg_pool3d(tensors.Single, Kernel.For(rank), Stride.For(rank), Padding.For(rank), count_include_pad: CountsBorder);
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("AveragePool", [nodes.Input], [new NodeAttribute("count_include_pad", CountsBorder ? 1 : 0), .. Attributes(nodes.SpatialRank)]);

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        base.WriteSettings(json);
        if (!CountsBorder)
        {
            json.WriteBoolean("countsBorder", false);
        }
    }
}

/// <summary>
/// The mean of parts of an image, as many along each axis as asked for, whatever the image's extent: part i of n goes from
/// floor(i extent / n) to ceil((i + 1) extent / n), as in PyTorch. In its ONNX form a product with one constant matrix for
/// each axis.
/// </summary>
public sealed record AdaptiveAveragePooling : NetworkLayer
{
    /// <summary>A pooling to these extents.</summary>
    public AdaptiveAveragePooling(string name, string input, PerAxis size)
        : base(name, input)
    {
        Size = size;
    }

    /// <summary>Extents of the output.</summary>
    public PerAxis Size { get; init; }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        long[] size = Size.For(input.SpatialRank);
        return size.All(extent => extent >= 1)
            ? TensorShape.Create([input.Channels, .. size])
            : throw new NetworkGraphException($"the size must be at least 1, found {Size}");
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => tensors.SpatialRank == 2
        ? functional.adaptive_avg_pool2d(tensors.Single, Size.For(2))
        : functional.adaptive_avg_pool3d(tensors.Single, Size.For(3));

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        long[] extents = nodes.Shapes[0].Spatial.ToArray();
        long[] size = Size.For(extents.Length);
        string value = nodes.Input;
        if (extents.Length == 3)
        {
            // The slowest axis as rows of a matrix, and back.
            value = nodes.Node("Reshape", [value, nodes.Graph.Constant((long[])[0, 0, extents[0], -1], [4])]);
            value = nodes.Node("MatMul", [nodes.Graph.Constant(Means(extents[0], size[0], transposed: false), [size[0], extents[0]]), value]);
            value = nodes.Node("Reshape", [value, nodes.Graph.Constant((long[])[0, 0, size[0], extents[1], extents[2]], [5])]);
        }

        value = nodes.Node("MatMul", [nodes.Graph.Constant(Means(extents[^2], size[^2], transposed: false), [size[^2], extents[^2]]), value]);
        return nodes.Node("MatMul", [value, nodes.Graph.Constant(Means(extents[^1], size[^1], transposed: true), [extents[^1], size[^1]])]);
    }

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json) => Size.Write(json, "size");

    private static float[] Means(long extent, long parts, bool transposed)
    {
        float[] matrix = new float[extent * parts];
        for (long part = 0; part < parts; part++)
        {
            long start = part * extent / parts;
            long end = (((part + 1) * extent) + parts - 1) / parts;
            for (long at = start; at < end; at++)
            {
                matrix[transposed ? (at * parts) + part : (part * extent) + at] = 1f / (end - start);
            }
        }

        return matrix;
    }
}

/// <summary>The mean of each channel over all of space: [channels, ...] becomes [channels].</summary>
public sealed record GlobalAveragePooling : NetworkLayer
{
    /// <summary>A global average pooling.</summary>
    public GlobalAveragePooling(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => [ExpectImage(inputs).Channels];

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => tensors.Single.mean(tensors.SpatialRank == 2 ? [2L, 3L] : [2L, 3L, 4L]);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("Flatten", [nodes.Node("GlobalAveragePool", [nodes.Input])], new NodeAttribute("axis", 1));
}

/// <summary>The largest value of each channel over all of space: [channels, ...] becomes [channels].</summary>
public sealed record GlobalMaxPooling : NetworkLayer
{
    /// <summary>A global pooling by the largest value.</summary>
    public GlobalMaxPooling(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => [ExpectImage(inputs).Channels];

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => tensors.Single.amax(tensors.SpatialRank == 2 ? [2L, 3L] : [2L, 3L, 4L]);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) =>
        nodes.Node("Flatten", [nodes.Node("GlobalMaxPool", [nodes.Input])], new NodeAttribute("axis", 1));
}

/// <summary>The mean over the channels at each place: [channels, ...] becomes [1, ...].</summary>
public sealed record ChannelMean : NetworkLayer
{
    /// <summary>A mean over the channels.</summary>
    public ChannelMean(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => TensorShape.Create([1, .. ExpectImage(inputs).Spatial]);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => tensors.Single.mean([1L], keepdim: true);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("ReduceMean", [nodes.Input], new NodeAttribute("axes", [1L]));
}

/// <summary>The largest of the channels at each place: [channels, ...] becomes [1, ...].</summary>
public sealed record ChannelMax : NetworkLayer
{
    /// <summary>The largest of the channels.</summary>
    public ChannelMax(string name, string input)
        : base(name, input)
    {
    }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) => TensorShape.Create([1, .. ExpectImage(inputs).Spatial]);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => tensors.Single.amax([1L], keepdim: true);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes) => nodes.Node("ReduceMax", [nodes.Input], new NodeAttribute("axes", [1L]));
}

/// <summary>An image made larger by a whole factor on each axis in space: each value repeated.</summary>
public sealed record Upsample : NetworkLayer
{
    /// <summary>An upsampling by 2.</summary>
    public Upsample(string name, string input)
        : this(name, input, 2)
    {
    }

    /// <summary>An upsampling.</summary>
    public Upsample(string name, string input, PerAxis factor)
        : base(name, input)
    {
        Factor = factor;
    }

    /// <summary>How often each value is repeated along each axis.</summary>
    public PerAxis Factor { get; init; }

    /// <inheritdoc/>
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        AtLeast(1, Factor, "the factor");
        return TensorShape.Create([input.Channels, .. input.Spatial.ToArray().Zip(Factor.For(input.SpatialRank), (extent, factor) => extent * factor)]);
    }

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors) => functional.interpolate(
        tensors.Input, scale_factor: [.. Factor.For(tensors.SpatialRank).Select(factor => (double)factor)], mode: InterpolationMode.Nearest);

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        float[] scales = [1, 1, .. Factor.For(nodes.SpatialRank).Select(factor => (float)factor)];
        return nodes.Node(
            "Resize",
            [nodes.Input, "", nodes.Graph.Constant(scales, [scales.Length])],
            new NodeAttribute("coordinate_transformation_mode", "asymmetric"),
            new NodeAttribute("mode", "nearest"),
            new NodeAttribute("nearest_mode", "floor"));
    }

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json) => Factor.Write(json, "factor");
}

using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks;

/// <summary>
/// Convolution in 2 or 3 dimensions, as the input has, with zeros outside. Weights: weight [filters, channels, kernel...]
/// and bias [filters].
/// </summary>
public sealed record Convolution : NetworkLayer
{
    /// <summary>A convolution with a kernel of 3 that keeps the size of the image, unless told otherwise.</summary>
    public Convolution(string name, string input, int filters)
        : this(name, input, filters, 3)
    {
    }

    /// <summary>A convolution that keeps the size of the image: padding of half the kernel, unless told otherwise.</summary>
    public Convolution(string name, string input, int filters, PerAxis kernel)
        : base(name, input)
    {
        (Filters, Kernel, Padding) = (filters, kernel, kernel.Map(extent => extent / 2));
    }

    /// <summary>Channels of the output.</summary>
    public int Filters { get; init; }

    /// <summary>Elements of the kernel along each axis.</summary>
    public PerAxis Kernel { get; init; }

    /// <summary>Step of the kernel along each axis.</summary>
    public PerAxis Stride { get; init; } = 1;

    /// <summary>Zeros added on both sides of each axis.</summary>
    public PerAxis Padding { get; init; }

    /// <summary>Whether a number is added to each channel. A batch normalisation that follows makes it superfluous.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>How the kernel starts.</summary>
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
    public override TensorShape OutputShape(IReadOnlyList<TensorShape> inputs) =>
        Slide(ExpectImage(inputs), AtLeast(1, Filters, "the number of filters"), Kernel, Stride, Padding);

    /// <inheritdoc/>
    public override IReadOnlyList<WeightDefinition> Weights(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectImage(inputs);
        TensorShape kernel = TensorShape.Create([Filters, input.Channels, .. Kernel.For(input.SpatialRank)]);
        WeightDefinition weight = new("weight", kernel, Initialisation) { FanIn = kernel.ElementCount / Filters, FanOut = kernel.ElementCount / input.Channels };
        return Bias ? [weight, new("bias", [Filters], WeightInitialisation.Zeros)] : [weight];
    }

    /// <inheritdoc/>
    public override long Products(IReadOnlyList<TensorShape> inputs) =>
        Weights(inputs)[0].Shape.ElementCount * (OutputShape(inputs).ElementCount / Filters);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        int rank = tensors.SpatialRank;
        (Tensor input, Tensor weight, Tensor? bias) = (tensors.ShortImage, tensors.Short(tensors.Weight("weight")), Bias ? tensors.Short(tensors.Weight("bias")) : null);
        return rank == 2
            ? functional.conv2d(input, weight, bias, Stride.For(rank), Padding.For(rank))
            : functional.conv3d(input, weight, bias, Stride.For(rank), Padding.For(rank));
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        int rank = nodes.SpatialRank;
        string[] inputs = Bias ? [nodes.Input, nodes.Weight("weight"), nodes.Weight("bias")] : [nodes.Input, nodes.Weight("weight")];
        return nodes.Node(
            "Conv",
            inputs,
            new NodeAttribute("kernel_shape", Kernel.For(rank)),
            new NodeAttribute("pads", [.. Padding.For(rank), .. Padding.For(rank)]),
            new NodeAttribute("strides", Stride.For(rank)));
    }

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("filters", Filters);
        Kernel.Write(json, "kernel");
        Stride.Write(json, "stride");
        Padding.Write(json, "padding");
        json.WriteBoolean("bias", Bias);
        WriteInitialisation(json, Initialisation);
    }
}

/// <summary>
/// Transposed convolution in 2 or 3 dimensions, for the way up of a U-Net: each axis becomes
/// (size - 1) stride - 2 padding + kernel. Weights: weight [channels, filters, kernel...] and bias [filters].
/// </summary>
public sealed record ConvolutionTranspose : NetworkLayer
{
    /// <summary>A transposed convolution that doubles the size of the image.</summary>
    public ConvolutionTranspose(string name, string input, int filters)
        : this(name, input, filters, 2)
    {
    }

    /// <summary>A transposed convolution whose kernel equals its stride: it multiplies the size of the image.</summary>
    public ConvolutionTranspose(string name, string input, int filters, PerAxis factor)
        : base(name, input)
    {
        (Filters, Kernel, Stride) = (filters, factor, factor);
    }

    /// <summary>Channels of the output.</summary>
    public int Filters { get; init; }

    /// <summary>Elements of the kernel along each axis.</summary>
    public PerAxis Kernel { get; init; }

    /// <summary>Distance in the output of neighbours in the input.</summary>
    public PerAxis Stride { get; init; }

    /// <summary>Elements cut from both sides of each axis of the output.</summary>
    public PerAxis Padding { get; init; }

    /// <summary>How the kernel starts.</summary>
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
        TensorShape input = ExpectImage(inputs);
        AtLeast(1, Kernel, "the kernel size");
        AtLeast(1, Stride, "the stride");
        AtLeast(0, Padding, "the padding");
        int rank = input.SpatialRank;
        (long[] kernel, long[] stride, long[] padding) = (Kernel.For(rank), Stride.For(rank), Padding.For(rank));
        long[] shape = input.ToArray();
        shape[0] = AtLeast(1, Filters, "the number of filters");
        for (int axis = 0; axis < rank; axis++)
        {
            shape[axis + 1] = ((shape[axis + 1] - 1) * stride[axis]) - (2 * padding[axis]) + kernel[axis];
            if (shape[axis + 1] < 1)
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
        int rank = input.SpatialRank;
        TensorShape kernel = TensorShape.Create([input.Channels, Filters, .. Kernel.For(rank)]);
        // What an output sums over; Glorot counts whole kernels on both sides.
        long reach = Initialisation == WeightInitialisation.GlorotUniform ? kernel.ElementCount / input.Channels / Filters : Kernel.For(rank).Zip(Stride.For(rank), (extent, step) => Math.Max(1, extent / step)).Aggregate(1L, (product, each) => product * each);
        return
        [
            new("weight", kernel, Initialisation) { FanIn = input.Channels * reach, FanOut = kernel.ElementCount / input.Channels },
            new("bias", [Filters], WeightInitialisation.Zeros),
        ];
    }

    /// <inheritdoc/>
    public override long Products(IReadOnlyList<TensorShape> inputs) =>
        Weights(inputs)[0].Shape.ElementCount * (inputs[0].ElementCount / inputs[0].Channels);

    /// <inheritdoc/>
    public override Tensor Forward(LayerTensors tensors)
    {
        int rank = tensors.SpatialRank;
        (Tensor input, Tensor weight, Tensor bias) = (tensors.ShortImage, tensors.Short(tensors.Weight("weight")), tensors.Short(tensors.Weight("bias")));
        return rank == 2
            ? functional.conv_transpose2d(input, weight, bias, Stride.For(rank), Padding.For(rank))
            : functional.conv_transpose3d(input, weight, bias, Stride.For(rank), Padding.For(rank));
    }

    /// <inheritdoc/>
    public override string WriteNodes(LayerNodes nodes)
    {
        int rank = nodes.SpatialRank;
        return nodes.Node(
            "ConvTranspose",
            [nodes.Input, nodes.Weight("weight"), nodes.Weight("bias")],
            new NodeAttribute("kernel_shape", Kernel.For(rank)),
            new NodeAttribute("pads", [.. Padding.For(rank), .. Padding.For(rank)]),
            new NodeAttribute("strides", Stride.For(rank)));
    }

    /// <inheritdoc/>
    public override void WriteSettings(Utf8JsonWriter json)
    {
        json.WriteNumber("filters", Filters);
        Kernel.Write(json, "kernel");
        Stride.Write(json, "stride");
        Padding.Write(json, "padding");
        WriteInitialisation(json, Initialisation);
    }
}

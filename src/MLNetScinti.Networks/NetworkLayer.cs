using System.Text.Json;
using MLNetScinti.Imaging;
using static TorchSharp.torch;

namespace MLNetScinti.Networks;

/// <summary>
/// One layer of a network: everything that is known of it, in one place. Its settings, the shape of what it gives, the
/// weights it needs, and its two forms: tensors that train and ONNX nodes that serve. A new kind of layer is a new record.
/// </summary>
public abstract record NetworkLayer
{
    /// <summary>A layer of a name that takes the values of the given names.</summary>
    /// <param name="name">Unique in its network; letters, digits and underscores, starting with a letter.</param>
    /// <param name="inputs">Names of inputs of the network or of other layers.</param>
    protected NetworkLayer(string name, params IReadOnlyList<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(inputs);
        Name = name;
        Inputs = inputs;
    }

    /// <summary>The layer's name, which is also the first part of the names of its weights.</summary>
    public string Name { get; }

    /// <summary>Names of what it takes, in order.</summary>
    public IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The layer whose weights this one uses as well; null for weights of its own. It comes before, is of the same kind and needs the same weights.</summary>
    public string? WeightsOf { get; init; }

    /// <summary>The kind of layer, as it stands in the canonical form.</summary>
    public string Kind => GetType().Name;

    /// <summary>The shape that it gives for what it takes.</summary>
    /// <exception cref="NetworkGraphException">It cannot take that; the message says what it expected, without the layer's name.</exception>
    public abstract TensorShape OutputShape(IReadOnlyList<TensorShape> inputs);

    /// <summary>The weights that it needs for what it takes.</summary>
    public virtual IReadOnlyList<WeightDefinition> Weights(IReadOnlyList<TensorShape> inputs) => [];

    /// <summary>The layer with what it left to PyTorch's defaults taken from others; what was given to it otherwise stays.</summary>
    public virtual NetworkLayer WithDefaults(NetworkDefaults defaults) => this;

    /// <summary>Whether the layer can put its result where its first input was, in the middle of a training step.</summary>
    public virtual bool CanOverwrite => false;

    /// <summary>Whether the backward pass of this layer looks at its own output, which then must not be overwritten.</summary>
    public virtual bool NeedsOwnOutput => true;

    /// <summary>Bytes that training keeps for the backward pass beyond the output itself, for one case.</summary>
    public virtual long ExtraTrainingBytes(IReadOnlyList<TensorShape> inputs) => 0;

    /// <summary>Products that the layer's weights take part in, for one case: what decides its time.</summary>
    public virtual long Products(IReadOnlyList<TensorShape> inputs) => 0;

    /// <summary>The layer's work on tensors with a leading batch axis.</summary>
    public abstract Tensor Forward(LayerTensors tensors);

    /// <summary>Writes the layer as ONNX nodes (operation set 17) and returns the name of the output.</summary>
    public abstract string WriteNodes(LayerNodes nodes);

    /// <summary>Writes the settings other than name and inputs, in a fixed order.</summary>
    public virtual void WriteSettings(Utf8JsonWriter json)
    {
    }

    /// <summary>The one input of a layer that takes one, and it is an image in 2 or 3 dimensions.</summary>
    protected static TensorShape ExpectImage(IReadOnlyList<TensorShape> inputs)
    {
        TensorShape input = ExpectOne(inputs);
        return input.SpatialRank is 2 or 3
            ? input
            : throw new NetworkGraphException($"expected [channels, rows, columns] or [channels, sections, rows, columns], found {input}");
    }

    /// <summary>The one input of a layer that takes one.</summary>
    protected static TensorShape ExpectOne(IReadOnlyList<TensorShape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Count == 1 ? inputs[0] : throw new NetworkGraphException($"expected one input, found {inputs.Count}");
    }

    /// <summary>Several inputs of one shape.</summary>
    protected static TensorShape ExpectAlike(IReadOnlyList<TensorShape> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count < 2)
        {
            throw new NetworkGraphException($"expected two inputs or more, found {inputs.Count}");
        }

        return inputs.All(inputs[0].Equals)
            ? inputs[0]
            : throw new NetworkGraphException($"expected inputs of one shape, found {string.Join(" and ", inputs)}");
    }

    /// <summary>The setting, where it is at least the minimum.</summary>
    protected static int AtLeast(int minimum, int value, string setting) =>
        value >= minimum ? value : throw new NetworkGraphException($"{setting} must be at least {minimum}, found {value}");

    /// <inheritdoc cref="AtLeast(int, int, string)"/>
    protected static PerAxis AtLeast(int minimum, PerAxis values, string setting) =>
        values.All(value => value >= minimum) ? values : throw new NetworkGraphException($"{setting} must be at least {minimum}, found {values}");

    /// <summary>Writes how the weights start, where it is not the usual way.</summary>
    private protected static void WriteInitialisation(Utf8JsonWriter json, WeightInitialisation initialisation)
    {
        if (initialisation != WeightInitialisation.KaimingUniform)
        {
            json.WriteString("initialisation", initialisation.ToString());
        }
    }

    /// <summary>How weights start: as others have it where nobody said.</summary>
    private protected static WeightInitialisation Under(NetworkDefaults defaults, WeightInitialisation initialisation) =>
        initialisation == NetworkDefaults.PyTorch.Initialisation ? defaults.Initialisation : initialisation;

    /// <summary>The shape after a window has moved over the image: floor((size + 2 padding - kernel) / stride) + 1 on each axis.</summary>
    protected static TensorShape Slide(TensorShape input, long channels, PerAxis kernel, PerAxis stride, PerAxis padding)
    {
        ArgumentNullException.ThrowIfNull(input);
        AtLeast(1, kernel, "the kernel size");
        AtLeast(1, stride, "the stride");
        AtLeast(0, padding, "the padding");
        int rank = input.SpatialRank;
        (long[] extents, long[] steps, long[] borders) = (kernel.For(rank), stride.For(rank), padding.For(rank));
        long[] shape = input.ToArray();
        shape[0] = channels;
        for (int axis = 0; axis < rank; axis++)
        {
            long room = shape[axis + 1] + (2 * borders[axis]) - extents[axis];
            if (room < 0)
            {
                throw new NetworkGraphException($"a kernel of {kernel} with padding {padding} does not fit into {input}");
            }

            shape[axis + 1] = (room / steps[axis]) + 1;
        }

        return TensorShape.Create(shape);
    }
}

/// <summary>What a layer works on when it runs in TorchSharp.</summary>
public sealed class LayerTensors
{
    private readonly IReadOnlyList<Tensor> _inputs;
    private readonly IReadOnlyDictionary<string, Tensor> _weights;

    internal LayerTensors(IReadOnlyList<Tensor> inputs, IReadOnlyList<TensorShape> shapes, IReadOnlyDictionary<string, Tensor> weights, bool training, bool mayOverwrite, TrainingPrecision precision)
    {
        (_inputs, Shapes, _weights, Training, MayOverwrite, Precision) = (inputs, shapes, weights, training, mayOverwrite, precision);
    }

    /// <summary>The input, where the layer takes one.</summary>
    public Tensor Input => _inputs[0];

    /// <summary>The input as 32-bit numbers: for layers whose sums are long or whose answers are few.</summary>
    public Tensor Single => _inputs[0].dtype == ScalarType.Float32 ? _inputs[0] : _inputs[0].to_type(ScalarType.Float32);

    /// <summary>All inputs, in the order of <see cref="NetworkLayer.Inputs"/>.</summary>
    public IReadOnlyList<Tensor> Inputs => _inputs;

    /// <summary>The numbers that convolutions compute with.</summary>
    public TrainingPrecision Precision { get; }

    /// <summary>
    /// Whether convolutions take their images with the channels of a place side by side. oneDNN computes in that order, and puts images that
    /// lie plane by plane into it, and the answers back, in each convolution and again in each backward pass. What follows keeps the order that it finds.
    /// </summary>
    public bool ChannelsLast { get; init; }

    /// <summary>Shapes of the inputs, without the batch axis.</summary>
    public IReadOnlyList<TensorShape> Shapes { get; }

    /// <summary>Axes in space of the first input.</summary>
    public int SpatialRank => Shapes[0].SpatialRank;

    /// <summary>Whether the layer is being trained: dropout drops, and batch normalisation takes the batch's statistics.</summary>
    public bool Training { get; }

    /// <summary>Whether nobody else, not even the backward pass, needs the first input any more.</summary>
    public bool MayOverwrite { get; }

    /// <summary>A weight of the layer.</summary>
    public Tensor Weight(string name) => _weights[name];

    /// <summary>The input, where the layer takes one image, in the numbers and in the order of values that convolutions compute with.</summary>
    public Tensor ShortImage => Short(ChannelsLast ? WithChannelsLast(Input) : Input);

    /// <summary>A tensor in the numbers that convolutions compute with.</summary>
    public Tensor Short(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ScalarType wanted = Precision == TrainingPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        return tensor.dtype == wanted ? tensor : tensor.to_type(wanted);
    }

    // [N, C, ...] of the same values, stored as [N, ..., C]. Where they are so already, nothing is copied.
    private static Tensor WithChannelsLast(Tensor image)
    {
        long[] shape = image.shape;
        int last = shape.Length - 1;
        if (shape[1] > 1)
        {
            return image.permute([0, .. Enumerable.Range(2, last - 1).Select(axis => (long)axis), 1]).contiguous()
                .permute([0, last, .. Enumerable.Range(1, last - 1).Select(axis => (long)axis)]);
        }

        // Of one channel both orders are the same bytes, and libtorch goes by the strides. A view by strides is slow to go back through.
        if (image.requires_grad)
        {
            return image;
        }

        long[] strides = new long[shape.Length];
        strides[1] = 1;
        long step = 1;
        for (int axis = last; axis >= 2; axis--)
        {
            (strides[axis], step) = (step, step * shape[axis]);
        }

        strides[0] = step;
        return image.contiguous().as_strided(shape, strides);
    }
}

/// <summary>What a layer works on when it writes itself as ONNX nodes.</summary>
public sealed class LayerNodes
{
    private readonly NetworkLayer _layer;
    private readonly NetworkWeights _weights;
    private readonly Func<NetworkWeight, string> _initialiser;

    internal LayerNodes(
        INodeGraph graph,
        NetworkLayer layer,
        IReadOnlyList<string> inputs,
        IReadOnlyList<TensorShape> shapes,
        NetworkWeights weights,
        Func<NetworkWeight, string> initialiser)
    {
        (Graph, _layer, Inputs, Shapes, _weights, _initialiser) = (graph, layer, inputs, shapes, weights, initialiser);
    }

    /// <summary>The graph to write to.</summary>
    public INodeGraph Graph { get; }

    /// <summary>The name of the input, where the layer takes one.</summary>
    public string Input => Inputs[0];

    /// <summary>Names of all inputs, in the order of <see cref="NetworkLayer.Inputs"/>.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Shapes of the inputs, without the batch axis.</summary>
    public IReadOnlyList<TensorShape> Shapes { get; }

    /// <summary>Axes in space of the first input.</summary>
    public int SpatialRank => Shapes[0].SpatialRank;

    /// <summary>The name of a weight of the layer in the graph.</summary>
    public string Weight(string name) => _initialiser(_weights[$"{_layer.WeightsOf ?? _layer.Name}.{name}"]);

    /// <summary>Adds a node and returns the name of its output.</summary>
    public string Node(string operation, IReadOnlyList<string> inputs, params ReadOnlySpan<NodeAttribute> attributes) =>
        Graph.Node(operation, inputs.ToArray(), attributes);
}

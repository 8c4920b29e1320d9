using System.Text.Json;
using static TorchSharp.torch;

namespace MLNetScinti.Networks.Layers;

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

    /// <summary>The kind of layer, as it stands in the canonical form.</summary>
    public string Kind => GetType().Name;

    /// <summary>The shape that it gives for what it takes.</summary>
    /// <exception cref="NetworkGraphException">It cannot take that; the message says what it expected, without the layer's name.</exception>
    public abstract TensorShape OutputShape(IReadOnlyList<TensorShape> inputs);

    /// <summary>The weights that it needs for what it takes.</summary>
    public virtual IReadOnlyList<WeightDefinition> Weights(IReadOnlyList<TensorShape> inputs) => [];

    /// <summary>Whether the layer can put its result where its first input was, in the middle of a training step.</summary>
    public virtual bool CanOverwrite => false;

    /// <summary>Whether the backward pass of this layer looks at its own output, which then must not be overwritten.</summary>
    public virtual bool NeedsOwnOutput => true;

    /// <summary>Bytes that training keeps for the backward pass beyond the output itself, for one case.</summary>
    public virtual long ExtraTrainingBytes(IReadOnlyList<TensorShape> inputs) => 0;

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

    /// <summary>The shape after a window has moved over the image: floor((size + 2 padding - kernel) / stride) + 1 on each axis.</summary>
    protected static TensorShape Slide(TensorShape input, long channels, int kernel, int stride, int padding)
    {
        ArgumentNullException.ThrowIfNull(input);
        AtLeast(1, kernel, "the kernel size");
        AtLeast(1, stride, "the stride");
        AtLeast(0, padding, "the padding");
        long[] shape = input.ToArray();
        shape[0] = channels;
        for (int axis = 1; axis < shape.Length; axis++)
        {
            long room = shape[axis] + (2L * padding) - kernel;
            if (room < 0)
            {
                throw new NetworkGraphException($"a kernel of {kernel} with padding {padding} does not fit into {input}");
            }

            shape[axis] = (room / stride) + 1;
        }

        return TensorShape.Create(shape);
    }

    /// <summary>The value once for each axis in space.</summary>
    protected static long[] Each(int rank, int value)
    {
        long[] values = new long[rank];
        Array.Fill(values, value);
        return values;
    }
}

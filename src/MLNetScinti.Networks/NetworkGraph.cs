using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>
/// A network as a directed graph of layers: described once, run in two forms (<see cref="TorchNetwork"/> trains,
/// <see cref="OnnxGraphBuilder"/> serves). Immutable, checked when made: every name is known, every shape fits.
/// </summary>
[TypeFormatterSource(typeof(NetworkGraph))]
public sealed class NetworkGraph
{
    private readonly Dictionary<string, TensorShape> _shapes = new(StringComparer.Ordinal);

    /// <summary>A network of layers in an order in which each layer comes after what it takes.</summary>
    /// <param name="inputs">The named inputs.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="output">The name of the layer whose output is the network's.</param>
    /// <param name="activation">What serving puts behind the output.</param>
    /// <exception cref="NetworkGraphException">A name is unknown or used twice, or a layer does not fit what it is given.</exception>
    public NetworkGraph(
        IReadOnlyList<NetworkInput> inputs,
        IReadOnlyList<NetworkLayer> layers,
        string output,
        OutputActivation activation = OutputActivation.None)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(output);
        (Inputs, Layers, Output, Activation) = ([.. inputs], [.. layers], output, activation);
        if (Inputs.Count == 0)
        {
            throw new NetworkGraphException("A network needs at least one input.");
        }

        foreach (NetworkInput input in Inputs)
        {
            NewName(input.Name, "input", input.Shape);
        }

        foreach (NetworkLayer layer in Layers)
        {
            NewName(layer.Name, "layer", Infer(layer));
        }

        if (!Layers.Any(layer => string.Equals(layer.Name, output, StringComparison.Ordinal)))
        {
            throw new NetworkGraphException($"The output '{output}' is not a layer of the network.");
        }

        Json = WriteJson();
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Json)));
    }

    /// <summary>The named inputs, in order.</summary>
    public IReadOnlyList<NetworkInput> Inputs { get; }

    /// <summary>The layers: each after those that it takes from.</summary>
    public IReadOnlyList<NetworkLayer> Layers { get; }

    /// <summary>The name of the layer that gives the network's output.</summary>
    public string Output { get; }

    /// <summary>What serving puts behind the output; training sees the values before it.</summary>
    public OutputActivation Activation { get; }

    /// <summary>The shape of the output, without the batch axis.</summary>
    public TensorShape OutputShape => _shapes[Output];

    /// <summary>The canonical form: two networks are the same where this text is.</summary>
    public string Json { get; }

    /// <summary>SHA-256 of <see cref="Json"/>, in lower-case hexadecimal: for run records and checkpoints.</summary>
    public string Hash { get; }

    /// <summary>The shape of an input or of a layer's output, without the batch axis.</summary>
    public TensorShape ShapeOf(string name) =>
        _shapes.TryGetValue(name, out TensorShape? shape) ? shape : throw new KeyNotFoundException($"The network has no value named '{name}'.");

    /// <summary>Shapes of what a layer takes.</summary>
    public IReadOnlyList<TensorShape> InputShapesOf(NetworkLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return [.. layer.Inputs.Select(ShapeOf)];
    }

    /// <summary>All weights, in the order of the layers, by their full names, such as "conv1.weight". Shared ones come once.</summary>
    public IEnumerable<(string Name, WeightDefinition Definition)> Weights() =>
        Layers.Where(layer => layer.WeightsOf is null).SelectMany(layer => layer.Weights(InputShapesOf(layer)).Select(weight => ($"{layer.Name}.{weight.Name}", weight)));

    /// <summary>The same network with what its layers left to PyTorch's defaults taken from others.</summary>
    public NetworkGraph WithDefaults(NetworkDefaults defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return defaults == NetworkDefaults.PyTorch ? this : new(Inputs, [.. Layers.Select(layer => layer.WithDefaults(defaults))], Output, Activation);
    }

    /// <summary>The number of trained parameters: running statistics do not count.</summary>
    public long ParameterCount => Weights().Where(weight => weight.Definition.Trained).Sum(weight => weight.Definition.Shape.ElementCount);

    /// <summary>Products of values and weights that one case takes on its way through: a training step takes some three times as many.</summary>
    public long Products => Layers.Sum(layer => layer.Products(InputShapesOf(layer)));

    /// <summary>What the network needs in memory, for a batch of this size, in training and in serving.</summary>
    public MemoryEstimate EstimateMemory(long batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        long weights = sizeof(float) * Weights().Sum(weight => weight.Definition.Shape.ElementCount);
        long kept = Inputs.Sum(input => Bytes(input.Name));
        long largest = 0;
        foreach (NetworkLayer layer in Layers)
        {
            kept += Bytes(layer.Name) + layer.ExtraTrainingBytes(InputShapesOf(layer)) - (MayOverwrite(layer) ? Bytes(layer.Inputs[0]) : 0);
            largest = Math.Max(largest, Bytes(layer.Name));
        }

        long training = weights + (3 * sizeof(float) * ParameterCount) + (batch * (kept + largest));
        return new MemoryEstimate(batch, weights, training, weights + (batch * LargestAlive()));
    }

    /// <summary>
    /// What a training with these options needs in memory at least: weights, gradients, the optimizer's state, the weights of
    /// the best epoch, and what the backward pass keeps of a batch.
    /// </summary>
    public MemoryEstimate EstimateTrainingMemory(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        MemoryEstimate usual = EstimateMemory(options.BatchSize);
        long activations = usual.TrainingBytes - usual.WeightBytes - (3 * sizeof(float) * ParameterCount);
        long copies = 0;
        if (options.Precision == TrainingPrecision.BFloat16)
        {
            activations /= 2;
            copies = usual.WeightBytes / 2;
        }

        long training = (2 * usual.WeightBytes) + ((1 + options.Optimizer.StatePerWeight) * sizeof(float) * ParameterCount) + activations + copies;
        return usual with { TrainingBytes = training };
    }

    /// <summary>
    /// Whether a layer may put its result where its first input was: the layer can, it is the only user, and neither the
    /// backward pass of the layer that gave the input nor the caller looks at it again.
    /// </summary>
    internal bool MayOverwrite(NetworkLayer layer) => layer.CanOverwrite && SourceOf(layer) is { NeedsOwnOutput: false } source && HasOneUser(source);

    /// <summary>
    /// The rectified linear unit that may come behind this pooling instead of before it, or null: max(0, x) of the largest is the largest of
    /// max(0, x), bit for bit, and so are the gradients, since a window whose largest is not positive gives none either way. Behind
    /// it there are fewer numbers to go through, forth and back.
    /// </summary>
    internal Relu? MayFollow(NetworkLayer layer) => layer is MaxPooling && SourceOf(layer) is Relu unit && HasOneUser(unit) ? unit : null;

    private NetworkLayer? SourceOf(NetworkLayer layer) => Layers.FirstOrDefault(other => string.Equals(other.Name, layer.Inputs[0], StringComparison.Ordinal));

    private bool HasOneUser(NetworkLayer layer) => !string.Equals(layer.Name, Output, StringComparison.Ordinal)
        && Layers.Sum(other => other.Inputs.Count(name => string.Equals(name, layer.Name, StringComparison.Ordinal))) == 1;

    /// <summary>Bytes of the values that are alive at once, at the worst moment, where each is dropped after its last use.</summary>
    private long LargestAlive()
    {
        Dictionary<string, int> lastUse = new(StringComparer.Ordinal) { [Output] = Layers.Count };
        for (int index = 0; index < Layers.Count; index++)
        {
            foreach (string input in Layers[index].Inputs)
            {
                lastUse[input] = Math.Max(index, lastUse.GetValueOrDefault(input));
            }
        }

        HashSet<string> alive = new(Inputs.Select(input => input.Name), StringComparer.Ordinal);
        long largest = 0;
        for (int index = 0; index < Layers.Count; index++)
        {
            alive.Add(Layers[index].Name);
            largest = Math.Max(largest, alive.Sum(Bytes));
            alive.RemoveWhere(name => lastUse.GetValueOrDefault(name, -1) <= index);
        }

        return largest;
    }

    private long Bytes(string name) => sizeof(float) * _shapes[name].ElementCount;

    private void NewName(string name, string kind, TensorShape shape)
    {
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]) || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '_'))
        {
            throw new NetworkGraphException($"The {kind} '{name}' needs a name of letters, digits and underscores that starts with a letter.");
        }

        if (!_shapes.TryAdd(name, shape))
        {
            throw new NetworkGraphException($"The {kind} '{name}' has a name that the network uses already.");
        }
    }

    private TensorShape Infer(NetworkLayer layer)
    {
        string? unknown = layer.Inputs.FirstOrDefault(input => !_shapes.ContainsKey(input));
        if (unknown is not null)
        {
            throw new NetworkGraphException($"Layer '{layer.Name}' ({layer.Kind}) takes '{unknown}', which is neither an input nor a layer before it.");
        }

        try
        {
            TensorShape shape = layer.OutputShape(InputShapesOf(layer));
            MustShare(layer);
            return shape;
        }
        catch (NetworkGraphException exception)
        {
            throw new NetworkGraphException($"Layer '{layer.Name}' ({layer.Kind}): {exception.Message}.", exception);
        }
    }

    private void MustShare(NetworkLayer layer)
    {
        if (layer.WeightsOf is not { } name)
        {
            return;
        }

        NetworkLayer? owner = Layers.TakeWhile(other => !ReferenceEquals(other, layer)).FirstOrDefault(other => string.Equals(other.Name, name, StringComparison.Ordinal));
        if (owner is null || owner.WeightsOf is not null || owner.GetType() != layer.GetType()
            || !owner.Weights(InputShapesOf(owner)).Select(weight => (weight.Name, weight.Shape)).SequenceEqual(layer.Weights(InputShapesOf(layer)).Select(weight => (weight.Name, weight.Shape))))
        {
            throw new NetworkGraphException($"expected to use the weights of a {layer.Kind} before it that has its own and needs the same, found '{name}'");
        }
    }

    private string WriteJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("format", 1);
            json.WriteStartArray("inputs");
            foreach (NetworkInput input in Inputs)
            {
                json.WriteStartObject();
                json.WriteString("name", input.Name);
                json.WriteStartArray("shape");
                foreach (long dimension in input.Shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("layers");
            foreach (NetworkLayer layer in Layers)
            {
                json.WriteStartObject();
                json.WriteString("name", layer.Name);
                json.WriteString("kind", layer.Kind);
                json.WriteStartArray("takes");
                foreach (string input in layer.Inputs)
                {
                    json.WriteStringValue(input);
                }

                json.WriteEndArray();
                if (layer.WeightsOf is { } owner)
                {
                    json.WriteString("weightsOf", owner);
                }

                layer.WriteSettings(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("output", Output);
            json.WriteString("activation", Activation.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}

/// <summary>A named input of a network.</summary>
/// <param name="Name">The input's name: that of the ONNX input as well.</param>
/// <param name="Shape">One case's dimensions, without the batch axis.</param>
public sealed record NetworkInput(string Name, TensorShape Shape);

/// <summary>
/// What turns a network's output into probabilities. Training sees the values before it (logits), because the loss is
/// more exact there; the served form has it as its last node.
/// </summary>
public enum OutputActivation
{
    /// <summary>The output is served as it is.</summary>
    None,

    /// <summary>Each output on its own: 1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>The outputs of a case sum to 1, over axis 1 (classes, or channels of a map).</summary>
    Softmax,
}

/// <summary>A network that cannot be: a layer that does not fit what it is given. The message names the layer.</summary>
public sealed class NetworkGraphException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public NetworkGraphException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public NetworkGraphException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and what caused it.</summary>
    public NetworkGraphException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

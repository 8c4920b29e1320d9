using System.Buffers.Binary;
using System.Collections;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>The values of all weights of a network, in the order of its layers.</summary>
public sealed class NetworkWeights : IReadOnlyCollection<NetworkWeight>
{
    // More bytes than a span can hold make a weight; it is hashed in pieces.
    private const int Piece = 1 << 20;
    private readonly List<NetworkWeight> _weights = [];
    private readonly Dictionary<string, NetworkWeight> _byName = new(StringComparer.Ordinal);

    /// <summary>Weights in the order given.</summary>
    /// <exception cref="ArgumentException">A name comes twice, or a weight has not as many values as its shape says.</exception>
    public NetworkWeights(IEnumerable<NetworkWeight> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach (NetworkWeight weight in weights)
        {
            if (weight.Values.Length != weight.Shape.ElementCount)
            {
                throw new ArgumentException($"The weight {weight.Name} has the shape {weight.Shape} and {weight.Values.Length} values.", nameof(weights));
            }

            if (!_byName.TryAdd(weight.Name, weight))
            {
                throw new ArgumentException($"The weight {weight.Name} comes twice.", nameof(weights));
            }

            _weights.Add(weight);
        }
    }

    /// <summary>The number of weights (tensors, not values).</summary>
    public int Count => _weights.Count;

    /// <summary>A weight by its full name.</summary>
    public NetworkWeight this[string name] =>
        _byName.TryGetValue(name, out NetworkWeight? weight) ? weight : throw new KeyNotFoundException($"There is no weight named '{name}'.");

    /// <summary>
    /// Starting weights. Each value depends on the seed and the weight's name alone, so that adding a layer leaves the
    /// others as they were.
    /// </summary>
    public static NetworkWeights Initialise(NetworkGraph graph, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new NetworkWeights(graph.Weights().Select(weight => Initialise(weight.Name, weight.Definition, seed)));
    }

    /// <summary>These weights with those of a start in place of each layer's that does not begin anew.</summary>
    /// <exception cref="NetworkGraphException">The start lacks a weight or has it in another shape, or names a layer that the network does not have.</exception>
    public NetworkWeights ReplacedBy(TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        MustName(start, [.. _weights.Select(weight => LayerOf(weight.Name)).Distinct(StringComparer.Ordinal)]);
        return new NetworkWeights(_weights.Select(weight => Matches(start.Fresh, LayerOf(weight.Name)) ? weight : MustHave(start, weight.Name, weight.Shape)));
    }

    private static void MustName(TrainingStart start, string[] layers)
    {
        if (start.Fresh.Concat(start.Frozen).FirstOrDefault(pattern => !layers.Any(layer => Matches([pattern], layer))) is { } unknown)
        {
            throw new NetworkGraphException($"No layer with weights has the name '{unknown}', which is to begin anew or to stay frozen; there are {string.Join(", ", layers)}.");
        }
    }

    private static NetworkWeight MustHave(TrainingStart start, string name, TensorShape shape) => start.Weights._byName.TryGetValue(name, out NetworkWeight? other) && other.Shape.Equals(shape)
        ? other
        : throw new NetworkGraphException(
            $"The weights to start from have {(other is null ? "no" : $"the shape {other.Shape} for")} {name}; the network needs {shape}. Name the layer among the fresh ones (training.fresh), or start from a network that has it.");

    /// <summary>Whether a training of a network can begin so, asked before anything is drawn or read.</summary>
    /// <exception cref="NetworkGraphException">The start lacks a weight or has it in another shape, names a layer that the network does not have, or leaves nothing to train.</exception>
    public static void MustSuit(NetworkGraph graph, TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(start);
        (string Name, WeightDefinition Definition)[] weights = [.. graph.Weights()];
        MustName(start, [.. weights.Select(weight => LayerOf(weight.Name)).Distinct(StringComparer.Ordinal)]);
        foreach ((string name, WeightDefinition definition) in weights.Where(weight => !Matches(start.Fresh, LayerOf(weight.Name))))
        {
            MustHave(start, name, definition.Shape);
        }

        if (weights.Where(weight => weight.Definition.Trained).All(weight => Matches(start.Frozen, LayerOf(weight.Name))))
        {
            throw new NetworkGraphException($"Every layer is frozen ({string.Join(", ", start.Frozen)}), so there is nothing to train: leave some out.");
        }
    }

    /// <summary>Whether a weight has this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>SHA-256 of names, shapes and bits of all values, in lower-case hexadecimal: equal where two runs ended the same.</summary>
    public string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (NetworkWeight weight in _weights)
        {
            byte[] name = Encoding.UTF8.GetBytes($"{weight.Name} {weight.Shape}");
            BinaryPrimitives.WriteInt32LittleEndian(length, name.Length);
            hash.AppendData(length);
            hash.AppendData(name);
            for (int start = 0; start < weight.Values.Length; start += Piece)
            {
                hash.AppendData(MemoryMarshal.AsBytes(weight.Values.AsSpan(start, Math.Min(Piece, weight.Values.Length - start))));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Checks that these are the weights of a network.</summary>
    /// <exception cref="NetworkGraphException">A weight is missing, of another shape, or unknown to the network.</exception>
    public void MustFit(NetworkGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        int known = 0;
        foreach ((string name, WeightDefinition definition) in graph.Weights())
        {
            if (!_byName.TryGetValue(name, out NetworkWeight? weight))
            {
                throw new NetworkGraphException($"The network needs a weight {name} of shape {definition.Shape}; there is none.");
            }

            if (!weight.Shape.Equals(definition.Shape))
            {
                throw new NetworkGraphException($"The weight {name} has the shape {weight.Shape}; the network needs {definition.Shape}.");
            }

            known++;
        }

        if (known != Count)
        {
            HashSet<string> names = [.. graph.Weights().Select(weight => weight.Name)];
            throw new NetworkGraphException($"The network knows no weight {_weights.First(weight => !names.Contains(weight.Name)).Name}.");
        }
    }

    /// <inheritdoc/>
    public IEnumerator<NetworkWeight> GetEnumerator() => _weights.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static bool Matches(IEnumerable<string> patterns, string layer) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, layer, ignoreCase: false));

    private static string LayerOf(string weight) => weight[..weight.IndexOf('.', StringComparison.Ordinal)];

    private static NetworkWeight Initialise(string name, WeightDefinition definition, ulong seed)
    {
        float[] values = new float[definition.Shape.ElementCount];
        switch (definition.Initialisation)
        {
            case WeightInitialisation.Zeros:
                break;
            case WeightInitialisation.Ones:
                Array.Fill(values, 1);
                break;
            case WeightInitialisation.KaimingUniform or WeightInitialisation.GlorotUniform:
                double bound = definition.Initialisation == WeightInitialisation.KaimingUniform
                    ? definition.Gain * Math.Sqrt(3.0 / definition.FanIn)
                    : Math.Sqrt(6.0 / (definition.FanIn + definition.FanOut));
                CounterRandom random = new(seed, 0, 0, $"initialise {name}");
                for (int index = 0; index < values.Length; index++)
                {
                    values[index] = (float)(((2 * random.NextDouble()) - 1) * bound);
                }

                break;
            default:
                throw new NotSupportedException($"The weight {name} asks for the unknown initialisation {definition.Initialisation}.");
        }

        return new NetworkWeight(name, definition.Shape, values);
    }
}

/// <summary>One weight of a network.</summary>
/// <param name="Name">Its full name, such as "conv1.weight".</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">The values, last dimension fastest. Not copied.</param>
public sealed record NetworkWeight(string Name, TensorShape Shape, float[] Values);

/// <summary>A weight that a layer needs.</summary>
/// <param name="Name">Its name within the layer, such as "weight" or "running_mean".</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Initialisation">How it starts.</param>
public sealed record WeightDefinition(string Name, TensorShape Shape, WeightInitialisation Initialisation)
{
    /// <summary>Whether gradient descent changes it; running statistics are kept and saved, but not trained.</summary>
    public bool Trained { get; init; } = true;

    /// <summary>Inputs that each output of the layer sums over; for <see cref="WeightInitialisation.KaimingUniform"/>.</summary>
    public long FanIn { get; init; } = 1;

    /// <summary>Outputs of the layer that each input goes into; for <see cref="WeightInitialisation.GlorotUniform"/>.</summary>
    public long FanOut { get; init; } = 1;

    /// <summary>The factor of <see cref="WeightInitialisation.KaimingUniform"/>.</summary>
    public double Gain { get; init; } = Math.Sqrt(2);
}

/// <summary>How a weight starts.</summary>
public enum WeightInitialisation
{
    /// <summary>All 0.</summary>
    Zeros,

    /// <summary>All 1.</summary>
    Ones,

    /// <summary>
    /// Uniform within +-gain * sqrt(3 / fan-in): the variance is gain squared / fan-in (He et al. 2015, with gain sqrt 2
    /// for layers before a ReLU).
    /// </summary>
    KaimingUniform,

    /// <summary>Uniform within +-sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010), as TensorFlow's layers start.</summary>
    GlorotUniform,
}

using System.Buffers.Binary;
using System.Collections;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>The values of all weights of a network, in the order of its layers.</summary>
public sealed class NetworkWeights : IReadOnlyCollection<NetworkWeight>
{
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
            hash.AppendData(MemoryMarshal.AsBytes(weight.Values.AsSpan()));
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
            case WeightInitialisation.KaimingUniform:
                double bound = definition.Gain * Math.Sqrt(3.0 / definition.FanIn);
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

using System.Runtime.InteropServices;
using MLNetScinti.Networks.Native;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MLNetScinti.Networks;

/// <summary>
/// The TorchSharp form of a network: takes one tensor [N, ...] for each input and gives the output before its activation
/// (logits). Parameters and buffers have the names of the graph's weights, such as "conv1.weight".
/// </summary>
public sealed class TorchNetwork : Module<IReadOnlyList<Tensor>, Tensor>
{
    private readonly List<Step> _steps = [];
    private readonly List<(string Name, TensorShape Shape, Tensor Tensor)> _all = [];
    private readonly List<Parameter> _trained = [];
    private readonly TrainingPrecision _precision;
    private readonly bool _channelsLast;

    /// <summary>The network with these weights, which are copied.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="device">Where it lives; null for the CPU.</param>
    /// <exception cref="NetworkGraphException">The weights are not the network's.</exception>
    public TorchNetwork(NetworkGraph graph, NetworkWeights weights, Device? device = null)
        : this(graph, weights, device, overwrite: true, [], TrainingPrecision.Float32, channelsLast: false)
    {
    }

    /// <summary>
    /// The network, told whether values that nobody needs any more may be overwritten (less memory, the same numbers), which
    /// layers do not change, in which numbers convolutions are trained, and whether images lie in memory with their channels
    /// last (the same values; sums come out in other last digits).
    /// </summary>
    internal TorchNetwork(NetworkGraph graph, NetworkWeights weights, Device? device, bool overwrite, IReadOnlyList<string> frozen, TrainingPrecision precision, bool channelsLast)
        : base(Named("network"))
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(weights);
        weights.MustFit(graph);
        Graph = graph;
        (_precision, _channelsLast) = (precision, channelsLast);
        foreach (NetworkLayer layer in graph.Layers)
        {
            LayerModule module = new(layer.Name);
            Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
            bool still = NetworkWeights.Matches(frozen, layer.WeightsOf ?? layer.Name);
            if (layer.WeightsOf is { } owner)
            {
                tensors = _steps.First(step => string.Equals(step.Layer.Name, owner, StringComparison.Ordinal)).Weights;
            }

            foreach (WeightDefinition definition in layer.WeightsOf is null ? layer.Weights(graph.InputShapesOf(layer)) : [])
            {
                NetworkWeight weight = weights[$"{layer.Name}.{definition.Name}"];
                Tensor tensor = torch.tensor(weight.Values, weight.Shape.ToArray(), device: device ?? CPU);
                if (definition.Trained)
                {
                    Parameter parameter = new(tensor, requires_grad: !still);
                    module.register_parameter(definition.Name, parameter);
                    if (!still)
                    {
                        _trained.Add(parameter);
                    }

                    tensor = parameter;
                }
                else
                {
                    module.register_buffer(definition.Name, tensor);
                }

                tensor.DetachFromDisposeScope();
                tensors[definition.Name] = tensor;
                _all.Add((weight.Name, weight.Shape, tensor));
            }

            Relu? behind = overwrite ? graph.MayFollow(layer) : null;
            if (behind is not null)
            {
                int at = _steps.FindIndex(step => ReferenceEquals(step.Layer, behind));
                _steps[at] = _steps[at] with { ComesLater = true };
            }

            _steps.Add(new Step(layer, graph.InputShapesOf(layer), tensors, overwrite && graph.MayOverwrite(layer), still) { Behind = behind });
            register_module(layer.Name, module);
        }
    }

    // A module calls the native library in its own constructor: it is loaded before that.
    private static string Named(string name)
    {
        NativeLibraries.Load();
        return name;
    }

    /// <summary>The network's description.</summary>
    public NetworkGraph Graph { get; }

    /// <summary>All weights by name, in the order of the graph's.</summary>
    internal List<(string Name, TensorShape Shape, Tensor Tensor)> All => _all;

    /// <summary>The parameters that are trained, in the order of the graph's weights: those of frozen layers are not.</summary>
    internal IReadOnlyList<Parameter> Trained => _trained;

    /// <inheritdoc/>
    public override Tensor forward(IReadOnlyList<Tensor> input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Count != Graph.Inputs.Count)
        {
            throw new ArgumentException($"The network has {Graph.Inputs.Count} inputs; found {input.Count}.", nameof(input));
        }

        // What no longer has a user goes at once; autograd holds what the backward pass needs.
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> values = new(StringComparer.Ordinal);
        for (int index = 0; index < input.Count; index++)
        {
            values[Graph.Inputs[index].Name] = input[index];
        }

        bool training = this.training;
        foreach (Step step in _steps)
        {
            Tensor[] inputs = [.. step.Layer.Inputs.Select(name => values[name])];
            if (step.ComesLater)
            {
                values[step.Layer.Name] = inputs[0];
                continue;
            }

            TrainingPrecision precision = training ? _precision : TrainingPrecision.Float32;
            Tensor value = step.Layer.Forward(new LayerTensors(inputs, step.Shapes, step.Weights, training && !step.Still, step.MayOverwrite, precision) { ChannelsLast = _channelsLast });
            values[step.Layer.Name] = step.Behind?.Forward(new LayerTensors([value], step.Shapes, step.Weights, training, mayOverwrite: true, precision)) ?? value;
        }

        Tensor output = values[Graph.Output];
        return (output.dtype == ScalarType.Float32 ? output : output.to_type(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>The current weights, as a copy.</summary>
    public NetworkWeights ReadWeights() =>
        new(_all.Select(weight => new NetworkWeight(weight.Name, weight.Shape, TensorValues.Read(weight.Tensor))));

    /// <summary>Copies the current weights over those of the same network.</summary>
    internal void ReadWeights(NetworkWeights into)
    {
        foreach ((string name, _, Tensor tensor) in _all)
        {
            int at = 0;
            float[] values = into[name].Values;
            TensorValues.ForEachPiece(tensor, bytes =>
            {
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values.AsSpan(at));
                at += bytes.Length / sizeof(float);
            });
        }
    }

    /// <summary>Replaces the weights.</summary>
    /// <exception cref="NetworkGraphException">The weights are not the network's.</exception>
    public void WriteWeights(NetworkWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        weights.MustFit(Graph);
        foreach ((string name, _, Tensor tensor) in _all)
        {
            TensorValues.Write(tensor, weights[name].Values);
        }
    }

    private sealed record Step(
        NetworkLayer Layer,
        IReadOnlyList<TensorShape> Shapes,
        Dictionary<string, Tensor> Weights,
        bool MayOverwrite,
        bool Still)
    {
        /// <summary>Whether the layer is left to the one that uses it.</summary>
        public bool ComesLater { get; init; }

        /// <summary>A layer that comes behind this one, though the graph has it before.</summary>
        public Relu? Behind { get; init; }
    }

    /// <summary>Holds a layer's weights under their names; the work is the layer's own.</summary>
    private sealed class LayerModule(string name) : Module(name);
}

/// <summary>Values between tensors on any device, arrays and streams.</summary>
internal static class TensorValues
{
    private const long Piece = 1 << 20;

    /// <summary>Receives the bytes of values.</summary>
    internal delegate void Receiver(ReadOnlySpan<byte> bytes);

    /// <summary>Gives the bytes of values.</summary>
    internal delegate void Giver(Span<byte> bytes);

    /// <summary>Calls with the values, piece by piece.</summary>
    public static void ForEachPiece(Tensor tensor, Receiver receive)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = tensor.detach().contiguous().reshape(-1);
        for (long start = 0; start < flat.numel(); start += Piece)
        {
            using Tensor piece = flat.narrow(0, start, Math.Min(Piece, flat.numel() - start)).cpu();
            receive(piece.bytes);
        }
    }

    /// <summary>Replaces the values, piece by piece.</summary>
    public static void FillByPieces(Tensor tensor, Giver give)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor flat = tensor.detach().view(-1);
        byte[] bytes = new byte[sizeof(float) * Math.Min(Piece, flat.numel())];
        for (long start = 0; start < flat.numel(); start += Piece)
        {
            int count = (int)Math.Min(Piece, flat.numel() - start);
            give(bytes.AsSpan(0, sizeof(float) * count));
            using Tensor piece = torch.tensor(MemoryMarshal.Cast<byte, float>(bytes.AsSpan(0, sizeof(float) * count)).ToArray());
            using Tensor place = flat.narrow(0, start, count);
            place.copy_(piece).Dispose();
        }
    }

    public static float[] Read(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor.detach().cpu().contiguous();
        using TensorAccessor<float> accessor = values.data<float>();
        return accessor.ToArray();
    }

    public static void Write(Tensor tensor, float[] values)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        tensor.copy_(torch.tensor(values, tensor.shape));
    }
}

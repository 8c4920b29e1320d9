using MLNetScinti.Networks.Layers;
using MLNetScinti.Networks.Native;
using TorchSharp;
using TorchSharp.Modules;
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

    /// <summary>The network with these weights, which are copied.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="device">Where it lives; null for the CPU.</param>
    /// <exception cref="NetworkGraphException">The weights are not the network's.</exception>
    public TorchNetwork(NetworkGraph graph, NetworkWeights weights, Device? device = null)
        : this(graph, weights, device, overwrite: true)
    {
    }

    /// <summary>The network, told whether values that nobody needs any more may be overwritten: less memory, the same numbers.</summary>
    internal TorchNetwork(NetworkGraph graph, NetworkWeights weights, Device? device, bool overwrite)
        : base(Named("network"))
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(weights);
        weights.MustFit(graph);
        Graph = graph;
        foreach (NetworkLayer layer in graph.Layers)
        {
            LayerModule module = new(layer.Name);
            Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
            foreach (WeightDefinition definition in layer.Weights(graph.InputShapesOf(layer)))
            {
                NetworkWeight weight = weights[$"{layer.Name}.{definition.Name}"];
                Tensor tensor = torch.tensor(weight.Values, weight.Shape.ToArray(), device: device ?? CPU);
                if (definition.Trained)
                {
                    Parameter parameter = new(tensor);
                    module.register_parameter(definition.Name, parameter);
                    _trained.Add(parameter);
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

            _steps.Add(new Step(layer, graph.InputShapesOf(layer), tensors, overwrite && graph.MayOverwrite(layer)));
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

    /// <summary>The trained parameters, in the order of the graph's weights.</summary>
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
            values[step.Layer.Name] = step.Layer.Forward(new LayerTensors(inputs, step.Shapes, step.Weights, training, step.MayOverwrite));
        }

        return values[Graph.Output].MoveToOuterDisposeScope();
    }

    /// <summary>The current weights, as a copy.</summary>
    public NetworkWeights ReadWeights() =>
        new(_all.Select(weight => new NetworkWeight(weight.Name, weight.Shape, TensorValues.Read(weight.Tensor))));

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
        IReadOnlyDictionary<string, Tensor> Weights,
        bool MayOverwrite);

    /// <summary>Holds a layer's weights under their names; the work is the layer's own.</summary>
    private sealed class LayerModule(string name) : Module(name);
}

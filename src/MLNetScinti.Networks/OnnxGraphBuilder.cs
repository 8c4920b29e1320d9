using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using MLNetScinti.Imaging;
using MLNetScinti.Networks.Onnx;

namespace MLNetScinti.Networks;

/// <summary>
/// Writes an ONNX model: inputs, constants, nodes, networks with their weights, outputs. Image operators write themselves
/// into it as well, so that a whole pipeline becomes one file. Operation set 17, IR version 8. The same calls give the same
/// bytes.
/// </summary>
public sealed class OnnxGraphBuilder : INodeGraph
{
    /// <summary>The name of the batch axis.</summary>
    public const string BatchAxis = "N";

    /// <summary>The version of the ONNX operations that are written.</summary>
    public const int OperationSet = 17;

    private const int IrVersion = 8;

    // The format's numbers of attributes that hold graphs (If, Loop); this writer makes none.
    private const int GraphAttribute = 5, GraphsAttribute = 10;

    private readonly GraphProto _graph;
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<(TensorProto Tensor, ReadOnlyMemory<float> Values)> _large = [];

    /// <summary>An empty graph.</summary>
    /// <param name="name">The graph's name, for tools that show it.</param>
    public OnnxGraphBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _graph = new GraphProto { Name = name };
    }

    /// <summary>What the model is, in words; empty for nothing.</summary>
    public string Documentation { get; set; } = "";

    /// <summary>The version of the model, a number that the owner counts.</summary>
    public long ModelVersion { get; set; } = 1;

    /// <summary>Keys and values that travel with the model, written in the order of the keys. No patient's data.</summary>
    public IDictionary<string, string> Metadata => _metadata;

    /// <summary>Adds an input and returns its name.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="shape">The dimensions behind the batch axis, which is left open as N.</param>
    /// <param name="element">The type of the elements.</param>
    /// <param name="documentation">What it holds, in words.</param>
    public string Input(string name, IReadOnlyList<long> shape, OnnxElement element = OnnxElement.Float, string documentation = "")
    {
        _graph.Input.Add(ValueInfo(NewName(name), shape, element, documentation));
        return name;
    }

    /// <summary>Makes a value an output of the model.</summary>
    /// <param name="value">The value's name in the graph.</param>
    /// <param name="name">The output's name.</param>
    /// <param name="shape">The dimensions behind the batch axis.</param>
    /// <param name="element">The type of the elements.</param>
    /// <param name="documentation">What it holds, in words.</param>
    public void Output(string value, string name, IReadOnlyList<long> shape, OnnxElement element = OnnxElement.Float, string documentation = "")
    {
        MustKnow(value, "output " + name);
        NodeProto node = new() { OpType = "Identity", Name = NewName(name) + "_output" };
        node.Input.Add(value);
        node.Output.Add(name);
        _graph.Node.Add(node);
        _graph.Output.Add(ValueInfo(name, shape, element, documentation));
    }

    /// <inheritdoc/>
    public string Constant(ReadOnlySpan<float> values, ReadOnlySpan<long> shape) =>
        Tensor(Unused("constant"), MemoryMarshal.AsBytes(values), values.Length, shape, OnnxElement.Float);

    /// <inheritdoc/>
    public string Constant(ReadOnlySpan<long> values, ReadOnlySpan<long> shape) =>
        Tensor(Unused("constant"), MemoryMarshal.AsBytes(values), values.Length, shape, OnnxElement.Int64);

    /// <summary>Adds values under a name of the caller's, such as a weight's, and returns the name.</summary>
    public string Initialiser(string name, ReadOnlySpan<float> values, ReadOnlySpan<long> shape) =>
        Tensor(NewName(name), MemoryMarshal.AsBytes(values), values.Length, shape, OnnxElement.Float);

    /// <summary>Adds values under a name of the caller's without copying them, and returns the name: they must not change until the model is written.</summary>
    public string Initialiser(string name, ReadOnlyMemory<float> values, ReadOnlySpan<long> shape)
    {
        Tensor(NewName(name), [], values.Length, shape, OnnxElement.Float);
        _large.Add((_graph.Initializer[^1], values));
        return name;
    }

    /// <inheritdoc/>
    public string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<NodeAttribute> attributes) =>
        Nodes(operation, 1, inputs, attributes)[0];

    /// <summary>Adds a node of several outputs, and returns their names.</summary>
    public IReadOnlyList<string> Nodes(string operation, int outputs, ReadOnlySpan<string> inputs, params ReadOnlySpan<NodeAttribute> attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        NodeProto node = new() { OpType = operation, Name = Unused(operation.ToLowerInvariant()) };
        foreach (string input in inputs)
        {
            if (input.Length > 0)
            {
                MustKnow(input, "node " + operation);
            }

            node.Input.Add(input);
        }

        node.Output.Add(node.Name);
        for (int output = 1; output < outputs; output++)
        {
            node.Output.Add(NewName($"{node.Name}_{output.ToString(CultureInfo.InvariantCulture)}"));
        }

        foreach (NodeAttribute attribute in attributes)
        {
            node.Attribute.Add(Attribute(attribute));
        }

        _graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>
    /// Writes what a whole model computes into this graph, with a prefix before its names, and returns the values of some of its
    /// outputs here. What only its other outputs need is left out.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="prefix">What stands before the names of its nodes and weights.</param>
    /// <param name="inputs">For each of its inputs the value in this graph that it reads.</param>
    /// <param name="outputs">The outputs that are wanted.</param>
    /// <exception cref="ArgumentException">The model has another input or no such output, is written in other operations, or holds graphs within nodes.</exception>
    public IReadOnlyDictionary<string, string> AddModel(OnnxModel model, string prefix, IReadOnlyDictionary<string, string> inputs, IReadOnlyList<string> outputs)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        GraphProto graph = model.Graph;
        if (model.OperationSet != OperationSet)
        {
            throw new ArgumentException($"The model {graph.Name} is written in the operations of set {model.OperationSet}; this one in those of {OperationSet}.", nameof(model));
        }

        foreach (string output in outputs.Where(output => graph.Output.All(own => own.Name != output)))
        {
            throw new ArgumentException($"The model {graph.Name} has no output {output}; it has {string.Join(", ", graph.Output.Select(own => own.Name))}.", nameof(outputs));
        }

        Dictionary<string, string> names = new(StringComparer.Ordinal) { [""] = "" };
        foreach (ValueInfoProto input in graph.Input)
        {
            names[input.Name] = inputs.GetValueOrDefault(input.Name) ?? throw new ArgumentException($"The model {graph.Name} reads {input.Name}; given are {string.Join(", ", inputs.Keys)}.", nameof(inputs));
        }

        HashSet<string> needed = [.. outputs];
        List<NodeProto> nodes = [];
        foreach (NodeProto node in graph.Node.Reverse().Where(node => node.Output.Any(needed.Contains)))
        {
            nodes.Add(node);
            needed.UnionWith(node.Input);
        }

        string Renamed(string name) => names.TryGetValue(name, out string? there) ? there : names[name] = NewName(prefix + name);
        Dictionary<string, ReadOnlyMemory<float>> weights = model.Weights.ToDictionary(weight => weight.Tensor.Name, weight => weight.Values, StringComparer.Ordinal);
        foreach (TensorProto tensor in graph.Initializer.Where(tensor => needed.Contains(tensor.Name)))
        {
            TensorProto own = tensor.Clone();
            own.Name = Renamed(tensor.Name);
            _graph.Initializer.Add(own);
            if (weights.TryGetValue(tensor.Name, out ReadOnlyMemory<float> values))
            {
                _large.Add((own, values));
            }
        }

        foreach (NodeProto node in nodes.AsEnumerable().Reverse())
        {
            if (node.Attribute.Any(attribute => (int)attribute.Type is GraphAttribute or GraphsAttribute))
            {
                throw new ArgumentException($"The model {graph.Name} has a graph within its node {node.Name}, which is not taken over.", nameof(model));
            }

            NodeProto own = node.Clone();
            own.Name = prefix + node.Name;
            own.Input.Clear();
            own.Input.AddRange(node.Input.Select(input => names.TryGetValue(input, out string? there) ? there
                : throw new ArgumentException($"The model {graph.Name} is not whole: {node.Name} reads {input}, which nothing makes.", nameof(model))));
            own.Output.Clear();
            own.Output.AddRange(node.Output.Select(Renamed));
            _graph.Node.Add(own);
        }

        return outputs.ToDictionary(output => output, output => names.TryGetValue(output, out string? value) ? value
            : throw new ArgumentException($"The model {graph.Name} is not whole: nothing makes its output {output}.", nameof(model)), StringComparer.Ordinal);
    }

    /// <summary>The model as the bytes of an ONNX file.</summary>
    /// <exception cref="InvalidOperationException">The model has no output, or is larger than one such file can be.</exception>
    public byte[] Build() => BuildModel().ToBytes();

    /// <summary>The model, to be written to one file or two.</summary>
    /// <exception cref="InvalidOperationException">The model has no output.</exception>
    public OnnxModel BuildModel()
    {
        if (_graph.Output.Count == 0)
        {
            throw new InvalidOperationException($"The model {_graph.Name} has no output.");
        }

        ModelProto model = new()
        {
            IrVersion = IrVersion,
            ProducerName = "MLNetScinti",
            ProducerVersion = typeof(OnnxGraphBuilder).Assembly.GetName().Version?.ToString(3) ?? "",
            ModelVersion = ModelVersion,
            DocString = Documentation,
            Graph = _graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperationSet });
        model.MetadataProps.AddRange(_metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        return new OnnxModel(model, _large);
    }

    private static AttributeProto Attribute(NodeAttribute attribute)
    {
        AttributeProto proto = new() { Name = attribute.Name };
        switch (attribute.Value)
        {
            case long value:
                (proto.I, proto.Type) = (value, AttributeProto.Types.AttributeType.Int);
                break;
            case long[] values:
                proto.Ints.AddRange(values);
                proto.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            case float value:
                (proto.F, proto.Type) = (value, AttributeProto.Types.AttributeType.Float);
                break;
            case string value:
                (proto.S, proto.Type) = (ByteString.CopyFromUtf8(value), AttributeProto.Types.AttributeType.String);
                break;
            default:
                throw new NotSupportedException($"The attribute {attribute.Name} holds a {attribute.Value.GetType().Name}, which this writer does not know.");
        }

        return proto;
    }

    private static ValueInfoProto ValueInfo(string name, IReadOnlyList<long> shape, OnnxElement element, string documentation)
    {
        ArgumentNullException.ThrowIfNull(shape);
        TensorShapeProto dimensions = new();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = BatchAxis });
        dimensions.Dim.AddRange(shape.Select(dimension => new TensorShapeProto.Types.Dimension { DimValue = dimension }));
        return new ValueInfoProto
        {
            Name = name,
            DocString = documentation,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)element, Shape = dimensions } },
        };
    }

    private string Tensor(string name, ReadOnlySpan<byte> bytes, int count, ReadOnlySpan<long> shape, OnnxElement element)
    {
        long expected = 1;
        TensorProto tensor = new() { Name = name, DataType = (int)element, RawData = ByteString.CopyFrom(bytes) };
        foreach (long dimension in shape)
        {
            expected *= dimension;
            tensor.Dims.Add(dimension);
        }

        if (expected != count)
        {
            throw new ArgumentException($"The constant {name} has the shape [{string.Join(", ", shape.ToArray())}] and {count} values.", nameof(shape));
        }

        _graph.Initializer.Add(tensor);
        return name;
    }

    private string NewName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _names.Add(name) ? name : throw new ArgumentException($"The name '{name}' is in the graph already.", nameof(name));
    }

    private string Unused(string stem)
    {
        for (; ; )
        {
            int count = _counts[stem] = _counts.GetValueOrDefault(stem) + 1;
            string name = $"{stem}_{count.ToString(CultureInfo.InvariantCulture)}";
            if (_names.Add(name))
            {
                return name;
            }
        }
    }

    private void MustKnow(string value, string user)
    {
        if (!_names.Contains(value))
        {
            throw new ArgumentException($"The {user} takes '{value}', which is not in the graph.", nameof(value));
        }
    }
}

/// <summary>The element type of a value in an ONNX graph. The numbers are those of the format.</summary>
public enum OnnxElement
{
    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>64-bit signed integer.</summary>
    Int64 = 7,

    /// <summary>Text.</summary>
    String = 8,

    /// <summary>True or false.</summary>
    Boolean = 9,

    /// <summary>64-bit floating point.</summary>
    Double = 11,
}

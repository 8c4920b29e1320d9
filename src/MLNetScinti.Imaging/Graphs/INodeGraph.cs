namespace MLNetScinti.Imaging;

/// <summary>
/// A graph of ONNX nodes under construction, as an operator sees it. Operation set 17. Every image in the graph carries a
/// leading batch axis: [N, sections, rows, columns] or [N, rows, columns], for any N.
/// </summary>
public interface INodeGraph
{
    /// <summary>Adds a constant of type float and returns its name.</summary>
    /// <param name="values">The values, last dimension fastest.</param>
    /// <param name="shape">The dimensions; empty for a scalar.</param>
    string Constant(ReadOnlySpan<float> values, ReadOnlySpan<long> shape);

    /// <summary>Adds a constant of type int64 and returns its name.</summary>
    /// <param name="values">The values, last dimension fastest.</param>
    /// <param name="shape">The dimensions; empty for a scalar.</param>
    string Constant(ReadOnlySpan<long> values, ReadOnlySpan<long> shape);

    /// <summary>Adds a node of the default ONNX domain and returns the name of its first output.</summary>
    /// <param name="operation">The ONNX operation, such as "ReduceMax".</param>
    /// <param name="inputs">Names of the inputs; an empty name leaves out an optional input.</param>
    /// <param name="attributes">The node's attributes.</param>
    string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<NodeAttribute> attributes);
}

/// <summary>An attribute of an ONNX node: a name with an integer, several integers, a number or a text.</summary>
public sealed record NodeAttribute
{
    /// <summary>An integer attribute.</summary>
    public NodeAttribute(string name, long value) => (Name, Value) = (name, value);

    /// <summary>An attribute of several integers.</summary>
    public NodeAttribute(string name, long[] value) => (Name, Value) = (name, value);

    /// <summary>A number attribute.</summary>
    public NodeAttribute(string name, float value) => (Name, Value) = (name, value);

    /// <summary>A text attribute.</summary>
    public NodeAttribute(string name, string value) => (Name, Value) = (name, value);

    /// <summary>The attribute's name.</summary>
    public string Name { get; }

    /// <summary>The value: a <see cref="long"/>, a <see cref="long"/> array, a <see cref="float"/> or a <see cref="string"/>.</summary>
    public object Value { get; }
}

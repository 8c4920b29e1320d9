namespace MLNetScinti.Imaging;

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

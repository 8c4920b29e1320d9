namespace MLNetScinti.Networks;

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

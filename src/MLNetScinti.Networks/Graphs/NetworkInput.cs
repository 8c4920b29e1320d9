namespace MLNetScinti.Networks;

/// <summary>A named input of a network.</summary>
/// <param name="Name">The input's name: that of the ONNX input as well.</param>
/// <param name="Shape">One case's dimensions, without the batch axis.</param>
public sealed record NetworkInput(string Name, TensorShape Shape);

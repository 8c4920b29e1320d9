namespace MLNetScinti.Networks;

/// <summary>One weight of a network.</summary>
/// <param name="Name">Its full name, such as "conv1.weight".</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">The values, last dimension fastest. Not copied.</param>
public sealed record NetworkWeight(string Name, TensorShape Shape, float[] Values);

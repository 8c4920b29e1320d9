namespace MLNetScinti.Networks;

/// <summary>
/// What a network needs in memory, from its shapes alone: a lower bound to warn with before a run, not a measurement.
/// Working space of the convolution kernels and the libraries themselves come on top.
/// </summary>
/// <param name="Batch">Cases that are worked on at once.</param>
/// <param name="WeightBytes">The weights, float32.</param>
/// <param name="TrainingBytes">
/// Weights, their gradients, the optimiser's two moments, and for each case every value that the backward pass needs,
/// with the gradient of the largest.
/// </param>
/// <param name="ServingBytes">Weights and the largest sum of values that are alive at the same time.</param>
public sealed record MemoryEstimate(long Batch, long WeightBytes, long TrainingBytes, long ServingBytes);

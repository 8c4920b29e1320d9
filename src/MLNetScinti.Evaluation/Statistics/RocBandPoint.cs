namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Limits of the sensitivity at one false positive rate.</summary>
/// <param name="FalsePositiveRate">The abscissa.</param>
/// <param name="Lower">Lower limit of the sensitivity there.</param>
/// <param name="Upper">Upper limit of the sensitivity there.</param>
public readonly record struct RocBandPoint(double FalsePositiveRate, double Lower, double Upper);

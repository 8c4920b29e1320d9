namespace MLNetScinti.Pipelines.Serving;

/// <summary>A case's score with what speaks for it.</summary>
/// <param name="Score">The network's logit.</param>
/// <param name="Maps">The values of each class activation map, in the order of <see cref="ExplainingModel.Maps"/>; last axis fastest, nothing below 0.</param>
public sealed record ExplainedScore(float Score, IReadOnlyList<float[]> Maps);

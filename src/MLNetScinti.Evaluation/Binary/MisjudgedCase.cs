namespace MLNetScinti.Evaluation;

/// <summary>A case that was called wrongly.</summary>
/// <param name="Case">The case.</param>
/// <param name="Missed">True for an abnormal case called normal, false for a false alarm.</param>
/// <param name="Distance">How far its probability is on the wrong side of the threshold.</param>
public sealed record MisjudgedCase(ScoredCase Case, bool Missed, double Distance);

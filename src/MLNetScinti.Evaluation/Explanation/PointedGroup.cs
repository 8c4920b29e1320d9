namespace MLNetScinti.Evaluation;

/// <summary>The agreement of maps with true defects for defects of one size.</summary>
/// <param name="Name">The size, such as "1 to 3 ml".</param>
/// <param name="HitRate">Part of the cases in which the hottest place lies at a true defect.</param>
/// <param name="Chance">What a place drawn at random in the organ would give.</param>
public sealed record PointedGroup(string Name, Metric HitRate, Metric Chance);

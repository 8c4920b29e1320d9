namespace MLNetScinti.Evaluation.Reporting;

/// <summary>How long one stage of a run took.</summary>
/// <param name="Stage">Its name, such as "training".</param>
/// <param name="Duration">Wall-clock time.</param>
public sealed record StageDuration(string Stage, TimeSpan Duration);

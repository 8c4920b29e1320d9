namespace MLNetScinti.Evaluation.Reporting;

/// <summary>An input that was left out, and why.</summary>
/// <param name="Name">A name that identifies no patient: a pseudonym, or a file name where file names hold no identity.</param>
/// <param name="Reason">What was wrong, in one sentence.</param>
public sealed record SkippedInput(string Name, string Reason);

namespace MLNetScinti.Evaluation;

/// <summary>A confidence interval and how it was made.</summary>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="Method">The method in words, such as "Wilson".</param>
/// <param name="Level">Coverage aimed at, such as 0.95.</param>
public sealed record ConfidenceInterval(double Lower, double Upper, string Method, double Level = 0.95);

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>A point of a precision-recall curve: cases with a score of at least <paramref name="Threshold"/> are called positive.</summary>
/// <param name="Threshold">The score.</param>
/// <param name="Precision">Share of those called positive that are positive.</param>
/// <param name="Recall">Share of the positives that are called positive.</param>
public readonly record struct PrecisionRecallPoint(double Threshold, double Precision, double Recall);

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>One epoch of a training.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainingLoss">Mean loss over the training cases.</param>
/// <param name="ValidationLoss">Mean loss over the validation cases, where it was computed.</param>
/// <param name="ValidationAccuracy">Share of validation cases called right, where it was computed.</param>
public sealed record TrainingEpoch(int Epoch, double TrainingLoss, double? ValidationLoss = null, double? ValidationAccuracy = null);

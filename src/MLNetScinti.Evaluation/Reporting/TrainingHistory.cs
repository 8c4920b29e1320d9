using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>How a training went, epoch by epoch.</summary>
/// <param name="Epochs">The epochs in order.</param>
/// <param name="BestEpoch">The epoch whose weights were kept, where one was chosen.</param>
[TypeFormatterSource(typeof(TrainingHistory))]
public sealed record TrainingHistory(IReadOnlyList<TrainingEpoch> Epochs, int? BestEpoch = null);

/// <summary>One epoch of a training.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainingLoss">Mean loss over the training cases.</param>
/// <param name="ValidationLoss">Mean loss over the validation cases, where it was computed.</param>
/// <param name="ValidationAccuracy">Share of validation cases called right, where it was computed.</param>
public sealed record TrainingEpoch(int Epoch, double TrainingLoss, double? ValidationLoss = null, double? ValidationAccuracy = null);

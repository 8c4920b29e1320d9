using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>How a training went, epoch by epoch.</summary>
/// <param name="Epochs">The epochs in order.</param>
/// <param name="BestEpoch">The epoch whose weights were kept, where one was chosen.</param>
[TypeFormatterSource(typeof(TrainingHistory))]
public sealed record TrainingHistory(IReadOnlyList<TrainingEpoch> Epochs, int? BestEpoch = null);

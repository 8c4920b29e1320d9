namespace MLNetScinti.Networks;

/// <summary>How far training is: sent at the end of each epoch, and within a long epoch about once a second.</summary>
/// <param name="Epoch">The epoch that is running or just ended, from 1.</param>
/// <param name="Epochs">All epochs.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="TrainingLoss">Mean loss of the epoch so far.</param>
/// <param name="Finished">What came out of the epoch, at its end; else null.</param>
/// <param name="Best">The best epoch so far; null in the first.</param>
/// <param name="Elapsed">Time since this run began.</param>
/// <param name="Remaining">Time left, at the pace of this run; null before there is one.</param>
public sealed record TrainingProgress(
    int Epoch,
    int Epochs,
    int Step,
    int Steps,
    double TrainingLoss,
    EpochResult? Finished,
    EpochResult? Best,
    TimeSpan Elapsed,
    TimeSpan? Remaining);

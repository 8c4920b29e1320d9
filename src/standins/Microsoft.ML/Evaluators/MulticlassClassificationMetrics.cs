namespace Microsoft.ML.Data;

/// <summary>How well scores tell several classes apart; the first highest score is the prediction. Losses are in nats.</summary>
public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics(MulticlassTally tally, int topKPredictionCount)
    {
        LogLoss = tally.LogLoss;
        LogLossReduction = tally.LogLossReduction;
        MicroAccuracy = tally.MicroAccuracy;
        MacroAccuracy = tally.MacroAccuracy;
        PerClassLogLoss = tally.PerClassLogLoss;
        ConfusionMatrix = tally.ConfusionMatrix();
        TopKPredictionCount = topKPredictionCount;
        if (topKPredictionCount > 0)
        {
            TopKAccuracyForAllK = tally.TopKAccuracies(topKPredictionCount);
            TopKAccuracy = TopKAccuracyForAllK[^1];
        }
    }

    public double LogLoss { get; }

    public double LogLossReduction { get; }

    public double MacroAccuracy { get; }

    public double MicroAccuracy { get; }

    public double TopKAccuracy { get; }

    public int TopKPredictionCount { get; }

    public IReadOnlyList<double> TopKAccuracyForAllK { get; }

    public IReadOnlyList<double> PerClassLogLoss { get; }

    public ConfusionMatrix ConfusionMatrix { get; }
}

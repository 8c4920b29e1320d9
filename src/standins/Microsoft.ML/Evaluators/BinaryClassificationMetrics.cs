namespace Microsoft.ML.Data;

/// <summary>How well scores tell two classes apart; a score above 0 counts as positive.</summary>
public class BinaryClassificationMetrics
{
    internal BinaryClassificationMetrics(BinaryTally tally)
    {
        AreaUnderRocCurve = tally.AreaUnderRocCurve();
        AreaUnderPrecisionRecallCurve = tally.AreaUnderPrecisionRecallCurve();
        Accuracy = tally.Accuracy;
        ConfusionMatrix = tally.ConfusionMatrix();
        PositivePrecision = ConfusionMatrix.PerClassPrecision[0];
        NegativePrecision = ConfusionMatrix.PerClassPrecision[1];
        PositiveRecall = ConfusionMatrix.PerClassRecall[0];
        NegativeRecall = ConfusionMatrix.PerClassRecall[1];
        double sum = PositivePrecision + PositiveRecall;
        F1Score = sum > 0 ? 2 * PositivePrecision * PositiveRecall / sum : 0;
    }

    public double AreaUnderRocCurve { get; }

    public double Accuracy { get; }

    public double PositivePrecision { get; }

    public double PositiveRecall { get; }

    public double NegativePrecision { get; }

    public double NegativeRecall { get; }

    public double F1Score { get; }

    public double AreaUnderPrecisionRecallCurve { get; }

    public ConfusionMatrix ConfusionMatrix { get; }
}

namespace Microsoft.ML.Data;

/// <summary>The metrics of scores that come with a probability. Losses are in bits.</summary>
public sealed class CalibratedBinaryClassificationMetrics : BinaryClassificationMetrics
{
    internal CalibratedBinaryClassificationMetrics(BinaryTally tally)
        : base(tally)
    {
        LogLoss = tally.LogLoss;
        Entropy = tally.Entropy;
        LogLossReduction = (Entropy - LogLoss) / Entropy;
    }

    public double LogLoss { get; }

    public double LogLossReduction { get; }

    public double Entropy { get; }
}

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>One bin of a reliability curve.</summary>
/// <param name="Lower">Lower edge.</param>
/// <param name="Upper">Upper edge.</param>
/// <param name="Cases">Cases in the bin.</param>
/// <param name="Positives">Positive ones among them.</param>
/// <param name="MeanProbability">The mean of the probabilities in the bin; NaN where it is empty.</param>
public sealed record ReliabilityBin(double Lower, double Upper, int Cases, int Positives, double MeanProbability)
{
    /// <summary>The share of positives; NaN where the bin is empty.</summary>
    public double Observed => Cases == 0 ? double.NaN : (double)Positives / Cases;
}

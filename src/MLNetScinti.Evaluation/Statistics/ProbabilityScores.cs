namespace MLNetScinti.Evaluation.Statistics;

/// <summary>How good probabilities are as probabilities, whatever the threshold.</summary>
public static class ProbabilityScores
{
    /// <summary>
    /// The mean negative log probability of the truth, in nats (scikit-learn's unit; ML.NET's binary LogLoss is in bits).
    /// Infinite where the truth was given the probability 0.
    /// </summary>
    /// <param name="probabilities">Probability of positive per case, 0 to 1.</param>
    /// <param name="labels">One label per case.</param>
    public static double LogLoss(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        BinarySample.CheckLengths(probabilities, labels);
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            sum -= LogOfTruth(probabilities[i], labels[i]);
        }

        return sum / labels.Length;
    }

    /// <summary>The mean squared difference between probability and truth (Brier, Monthly Weather Review 1950;78:1-3).</summary>
    /// <inheritdoc cref="LogLoss"/>
    public static double Brier(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels)
    {
        BinarySample.CheckLengths(probabilities, labels);
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            sum += Squared(probabilities[i], labels[i]);
        }

        return sum / labels.Length;
    }

    /// <summary>The reliability curve: cases grouped by probability into equally wide bins.</summary>
    /// <param name="probabilities">Probability per case: of positive, or of the class called (then the labels say whether it was right).</param>
    /// <param name="labels">One label per case.</param>
    /// <param name="bins">Number of bins; edges are k / bins.</param>
    /// <param name="edges">Where a probability on an edge belongs.</param>
    public static IReadOnlyList<ReliabilityBin> Reliability(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, int bins = 10, BinEdges edges = BinEdges.LeftClosed)
    {
        BinarySample.CheckLengths(probabilities, labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        int[] cases = new int[bins], positives = new int[bins];
        double[] sums = new double[bins];
        for (int i = 0; i < labels.Length; i++)
        {
            int bin = BinOf(probabilities[i], bins, edges);
            cases[bin]++;
            positives[bin] += labels[i] ? 1 : 0;
            sums[bin] += probabilities[i];
        }

        return [.. Enumerable.Range(0, bins).Select(k => new ReliabilityBin((double)k / bins, (double)(k + 1) / bins, cases[k], positives[k], sums[k] / cases[k]))];
    }

    /// <summary>Expected calibration error: the mean distance between probability and observed share over the bins, weighted by their cases.</summary>
    public static double ExpectedCalibrationError(IReadOnlyList<ReliabilityBin> bins)
    {
        ArgumentNullException.ThrowIfNull(bins);
        double all = bins.Sum(bin => bin.Cases);
        return bins.Where(bin => bin.Cases > 0).Sum(bin => bin.Cases / all * Math.Abs(bin.Observed - bin.MeanProbability));
    }

    internal static double LogOfTruth(double probability, bool label) => label ? Math.Log(probability) : Math.Log(1 - probability);

    /// <summary>The negative log probability of the truth by the logit, in nats: finite for every finite logit, also where the probability is 0 or 1 in its last digit.</summary>
    internal static double LossOfLogit(double logit, bool label)
    {
        double margin = label ? logit : -logit;
        return Math.Max(0, -margin) + Math.Log(1 + Math.Exp(-Math.Abs(margin)));
    }

    internal static double Squared(double probability, bool label)
    {
        double difference = probability - (label ? 1 : 0);
        return difference * difference;
    }

    internal static int BinOf(double probability, int bins, BinEdges edges)
    {
        // A first guess, corrected against the edges as they are in floating point.
        int bin = Math.Clamp((int)(probability * bins), 0, bins - 1);
        if (edges == BinEdges.LeftClosed)
        {
            while (bin > 0 && probability < (double)bin / bins)
            {
                bin--;
            }

            while (bin < bins - 1 && probability >= (double)(bin + 1) / bins)
            {
                bin++;
            }
        }
        else
        {
            while (bin > 0 && probability <= (double)bin / bins)
            {
                bin--;
            }

            while (bin < bins - 1 && probability > (double)(bin + 1) / bins)
            {
                bin++;
            }
        }

        return bin;
    }
}

/// <summary>Which bin a probability on an edge belongs to. The expected calibration error depends on it.</summary>
public enum BinEdges
{
    /// <summary>[a, b), the last bin [a, 1]: an edge belongs to the bin above (torchmetrics).</summary>
    LeftClosed,

    /// <summary>(a, b], the first bin [0, b]: an edge belongs to the bin below (Guo et al. 2017).</summary>
    RightClosed,
}

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

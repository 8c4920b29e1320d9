namespace MLNetScinti.Evaluation.Statistics;

/// <summary>A point of a ROC curve: cases with a score of at least <paramref name="Threshold"/> are called positive.</summary>
/// <param name="Threshold">The score; positive infinity for the first point, where nothing is called positive.</param>
/// <param name="TruePositives">Positives called positive.</param>
/// <param name="FalsePositives">Negatives called positive.</param>
/// <param name="Positives">All positives.</param>
/// <param name="Negatives">All negatives.</param>
public readonly record struct RocPoint(double Threshold, int TruePositives, int FalsePositives, int Positives, int Negatives)
{
    /// <summary>True positive rate, the ordinate.</summary>
    public double Sensitivity => (double)TruePositives / Positives;

    /// <summary>False positive rate, the abscissa.</summary>
    public double FalsePositiveRate => (double)FalsePositives / Negatives;

    /// <summary>True negative rate.</summary>
    public double Specificity => (double)(Negatives - FalsePositives) / Negatives;

    /// <summary>Youden's index J = sensitivity + specificity - 1.</summary>
    public double Youden => (double)YoudenNumerator / ((long)Positives * Negatives);

    /// <summary>J times positives times negatives: an integer, so that two points compare exactly.</summary>
    public long YoudenNumerator => ((long)TruePositives * Negatives) - ((long)FalsePositives * Positives);

    /// <summary>The distance to the corner of perfect classification (0, 1).</summary>
    public double DistanceToCorner => Math.Sqrt((FalsePositiveRate * FalsePositiveRate) + ((1 - Sensitivity) * (1 - Sensitivity)));
}

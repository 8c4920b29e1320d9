namespace MLNetScinti.Evaluation;

/// <summary>How many cases were called what: the four counts behind every figure at a threshold.</summary>
/// <param name="TruePositives">Positive, called positive.</param>
/// <param name="FalseNegatives">Positive, called negative (missed).</param>
/// <param name="FalsePositives">Negative, called positive (false alarm).</param>
/// <param name="TrueNegatives">Negative, called negative.</param>
public readonly record struct ConfusionCounts(int TruePositives, int FalseNegatives, int FalsePositives, int TrueNegatives)
{
    /// <summary>Cases of the positive class.</summary>
    public int Positives => TruePositives + FalseNegatives;

    /// <summary>Cases of the negative class.</summary>
    public int Negatives => FalsePositives + TrueNegatives;

    /// <summary>Cases called positive.</summary>
    public int CalledPositive => TruePositives + FalsePositives;

    /// <summary>Cases called negative.</summary>
    public int CalledNegative => FalseNegatives + TrueNegatives;

    /// <summary>All cases.</summary>
    public int Total => Positives + Negatives;

    /// <summary>Cases called what they are.</summary>
    public int Correct => TruePositives + TrueNegatives;

    /// <summary>Counts the cases of a set at a threshold.</summary>
    public static ConfusionCounts Of(ScoreSet set, DecisionThreshold threshold)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(threshold);
        ConfusionCounts counts = default;
        foreach (ScoredCase one in set.Cases)
        {
            counts += Of(one, threshold);
        }

        return counts;
    }

    /// <summary>The counts of two sets together.</summary>
    public static ConfusionCounts operator +(ConfusionCounts a, ConfusionCounts b) => new(
        a.TruePositives + b.TruePositives,
        a.FalseNegatives + b.FalseNegatives,
        a.FalsePositives + b.FalsePositives,
        a.TrueNegatives + b.TrueNegatives);

    /// <summary>The counts as a table: rows are the truth, columns what was called, positive first (as ML.NET does).</summary>
    public int[,] ToTable() => new[,] { { TruePositives, FalseNegatives }, { FalsePositives, TrueNegatives } };

    internal static ConfusionCounts Of(ScoredCase one, DecisionThreshold threshold) => (one.Label, threshold.IsPositive(one.Probability)) switch
    {
        (true, true) => new(1, 0, 0, 0),
        (true, false) => new(0, 1, 0, 0),
        (false, true) => new(0, 0, 1, 0),
        (false, false) => new(0, 0, 0, 1),
    };
}

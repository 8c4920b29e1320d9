namespace MLNetScinti.Evaluation.Statistics;

/// <summary>What every function of scores and labels asks of its input.</summary>
internal static class BinarySample
{
    /// <summary>Checks lengths, finiteness and that both classes are there; gives the number of positives.</summary>
    public static int Check(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        CheckLengths(scores, labels);
        int positives = labels.Count(true);
        if (positives == 0 || positives == labels.Length)
        {
            throw new ArgumentException($"Both classes are needed; there are {positives} positive and {labels.Length - positives} negative cases.", nameof(labels));
        }

        return positives;
    }

    /// <summary>Checks lengths and finiteness.</summary>
    public static void CheckLengths(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} labels.", nameof(scores));
        }

        foreach (double score in scores)
        {
            if (!double.IsFinite(score))
            {
                throw new ArgumentException($"A score is {score}; scores must be finite.", nameof(scores));
            }
        }
    }
}

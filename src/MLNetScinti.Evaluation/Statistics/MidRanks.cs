namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Ranks from 1, with the mean rank for equal values.</summary>
internal static class MidRanks
{
    /// <summary>The rank of each value in ascending order.</summary>
    public static double[] Of(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(sorted, order);
        double[] ranks = new double[values.Length];
        for (int from = 0; from < sorted.Length;)
        {
            int to = from;
            while (to < sorted.Length && sorted[to] == sorted[from])
            {
                to++;
            }

            // Positions from..to-1 hold ranks from+1..to: their mean.
            double rank = (from + 1 + to) / 2.0;
            for (int i = from; i < to; i++)
            {
                ranks[order[i]] = rank;
            }

            from = to;
        }

        return ranks;
    }
}

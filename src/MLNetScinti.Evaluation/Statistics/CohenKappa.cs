namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Cohen's kappa: agreement beyond what chance would give (Educ Psychol Meas 1960;20:37-46; weighted: Psychol Bull 1968;70:213-220).</summary>
public static class CohenKappa
{
    /// <summary>
    /// 1 - (weighted disagreement observed) / (weighted disagreement expected from the margins). Not a number where no
    /// disagreement is expected (all cases in one class on both sides).
    /// </summary>
    /// <param name="table">Square table of counts, rows one reader (the truth), columns the other (the model), classes in order.</param>
    /// <param name="weights">How much a disagreement counts.</param>
    /// <exception cref="ArgumentException">The table is not square.</exception>
    public static double Of(int[,] table, KappaWeights weights = KappaWeights.None)
    {
        ArgumentNullException.ThrowIfNull(table);
        int classes = table.GetLength(0);
        if (classes != table.GetLength(1))
        {
            throw new ArgumentException($"Kappa needs a square table, this one is {classes} x {table.GetLength(1)}.", nameof(table));
        }

        long[] rows = new long[classes], columns = new long[classes];
        long total = 0;
        for (int i = 0; i < classes; i++)
        {
            for (int j = 0; j < classes; j++)
            {
                rows[i] += table[i, j];
                columns[j] += table[i, j];
                total += table[i, j];
            }
        }

        // Integers up to the one division, so that equal tables give equal bits in any order.
        decimal observed = 0, expected = 0;
        for (int i = 0; i < classes; i++)
        {
            for (int j = 0; j < classes; j++)
            {
                long weight = Weight(i, j, weights);
                observed += weight * table[i, j];
                expected += weight * (decimal)rows[i] * columns[j];
            }
        }

        return expected == 0 ? double.NaN : (double)(1 - (observed * total / expected));
    }

    private static long Weight(int i, int j, KappaWeights weights) => weights switch
    {
        KappaWeights.None => i == j ? 0 : 1,
        KappaWeights.Linear => Math.Abs(i - j),
        KappaWeights.Quadratic => (long)(i - j) * (i - j),
        _ => throw new ArgumentOutOfRangeException(nameof(weights), weights, "Unknown weights."),
    };
}

/// <summary>How much a disagreement counts in Cohen's kappa.</summary>
public enum KappaWeights
{
    /// <summary>Every disagreement counts the same.</summary>
    None,

    /// <summary>By the distance of the classes.</summary>
    Linear,

    /// <summary>By the square of the distance of the classes.</summary>
    Quadratic,
}

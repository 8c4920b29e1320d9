namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// Wilcoxon's signed-rank test of paired differences (Biometrics Bulletin 1945;1:80-83). Where nobody says, with scipy's conventions: exact
/// for up to fifty differences none of which is zero, otherwise by the normal distribution with correction for ties. The exact distribution
/// is over all choices of signs of the ranks that there are: with ties, or with zeros left out, it is the one that holds given these.
/// </summary>
/// <param name="Statistic">The smaller of the two rank sums; for a one-sided test the sum over positive differences.</param>
/// <param name="P">The p value; not a number where all differences are zero.</param>
/// <param name="IsExact">Whether p comes from the exact distribution.</param>
public sealed record WilcoxonSignedRank(double Statistic, double P, bool IsExact)
{
    /// <summary>Whether differences are tied, or zeros were left out, so that the exact distribution is the conditional one: that which holds given the ranks that there are.</summary>
    public bool IsConditional { get; private init; }

    /// <summary>The distribution that the p value comes from, in a few words.</summary>
    public string Distribution => (IsExact, IsConditional) switch
    {
        (true, true) => "exact, conditional on ties and zeros",
        (true, false) => "exact",
        _ => "normal",
    };

    // Beyond so many differences the chance of the smallest sum is no double any more.
    private const int MostForExact = 50, MostForForced = 1000;

    /// <summary>Tests whether differences lie around zero.</summary>
    /// <param name="differences">Finite differences. Round them first: 0.3 - 0.1 and 0.2 are not tied in floating point.</param>
    /// <param name="alternative">What is held against it.</param>
    /// <param name="zeros">What is done with zeros.</param>
    /// <param name="exact">
    /// True or false to force the exact or the normal distribution; null for scipy's choice. Where ranks of zeros go half to
    /// each side, and beyond a thousand differences, the normal one is taken.
    /// </param>
    /// <param name="ignoreTies">
    /// Whether the exact distribution is that of ranks without ties though there are some, and the rank sum is rounded down: as scipy 1.10 has
    /// it, and what tables of critical values give. By default it is the one that holds given the ties.
    /// </param>
    /// <param name="continuity">Whether the normal distribution is used with a continuity correction of one half.</param>
    /// <exception cref="ArgumentException">No differences, or one is not finite.</exception>
    public static WilcoxonSignedRank Of(ReadOnlySpan<double> differences, Alternative alternative = Alternative.TwoSided, ZeroDifferences zeros = ZeroDifferences.Drop, bool? exact = null, bool continuity = false, bool ignoreTies = false)
    {
        double[] all = differences.ToArray();
        if (all.Length == 0 || !all.All(double.IsFinite))
        {
            throw new ArgumentException("At least one difference is needed, and all must be finite.", nameof(differences));
        }

        int zeroCount = all.Count(d => d == 0);
        if (zeroCount == all.Length)
        {
            return new(0, double.NaN, false);
        }

        double[] used = zeros == ZeroDifferences.Drop ? [.. all.Where(d => d != 0)] : all;
        double[] ranks = MidRanks.Of([.. used.Select(Math.Abs)]);
        double plus = Sum(used, ranks, d => d > 0), minus = Sum(used, ranks, d => d < 0);
        if (zeros == ZeroDifferences.Split)
        {
            double half = Sum(used, ranks, d => d == 0) / 2;
            plus += half;
            minus += half;
        }

        double statistic = alternative == Alternative.TwoSided ? Math.Min(plus, minus) : plus;
        bool isExact = exact == true ? used.Length <= MostForForced && (zeroCount == 0 || zeros != ZeroDifferences.Split) : exact is null && zeroCount == 0 && all.Length <= MostForExact;
        double[] signed = zeros == ZeroDifferences.RankThenDrop ? [.. ranks.Where((_, i) => used[i] != 0)] : ranks;
        double p = isExact
            ? ExactP(ignoreTies ? [.. Enumerable.Range(1, signed.Length).Select(rank => (double)rank)] : signed, ignoreTies ? Math.Floor(plus) : plus, alternative)
            : NormalP(statistic, signed, used.Length, zeros == ZeroDifferences.RankThenDrop ? zeroCount : 0, alternative, continuity);
        return new(statistic, p, isExact) { IsConditional = isExact && !ignoreTies && (zeroCount > 0 || signed.Distinct().Count() < signed.Length) };
    }

    // The distribution of the rank sum over all choices of signs. Ranks are doubled, so that those of ties are whole numbers too.
    private static double ExactP(double[] ranks, double plus, Alternative alternative)
    {
        int[] doubled = [.. ranks.Select(rank => (int)(2 * rank))];
        double[] chance = new double[doubled.Sum() + 1];
        chance[0] = 1;
        int reached = 0;
        foreach (int rank in doubled)
        {
            reached += rank;
            for (int sum = reached; sum >= 0; sum--)
            {
                chance[sum] = (chance[sum] + (sum >= rank ? chance[sum - rank] : 0)) / 2;
            }
        }

        int at = (int)(2 * plus);
        double atMost = chance.AsSpan(0, at + 1).ToArray().Sum(), atLeast = chance.AsSpan(at).ToArray().Sum();
        double p = alternative switch
        {
            Alternative.Greater => atLeast,
            Alternative.Less => atMost,
            _ => 2 * Math.Min(atMost, atLeast),
        };
        return Math.Min(1, p);
    }

    private static double NormalP(double statistic, double[] ranks, int count, int rankedZeros, Alternative alternative, bool continuity)
    {
        double n = count, z0 = rankedZeros;
        double mean = ((n * (n + 1)) - (z0 * (z0 + 1))) / 4;
        double ties = ranks.GroupBy(rank => rank).Sum(group => ((double)group.Count() * group.Count() * group.Count()) - group.Count());
        double variance = ((n * (n + 1) * ((2 * n) + 1)) - (z0 * (z0 + 1) * ((2 * z0) + 1)) - (ties / 2)) / 24;
        double shift = (continuity, alternative) switch
        {
            (false, _) => 0,
            (_, Alternative.TwoSided) => 0.5 * Math.Sign(statistic - mean),
            (_, Alternative.Greater) => 0.5,
            _ => -0.5,
        };
        double z = (statistic - mean - shift) / Math.Sqrt(variance);
        return alternative switch
        {
            Alternative.TwoSided => Gaussian.TwoSidedP(z),
            Alternative.Greater => Gaussian.Cumulative(-z),
            _ => Gaussian.Cumulative(z),
        };
    }

    private static double Sum(double[] differences, double[] ranks, Func<double, bool> which)
    {
        double sum = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            sum += which(differences[i]) ? ranks[i] : 0;
        }

        return sum;
    }
}

/// <summary>What a test holds against "no difference".</summary>
public enum Alternative
{
    /// <summary>A difference in either direction.</summary>
    TwoSided,

    /// <summary>Differences above zero.</summary>
    Greater,

    /// <summary>Differences below zero.</summary>
    Less,
}

/// <summary>What Wilcoxon's signed-rank test does with pairs that do not differ.</summary>
public enum ZeroDifferences
{
    /// <summary>They are left out before ranking (Wilcoxon; scipy's "wilcox").</summary>
    Drop,

    /// <summary>They are ranked and then left out (Pratt).</summary>
    RankThenDrop,

    /// <summary>They are ranked, and their ranks go half to each side (scipy's "zsplit").</summary>
    Split,
}

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

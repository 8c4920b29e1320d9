using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace MLNetScinti.Evaluation.Statistics;

/// <summary>Intervals for a proportion: so many of so many.</summary>
public static class BinomialInterval
{
    /// <summary>Wilson's score interval (JASA 1927;22:209-212), without continuity correction.</summary>
    /// <param name="successes">0 to <paramref name="trials"/>.</param>
    /// <param name="trials">At least 1.</param>
    /// <param name="level">Such as 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">No trials, or more successes than trials.</exception>
    public static ConfidenceInterval Wilson(int successes, int trials, double level = 0.95)
    {
        Check(successes, trials);
        return Score((double)successes / trials, trials, level, "Wilson");
    }

    /// <summary>
    /// Wilson's interval where cases come in clusters, such as several of one patient: as many cases as would give the variance that the
    /// clusters show (Rao and Scott, Biometrics 1992;48:577-585), and no more than there are. Where all cases or none count, the clusters
    /// cannot show it: then each cluster counts as one case, which is rather too wide.
    /// </summary>
    /// <param name="clusters">For each cluster how many of its cases count, of how many. Clusters without cases do not matter.</param>
    /// <param name="level">Such as 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">No case, or more of a cluster that count than there are.</exception>
    public static ConfidenceInterval WilsonClustered(IReadOnlyList<(int Count, int Of)> clusters, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        (int Count, int Of)[] all = [.. clusters.Where(cluster => cluster.Of > 0)];
        foreach ((int count, int of) in all)
        {
            Check(count, of);
        }

        int trials = all.Sum(cluster => cluster.Of), successes = all.Sum(cluster => cluster.Count);
        Check(successes, trials);
        const string Method = "Wilson, cases clustered in patients";
        double share = (double)successes / trials;
        if (successes == 0 || successes == trials || all.Length < 2)
        {
            return Score(share, all.Length, level, Method);
        }

        double between = all.Sum(cluster => Math.Pow(cluster.Count - (share * cluster.Of), 2)) * all.Length / (all.Length - 1.0) / trials / trials;
        // Clusters that vary less than chance would have them are chance too: there are no more cases than there are.
        return Score(share, Math.Min(trials, share * (1 - share) / between), level, Method);
    }

    /// <summary>The interval of Clopper and Pearson (Biometrika 1934;26:404-413), called exact: it covers at least the level.</summary>
    /// <param name="successes">0 to <paramref name="trials"/>.</param>
    /// <param name="trials">At least 1.</param>
    /// <param name="level">Such as 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">No trials, or more successes than trials.</exception>
    public static ConfidenceInterval ClopperPearson(int successes, int trials, double level = 0.95)
    {
        Check(successes, trials);
        double tail = (1 - level) / 2;
        double lower = successes == 0 ? 0 : BetaQuantile(successes, trials - successes + 1, tail);
        double upper = successes == trials ? 1 : BetaQuantile(successes + 1, trials - successes, 1 - tail);
        return new(lower, upper, "Clopper-Pearson", level);
    }

    private static ConfidenceInterval Score(double share, double trials, double level, string method)
    {
        double z = Gaussian.TwoSidedQuantile(level), z2 = z * z;
        double centre = (share + (z2 / (2 * trials))) / (1 + (z2 / trials));
        double half = z / (1 + (z2 / trials)) * Math.Sqrt((share * (1 - share) / trials) + (z2 / (4.0 * trials * trials)));

        // The ends are known: rounding must not move them.
        return new(share == 0 ? 0 : centre - half, share == 1 ? 1 : centre + half, method, level);
    }

    // By bisection: the distribution is monotone, and every digit of a double is found.
    private static double BetaQuantile(double a, double b, double probability)
    {
        double from = 0, to = 1;
        for (int i = 0; i < 100; i++)
        {
            double middle = (from + to) / 2;
            if (SpecialFunctions.BetaRegularized(a, b, middle) < probability)
            {
                from = middle;
            }
            else
            {
                to = middle;
            }
        }

        return (from + to) / 2;
    }

    private static void Check(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
    }
}

/// <summary>The normal distribution in the three forms that tests and intervals ask for.</summary>
internal static class Gaussian
{
    /// <summary>z with the given probability between -z and z: 1.959964 for 0.95.</summary>
    public static double TwoSidedQuantile(double level) => level is > 0 and < 1
        ? Normal.InvCDF(0, 1, 1 - ((1 - level) / 2))
        : throw new ArgumentOutOfRangeException(nameof(level), level, "A confidence level lies between 0 and 1, such as 0.95.");

    /// <summary>Probability of being at least as far from 0 as z.</summary>
    public static double TwoSidedP(double z) => Math.Min(1, 2 * Normal.CDF(0, 1, -Math.Abs(z)));

    /// <summary>Probability of at most z.</summary>
    public static double Cumulative(double z) => Normal.CDF(0, 1, z);
}

/// <summary>Quantiles of sorted values, with linear interpolation between neighbours (Hyndman and Fan's type 7, numpy's default).</summary>
internal static class Quantile
{
    /// <summary>The value below which the given share lies.</summary>
    public static double Of(ReadOnlySpan<double> sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)Math.Floor(position);
        return below >= sorted.Length - 1 ? sorted[^1] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }
}

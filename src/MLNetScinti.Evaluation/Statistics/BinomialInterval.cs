using MathNet.Numerics;

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
        double share = (double)successes / trials, z = Gaussian.TwoSidedQuantile(level), z2 = z * z;
        double centre = (share + (z2 / (2 * trials))) / (1 + (z2 / trials));
        double half = z / (1 + (z2 / trials)) * Math.Sqrt((share * (1 - share) / trials) + (z2 / (4.0 * trials * trials)));

        // The ends are known: rounding must not move them.
        return new(successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half, "Wilson", level);
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

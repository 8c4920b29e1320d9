namespace MLNetScinti.Evaluation.Statistics;

/// <summary>
/// Two models' shares of cases called right, on the same cases, by how many both, only one, or neither called right. Intervals of the
/// difference for pairs, which have a sensible width where few cases or none are told apart.
/// </summary>
/// <param name="Both">Cases that both got right.</param>
/// <param name="OnlyFirst">Cases that only the first got right.</param>
/// <param name="OnlySecond">Cases that only the second got right.</param>
/// <param name="Neither">Cases that neither got right.</param>
public sealed record PairedProportions(int Both, int OnlyFirst, int OnlySecond, int Neither)
{
    /// <summary>All cases.</summary>
    public int Cases => Both + OnlyFirst + OnlySecond + Neither;

    /// <summary>The first model's share less the second's.</summary>
    public double Difference => (double)(OnlyFirst - OnlySecond) / Cases;

    /// <summary>McNemar's test on the same cases.</summary>
    public McNemar Test => new(OnlyFirst, OnlySecond);

    /// <summary>Tango's score interval of the difference (Statistics in Medicine 1998;17:891-908).</summary>
    /// <exception cref="InvalidOperationException">There is no case.</exception>
    public ConfidenceInterval Tango(double level = 0.95)
    {
        MustHaveCases();
        double z = Gaussian.TwoSidedQuantile(level);
        return new(Solve(-1, Difference, z), Solve(Difference, 1, -z), "Tango", level);

        double Solve(double from, double to, double wanted)
        {
            // The statistic falls with the difference that is supposed.
            for (int i = 0; i < 200 && to - from > 1e-16; i++)
            {
                double middle = (from + to) / 2;
                (from, to) = Score(middle) > wanted ? (middle, to) : (from, middle);
            }

            return (from + to) / 2;
        }
    }

    /// <summary>Newcombe's square-and-add interval of the difference with a correlation corrected for continuity (Statistics in Medicine 1998;17:2635-2650, method 10).</summary>
    /// <exception cref="InvalidOperationException">There is no case.</exception>
    public ConfidenceInterval Newcombe(double level = 0.95)
    {
        MustHaveCases();
        double first = (double)(Both + OnlyFirst) / Cases, second = (double)(Both + OnlySecond) / Cases;
        ConfidenceInterval a = BinomialInterval.Wilson(Both + OnlyFirst, Cases, level), b = BinomialInterval.Wilson(Both + OnlySecond, Cases, level);
        double margins = (double)(Both + OnlyFirst) * (OnlySecond + Neither) * (Both + OnlySecond) * (OnlyFirst + Neither);
        double product = ((double)Both * Neither) - ((double)OnlyFirst * OnlySecond);
        double corrected = product <= 0 ? product : Math.Max(0, product - (Cases / 2.0));
        double correlation = margins == 0 ? 0 : corrected / Math.Sqrt(margins);
        return new(
            Difference - SquareAndAdd(first - a.Lower, b.Upper - second, correlation),
            Difference + SquareAndAdd(a.Upper - first, second - b.Lower, correlation),
            "Newcombe, paired",
            level);
    }

    /// <summary>
    /// Whether the first model is not worse than the second by a margin, by the score test that <see cref="Tango"/>'s interval inverts: the one-sided p value of
    /// "its share is lower by the margin or more". Below a level where the lower limit of the interval with twice that error lies above minus the margin.
    /// </summary>
    /// <param name="margin">What may be lost of the share, above 0 and below 1.</param>
    /// <exception cref="InvalidOperationException">There is no case.</exception>
    public double NonInferiorityP(double margin)
    {
        MustHaveCases();
        return margin is > 0 and < 1 ? Gaussian.Cumulative(-Score(-margin)) : throw new ArgumentOutOfRangeException(nameof(margin), margin, "A margin of non-inferiority lies between 0 and 1.");
    }

    /// <summary>Counts cases by which of two models got them right.</summary>
    /// <param name="firstCorrect">For each case whether the first model is right.</param>
    /// <param name="secondCorrect">The same for the second, in the same order.</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static PairedProportions Of(ReadOnlySpan<bool> firstCorrect, ReadOnlySpan<bool> secondCorrect)
    {
        McNemar apart = McNemar.Of(firstCorrect, secondCorrect);
        int both = 0;
        for (int i = 0; i < firstCorrect.Length; i++)
        {
            both += firstCorrect[i] && secondCorrect[i] ? 1 : 0;
        }

        return new(both, apart.OnlyFirstCorrect, apart.OnlySecondCorrect, firstCorrect.Length - both - apart.Discordant);
    }

    private static double SquareAndAdd(double x, double y, double correlation) => Math.Sqrt(Math.Max(0, (x * x) - (2 * correlation * x * y) + (y * y)));

    // With the share of cases that only the second got right at its most likely value where the difference is the one supposed.
    private double Score(double supposed)
    {
        double n = Cases, a = 2 * n, b = -OnlyFirst - OnlySecond + (((2 * n) - OnlyFirst + OnlySecond) * supposed), c = -OnlySecond * supposed * (1 - supposed);
        double share = (Math.Sqrt(Math.Max(0, (b * b) - (4 * a * c))) - b) / (2 * a);
        double variance = n * ((2 * share) + (supposed * (1 - supposed))), excess = OnlyFirst - OnlySecond - (n * supposed);
        return variance > 0 ? excess / Math.Sqrt(variance) : Math.Sign(excess) * double.PositiveInfinity;
    }

    private void MustHaveCases()
    {
        if (Cases == 0)
        {
            throw new InvalidOperationException("There is no case, so no difference of shares.");
        }
    }
}

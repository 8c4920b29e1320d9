namespace MLNetScinti.Dosimetry.Uncertainty;

/// <summary>A dose whose truth is known: of a phantom, or of a simulated patient.</summary>
/// <param name="Gray">The dose that was found, Gy.</param>
/// <param name="StandardUncertainty">Its standard uncertainty by the chain, Gy.</param>
/// <param name="TrueGray">The truth, Gy.</param>
public sealed record KnownDose(double Gray, double StandardUncertainty, double TrueGray);

/// <summary>
/// Intervals that cover what they claim, learned from doses whose truth is known (split conformal prediction: Vovk et al. 2005; Lei et al., JASA 2018;113:1094).
/// The chain's relative uncertainty gives an interval its width, case by case; how many of these widths lie below and above is read off the cases: the
/// ranks of ln(truth / dose) / u. Nothing is assumed of the errors' distribution, and a bias moves the interval, not the dose. The coverage holds for
/// patients like those of the cases: imaged, delineated and computed alike.
/// </summary>
public sealed class IntervalCalibration
{
    private IntervalCalibration(double below, double above, int cases, double level, string source) =>
        (Below, Above, Cases, Level, Source) = (below, above, cases, level, source);

    /// <summary>Lower end of ln(truth / dose) in relative standard uncertainties; normal errors have -1.96 at 95 %.</summary>
    public double Below { get; }

    /// <summary>Upper end; normal errors have 1.96.</summary>
    public double Above { get; }

    /// <summary>Number of cases behind it.</summary>
    public int Cases { get; }

    /// <summary>The coverage aimed at.</summary>
    public double Level { get; }

    /// <summary>What cases they were.</summary>
    public string Source { get; }

    /// <summary>Learns from cases, none of which may be judged with it afterwards.</summary>
    /// <param name="cases">Doses with their truth.</param>
    /// <param name="source">What cases they were.</param>
    /// <param name="level">The coverage aimed at.</param>
    /// <exception cref="DosimetryException">Too few cases for the level (39 for 95 %), or one that is not positive.</exception>
    public static IntervalCalibration Of(IReadOnlyCollection<KnownDose> cases, string source, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        if (!(level is > 0 and < 1))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"The coverage of an interval lies between 0 and 1, found {level}.");
        }

        int tail = (int)Math.Floor((cases.Count + 1) * (1 - level) / 2 * (1 + 1e-12));
        if (tail < 1)
        {
            throw new DosimetryException(DosimetryIssue.TooFewPoints, FormattableString.Invariant(
                $"Intervals of {100 * level:0.#} % need {Math.Ceiling((2 / (1 - level)) - 1 - 1e-9):0} cases of known dose, found {cases.Count}."));
        }

        double[] scores = [.. cases.Select(Score).Order()];
        return new(scores[tail - 1], scores[^tail], cases.Count, level, source);
    }

    /// <summary>A calibration that was learned before, as it was kept.</summary>
    /// <param name="below">Lower end in relative standard uncertainties.</param>
    /// <param name="above">Upper end.</param>
    /// <param name="cases">Number of cases behind it.</param>
    /// <param name="level">The coverage aimed at.</param>
    /// <param name="source">What cases they were.</param>
    /// <exception cref="DosimetryException">The ends do not follow each other, or the level or the number of cases cannot be.</exception>
    public static IntervalCalibration Kept(double below, double above, int cases, double level, string source) =>
        below < above && double.IsFinite(below) && double.IsFinite(above) && level is > 0 and < 1 && (cases + 1) * (1 - level) / 2 * (1 + 1e-12) >= 1
            ? new(below, above, cases, level, source)
            : throw new DosimetryException(DosimetryIssue.ImpossibleValue,
                $"A calibration of intervals has a lower end below its upper one and enough cases for its level, found {below} to {above} of {cases} cases at {level}.");

    /// <summary>A dose with its learned interval.</summary>
    /// <param name="gray">The dose, Gy.</param>
    /// <param name="standardUncertainty">Its standard uncertainty by the chain, Gy.</param>
    /// <param name="method">How the dose was made.</param>
    /// <exception cref="DosimetryException">The dose is not positive, or its uncertainty not.</exception>
    public AbsorbedDose Interval(double gray, double standardUncertainty, DoseMethod method) => AbsorbedDose.WithInterval(
        gray, standardUncertainty, gray * Math.Exp(Below * standardUncertainty / gray), gray * Math.Exp(Above * standardUncertainty / gray),
        FormattableString.Invariant($"calibrated on {Cases} cases of known dose ({Source})"), method, Level);

    /// <summary>The share of cases whose truth lies within the intervals of their doses, in the same order.</summary>
    /// <exception cref="ArgumentException">Not as many truths as doses, or none.</exception>
    public static double Coverage(IReadOnlyCollection<AbsorbedDose> doses, IReadOnlyCollection<double> truths)
    {
        ArgumentNullException.ThrowIfNull(doses);
        ArgumentNullException.ThrowIfNull(truths);
        return doses.Count == truths.Count && doses.Count > 0
            ? doses.Zip(truths, (dose, truth) => truth >= dose.Lower && truth <= dose.Upper ? 1.0 : 0).Average()
            : throw new ArgumentException($"Each dose needs its truth, found {doses.Count} and {truths.Count}.", nameof(truths));
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{100 * Level:0.#} % of {Cases} cases ({Source}) from {Below:0.00} to {Above:0.00} relative standard uncertainties");

    private static double Score(KnownDose one) => one.Gray > 0 && one.TrueGray > 0 && one.StandardUncertainty > 0 && double.IsFinite(one.Gray + one.TrueGray + one.StandardUncertainty)
        ? Math.Log(one.TrueGray / one.Gray) / (one.StandardUncertainty / one.Gray)
        : throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"A case of known dose has a positive dose, uncertainty and truth, found {one.Gray}, {one.StandardUncertainty} and {one.TrueGray} Gy.");
}

namespace MLNetScinti.Dosimetry.Kinetics;

/// <summary>How one image stands for the whole time course.</summary>
public enum SingleTimePointRule
{
    /// <summary>A(t) 2 t / ln 2 (Haenscheid et al., J Nucl Med 2018;59:75-81): within 12 % where t is .75 to 2.5 effective half-lives.</summary>
    Haenscheid,

    /// <summary>A(t) exp(lm t) / lm with the population's mean rate lm (Madsen et al., Med Phys 2018;45:2318-2324).</summary>
    Madsen,
}

/// <summary>The integral from one image. Always flagged: nothing in the patient's own data says how fast the activity falls.</summary>
public sealed record SingleTimePoint : TimeActivityMethod
{
    private SingleTimePoint(SingleTimePointRule rule, double? populationHalfLife, double? atHours) => (Rule, PopulationHalfLife, AtHours) = (rule, populationHalfLife, atHours);

    /// <summary>The rule.</summary>
    public SingleTimePointRule Rule { get; }

    /// <summary>The population's effective half-life, h, for Madsen's rule.</summary>
    public double? PopulationHalfLife { get; }

    /// <summary>The time of the point that is used, h, where the curve has several; the only point where it is null.</summary>
    public double? AtHours { get; }

    /// <summary>
    /// Relative standard deviation of the effective rate between patients, from which the rule's own uncertainty follows. A judgement: .2, as published
    /// for one organ; larger for tumours.
    /// </summary>
    public double RateDeviation { get; init; } = 0.2;

    /// <inheritdoc/>
    public override string Name => Rule == SingleTimePointRule.Haenscheid ? "haenscheid" : "madsen";

    /// <inheritdoc/>
    public override string Description => Rule == SingleTimePointRule.Haenscheid
        ? "haenscheid: A(t) 2 t / ln 2 of one image"
        : FormattableString.Invariant($"madsen: A(t) exp(lm t) / lm of one image, the population's effective half-life {PopulationHalfLife:0.####} h");

    /// <inheritdoc/>
    public override int LeastPoints => 1;

    /// <summary>Haenscheid's rule.</summary>
    /// <param name="atHours">The time of the point that is used, where the curve has several.</param>
    public static SingleTimePoint Haenscheid(double? atHours = null) => new(SingleTimePointRule.Haenscheid, null, atHours);

    /// <summary>Madsen's rule.</summary>
    /// <param name="populationHalfLife">The population's effective half-life, h.</param>
    /// <param name="atHours">The time of the point that is used, where the curve has several.</param>
    /// <exception cref="DosimetryException">The half-life is not positive.</exception>
    public static SingleTimePoint Madsen(double populationHalfLife, double? atHours = null) => populationHalfLife > 0 && double.IsFinite(populationHalfLife)
        ? new(SingleTimePointRule.Madsen, populationHalfLife, atHours)
        : throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"The population's effective half-life must be positive, found {populationHalfLife} h.");

    private protected override TimeActivityFit FitPoints(TimeActivityCurve curve)
    {
        double[] hours = curve.Hours();
        if (PopulationHalfLife > curve.Nuclide.HalfLifeHours)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue,
                $"The population's effective half-life of {PopulationHalfLife} h is longer than the physical one of {curve.Nuclide.Symbol}, {curve.Nuclide.HalfLifeHours} h.");
        }

        int at = Place(hours);
        if (at < 0)
        {
            throw new DosimetryException(DosimetryIssue.MissingTimePoint, AtHours is { } wanted
                ? FormattableString.Invariant($"No point lies within 10 % of {wanted} h; there are: {string.Join(", ", hours)} h.")
                : $"The curve has {hours.Length} points and '{Name}' uses one: say which by its time.");
        }

        double integral = At(hours[at], curve.Points[at].Megabecquerel);
        if (!(integral > 0))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"The integral of '{Name}' needs an activity above 0 after administration, found {curve.Points[at].Megabecquerel} MBq at {hours[at]} h.");
        }

        return new TimeActivityFit
        {
            Method = Description,
            Curve = curve,
            TimeIntegratedActivity = integral,
            RuleUncertainty = integral * Slope(hours[at]) * RateDeviation,
            Exponentials = Rule == SingleTimePointRule.Madsen ? [new ExponentialTerm(integral * PopulationRate, PopulationRate)] : [],
            Flags = [new DosimetryFlag(DosimetryIssue.SingleTimePoint, FormattableString.Invariant(
                $"One image, at {hours[at]:0.##} h, stands for the whole time course ({Description}): the patient's own rate is not known."))],
        };
    }

    internal override CurveIntegral Integrate(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, Nuclide nuclide)
    {
        int at = Place(hours);
        double integral = at < 0 ? double.NaN : At(hours[at], activities[at]);
        return integral > 0 ? new(integral, Rule == SingleTimePointRule.Madsen ? PopulationRate : double.NaN, IntegralOutcome.Fitted) : CurveIntegral.Refused;
    }

    // |d ln(integral / truth) / d ln(rate)| of the patient's own rate: the population's for Madsen, and for Haenscheid, who has none, one half-life at the image.
    private double Slope(double hours) => Rule == SingleTimePointRule.Haenscheid ? 1 - Math.Log(2) : Math.Abs(1 - (PopulationRate * hours));

    private double PopulationRate => Math.Log(2) / PopulationHalfLife!.Value;

    private double At(double hours, double activity) =>
        Rule == SingleTimePointRule.Haenscheid ? activity * 2 * hours / Math.Log(2) : activity * Math.Exp(PopulationRate * hours) / PopulationRate;

    private int Place(ReadOnlySpan<double> hours)
    {
        if (AtHours is not { } wanted)
        {
            return hours.Length == 1 ? 0 : -1;
        }

        int nearest = 0;
        for (int i = 1; i < hours.Length; i++)
        {
            nearest = Math.Abs(hours[i] - wanted) < Math.Abs(hours[nearest] - wanted) ? i : nearest;
        }

        return Math.Abs(hours[nearest] - wanted) <= 0.1 * wanted ? nearest : -1;
    }
}

using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry.Uncertainty;

/// <summary>A source of a dose's uncertainty.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Relative">Its relative standard uncertainty.</param>
/// <param name="Sensitivity">d ln(dose) / d ln(it).</param>
public sealed record UncertaintyComponent(string Name, double Relative, double Sensitivity)
{
    /// <summary>What it gives to the dose's relative standard uncertainty.</summary>
    public double Contribution => Math.Abs(Sensitivity) * Relative;
}

/// <summary>
/// The chain from counts to dose with the uncertainty of every link, after the EANM (Gear et al., EJNMMI 2018;45:2456): dose = counts / (calibration x
/// recovery) -> time-integrated activity -> x S. Counts, recovery and S all follow the delineated volume: a larger region holds more counts and has a
/// smaller S, and these two nearly cancel. Leaving their covariance out doubles the interval.
/// </summary>
public sealed record DoseUncertainty
{
    /// <summary>The delineated volume.</summary>
    public required VolumeUncertainty Volume { get; init; }

    /// <summary>The activities, each with its random uncertainty, or enough of them for their scatter to tell it.</summary>
    public required TimeActivityCurve Curve { get; init; }

    /// <summary>The time-activity method.</summary>
    public required TimeActivityMethod Method { get; init; }

    /// <summary>Relative standard uncertainty of the calibration factor, which all images share.</summary>
    public required double Calibration { get; init; }

    /// <summary>The recovery correction; none where the activities were not corrected.</summary>
    public RecoveryCurve Recovery { get; init; } = RecoveryCurve.None;

    /// <summary>
    /// d ln(counts) / d ln(volume); that of a uniform sphere under the image's blur where it is null. 1 where the region lies within a uniform surrounding,
    /// 0 where all activity is well inside.
    /// </summary>
    public double? CountSlope { get; init; }

    /// <summary>Full width at half maximum of the activity image, mm; that of the delineated image where it is null.</summary>
    public double? ActivityFwhm { get; init; }

    /// <summary>c of S = const x V^-c: 1 for local deposition, .99 for the electrons' spheres, .96 for small ones.</summary>
    public double SExponent { get; init; } = 0.99;

    /// <summary>Relative standard uncertainty of S (or of the kernel, or of the density) itself, without the volume's part.</summary>
    public double SRelative { get; init; }

    /// <summary>The budget by the first order of error propagation.</summary>
    /// <exception cref="DosimetryException">The points tell no random uncertainty: they have none of their own and are too few for their scatter.</exception>
    public UncertaintyBudget Budget()
    {
        TimeActivityFit fit = Method.Fit(Curve);
        double random = (fit.PropagatedUncertainty ?? fit.StandardUncertainty ?? throw new DosimetryException(DosimetryIssue.TooFewPoints,
            $"Nothing tells the random uncertainty of the time-integrated activity by '{Method.Name}': give the points uncertainties, or more points than parameters.")) / fit.TimeIntegratedActivity;
        double counts = CountSlope ?? Sphere().CountSlope, recovery = Recovery.Slope(Volume.Millilitres);
        return new UncertaintyBudget
        {
            Volume = Volume.Relative,
            CountSlope = counts,
            RecoverySlope = recovery,
            SExponent = SExponent,
            Components =
            [
                new("volume: counts, recovery and S together", Volume.Relative, counts - recovery - SExponent),
                new("calibration", Calibration, -1),
                new("recovery curve", Recovery.RelativeUncertainty, -1),
                new("time-activity fit", random, 1),
                new("time-activity rule", fit.RuleUncertainty / fit.TimeIntegratedActivity, 1),
                new("S value", SRelative, 1),
            ],
        };
    }

    /// <summary>
    /// Draws of the whole chain, relative to the dose: diameters of the region, counts in it by the sphere's blurred profile, recovery, calibration, points and
    /// their fit, S. The same seed gives the same draws at any number of threads.
    /// </summary>
    /// <param name="draws">How many.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="DosimetryException">The points have no uncertainties to draw from.</exception>
    public IReadOnlyList<double> Draw(int draws, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        if (!Curve.HasUncertainties)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, "A Monte Carlo of the chain draws each point: give each an uncertainty.");
        }

        TimeActivityMethod method = Method.Tolerant;
        double[] hours = Curve.Hours(), activities = Curve.Activities(), deviations = [.. Curve.Points.Select(point => point.StandardUncertainty!.Value)];
        TimeActivityFit fit = method.Fit(Curve);
        double reference = fit.TimeIntegratedActivity, rule = fit.RuleUncertainty / reference, diameter = Volume.Diameter, u = Volume.DiameterUncertainty;
        BlurredSphere? sphere = CountSlope is null ? Sphere() : null;
        double whole = sphere?.ShareIn(Volume.Millilitres) ?? 1, recovered = Recovery.At(Volume.Millilitres);
        double[] doses = new double[draws];
        Parallel.For(0, draws, draw =>
        {
            CounterRandom random = new(seed, 0, (ulong)draw, "dose chain");
            // No region is smaller than a tenth of its diameter, or has no activity, or a calibration of nothing: such draws are drawn again.
            double found = Positive(ref random, diameter, u, 0.1 * diameter);
            double volume = Volume.Millilitres * Math.Pow(found / diameter, 3);
            double counts = sphere is null ? Math.Pow(volume / Volume.Millilitres, CountSlope!.Value) : sphere.ShareIn(volume) / whole;
            double calibration = Positive(ref random, 1, Calibration, 0.01);
            double recovery = Recovery.At(volume) / recovered * Positive(ref random, 1, Recovery.RelativeUncertainty, 0.01);
            Span<double> drawn = stackalloc double[hours.Length];
            double integral = double.NaN;
            for (int attempt = 0; attempt < 100 && !(integral > 0); attempt++)
            {
                for (int i = 0; i < drawn.Length; i++)
                {
                    drawn[i] = Math.Max(0, random.NextNormal(activities[i], deviations[i]));
                }

                CurveIntegral one = method.IntegrateAs(Curve, hours, drawn);
                integral = one.Outcome == IntegralOutcome.Refused ? double.NaN : one.MegabecquerelHours;
            }

            double s = Math.Pow(volume / Volume.Millilitres, -SExponent) * Positive(ref random, 1, SRelative, 0.01);
            doses[draw] = counts / calibration / recovery * (integral / reference) * Positive(ref random, 1, rule, 0.01) * s;
        });
        return Array.TrueForAll(doses, double.IsFinite) ? doses : throw new DosimetryException(DosimetryIssue.ImpossibleValue,
            $"The uncertainties of the points are so large that '{Method.Name}' does not describe what is drawn from them.");
    }

    private static double Positive(ref CounterRandom random, double mean, double deviation, double least)
    {
        double drawn = mean;
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            drawn = random.NextNormal(mean, deviation);
            if (drawn >= least)
            {
                return drawn;
            }
        }

        return Math.Max(drawn, least);
    }

    private BlurredSphere Sphere() => new(Volume.Millilitres, ActivityFwhm ?? Volume.Fwhm);
}

/// <summary>The uncertainty of a dose, link by link; all relative standard uncertainties.</summary>
public sealed record UncertaintyBudget
{
    /// <summary>u(V)/V.</summary>
    public required double Volume { get; init; }

    /// <summary>d ln(counts) / d ln(volume).</summary>
    public required double CountSlope { get; init; }

    /// <summary>d ln(recovery) / d ln(volume).</summary>
    public required double RecoverySlope { get; init; }

    /// <summary>c of S = const x V^-c.</summary>
    public required double SExponent { get; init; }

    /// <summary>The independent sources: the volume with all that follows it, calibration, recovery curve, fit, S.</summary>
    public required IReadOnlyList<UncertaintyComponent> Components { get; init; }

    /// <summary>u(C)/C: counts in the region, by its volume.</summary>
    public double Counts => CountSlope * Volume;

    /// <summary>u(TIA)/TIA: volume (counts and recovery together), calibration, recovery curve and fit.</summary>
    public double TimeIntegratedActivity => Root((CountSlope - RecoverySlope) * Volume, Of("calibration"), Of("recovery curve"), Of("time-activity fit"), Of("time-activity rule"));

    /// <summary>u(S)/S with the volume's part.</summary>
    public double S => Root(SExponent * Volume, Of("S value"));

    /// <summary>u(D)/D.</summary>
    public double Dose => Root([.. Components.Select(component => component.Contribution)]);

    /// <summary>The same as if activity and S did not both follow the volume: what must not be printed, for comparison.</summary>
    public double DoseWithoutCovariance => Root(TimeIntegratedActivity, S);

    /// <summary>u(TIA, S) / (TIA S): the covariance by way of the volume, below 0.</summary>
    public double Covariance => -(CountSlope - RecoverySlope) * SExponent * Volume * Volume;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"u(D) {100 * Dose:0.0} % of ")
        + string.Join(", ", Components.Where(component => component.Contribution > 0).Select(component => FormattableString.Invariant($"{component.Name} {100 * component.Contribution:0.0} %")));

    private double Of(string name) => Components.Where(component => string.Equals(component.Name, name, StringComparison.Ordinal)).Sum(component => component.Contribution);

    private static double Root(params double[] parts) => Math.Sqrt(parts.Sum(part => part * part));
}

namespace MLNetScinti.Dosimetry.Kinetics;

/// <summary>What to do with activities that are not highest at the first point, where the method knows falling ones alone.</summary>
public enum RisingData
{
    /// <summary>No fit: the message says so.</summary>
    Refuse,

    /// <summary>Fit all the same, with a flag that says so.</summary>
    Flag,
}

/// <summary>A way from the points of a time-activity curve to its integral. Methods have names; the same points differ by several percent between them.</summary>
public abstract record TimeActivityMethod
{
    /// <summary>The name in definitions and tables: "log-linear", "uptake".</summary>
    public abstract string Name { get; }

    /// <summary>Name and formula, for reports.</summary>
    public abstract string Description { get; }

    /// <summary>The fewest points that it takes.</summary>
    public abstract int LeastPoints { get; }

    /// <summary>
    /// The methods that have a name: log-linear, log-linear-a, log-linear-a2, mono, mono-1/a, mono-1/a2, bi-exponential, uptake, trapezoid
    /// (triangle from zero, tail by physical decay), trapezoid-constant, trapezoid-last-two, haenscheid. Madsen's needs a half-life: make it
    /// as <see cref="SingleTimePoint"/>.
    /// </summary>
    public static IReadOnlyList<TimeActivityMethod> Known { get; } =
    [
        new LogLinear(), new LogLinear(FitWeights.Activity), new LogLinear(FitWeights.ActivitySquared),
        new LeastSquares(ExponentialShape.Mono), new LeastSquares(ExponentialShape.Mono, FitWeights.InverseActivity),
        new LeastSquares(ExponentialShape.Mono, FitWeights.InverseActivitySquared),
        new LeastSquares(ExponentialShape.Bi), new LeastSquares(ExponentialShape.Uptake),
        new Trapezoid(TrapezoidStart.TriangleFromZero, TrapezoidTail.PhysicalDecay), new Trapezoid(TrapezoidStart.Constant, TrapezoidTail.PhysicalDecay),
        new Trapezoid(TrapezoidStart.TriangleFromZero, TrapezoidTail.LastTwoPoints),
        SingleTimePoint.Haenscheid(),
    ];

    /// <summary>The method of a name.</summary>
    /// <exception cref="DosimetryException">No method has this name; the message lists those that there are.</exception>
    public static TimeActivityMethod Named(string name) => Known.FirstOrDefault(method => string.Equals(method.Name, name, StringComparison.Ordinal))
        ?? throw new DosimetryException(
            DosimetryIssue.UnknownName, $"No time-activity method '{name}'; there are: {string.Join(", ", Known.Select(method => method.Name))}.");

    /// <summary>Fits and integrates.</summary>
    /// <exception cref="DosimetryException">Too few points, or data that the method does not describe.</exception>
    public TimeActivityFit Fit(TimeActivityCurve curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        if (curve.Points.Count < LeastPoints)
        {
            throw new DosimetryException(DosimetryIssue.TooFewPoints,
                $"The method '{Name}' needs {LeastPoints} time points, found {curve.Points.Count}: take another method or add images.");
        }

        TimeActivityFit fit = FitPoints(curve);
        return curve.HasUncertainties ? fit with { PropagatedUncertainty = Propagated(curve) } : fit;
    }

    /// <summary>The same method, for draws about data that it took: it flags what it would refuse.</summary>
    internal virtual TimeActivityMethod Tolerant => this;

    /// <summary>Fits a curve of enough points.</summary>
    private protected abstract TimeActivityFit FitPoints(TimeActivityCurve curve);

    /// <summary>The integral alone, for the many voxels of an image: nothing is thrown for data that the method does not describe.</summary>
    /// <param name="hours">Times, at least <see cref="LeastPoints"/>.</param>
    /// <param name="activities">Activities in any unit, finite.</param>
    /// <param name="nuclide">Whose activity it is.</param>
    internal abstract CurveIntegral Integrate(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, Nuclide nuclide);

    /// <summary>
    /// The integral of other activities at a curve's times, as they would have been fitted had they been measured: weights by activity follow them, those by
    /// uncertainty or from the user stay.
    /// </summary>
    internal virtual CurveIntegral IntegrateAs(TimeActivityCurve curve, ReadOnlySpan<double> hours, ReadOnlySpan<double> activities) => Integrate(hours, activities, curve.Nuclide);

    /// <summary>Says no where the method cannot be used voxel by voxel.</summary>
    /// <exception cref="DosimetryException">Its weights are of one curve.</exception>
    internal virtual void CheckForVoxels()
    {
    }

    // The first order of error propagation, point by point; points do not share what is random in them.
    private double? Propagated(TimeActivityCurve curve)
    {
        double[] hours = curve.Hours(), activities = curve.Activities();
        double sum = 0;
        for (int i = 0; i < activities.Length; i++)
        {
            double at = activities[i], step = 1e-4 * (at > 0 ? at : curve.Points[i].StandardUncertainty!.Value);
            double above = At(at + step), below = At(at > step ? at - step : at);
            double slope = (above - below) / (at > step ? 2 * step : step);
            activities[i] = at;
            sum += Math.Pow(slope * curve.Points[i].StandardUncertainty!.Value, 2);

            double At(double activity)
            {
                activities[i] = activity;
                return IntegrateAs(curve, hours, activities).MegabecquerelHours;
            }
        }

        return double.IsFinite(sum) ? Math.Sqrt(sum) : null;
    }

    /// <summary>The rule for rising data, for methods of falling curves.</summary>
    private protected static void CheckRise(TimeActivityCurve curve, string name, RisingData rule, List<DosimetryFlag> flags)
    {
        (bool first, bool later) = TimeActivityCurve.Rises(curve.Activities());
        if (first)
        {
            string sentence = $"The activity rises first: it is highest {curve.Points.MaxBy(point => point.Megabecquerel)!.Hours} h after administration and not at the first point, which '{name}' does not describe.";
            if (rule == RisingData.Refuse)
            {
                throw new DosimetryException(DosimetryIssue.RisesFirst, sentence + " Take the uptake form or trapezoids.");
            }

            flags.Add(new(DosimetryIssue.RisesFirst, sentence));
        }

        if (later)
        {
            flags.Add(new(DosimetryIssue.RisesLater, "The activity rises again after it has fallen: one of the images or regions may be wrong."));
        }
    }

    /// <summary>What is said of a curve that was put at physical decay.</summary>
    private protected static DosimetryFlag Clamped(double found, Nuclide nuclide) => new(DosimetryIssue.ClampedAtPhysicalDecay, FormattableString.Invariant(
        $"The fit fell by {found:0.######}/h, slower than {nuclide.Symbol} decays: the rate was put at physical decay, {nuclide.DecayConstant:0.########}/h."));

    /// <summary>The flag of a curve whose integral lies mostly behind its last point.</summary>
    private protected static void CheckTail(double? share, List<DosimetryFlag> flags)
    {
        // A judgement: below half, the images saw most of the decays that they are to stand for.
        if (share > 0.5)
        {
            flags.Add(new(DosimetryIssue.MostlyExtrapolated, FormattableString.Invariant($"{100 * share:0} % of the time integral lies behind the last image and rests on the fitted tail.")));
        }
    }
}

/// <summary>How the integral of a voxel's activity came to be.</summary>
internal enum IntegralOutcome
{
    /// <summary>By the method.</summary>
    Fitted,

    /// <summary>By the method, put at physical decay.</summary>
    Clamped,

    /// <summary>The method does not describe the data: there is no integral.</summary>
    Refused,
}

/// <summary>An integral without the words about it.</summary>
/// <param name="MegabecquerelHours">The integral, in the activities' unit times h.</param>
/// <param name="Rate">The slowest rate, 1/h; NaN for methods without any.</param>
/// <param name="Outcome">How it came to be.</param>
internal readonly record struct CurveIntegral(double MegabecquerelHours, double Rate, IntegralOutcome Outcome)
{
    public static CurveIntegral Refused { get; } = new(double.NaN, double.NaN, IntegralOutcome.Refused);
}

/// <summary>How much each point counts in a fit: the factor of its squared residual.</summary>
public enum FitWeights
{
    /// <summary>All alike.</summary>
    None,

    /// <summary>By its activity.</summary>
    Activity,

    /// <summary>By its activity squared: brings a log-linear fit near to least squares of the activities.</summary>
    ActivitySquared,

    /// <summary>By 1 / activity: counting statistics, in least squares of the activities.</summary>
    InverseActivity,

    /// <summary>By 1 / activity squared: the same relative uncertainty at each point, in least squares of the activities.</summary>
    InverseActivitySquared,

    /// <summary>By 1 / u^2 of the point's own uncertainty (of its logarithm, in log-linear fits): uncertainties then follow from those and not from the scatter.</summary>
    PointUncertainty,

    /// <summary>By weights that the user gives.</summary>
    Given,
}

/// <summary>Weights by name.</summary>
internal static class FitWeighting
{
    public static double[] Of(FitWeights weights, TimeActivityCurve curve, IReadOnlyList<double> given, bool ofLogarithms)
    {
        if (weights == FitWeights.PointUncertainty && !curve.HasUncertainties)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, "Weights by the points' uncertainties need an uncertainty at every point.");
        }

        if (weights == FitWeights.Given && (given.Count != curve.Points.Count || given.Any(weight => !(weight > 0 && double.IsFinite(weight)))))
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"Given weights must be positive, one for each of {curve.Points.Count} points, found {string.Join(", ", given)}.");
        }

        double[] all = weights switch
        {
            FitWeights.PointUncertainty => [.. curve.Points.Select(point => Math.Pow((ofLogarithms ? point.Megabecquerel : 1) / point.StandardUncertainty!.Value, 2))],
            FitWeights.Given => [.. given],
            _ => new double[curve.Points.Count],
        };
        if (weights is not (FitWeights.PointUncertainty or FitWeights.Given))
        {
            Fill(weights, curve.Activities(), all);
        }

        return all.All(weight => weight > 0 && double.IsFinite(weight)) ? all : throw new DosimetryException(
            DosimetryIssue.ImpossibleValue, "Weights by activity need activities above 0 at every point: take another method or leave the point out.");
    }

    /// <summary>Weights of other activities than the curve's own.</summary>
    public static void Fill(FitWeights weights, TimeActivityCurve curve, IReadOnlyList<double> given, bool ofLogarithms, ReadOnlySpan<double> activities, Span<double> into)
    {
        if (weights is FitWeights.PointUncertainty or FitWeights.Given)
        {
            Of(weights, curve, given, ofLogarithms).CopyTo(into);
        }
        else
        {
            Fill(weights, activities, into);
        }
    }

    /// <summary>Says no to weights that voxels do not have.</summary>
    public static void CheckForVoxels(FitWeights weights, string name)
    {
        if (weights is FitWeights.PointUncertainty or FitWeights.Given)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"The weights of '{name}' are those of one curve: a fit of every voxel takes weights by activity, or none.");
        }
    }

    /// <summary>Weights that follow from the activities alone; others are 1.</summary>
    public static void Fill(FitWeights weights, ReadOnlySpan<double> activities, Span<double> into)
    {
        for (int i = 0; i < activities.Length; i++)
        {
            double activity = activities[i];
            into[i] = weights switch
            {
                FitWeights.Activity => activity,
                FitWeights.ActivitySquared => activity * activity,
                FitWeights.InverseActivity => 1 / activity,
                FitWeights.InverseActivitySquared => 1 / (activity * activity),
                _ => 1,
            };
        }
    }

    public static string Suffix(FitWeights weights) => weights switch
    {
        FitWeights.Activity => "-a",
        FitWeights.ActivitySquared => "-a2",
        FitWeights.InverseActivity => "-1/a",
        FitWeights.InverseActivitySquared => "-1/a2",
        FitWeights.PointUncertainty => "-1/u2",
        FitWeights.Given => "-given",
        _ => "",
    };

    public static string Words(FitWeights weights) => weights switch
    {
        FitWeights.Activity => "weights A",
        FitWeights.ActivitySquared => "weights A^2",
        FitWeights.InverseActivity => "weights 1/A",
        FitWeights.InverseActivitySquared => "weights 1/A^2",
        FitWeights.PointUncertainty => "weights 1/u^2 of the points",
        FitWeights.Given => "given weights",
        _ => "unweighted",
    };
}

namespace MLNetScinti.Dosimetry.Kinetics;

/// <summary>What is taken for the time between administration and the first image.</summary>
public enum TrapezoidStart
{
    /// <summary>A straight line from zero.</summary>
    TriangleFromZero,

    /// <summary>The first activity.</summary>
    Constant,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>What is taken for the time after the last image.</summary>
public enum TrapezoidTail
{
    /// <summary>The last activity, physical decay alone: no region keeps it longer.</summary>
    PhysicalDecay,

    /// <summary>The exponential through the last two points, not slower than physical decay.</summary>
    LastTwoPoints,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>The area under straight lines between the points, with a named start and tail. Asks nothing of the curve's shape.</summary>
/// <param name="Start">Before the first point.</param>
/// <param name="Tail">After the last point.</param>
public sealed record Trapezoid(TrapezoidStart Start, TrapezoidTail Tail) : TimeActivityMethod
{
    /// <inheritdoc/>
    public override string Name => (Start, Tail) switch
    {
        (TrapezoidStart.TriangleFromZero, TrapezoidTail.PhysicalDecay) => "trapezoid",
        (TrapezoidStart.Constant, TrapezoidTail.PhysicalDecay) => "trapezoid-constant",
        (TrapezoidStart.TriangleFromZero, TrapezoidTail.LastTwoPoints) => "trapezoid-last-two",
        _ => $"trapezoid-{Start}-{Tail}".ToLowerInvariant(),
    };

    /// <inheritdoc/>
    public override string Description => $"{Name}: straight lines between the points, " + Start switch
    {
        TrapezoidStart.TriangleFromZero => "from zero at administration",
        TrapezoidStart.Constant => "the first activity before them",
        _ => "nothing before them",
    } + Tail switch
    {
        TrapezoidTail.PhysicalDecay => ", physical decay after them",
        TrapezoidTail.LastTwoPoints => ", the exponential of the last two after them (not slower than physical decay)",
        _ => ", nothing after them",
    };

    /// <inheritdoc/>
    public override int LeastPoints => 2;

    private protected override TimeActivityFit FitPoints(TimeActivityCurve curve)
    {
        List<DosimetryFlag> flags = [];
        (double start, double middle, double tail, double? free) = Areas(curve.Hours(), curve.Activities(), curve.Nuclide.DecayConstant);
        if (free is { } rate)
        {
            flags.Add(Clamped(rate, curve.Nuclide));
        }

        double integral = start + middle + tail, share = integral > 0 ? tail / integral : 0;
        CheckTail(share, flags);
        return integral > 0
            ? new TimeActivityFit { Method = Description, Curve = curve, TimeIntegratedActivity = integral, ExtrapolatedShare = share, Flags = flags }
            : throw new DosimetryException(DosimetryIssue.ImpossibleValue, "The activity is 0 at every time: there is nothing to integrate.");
    }

    internal override CurveIntegral Integrate(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, Nuclide nuclide)
    {
        (double start, double middle, double tail, double? free) = Areas(hours, activities, nuclide.DecayConstant);
        return new CurveIntegral(start + middle + tail, double.NaN, free is null ? IntegralOutcome.Fitted : IntegralOutcome.Clamped);
    }

    /// <summary>The three areas, MBq h, and the tail's rate before it was put at physical decay.</summary>
    internal (double Start, double Middle, double Tail, double? Free) Areas(ReadOnlySpan<double> hours, ReadOnlySpan<double> activities, double physical)
    {
        double middle = 0;
        for (int i = 1; i < hours.Length; i++)
        {
            middle += (hours[i] - hours[i - 1]) * (activities[i] + activities[i - 1]) / 2;
        }

        double start = Start switch
        {
            TrapezoidStart.TriangleFromZero => hours[0] * activities[0] / 2,
            TrapezoidStart.Constant => hours[0] * activities[0],
            _ => 0,
        };
        if (Tail == TrapezoidTail.None)
        {
            return (start, middle, 0, null);
        }

        double rate = physical;
        double? free = null;
        if (Tail == TrapezoidTail.LastTwoPoints && activities[^1] > 0)
        {
            double found = Math.Log(activities[^2] / activities[^1]) / (hours[^1] - hours[^2]);
            (rate, free) = found >= physical ? (found, (double?)null) : (physical, found);
        }

        return (start, middle, activities[^1] / rate, free);
    }
}

namespace MLNetScinti.Dosimetry.Kinetics;

/// <summary>The activity of a region at one time.</summary>
/// <param name="Hours">Hours after administration.</param>
/// <param name="Megabecquerel">Activity at that time, not corrected for decay, MBq.</param>
/// <param name="StandardUncertainty">Its random standard uncertainty, MBq, where it is known: what differs from one point to the next, not what all points share (calibration, volume).</param>
public sealed record TimeActivityPoint(double Hours, double Megabecquerel, double? StandardUncertainty = null);

/// <summary>The activity of a region over time, in the order of time.</summary>
public sealed record TimeActivityCurve
{
    /// <summary>A curve.</summary>
    /// <param name="nuclide">Whose activity it is: no region loses it more slowly than this nuclide decays.</param>
    /// <param name="points">At least one point; times must be different.</param>
    /// <exception cref="DosimetryException">No point, two points of the same time, or a number that cannot be.</exception>
    public TimeActivityCurve(Nuclide nuclide, params IEnumerable<TimeActivityPoint> points)
    {
        ArgumentNullException.ThrowIfNull(nuclide);
        ArgumentNullException.ThrowIfNull(points);
        Nuclide = nuclide;
        Points = [.. points.OrderBy(point => point.Hours)];
        if (Points.Count == 0)
        {
            throw new DosimetryException(DosimetryIssue.TooFewPoints, "A time-activity curve needs at least one point.");
        }

        for (int i = 0; i < Points.Count; i++)
        {
            TimeActivityPoint point = Points[i];
            if (!double.IsFinite(point.Hours) || point.Hours < 0)
            {
                throw new DosimetryException(
                    DosimetryIssue.ImpossibleValue, $"A time must be 0 or more hours after administration, found {point.Hours} h.");
            }

            if (!double.IsFinite(point.Megabecquerel) || point.Megabecquerel < 0)
            {
                throw new DosimetryException(
                    DosimetryIssue.ImpossibleValue, $"The activity at {point.Hours} h must be 0 or more MBq, found {point.Megabecquerel}.");
            }

            if (point.StandardUncertainty is { } u && !(u > 0 && double.IsFinite(u)))
            {
                throw new DosimetryException(
                    DosimetryIssue.ImpossibleValue, $"The uncertainty of the activity at {point.Hours} h must be positive, found {u} MBq; leave it out where it is not known.");
            }

            if (i > 0 && !(point.Hours > Points[i - 1].Hours))
            {
                throw new DosimetryException(DosimetryIssue.RepeatedTimePoint, $"Two points have the same time, {point.Hours} h after administration: keep one of them.");
            }
        }
    }

    /// <summary>Whose activity it is.</summary>
    public Nuclide Nuclide { get; }

    /// <summary>The points in the order of time.</summary>
    public IReadOnlyList<TimeActivityPoint> Points { get; }

    /// <summary>Whether every point has an uncertainty.</summary>
    public bool HasUncertainties => Points.All(point => point.StandardUncertainty is not null);

    /// <summary>Whether a later point than the first is the highest: uptake, which falling exponentials do not describe.</summary>
    public bool RisesFirst => Rises(Activities()).First;

    /// <summary>A curve of times and activities.</summary>
    /// <exception cref="DosimetryException">See the constructor.</exception>
    public static TimeActivityCurve Of(Nuclide nuclide, IReadOnlyList<double> hours, IReadOnlyList<double> megabecquerel)
    {
        ArgumentNullException.ThrowIfNull(hours);
        ArgumentNullException.ThrowIfNull(megabecquerel);
        return hours.Count == megabecquerel.Count
            ? new TimeActivityCurve(nuclide, hours.Zip(megabecquerel, (hour, activity) => new TimeActivityPoint(hour, activity)))
            : throw new DosimetryException(DosimetryIssue.MissingTimePoint, $"Each activity needs its time: found {hours.Count} times and {megabecquerel.Count} activities.");
    }

    /// <summary>The same curve, every point with the same relative random uncertainty.</summary>
    /// <param name="relative">Such as .03.</param>
    public TimeActivityCurve WithRelativeUncertainty(double relative) => new(Nuclide, Points.Select(point => point with { StandardUncertainty = relative * point.Megabecquerel }));

    /// <summary>Whether a series is highest after its first value, and whether it rises anywhere after its highest.</summary>
    internal static (bool First, bool Later) Rises(ReadOnlySpan<double> activities)
    {
        int highest = 0;
        for (int i = 1; i < activities.Length; i++)
        {
            if (activities[i] > activities[highest])
            {
                highest = i;
            }
        }

        bool later = false;
        for (int i = highest + 1; i < activities.Length; i++)
        {
            later |= activities[i] > activities[i - 1];
        }

        return (highest > 0, later);
    }

    internal double[] Hours() => [.. Points.Select(point => point.Hours)];

    internal double[] Activities() => [.. Points.Select(point => point.Megabecquerel)];
}

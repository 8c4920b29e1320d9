using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry.Maps;

/// <summary>The activity concentration of one patient at one time.</summary>
/// <param name="Hours">Hours after administration.</param>
/// <param name="Concentration">Bq/ml at that time, not corrected for decay.</param>
public sealed record ActivityImage(double Hours, Volume Concentration);

/// <summary>Time-integrated activity in every voxel, MBq h, and how it came to be.</summary>
public sealed class TimeIntegratedActivityMap
{
    private TimeIntegratedActivityMap(Nuclide nuclide, string method, Volume megabecquerelHours, Volume rates) =>
        (Nuclide, Method, MegabecquerelHours, Rates) = (nuclide, method, megabecquerelHours, rates);

    /// <summary>The nuclide.</summary>
    public Nuclide Nuclide { get; }

    /// <summary>The time-activity method, for reports.</summary>
    public string Method { get; }

    /// <summary>MBq h in each voxel.</summary>
    public Volume MegabecquerelHours { get; }

    /// <summary>The slowest effective rate in each voxel, 1/h: that of physical decay where the method has none.</summary>
    public Volume Rates { get; }

    /// <summary>Voxels with activity.</summary>
    public int Voxels { get; private init; }

    /// <summary>Of them, those put at physical decay.</summary>
    public int ClampedVoxels { get; private init; }

    /// <summary>Of them, those that the method does not describe (they rise first, or are 0 at one time) and that were integrated by trapezoids.</summary>
    public int TrapezoidVoxels { get; private init; }

    /// <summary>The share of the whole integral that is in the latter.</summary>
    public double TrapezoidShare { get; private init; }

    /// <summary>What has to be said with doses made of this map.</summary>
    public IReadOnlyList<DosimetryFlag> Flags { get; private init; } = [];

    /// <summary>
    /// Fits every voxel of images on one grid. Negative concentrations (noise of a reconstruction) count as 0. Voxels that the method does not describe
    /// are integrated by straight lines from zero through the points and physical decay after them, and are counted.
    /// </summary>
    /// <param name="nuclide">Whose activity it is.</param>
    /// <param name="images">The images, registered to one grid; in any order.</param>
    /// <param name="method">The time-activity method.</param>
    /// <exception cref="DosimetryException">Too few images, two of the same time, images on different grids, or a method whose weights are those of one curve.</exception>
    public static TimeIntegratedActivityMap Fit(Nuclide nuclide, IReadOnlyList<ActivityImage> images, TimeActivityMethod method)
    {
        ArgumentNullException.ThrowIfNull(nuclide);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(method);
        ActivityImage[] ordered = [.. images.OrderBy(image => image.Hours)];
        if (ordered.Length < Math.Max(1, method.LeastPoints))
        {
            throw new DosimetryException(DosimetryIssue.TooFewPoints, $"The method '{method.Name}' needs {method.LeastPoints} images, found {ordered.Length}.");
        }

        method.CheckForVoxels();
        // The times' own rules are those of a curve.
        double[] hours = TimeActivityCurve.Of(nuclide, [.. ordered.Select(image => image.Hours)], [.. ordered.Select(_ => 1.0)]).Hours();
        ImageGeometry grid = ordered[0].Concentration.Geometry;
        if (Array.Find(ordered, image => !SameGrid.Is(grid, image.Concentration.Geometry)) is { } other)
        {
            throw new DosimetryException(DosimetryIssue.DifferentGrids,
                $"The image at {other.Hours} h is on another grid than the one at {ordered[0].Hours} h: register and resample it first.");
        }

        Trapezoid fallback = new(TrapezoidStart.TriangleFromZero, TrapezoidTail.PhysicalDecay);
        Volume integrals = new(grid), rates = new(grid);
        float[] into = integrals.Voxels, slow = rates.Voxels;
        float[][] values = [.. ordered.Select(image => image.Concentration.Voxels)];
        double millilitres = grid.VoxelVolume / 1000;
        int voxels = 0, clamped = 0, trapezoids = 0, impossible = 0;
        double all = 0, byTrapezoid = 0;
        Lock tally = new();
        Parallel.For(0, grid.Sections, section =>
        {
            Span<double> activities = stackalloc double[hours.Length];
            (int Voxels, int Clamped, int Trapezoids, int Impossible) here = default;
            int first = section * grid.Rows * grid.Columns;
            for (int at = first; at < first + (grid.Rows * grid.Columns); at++)
            {
                double most = 0;
                bool isFinite = true;
                for (int i = 0; i < hours.Length; i++)
                {
                    // Bq/ml in a voxel to MBq.
                    double value = values[i][at];
                    isFinite &= double.IsFinite(value);
                    activities[i] = Math.Max(0, value * millilitres / 1e6);
                    most = Math.Max(most, activities[i]);
                }

                slow[at] = (float)nuclide.DecayConstant;
                if (!isFinite || most == 0)
                {
                    here.Impossible += isFinite ? 0 : 1;
                    continue;
                }

                CurveIntegral integral = method.Integrate(hours, activities, nuclide);
                here.Voxels++;
                here.Clamped += integral.Outcome == IntegralOutcome.Clamped ? 1 : 0;
                if (integral.Outcome == IntegralOutcome.Refused || !double.IsFinite(integral.MegabecquerelHours))
                {
                    here.Trapezoids++;
                    // Marked by its sign until all sections are done: the sum must not depend on their order.
                    into[at] = hours.Length > 1 ? -(float)fallback.Integrate(hours, activities, nuclide).MegabecquerelHours : 0;
                    continue;
                }

                into[at] = (float)integral.MegabecquerelHours;
                slow[at] = double.IsFinite(integral.Rate) ? (float)integral.Rate : slow[at];
            }

            lock (tally)
            {
                voxels += here.Voxels;
                clamped += here.Clamped;
                trapezoids += here.Trapezoids;
                impossible += here.Impossible;
            }
        });
        if (impossible > 0)
        {
            throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"{impossible} voxels of the images are not finite numbers of Bq/ml.");
        }

        for (int i = 0; i < into.Length; i++)
        {
            all += Math.Abs(into[i]);
            byTrapezoid += into[i] < 0 ? -into[i] : 0;
            into[i] = Math.Abs(into[i]);
        }

        double share = all > 0 ? byTrapezoid / all : 0;
        List<DosimetryFlag> flags = [];
        // A judgement: below one in a hundred, the way in which they are integrated cannot move a dose by a percent.
        if (share > 0.01)
        {
            flags.Add(new(DosimetryIssue.VoxelsByTrapezoid, FormattableString.Invariant(
                $"{100 * share:0.0} % of the time-integrated activity lies in voxels that '{method.Name}' does not describe: they were integrated by trapezoids from zero with physical decay.")));
        }

        if (clamped > 0.1 * voxels)
        {
            flags.Add(new(DosimetryIssue.ClampedAtPhysicalDecay, FormattableString.Invariant($"{100.0 * clamped / voxels:0} % of the voxels were put at physical decay.")));
        }

        return new TimeIntegratedActivityMap(nuclide, method.Description, integrals, rates)
        {
            Voxels = voxels,
            ClampedVoxels = clamped,
            TrapezoidVoxels = trapezoids,
            TrapezoidShare = share,
            Flags = flags,
        };
    }

    /// <summary>A map that is known, as a simulation knows it.</summary>
    /// <param name="nuclide">The nuclide.</param>
    /// <param name="megabecquerelHours">MBq h in each voxel.</param>
    /// <param name="rate">The effective rate of all voxels, 1/h; physical decay where it is not given.</param>
    /// <exception cref="DosimetryException">A voxel is negative or not finite.</exception>
    public static TimeIntegratedActivityMap Known(Nuclide nuclide, Volume megabecquerelHours, double? rate = null)
    {
        ArgumentNullException.ThrowIfNull(nuclide);
        ArgumentNullException.ThrowIfNull(megabecquerelHours);
        foreach (float value in megabecquerelHours.AsSpan())
        {
            if (!(value >= 0) || !float.IsFinite(value))
            {
                throw new DosimetryException(DosimetryIssue.ImpossibleValue, $"Time-integrated activity is 0 or more MBq h in each voxel, found {value}.");
            }
        }

        Volume rates = new(megabecquerelHours.Geometry);
        rates.AsSpan().Fill((float)(rate ?? nuclide.DecayConstant));
        return new(nuclide, "known", megabecquerelHours, rates);
    }

    /// <summary>The whole integral inside a mask, MBq h.</summary>
    /// <exception cref="ArgumentException">The mask's length is not that of the map.</exception>
    public double In(ReadOnlySpan<bool> mask)
    {
        ReadOnlySpan<float> values = MegabecquerelHours.AsSpan();
        if (mask.Length != values.Length)
        {
            throw new ArgumentException($"A mask of {MegabecquerelHours.Shape} holds {values.Length} values, found {mask.Length}.", nameof(mask));
        }

        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += mask[i] ? values[i] : 0;
        }

        return sum;
    }
}

/// <summary>Whether two images lie on one grid.</summary>
internal static class SameGrid
{
    /// <summary>The same extents, edges within a thousandth, and corners within a tenth of a voxel.</summary>
    public static bool Is(ImageGeometry a, ImageGeometry b)
    {
        double tolerance = 0.1 * Math.Min(a.ColumnSpacing, Math.Min(a.RowSpacing, a.SectionSpacing));
        static bool IsSame(double edge, double other) => Math.Abs(edge - other) <= 0.001 * other;
        return a.Shape == b.Shape && IsSame(a.ColumnSpacing, b.ColumnSpacing) && IsSame(a.RowSpacing, b.RowSpacing) && IsSame(a.SectionSpacing, b.SectionSpacing)
            && new[] { (0, 0, 0), (a.Columns - 1, 0, 0), (0, a.Rows - 1, 0), (0, 0, a.Sections - 1) }
            .All(at => (a.PositionOf(at.Item1, at.Item2, at.Item3) - b.PositionOf(at.Item1, at.Item2, at.Item3)).Length < tolerance);
    }
}

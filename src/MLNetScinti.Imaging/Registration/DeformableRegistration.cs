using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>How two images of one person are brought together by a smooth deformation, and what counts as having succeeded.</summary>
public sealed record DeformableRegistrationOptions
{
    /// <summary>Values below this count as this.</summary>
    public float Low { get; init; } = -200;

    /// <summary>Values above this count as this.</summary>
    public float High { get; init; } = 300;

    /// <summary>Voxel sizes in mm, from the first resolution to the last; an axis that is coarser stays as it is.</summary>
    public IReadOnlyList<double> VoxelSizes { get; init; } = [16, 8, 4];

    /// <summary>Steps at each resolution, at most.</summary>
    public IReadOnlyList<int> Iterations { get; init; } = [100, 60, 25];

    /// <summary>Standard deviation in voxels with which the velocity field is smoothed after each step: what holds neighbours together.</summary>
    public double ElasticSmoothing { get; init; } = 0.7;

    /// <summary>Standard deviation in voxels with which each step is smoothed.</summary>
    public double FluidSmoothing { get; init; } = 3;

    /// <summary>
    /// Slopes that are flatter than this part of the window for each voxel push little: they may be noise. Too high, what is nearly even, such as the middle of a
    /// large organ, stays behind where motions of 20 mm pull at it; its noise is smoothed away step by step instead.
    /// </summary>
    public double FlatSlope { get; init; } = 0.01;

    /// <summary>The part of the smaller field that both have to see.</summary>
    public double LeastOverlap { get; init; } = 0.8;

    /// <summary>The correlation of values after it, where one image shows something, below which the result is refused.</summary>
    public double LeastCorrelation { get; init; } = 0.8;

    /// <summary>How far a point may be from where it began after the map and its inverse, mm, for 99 % of the voxels.</summary>
    public double MostInconsistency { get; init; } = 2;

    /// <summary>Threads; the result does not depend on them.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>The deformation between two images, and how well it brings them together.</summary>
public sealed record DeformableRegistrationResult
{
    /// <summary>From a point of the reference to that of the other image.</summary>
    public required DeformationField Field { get; init; }

    /// <summary>From a point of the other image to that of the reference.</summary>
    public required DeformationField Inverse { get; init; }

    /// <summary>The correlation of clipped values before.</summary>
    public required double CorrelationBefore { get; init; }

    /// <summary>The correlation of clipped values after.</summary>
    public required double Correlation { get; init; }

    /// <summary>The root mean square difference before, in units of the images.</summary>
    public required double DifferenceBefore { get; init; }

    /// <summary>The root mean square difference after, in units of the images.</summary>
    public required double Difference { get; init; }

    /// <summary>The part of the smaller field that both see.</summary>
    public required double Overlap { get; init; }

    /// <summary>The smallest and the largest determinant of the Jacobian: how much space shrinks and grows.</summary>
    public required (double Least, double Most) Jacobian { get; init; }

    /// <summary>Voxels at which space folds: a determinant of 0 or less.</summary>
    public required int FoldedVoxels { get; init; }

    /// <summary>How far a point is from where it began after the map and its inverse, mm: the mean, and what 99 % of the voxels do not exceed.</summary>
    public required (double Mean, double Percentile99) Inconsistency { get; init; }

    /// <summary>The mean and the largest displacement, mm.</summary>
    public required (double Mean, double Most) Displacement { get; init; }

    /// <summary>Why the deformation should not be used, in one sentence; empty where it may.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Whether the deformation may be used.</summary>
    public bool IsAccepted => Refusal.Length == 0;

    /// <summary>One sentence.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Moved by {Displacement.Mean:0.0} mm in the mean and {Displacement.Most:0.0} mm at most: correlation {CorrelationBefore:0.000} before and {Correlation:0.000} after, space grows by {Jacobian.Least:0.00} to {Jacobian.Most:0.00} and folds at {FoldedVoxels} voxels, {Inconsistency.Percentile99:0.00} mm apart after the way back{(IsAccepted ? "." : $"; {Refusal}")}");
}

/// <summary>
/// Deformable registration of two images of one kind and unit, such as CT scans of one person at two times: symmetric log-domain
/// demons (Vercauteren et al., MICCAI 2008) from coarse voxels to fine ones. The map is invertible by construction, and its inverse is
/// given. The same result at any number of threads.
/// </summary>
public static class DeformableRegistration
{
    /// <summary>Finds the deformation that brings an image to a reference.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="moving">The other image, in the same unit.</param>
    /// <param name="rigid">From a point of the reference to that of the other image, what <see cref="RigidRegistration"/> found; null for the same coordinates.</param>
    /// <param name="options">Null for the usual ones.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="ArgumentException">Options are impossible.</exception>
    public static DeformableRegistrationResult Find(Volume reference, Volume moving, SpatialMap? rigid = null, DeformableRegistrationOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(moving);
        options ??= new DeformableRegistrationOptions();
        if (!(options.High > options.Low) || options.VoxelSizes.Count == 0 || options.VoxelSizes.Count != options.Iterations.Count || options.VoxelSizes.Any(size => !(size > 0)) || options.Threads < 1 || !(options.ElasticSmoothing >= 0 && options.FluidSmoothing >= 0))
        {
            throw new ArgumentException("A deformable registration needs a window of values, positive voxel sizes with a number of steps for each, and at least one thread.", nameof(options));
        }

        SpatialMap then = rigid ?? SpatialMap.Identity;
        ImageGeometry field = Upright(reference.Geometry);
        Volume Window(Volume volume) => RigidLevel.Window(volume, options.Low, options.High, options.VoxelSizes.Min());
        (Volume first, Volume second) = (Window(reference), Window(moving));
        VectorField? velocity = null;
        DemonsLevel? level = null;
        for (int i = 0; i < options.VoxelSizes.Count; i++)
        {
            ImageGeometry grid = RigidLevel.GridOf(field, options.VoxelSizes[i]);
            GridResampling how = GridResampling.Emission with { Outside = -1 };
            level = new DemonsLevel(Resample.ToGrid(first, grid, how).Volume, Resample.ToGrid(second, grid, how, then).Volume, options.FlatSlope, options.Threads);
            velocity = velocity?.On(grid) ?? new VectorField(grid, options.Threads);
            level.Improve(velocity, options.Iterations[i], options.ElasticSmoothing, options.FluidSmoothing, cancel);
        }

        // Both fields as coarse as the last grid: their parts are wanted, not their voxels.
        double size = options.VoxelSizes[^1];
        ImageGeometry there = RigidLevel.GridOf(moving.Geometry, size);
        SpatialMap back = then.Inverse();
        FieldOverlap fields = FieldOverlap.Between(there with { Origin = back.Move(there.Origin), RowDirection = back.Turn(there.RowDirection), ColumnDirection = back.Turn(there.ColumnDirection), SectionDirection = back.Turn(there.SectionDirection) }, RigidLevel.GridOf(reference.Geometry, size));
        return Measured(velocity!, level!, then, options, 1 - Math.Min(fields.GridOutside, fields.ImageCut));
    }

    private static DeformableRegistrationResult Measured(VectorField velocity, DemonsLevel level, SpatialMap then, DeformableRegistrationOptions options, double overlap)
    {
        ImageGeometry grid = velocity.Grid;
        VectorField There() => new(grid, options.Threads);
        VectorField forward = velocity.Exponential(1, There(), There()), backward = velocity.Exponential(-1, There(), There()), around = There();
        forward.Composed(backward, around);
        var before = level.Agreement(There());
        var after = level.Agreement(forward);
        DeformationField map = new(forward, then);
        float[] growth = map.Jacobian();
        double[] apart = Lengths(around), displacement = Lengths(forward);
        Array.Sort(apart);
        double range = options.High - options.Low;
        DeformableRegistrationResult result = new()
        {
            Field = map,
            // Back by the motion, then by the field: the field as the motion takes it, then back by the motion.
            Inverse = new DeformationField(backward.Taken(then), then.Inverse()),
            CorrelationBefore = before.Correlation,
            Correlation = after.Correlation,
            DifferenceBefore = range * Math.Sqrt(before.MeanSquare),
            Difference = range * Math.Sqrt(after.MeanSquare),
            Overlap = overlap,
            Jacobian = (growth.Min(), growth.Max()),
            FoldedVoxels = growth.Count(one => !(one > 0)),
            Inconsistency = (apart.Average(), apart[(int)(0.99 * (apart.Length - 1))]),
            Displacement = (displacement.Average(), displacement.Max()),
        };
        return result with { Refusal = Refused(result, options) };
    }

    private static string Refused(DeformableRegistrationResult found, DeformableRegistrationOptions options)
    {
        string Sentence(FormattableString why) => $"the images are not registered: {why.ToString(CultureInfo.InvariantCulture)}; look at both, or register them rigidly.";
        return !(found.Overlap >= options.LeastOverlap) ? Sentence($"their fields share {100 * found.Overlap:0} % of the smaller one, expected {100 * options.LeastOverlap:0} %")
            : !(found.Correlation >= options.LeastCorrelation) ? Sentence($"their values correlate by {found.Correlation:0.000}, expected {options.LeastCorrelation:0.000}")
            : !(found.Difference <= found.DifferenceBefore) ? Sentence($"they differ by {found.Difference:0.#} after and {found.DifferenceBefore:0.#} before")
            : found.FoldedVoxels > 0 ? Sentence($"space folds at {found.FoldedVoxels} voxels")
            : !(found.Inconsistency.Percentile99 <= options.MostInconsistency) ? Sentence($"points are {found.Inconsistency.Percentile99:0.0} mm from where they began after the way back, expected at most {options.MostInconsistency:0.0} mm")
            : "";
    }

    private static double[] Lengths(VectorField field) => [.. Enumerable.Range(0, field.A.Length).Select(i => Math.Sqrt(((double)field.A[i] * field.A[i]) + ((double)field.B[i] * field.B[i]) + ((double)field.C[i] * field.C[i])))];

    /// <summary>A box with axes at right angles about a field, which a tilted gantry may have sheared.</summary>
    private static ImageGeometry Upright(ImageGeometry geometry)
    {
        Point3 row = geometry.RowDirection, column = geometry.ColumnDirection, section = geometry.SectionDirection;
        if (Math.Max(Math.Abs(row.Dot(column)), Math.Max(Math.Abs(row.Dot(section)), Math.Abs(column.Dot(section)))) < 1e-4)
        {
            return geometry;
        }

        row = 1 / row.Length * row;
        column -= column.Dot(row) * row;
        column = 1 / column.Length * column;
        Point3 normal = row.Cross(column);
        normal = normal.Dot(section) < 0 ? -1 * normal : normal;
        Point3[] corners = [.. Enumerable.Range(0, 8).Select(corner => geometry.PositionOf(
            (corner & 1) == 0 ? -0.5 : geometry.Columns - 0.5, (corner & 2) == 0 ? -0.5 : geometry.Rows - 0.5, (corner & 4) == 0 ? -0.5 : geometry.Sections - 0.5))];
        // As many voxels as hold the box, of about the size that they had.
        (double First, double Length) Extent(Point3 axis) => (corners.Min(corner => corner.Dot(axis)), corners.Max(corner => corner.Dot(axis)) - corners.Min(corner => corner.Dot(axis)));
        ((double a, double width), (double b, double height), (double c, double depth)) = (Extent(row), Extent(column), Extent(normal));
        double between = geometry.SectionSpacing * Math.Abs(section.Dot(normal));
        return (geometry with
        {
            Columns = (int)Math.Ceiling((width / geometry.ColumnSpacing) - 1e-6),
            Rows = (int)Math.Ceiling((height / geometry.RowSpacing) - 1e-6),
            Sections = (int)Math.Ceiling((depth / between) - 1e-6),
            SectionSpacing = between,
            RowDirection = row,
            ColumnDirection = column,
            SectionDirection = normal,
            Origin = ((a + (geometry.ColumnSpacing / 2)) * row) + ((b + (geometry.RowSpacing / 2)) * column) + ((c + (between / 2)) * normal),
        }).Checked();
    }
}

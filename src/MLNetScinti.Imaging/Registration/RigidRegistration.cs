using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>How two images of one anatomy are brought together by a rigid motion, and what counts as having succeeded.</summary>
public sealed record RigidRegistrationOptions
{
    /// <summary>Values below this count as this: what is softer than bone plays no part.</summary>
    public float Low { get; init; } = 150;

    /// <summary>Values above this count as this: metal weighs no more than dense bone.</summary>
    public float High { get; init; } = 1000;

    /// <summary>What makes a voxel part of the structure whose overlap and distance are measured.</summary>
    public float Threshold { get; init; } = 200;

    /// <summary>Voxel sizes in mm, from the first resolution to the last; an axis that is coarser stays as it is.</summary>
    public IReadOnlyList<double> VoxelSizes { get; init; } = [24, 12, 6, 3];

    /// <summary>How far to search to both sides along X, Y and Z, mm; zero to begin where the coordinates of both say.</summary>
    public Point3 SearchRange { get; init; } = new(48, 48, 112);

    /// <summary>Steps at each resolution, at most.</summary>
    public int MostIterations { get; init; } = 40;

    /// <summary>The part of the smaller field that both have to see.</summary>
    public double LeastOverlap { get; init; } = 0.4;

    /// <summary>The overlap (Dice) of the structures below which the result is refused.</summary>
    public double LeastDice { get; init; } = 0.7;

    /// <summary>The mean distance of the structures, mm, above which the result is refused.</summary>
    public double MostMeanDistance { get; init; } = 3;

    /// <summary>The correlation of values between <see cref="Low"/> and <see cref="High"/> below which the result is refused.</summary>
    public double LeastCorrelation { get; init; } = 0.5;

    /// <summary>How far apart the motions found from the one to the other and back may be, mm; infinity not to look.</summary>
    public double MostInconsistency { get; init; } = 2;

    /// <summary>Threads; the result does not depend on them.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The skeleton of one person at two times.</summary>
    public static RigidRegistrationOptions Bone { get; } = new();

    /// <summary>The skeletons of two persons, which agree in position and not in shape.</summary>
    public static RigidRegistrationOptions BoneOfAnother { get; } = new() { LeastDice = 0.25, MostMeanDistance = 10, LeastCorrelation = 0.25, MostInconsistency = 10 };

    /// <summary>Soft tissue within a region of one person, from a motion that is nearly right. What is round can turn, so that its surface comes back less exactly than its middle.</summary>
    public static RigidRegistrationOptions SoftTissue { get; } = new() { Low = -150, High = 250, Threshold = -30, SearchRange = default, VoxelSizes = [6, 3], MostInconsistency = 5 };
}

/// <summary>The rigid motion between two images, and how well it brings them together.</summary>
public sealed record RigidRegistrationResult
{
    /// <summary>From a point of the reference to the point of the other image that shows the same, mm about the origin of coordinates: what <see cref="Resample.ToGrid(Volume, ImageGeometry, GridResampling, SpatialMap?)"/> takes.</summary>
    public required SpatialMap Map { get; init; }

    /// <summary>The angle of the motion in degrees, about whatever axis.</summary>
    public required double Degrees { get; init; }

    /// <summary>How far the middle of the reference's field moves, mm.</summary>
    public required Point3 Shift { get; init; }

    /// <summary>The overlap of the structures above the threshold, 2 |A and B| / (|A| + |B|), where both fields reach; NaN where there is none.</summary>
    public double Dice { get; init; } = double.NaN;

    /// <summary>The mean distance from a voxel of one structure to the nearest of the other, both ways, mm.</summary>
    public double MeanDistance { get; init; } = double.NaN;

    /// <summary>The distance that 95 % of those do not exceed, mm.</summary>
    public double Distance95 { get; init; } = double.NaN;

    /// <summary>The correlation of clipped values where both fields reach.</summary>
    public double Correlation { get; init; } = double.NaN;

    /// <summary>The part of the smaller field that both see.</summary>
    public double Overlap { get; init; }

    /// <summary>How far a point of the structure is, at most, from where it began after the motions found both ways, mm; NaN where it was not looked at.</summary>
    public double Inconsistency { get; init; } = double.NaN;

    /// <summary>Why the motion should not be used, in one sentence; empty where it may.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Whether the motion may be used.</summary>
    public bool IsAccepted => Refusal.Length == 0;

    /// <summary>One sentence.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Turned by {Degrees:0.0} degrees and moved by {Shift.Length:0.0} mm: overlap (Dice) {Dice:0.00}, mean distance {MeanDistance:0.0} mm, correlation {Correlation:0.00}, {100 * Overlap:0} % of the smaller field seen by both{(IsAccepted ? "." : $"; {Refusal}")}");
}

/// <summary>
/// Rigid registration of what two CT images show in a window of values, by default bone: the normalised correlation of their values,
/// clipped to the window, is made large by damped Gauss-Newton steps of six parameters, from coarse voxels to fine ones, beginning
/// with the best of a search over displacements. The same result at any number of threads.
/// </summary>
/// <remarks>
/// Not the mean square of differences: that is smallest where the fields overlap in what shows no bone. Method: Madsen, Nielsen and
/// Tingleff, Methods for non-linear least squares problems (2004), chapter 3, on trilinear values brought to one mean and spread.
/// </remarks>
public static class RigidRegistration
{
    private const double SearchStep = 16;
    private const int LeastVoxels = 30, MostCandidates = 12;

    /// <summary>Finds the motion that brings an image to a reference.</summary>
    /// <param name="reference">The reference; Hounsfield units with the options' defaults.</param>
    /// <param name="moving">The other image, in the same unit.</param>
    /// <param name="options">Null for <see cref="RigidRegistrationOptions.Bone"/>.</param>
    /// <param name="start">From a point of the reference to that of the other image, to begin with; null for the same coordinates.</param>
    /// <param name="region">Which voxels of the reference count; null for all.</param>
    /// <exception cref="ArgumentException">Options or the region are impossible.</exception>
    public static RigidRegistrationResult Find(Volume reference, Volume moving, RigidRegistrationOptions? options = null, SpatialMap? start = null, bool[]? region = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(moving);
        options ??= RigidRegistrationOptions.Bone;
        if (!(options.High > options.Low) || options.VoxelSizes.Count == 0 || options.VoxelSizes.Any(size => !(size > 0)) || options.MostIterations < 1 || options.Threads < 1 || !(options.LeastOverlap is > 0 and <= 1))
        {
            throw new ArgumentException("A registration needs a window of values, positive voxel sizes, an overlap from 0 to 1, and at least one step and one thread.", nameof(options));
        }

        if (region is not null && region.Length != reference.Shape.Length)
        {
            throw new ArgumentException($"A region of {reference.Shape} holds {reference.Shape.Length} values, found {region.Length}.", nameof(region));
        }

        Volume fixedWindow = Window(reference, options), movingWindow = Window(moving, options);
        region = region is null ? null : MaskResampling.ToGrid(region, reference.Geometry, fixedWindow.Geometry, MaskRule.KeepVolume);
        SpatialMap first = start ?? SpatialMap.Identity;
        float part = (options.Threshold - options.Low) / (options.High - options.Low);
        (int inReference, int inMoving) = (Count(fixedWindow, part, region), Count(movingWindow, part, null));
        if (Math.Min(inReference, inMoving) < LeastVoxels)
        {
            return Result(reference, first) with
            {
                Refusal = string.Create(CultureInfo.InvariantCulture, $"the images cannot be registered: expected at least {LeastVoxels} voxels above {options.Threshold:0} in both, found {inReference} and {inMoving}."),
            };
        }

        SpatialMap map = Best(fixedWindow, movingWindow, options, first, region);
        RigidRegistrationResult result = Measured(reference, fixedWindow, movingWindow, map, options, part, region);
        if (double.IsFinite(options.MostInconsistency))
        {
            bool[]? back = region is null ? null : MaskResampling.ToGrid(region, fixedWindow.Geometry, movingWindow.Geometry, MaskRule.KeepVolume, map.Inverse());
            SpatialMap reverse = Best(movingWindow, fixedWindow, options, first.Inverse(), back);
            result = result with { Inconsistency = Apart(fixedWindow, part, region, map.Then(reverse)) };
        }

        return result with { Refusal = Refused(result, options) };
    }

    /// <summary>
    /// What a registration sees of an image: its values cut to the window, in voxels of the finest size that is looked at. For who holds several large
    /// images: this takes some hundredths of a CT's memory, and <see cref="Find"/> gives the same by it. The image's own values are overwritten.
    /// </summary>
    /// <param name="volume">The image, which is used up.</param>
    /// <param name="options">Those of the registration.</param>
    public static Volume Prepared(Volume volume, RigidRegistrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(options);
        foreach (ref float value in volume.AsSpan())
        {
            value = float.IsNaN(value) ? options.Low : Math.Clamp(value, options.Low, options.High);
        }

        return Resample.ToGrid(volume, RigidLevel.GridOf(volume.Geometry, options.VoxelSizes.Min()), new GridResampling { Outside = options.Low, AntiAliasing = AntiAliasing.Gaussian }).Volume;
    }

    private static string Refused(RigidRegistrationResult found, RigidRegistrationOptions options)
    {
        string Sentence(FormattableString why) => $"the images are not registered: {why.ToString(CultureInfo.InvariantCulture)}; look at both, or register what they share.";
        return !(found.Overlap >= options.LeastOverlap) ? Sentence($"their fields share {100 * found.Overlap:0} % of the smaller one, expected {100 * options.LeastOverlap:0} %")
            : !(found.Dice >= options.LeastDice) ? Sentence($"what lies above {options.Threshold:0} overlaps by {found.Dice:0.00} (Dice), expected {options.LeastDice:0.00}")
            : !(found.MeanDistance <= options.MostMeanDistance) ? Sentence($"what lies above {options.Threshold:0} is {found.MeanDistance:0.0} mm apart in the mean, expected at most {options.MostMeanDistance:0.0} mm")
            : !(found.Correlation >= options.LeastCorrelation) ? Sentence($"their values correlate by {found.Correlation:0.00}, expected {options.LeastCorrelation:0.00}")
            : found.Inconsistency > options.MostInconsistency ? Sentence($"the motions found both ways are {found.Inconsistency:0.0} mm apart, expected at most {options.MostInconsistency:0.0} mm")
            : "";
    }

    private static RigidRegistrationResult Result(Volume reference, SpatialMap map)
    {
        Point3 middle = Middle(reference.Geometry);
        // The trace of a rotation is 1 + 2 cos of its angle; the sine, good for small ones, is half the length of its odd part.
        double sine = new Point3(map.Y.Z - map.Z.Y, map.Z.X - map.X.Z, map.X.Y - map.Y.X).Length / 2, cosine = (map.X.X + map.Y.Y + map.Z.Z - 1) / 2;
        return new RigidRegistrationResult { Map = map, Degrees = Math.Atan2(sine, cosine) * 180 / Math.PI, Shift = map.Move(middle) - middle };
    }

    private static Point3 Middle(ImageGeometry geometry) => geometry.PositionOf((geometry.Columns - 1) / 2.0, (geometry.Rows - 1) / 2.0, (geometry.Sections - 1) / 2.0);

    private static Volume Window(Volume volume, RigidRegistrationOptions options) => RigidLevel.Window(volume, options.Low, options.High, options.VoxelSizes.Min());

    private static int Count(Volume volume, float threshold, bool[]? region)
    {
        int count = 0;
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            count += volume.Voxels[i] >= threshold && region?[i] != false ? 1 : 0;
        }

        return count;
    }

    private static SpatialMap Best(Volume reference, Volume moving, RigidRegistrationOptions options, SpatialMap start, bool[]? region)
    {
        Point3 centre = Middle(reference.Geometry);
        List<SpatialMap> candidates = options.SearchRange == default ? [start] : Search(reference, moving, options, start, region);
        // Of many where they are cheap, a few go on: a spine looks much like itself one vertebra further.
        int kept = 3;
        foreach (double size in options.VoxelSizes)
        {
            RigidLevel level = new(reference, moving, size, region, options.LeastOverlap, options.Threads);
            List<(SpatialMap Map, double Correlation)> refined = [.. candidates.Select(candidate => level.Refine(candidate, centre, options.MostIterations))
                .Select(map => (map, level.Sums(map, centre, derivatives: false) is RigidSums sums && sums.Count >= level.LeastCount ? sums.Correlation : -2))];
            candidates = [.. refined.OrderByDescending(one => one.Correlation).Take(kept).Select(one => one.Map)];
            kept = 1;
        }

        return candidates[0];
    }

    /// <summary>The displacements whose correlation is highest, coarsely: about where the coordinates say, and about the middles of both fields.</summary>
    private static List<SpatialMap> Search(Volume reference, Volume moving, RigidRegistrationOptions options, SpatialMap start, bool[]? region)
    {
        RigidLevel level = new(reference, moving, SearchStep, region, options.LeastOverlap, threads: 1);
        Point3 centre = Middle(reference.Geometry);
        Point3 between = Middle(moving.Geometry) - start.Move(centre);
        static int Steps(double range) => (int)Math.Floor(Math.Max(0, range) / SearchStep);
        (int x, int y, int z) = (Steps(options.SearchRange.X), Steps(options.SearchRange.Y), Steps(options.SearchRange.Z));
        List<Point3> shifts = [];
        foreach (Point3 about in between.Length > SearchStep ? (Point3[])[default, between] : [default])
        {
            for (int i = 0; i < ((2 * x) + 1) * ((2 * y) + 1) * ((2 * z) + 1); i++)
            {
                (int rest, int column) = Math.DivRem(i, (2 * x) + 1);
                (int section, int row) = Math.DivRem(rest, (2 * y) + 1);
                shifts.Add(about + (SearchStep * new Point3(column - x, row - y, section - z)));
            }
        }

        double[] scores = new double[shifts.Count];
        Parallel.For(0, scores.Length, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, i =>
        {
            RigidSums sums = level.Sums(start.Then(SpatialMap.Translate(shifts[i])), centre, derivatives: false);
            scores[i] = sums.Count >= level.LeastCount ? sums.Correlation : -2;
        });
        // The start itself is always among them: a fine registration is not thrown away for a coarse one.
        List<SpatialMap> best = [start];
        List<Point3> taken = [];
        foreach (int i in Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i))
        {
            if (best.Count == MostCandidates || scores[i] <= -2)
            {
                break;
            }

            if (taken.TrueForAll(other => (other - shifts[i]).Length > 1.2 * SearchStep))
            {
                taken.Add(shifts[i]);
                best.Add(start.Then(SpatialMap.Translate(shifts[i])));
            }
        }

        return best;
    }

    private static RigidRegistrationResult Measured(Volume reference, Volume fixedWindow, Volume movingWindow, SpatialMap map, RigidRegistrationOptions options, float threshold, bool[]? region)
    {
        RigidLevel level = new(fixedWindow, movingWindow, options.VoxelSizes[^1], region, options.LeastOverlap, options.Threads);
        RigidSums sums = level.Sums(map, Middle(reference.Geometry), derivatives: false);
        (Volume fixedOnGrid, Volume movingOnGrid, bool[]? inside) = level.OnOneGrid(map);
        ImageGeometry grid = fixedOnGrid.Geometry;
        bool[] first = new bool[grid.Shape.Length], second = new bool[first.Length];
        int both = 0, either = 0;
        for (int i = 0; i < first.Length; i++)
        {
            bool seen = movingOnGrid.Voxels[i] >= 0 && inside?[i] != false;
            (first[i], second[i]) = (seen && fixedOnGrid.Voxels[i] >= threshold, seen && movingOnGrid.Voxels[i] >= threshold);
            both += first[i] && second[i] ? 1 : 0;
            either += (first[i] ? 1 : 0) + (second[i] ? 1 : 0);
        }

        double[] distances = [.. Distances(first, second, grid), .. Distances(second, first, grid)];
        Array.Sort(distances);
        return Result(reference, map) with
        {
            Dice = either > 0 ? 2.0 * both / either : double.NaN,
            MeanDistance = distances.Length > 0 ? distances.Average() : double.NaN,
            Distance95 = distances.Length > 0 ? distances[(int)(0.95 * (distances.Length - 1))] : double.NaN,
            Correlation = sums.Correlation,
            Overlap = level.OverlapOf(sums.Count),
        };
    }

    private static IEnumerable<double> Distances(bool[] from, bool[] to, ImageGeometry grid)
    {
        double[] squared = DistanceTransform.Squared(to, grid.Shape, grid.SectionSpacing, grid.RowSpacing, grid.ColumnSpacing);
        return from.Index().Where(one => one.Item).Select(one => Math.Sqrt(squared[one.Index]));
    }

    /// <summary>How far a map moves a voxel of the structure, at most.</summary>
    private static double Apart(Volume volume, float threshold, bool[]? region, SpatialMap map)
    {
        double most = 0;
        ImageGeometry geometry = volume.Geometry;
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            if (volume.Voxels[i] >= threshold && region?[i] != false)
            {
                (int line, int column) = Math.DivRem(i, geometry.Columns);
                (int section, int row) = Math.DivRem(line, geometry.Rows);
                Point3 at = geometry.PositionOf(column, row, section);
                most = Math.Max(most, (map.Move(at) - at).Length);
            }
        }

        return most;
    }
}

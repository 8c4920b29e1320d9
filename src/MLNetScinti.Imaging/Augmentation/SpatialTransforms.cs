using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>A deterministic change of a whole sample.</summary>
public interface ISampleTransform
{
    /// <summary>What it does, with its parameters, as provenance shows it.</summary>
    string Name { get; }

    /// <summary>Changes a sample; the one given stays as it is.</summary>
    ImageSample Apply(ImageSample sample);
}

/// <summary>
/// The random partner of a deterministic transform: it draws the parameters, the transform does the work. A record, so that a list
/// of them says all about an augmentation.
/// </summary>
public abstract record RandomTransform
{
    /// <summary>How often it is applied at all, from 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>The name of the operation, as definitions use it, and of its random stream.</summary>
    public abstract string Operation { get; }

    /// <summary>Draws the parameters and returns the transform that has them.</summary>
    /// <param name="random">The generator; its state moves on.</param>
    public abstract ISampleTransform Draw(ref CounterRandom random);

    /// <summary>This transform, when its numbers are possible.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    public RandomTransform Checked()
    {
        Expect(Probability is >= 0 and <= 1, $"a probability from 0 to 1, found {Probability}");
        Check();
        return this;
    }

    /// <summary>Checks what is special to the operation.</summary>
    private protected abstract void Check();

    private protected void Expect(bool holds, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{Operation}: expected {expected}."), nameof(expected));
        }
    }

    private protected void ExpectRange(double least, double most, double lowest, double highest) =>
        Expect(least >= lowest && most <= highest && least <= most, string.Create(CultureInfo.InvariantCulture, $"a range within {lowest:g6} to {highest:g6}, found {least:g6} to {most:g6}"));
}

/// <summary>
/// Moves all images and label maps of a sample by one map of space: images by linear interpolation, labels by the nearest, zeros
/// outside. A map that mirrors left and right also exchanges what is said about the sides of the body.
/// </summary>
/// <remarks>
/// A projection shows what of the map lies in its plane: a turn about the axis that it looks along turns it, others are left out. A
/// view from the back sees a turn the other way round, as it should.
/// </remarks>
/// <param name="map">Where each point goes, in mm about the middle of the sample.</param>
/// <param name="mirrors">Whether left and right of the body are exchanged.</param>
/// <param name="name">What to call it, or null for its numbers.</param>
public class SpatialTransform(SpatialMap map, bool mirrors, string? name = null) : ISampleTransform
{
    /// <summary>The map.</summary>
    public SpatialMap Map { get; } = map;

    /// <summary>Whether left and right of the body are exchanged.</summary>
    public bool Mirrors { get; } = mirrors;

    /// <inheritdoc/>
    public string Name { get; } = name ?? string.Create(
        CultureInfo.InvariantCulture,
        $"affine({Text(map.X)} {Text(map.Y)} {Text(map.Z)}; {Text(map.Shift)} mm{(mirrors ? "; sides exchanged" : "")})");

    /// <summary>This transform and then another, with one interpolation.</summary>
    public SpatialTransform Then(SpatialTransform next) => new(Map.Then(next.Map), Mirrors ^ next.Mirrors, $"{Name}, {next.Name}");

    /// <inheritdoc/>
    public ImageSample Apply(ImageSample sample)
    {
        SpatialMap back = Map.Inverse();
        Point3? centre = Centre(sample);
        Dictionary<string, string> other = [];
        if (Mirrors)
        {
            foreach ((string left, string right) in sample.Pairs)
            {
                (other[left], other[right]) = (right, left);
            }
        }

        return sample with
        {
            // What was the left one, mirrored, is the right one: it moves in its own grid and changes its name.
            Images = [.. sample.Images.Select(image => Move(image, other.GetValueOrDefault(image.Name, image.Name), back, IsPaired(image.Name) ? null : centre))],
            Masks = [.. sample.Masks.Select(mask => Move(mask, other.GetValueOrDefault(mask.Name, mask.Name), back, IsPaired(mask.Name) ? null : centre))],
            Facts = sample.Facts.ToDictionary(fact => other.GetValueOrDefault(fact.Key, fact.Key), fact => fact.Value, StringComparer.Ordinal),
            Side = Mirrors && sample.Side is { } side ? (side == BodySide.Left ? BodySide.Right : BodySide.Left) : sample.Side,
        };

        bool IsPaired(string name) => sample.Pairs.Any(pair => string.Equals(pair.Left, name, StringComparison.Ordinal) || string.Equals(pair.Right, name, StringComparison.Ordinal));
    }

    private static string Text(Point3 point) => string.Create(CultureInfo.InvariantCulture, $"[{point.X:g6} {point.Y:g6} {point.Z:g6}]");

    private static Point3? Centre(ImageSample sample)
    {
        ImageGeometry? first = sample.Images.FirstOrDefault(image => !image.IsPlanar)?.Geometry ?? sample.Masks.FirstOrDefault(mask => !mask.IsPlanar)?.Geometry;
        return first is null ? null : Middle(first);
    }

    private static Point3 Middle(ImageGeometry geometry) => geometry.PositionOf((geometry.Columns - 1) / 2.0, (geometry.Rows - 1) / 2.0, (geometry.Sections - 1) / 2.0);

    private SampleImage Move(SampleImage image, string name, SpatialMap back, Point3? centre)
    {
        float[] values = new float[image.Values.Length];
        GridSampling.Linear(MapOf(image.Geometry, image.IsPlanar, back, centre), image.Values, image.Shape, values, image.Shape);
        return new SampleImage(name, image.Geometry, values, image.IsPlanar);
    }

    private SampleMask Move(SampleMask mask, string name, SpatialMap back, Point3? centre)
    {
        byte[] labels = new byte[mask.Labels.Length];
        GridSampling.Nearest(MapOf(mask.Geometry, mask.IsPlanar, back, centre), mask.Labels, mask.Shape, labels, mask.Shape);
        if (Mirrors && mask.Sides.Count > 0)
        {
            Span<byte> exchanged = stackalloc byte[256];
            for (int label = 0; label < exchanged.Length; label++)
            {
                exchanged[label] = (byte)label;
            }

            foreach ((byte left, byte right) in mask.Sides)
            {
                (exchanged[left], exchanged[right]) = (right, left);
            }

            foreach (ref byte label in labels.AsSpan())
            {
                label = exchanged[label];
            }
        }

        return new SampleMask(name, mask.Geometry, labels, mask.IsPlanar, mask.Sides);
    }

    private GridMap MapOf(ImageGeometry geometry, bool isPlanar, SpatialMap back, Point3? centre)
    {
        if (!isPlanar)
        {
            return GridMap.Between(geometry, geometry, back, centre ?? Middle(geometry));
        }

        // What of the map lies in the plane, and the way back from that.
        Point3 columns = geometry.RowDirection, rows = geometry.ColumnDirection;
        Point3 x = Map.Turn(columns), y = Map.Turn(rows);
        PlaneTransform there = new(
            columns.Dot(x), columns.Dot(y) * geometry.RowSpacing / geometry.ColumnSpacing, rows.Dot(x) * geometry.ColumnSpacing / geometry.RowSpacing, rows.Dot(y),
            columns.Dot(Map.Shift) / geometry.ColumnSpacing, rows.Dot(Map.Shift) / geometry.RowSpacing);
        PlaneTransform plane = there.Inverse();
        double middleColumn = (geometry.Columns - 1) / 2.0, middleRow = (geometry.Rows - 1) / 2.0;
        return new(
            new(plane.ColumnColumn, plane.ColumnRow, 0), new(plane.RowColumn, plane.RowRow, 0), new(0, 0, 1),
            new(
                plane.ColumnShift + middleColumn - (plane.ColumnColumn * middleColumn) - (plane.ColumnRow * middleRow),
                plane.RowShift + middleRow - (plane.RowColumn * middleColumn) - (plane.RowRow * middleRow),
                0));
    }
}

/// <summary>Mirrors a sample along axes of the body; exact where they are axes of the grid.</summary>
/// <param name="leftRight">Whether left and right are exchanged, also in what is said about the sides.</param>
/// <param name="frontBack">Whether front and back are exchanged.</param>
/// <param name="headFeet">Whether head and feet are exchanged.</param>
public sealed class Mirror(bool leftRight, bool frontBack, bool headFeet) : SpatialTransform(
    SpatialMap.Mirror(leftRight, frontBack, headFeet), leftRight,
    $"mirror({string.Join(", ", ((string[])[leftRight ? "left-right" : "", frontBack ? "front-back" : "", headFeet ? "head-feet" : ""]).Where(axis => axis.Length > 0))})");

/// <summary>Mirrors along each axis asked for with probability 1/2.</summary>
public sealed record RandomMirror : RandomTransform
{
    /// <summary>Whether left and right may be exchanged, also in what is said about the sides.</summary>
    public bool LeftRight { get; init; }

    /// <summary>Whether front and back may be exchanged.</summary>
    public bool FrontBack { get; init; }

    /// <summary>Whether head and feet may be exchanged.</summary>
    public bool HeadFeet { get; init; }

    /// <inheritdoc/>
    public override string Operation => "mirror";

    /// <inheritdoc/>
    public override ISampleTransform Draw(ref CounterRandom random) =>
        new Mirror(random.NextBoolean() && LeftRight, random.NextBoolean() && FrontBack, random.NextBoolean() && HeadFeet);

    private protected override void Check()
    {
    }
}

/// <summary>Shears, enlarges, turns and moves, each by up to an amount in either direction, uniformly; in this order, with one interpolation.</summary>
public sealed record RandomAffine : RandomTransform
{
    /// <summary>The largest turns about the X, Y and Z axis, degrees.</summary>
    public Point3 Degrees { get; init; }

    /// <summary>The largest shifts along X, Y and Z, mm.</summary>
    public Point3 Millimetres { get; init; }

    /// <summary>The largest change of size: 0.2 draws factors from 0.8 to 1.2, the same for all axes.</summary>
    public double Zoom { get; init; }

    /// <summary>The largest shear, mm for each mm.</summary>
    public double Shear { get; init; }

    /// <inheritdoc/>
    public override string Operation => "affine";

    /// <inheritdoc/>
    public override ISampleTransform Draw(ref CounterRandom random)
    {
        // All are drawn, so that an amount of zero leaves the others as they were.
        Point3 degrees = Up(ref random, Degrees), millimetres = Up(ref random, Millimetres);
        double zoom = random.NextDouble(1 - Zoom, 1 + Zoom);
        Point3 shear = Up(ref random, new(Shear, Shear, Shear));
        return new SpatialTransform(
            SpatialMap.Shear(shear.X, shear.Y, shear.Z).Then(SpatialMap.Zoom(zoom, zoom, zoom)).Then(SpatialMap.Rotate(degrees)).Then(SpatialMap.Translate(millimetres)),
            mirrors: false,
            string.Create(
                CultureInfo.InvariantCulture,
                $"affine(turn {degrees.X:g6} {degrees.Y:g6} {degrees.Z:g6} degrees, move {millimetres.X:g6} {millimetres.Y:g6} {millimetres.Z:g6} mm, zoom {zoom:g6}, shear {shear.X:g6} {shear.Y:g6} {shear.Z:g6})"));
    }

    private protected override void Check()
    {
        Expect(Zoom is >= 0 and < 1, $"a zoom from 0 to below 1, found {Zoom}");
        Expect(Shear is >= 0 and <= 0.5, $"a shear from 0 to 0.5, found {Shear}");
        Expect(Degrees is { X: >= 0 and <= 180, Y: >= 0 and <= 180, Z: >= 0 and <= 180 }, $"turns from 0 to 180 degrees, found {Degrees.X}, {Degrees.Y} and {Degrees.Z}");
        Expect(
            Millimetres is { X: >= 0, Y: >= 0, Z: >= 0 } && double.IsFinite(Millimetres.Length),
            $"shifts of 0 mm or more, found {Millimetres.X}, {Millimetres.Y} and {Millimetres.Z}");
    }

    private static Point3 Up(ref CounterRandom random, Point3 most) =>
        new(random.NextDouble(-most.X, most.X), random.NextDouble(-most.Y, most.Y), random.NextDouble(-most.Z, most.Z));
}

namespace MLNetScinti.Imaging;

/// <summary>The direction of the parallel planes in which contours lie, and axes in them: millimetres in DICOM patient coordinates.</summary>
public sealed record ContourPlane
{
    private ContourPlane(Point3 normal, Point3 across, Point3 down) => (Normal, Across, Down) = (normal, across, down);

    /// <summary>The unit vector at right angles to the planes. Of two that are opposite it is the one whose largest component is positive.</summary>
    public Point3 Normal { get; }

    /// <summary>A unit vector in the planes.</summary>
    public Point3 Across { get; }

    /// <summary>The unit vector in the planes at right angles to <see cref="Across"/>.</summary>
    public Point3 Down { get; }

    /// <summary>The planes of the sections of an image: at right angles to rows and columns, whatever way the sections are stacked.</summary>
    public static ContourPlane Of(ImageGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        return Along(geometry.RowDirection.Cross(geometry.ColumnDirection), geometry.RowDirection);
    }

    /// <summary>The planes that closed polygons lie in, by the area that they enclose, or null where they enclose none. Whether they do lie in them <see cref="Spread"/> tells.</summary>
    public static ContourPlane? Of(IEnumerable<IReadOnlyList<Point3>> polygons)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        Point3 sum = default, edge = default;
        double area = 0;
        foreach (IReadOnlyList<Point3> points in polygons)
        {
            Point3 one = AreaVector(points);
            sum += one.Dot(sum) < 0 ? -1 * one : one;
            area += one.Length;
            for (int i = 1; i < points.Count; i++)
            {
                edge = (points[i] - points[i - 1]).Length > edge.Length ? points[i] - points[i - 1] : edge;
            }
        }

        return sum.Length > 0 && double.IsFinite(sum.Length) && sum.Length > 1e-12 * edge.Length * edge.Length && area > 0 ? Along(sum, edge) : null;
    }

    /// <summary>Half of the sum of the vector products of neighbours: the enclosed area along the normal, whatever the plane.</summary>
    public static Point3 AreaVector(IReadOnlyList<Point3> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        Point3 sum = default;
        // From the first point, so that what is far from the origin loses no digits.
        for (int i = 2; i < points.Count; i++)
        {
            sum += (points[i - 1] - points[0]).Cross(points[i] - points[0]);
        }

        return 0.5 * sum;
    }

    /// <summary>How far a point lies along the normal.</summary>
    public double DepthOf(Point3 point) => point.Dot(Normal);

    /// <summary>From the first of some points along the normal to the last.</summary>
    public double Spread(IReadOnlyList<Point3> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (Point3 point in points)
        {
            double depth = DepthOf(point);
            (low, high) = (Math.Min(low, depth), Math.Max(high, depth));
        }

        return points.Count == 0 ? 0 : high - low;
    }

    /// <summary>A point seen along the normal, in millimetres.</summary>
    public PlanePoint Flatten(Point3 point) => new(point.Dot(Across), point.Dot(Down));

    private static ContourPlane Along(Point3 normal, Point3 across)
    {
        normal = 1 / normal.Length * normal;
        double largest = Math.Abs(normal.X) >= Math.Abs(normal.Y) && Math.Abs(normal.X) >= Math.Abs(normal.Z) ? normal.X
            : Math.Abs(normal.Y) >= Math.Abs(normal.Z) ? normal.Y : normal.Z;
        normal = largest < 0 ? -1 * normal : normal;
        across -= across.Dot(normal) * normal;
        across = 1 / across.Length * across;
        return new(normal, across, normal.Cross(across));
    }
}

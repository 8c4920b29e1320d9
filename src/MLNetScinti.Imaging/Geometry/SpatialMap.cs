namespace MLNetScinti.Imaging;

/// <summary>
/// An affine map of space, in millimetres and in DICOM patient coordinates, about a centre that the user of the map chooses: it
/// says where the unit vectors go, and what is added.
/// </summary>
/// <param name="X">Where (1, 0, 0) goes.</param>
/// <param name="Y">Where (0, 1, 0) goes.</param>
/// <param name="Z">Where (0, 0, 1) goes.</param>
/// <param name="Shift">What is added, mm.</param>
public readonly record struct SpatialMap(Point3 X, Point3 Y, Point3 Z, Point3 Shift)
{
    /// <summary>The map that leaves everything where it is.</summary>
    public static SpatialMap Identity { get; } = new(new(1, 0, 0), new(0, 1, 0), new(0, 0, 1), default);

    /// <summary>How much a volume grows; below 0 where the map mirrors.</summary>
    public double Determinant => X.Dot(Y.Cross(Z));

    /// <summary>Moves by millimetres.</summary>
    public static SpatialMap Translate(Point3 millimetres) => Identity with { Shift = millimetres };

    /// <summary>Enlarges by a factor along each axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A factor is not positive.</exception>
    public static SpatialMap Zoom(double x, double y, double z) => x > 0 && y > 0 && z > 0 && double.IsFinite(x + y + z)
        ? new(new(x, 0, 0), new(0, y, 0), new(0, 0, z), default)
        : throw new ArgumentOutOfRangeException(nameof(x), $"Zoom factors must be positive, found {x}, {y} and {z}.");

    /// <summary>Mirrors along axes.</summary>
    /// <param name="leftRight">Whether the patient's left becomes the right.</param>
    /// <param name="frontBack">Whether the front becomes the back.</param>
    /// <param name="headFeet">Whether the head becomes the feet.</param>
    public static SpatialMap Mirror(bool leftRight, bool frontBack, bool headFeet) =>
        new(new(leftRight ? -1 : 1, 0, 0), new(0, frontBack ? -1 : 1, 0), new(0, 0, headFeet ? -1 : 1), default);

    /// <summary>Turns about the X axis, then the Y axis, then the Z axis; each by the right-hand rule.</summary>
    /// <param name="degrees">The three angles.</param>
    public static SpatialMap Rotate(Point3 degrees)
    {
        (double sine, double cosine) = PortableMath.SinCosDegrees(degrees.X);
        SpatialMap map = new(new(1, 0, 0), new(0, cosine, sine), new(0, -sine, cosine), default);
        (sine, cosine) = PortableMath.SinCosDegrees(degrees.Y);
        map = map.Then(new(new(cosine, 0, -sine), new(0, 1, 0), new(sine, 0, cosine), default));
        (sine, cosine) = PortableMath.SinCosDegrees(degrees.Z);
        return map.Then(new(new(cosine, sine, 0), new(-sine, cosine, 0), new(0, 0, 1), default));
    }

    /// <summary>Shears: X grows with Y, Y with Z, and Z with X.</summary>
    /// <param name="xWithY">Millimetres of X for each of Y.</param>
    /// <param name="yWithZ">Millimetres of Y for each of Z.</param>
    /// <param name="zWithX">Millimetres of Z for each of X.</param>
    public static SpatialMap Shear(double xWithY, double yWithZ, double zWithX) => new(new(1, 0, zWithX), new(xWithY, 1, 0), new(0, yWithZ, 1), default);

    /// <summary>Where a direction goes.</summary>
    public Point3 Turn(Point3 direction) => (direction.X * X) + (direction.Y * Y) + (direction.Z * Z);

    /// <summary>Where a point goes.</summary>
    public Point3 Move(Point3 point) => Turn(point) + Shift;

    /// <summary>This map followed by another.</summary>
    public SpatialMap Then(SpatialMap next) => new(next.Turn(X), next.Turn(Y), next.Turn(Z), next.Move(Shift));

    /// <summary>The map back.</summary>
    /// <exception cref="InvalidOperationException">The map flattens space.</exception>
    public SpatialMap Inverse()
    {
        double determinant = Determinant;
        if (!(Math.Abs(determinant) > 1e-9) || !double.IsFinite(determinant))
        {
            throw new InvalidOperationException("A map that flattens space has no inverse.");
        }

        // The rows of the inverse are the cross products of the columns.
        double factor = 1 / determinant;
        Point3 a = factor * Y.Cross(Z), b = factor * Z.Cross(X), c = factor * X.Cross(Y);
        SpatialMap turn = new(new(a.X, b.X, c.X), new(a.Y, b.Y, c.Y), new(a.Z, b.Z, c.Z), default);
        return turn with { Shift = -1 * turn.Turn(Shift) };
    }
}

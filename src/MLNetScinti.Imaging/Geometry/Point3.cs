namespace MLNetScinti.Imaging;

/// <summary>
/// A point or a direction in DICOM patient coordinates (LPS): +X to the patient's left, +Y to the back, +Z to the head
/// (DICOM PS3.3 C.7.6.2.1.1). Millimetres, or without a unit for a direction.
/// </summary>
/// <param name="X">Towards the patient's left.</param>
/// <param name="Y">Towards the patient's back (posterior).</param>
/// <param name="Z">Towards the patient's head.</param>
public readonly record struct Point3(double X, double Y, double Z)
{
    /// <summary>The length of the vector from the origin to this point.</summary>
    public double Length => Math.Sqrt(Dot(this));

    /// <summary>The sum of two vectors.</summary>
    public static Point3 operator +(Point3 a, Point3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    /// <summary>The difference of two vectors.</summary>
    public static Point3 operator -(Point3 a, Point3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    /// <summary>A vector times a number.</summary>
    public static Point3 operator *(double factor, Point3 a) => new(factor * a.X, factor * a.Y, factor * a.Z);

    /// <summary>The scalar product.</summary>
    public double Dot(Point3 other) => (X * other.X) + (Y * other.Y) + (Z * other.Z);

    /// <summary>The vector product.</summary>
    public Point3 Cross(Point3 other) =>
        new((Y * other.Z) - (Z * other.Y), (Z * other.X) - (X * other.Z), (X * other.Y) - (Y * other.X));
}

/// <summary>The patient's side.</summary>
public enum BodySide
{
    /// <summary>The patient's left: +X in DICOM patient coordinates.</summary>
    Left,

    /// <summary>The patient's right: -X.</summary>
    Right,
}

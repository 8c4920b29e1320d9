using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>An ellipsoid along the axes of patient coordinates.</summary>
/// <param name="Centre">Its middle, mm.</param>
/// <param name="HalfAxes">Its half-axes, mm.</param>
public sealed record Ellipsoid(Point3 Centre, Point3 HalfAxes)
{
    /// <summary>Its volume in ml.</summary>
    public double Millilitres => 4.0 / 3 * Math.PI * HalfAxes.X * HalfAxes.Y * HalfAxes.Z / 1000;

    /// <summary>Whether a point lies inside.</summary>
    public bool Contains(Point3 point)
    {
        Point3 offset = point - Centre;
        double x = offset.X / HalfAxes.X;
        double y = offset.Y / HalfAxes.Y;
        double z = offset.Z / HalfAxes.Z;
        return (x * x) + (y * y) + (z * z) <= 1;
    }

    /// <summary>Where a line along the body's axis enters and leaves it, mm; the first above the second where it passes by.</summary>
    public (double Low, double High) Along(double x, double y)
    {
        double across = (x - Centre.X) / HalfAxes.X;
        double front = (y - Centre.Y) / HalfAxes.Y;
        double rest = 1 - (across * across) - (front * front);
        double half = rest >= 0 ? HalfAxes.Z * Math.Sqrt(rest) : -1;
        return (Centre.Z - half, Centre.Z + half);
    }
}

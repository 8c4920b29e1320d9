using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>A box that holds a shape, mm.</summary>
internal readonly record struct ShapeBounds(Point3 Low, Point3 High);

/// <summary>A solid in the coordinates of the posed body: x to the patient's left, y from the crown down, z from the table up, mm.</summary>
internal abstract record BodyShape
{
    /// <summary>A box around it.</summary>
    public abstract ShapeBounds Bounds { get; }

    /// <summary>Whether a point lies inside.</summary>
    public abstract bool Contains(double x, double y, double z);
}

/// <summary>
/// A superellipsoid |x/a|^p + |y/b|^p + |z/c|^p = 1, turned in the plane of the views, perhaps hollow. With p = 2 it is an ellipsoid, with more a box
/// with round edges.
/// </summary>
/// <param name="Centre">Its middle, mm.</param>
/// <param name="HalfAxes">Its half-axes, mm.</param>
/// <param name="Degrees">Turn that takes its lower end towards the patient's left.</param>
/// <param name="Power">The power p.</param>
/// <param name="Hollow">The part of its half-axes that is hollow.</param>
internal sealed record Superellipsoid(Point3 Centre, Point3 HalfAxes, double Degrees = 0, double Power = 2, double Hollow = 0) : BodyShape
{
    private readonly (double Sine, double Cosine) _turn = Math.SinCos(Degrees * Math.PI / 180);

    public override ShapeBounds Bounds
    {
        get
        {
            double x = (Math.Abs(_turn.Cosine) * HalfAxes.X) + (Math.Abs(_turn.Sine) * HalfAxes.Y), y = (Math.Abs(_turn.Sine) * HalfAxes.X) + (Math.Abs(_turn.Cosine) * HalfAxes.Y);
            Point3 reach = new(x, y, HalfAxes.Z);
            return new(Centre - reach, Centre + reach);
        }
    }

    public override bool Contains(double x, double y, double z)
    {
        double dx = x - Centre.X, dy = y - Centre.Y;
        // The long axis (0, 1) points to (sine, cosine).
        double u = ((dx * _turn.Cosine) - (dy * _turn.Sine)) / HalfAxes.X, v = ((dx * _turn.Sine) + (dy * _turn.Cosine)) / HalfAxes.Y, w = (z - Centre.Z) / HalfAxes.Z;
        double sum = Power == 2 ? (u * u) + (v * v) + (w * w)
            : Power == 4 ? Square(u * u) + Square(v * v) + Square(w * w)
            : Math.Pow(Math.Abs(u), Power) + Math.Pow(Math.Abs(v), Power) + Math.Pow(Math.Abs(w), Power);
        return sum <= 1 && (Hollow <= 0 || sum >= Math.Pow(Hollow, Power));
    }

    private static double Square(double value) => value * value;
}

/// <summary>A tube around a line of points, its radius between them in proportion, perhaps flat.</summary>
/// <param name="Points">The line, mm.</param>
/// <param name="Radii">The radius at each point, mm.</param>
/// <param name="Flatness">Extent along z relative to that across.</param>
internal sealed record Tube(IReadOnlyList<Point3> Points, IReadOnlyList<double> Radii, double Flatness = 1) : BodyShape
{
    public override ShapeBounds Bounds
    {
        get
        {
            (double x0, double y0, double z0, double x1, double y1, double z1) = (double.MaxValue, double.MaxValue, double.MaxValue, double.MinValue, double.MinValue, double.MinValue);
            for (int i = 0; i < Points.Count; i++)
            {
                double r = Radii[i], deep = r * Math.Max(1, Flatness);
                (x0, y0, z0) = (Math.Min(x0, Points[i].X - r), Math.Min(y0, Points[i].Y - r), Math.Min(z0, Points[i].Z - deep));
                (x1, y1, z1) = (Math.Max(x1, Points[i].X + r), Math.Max(y1, Points[i].Y + r), Math.Max(z1, Points[i].Z + deep));
            }

            return new(new(x0, y0, z0), new(x1, y1, z1));
        }
    }

    /// <summary>Its segments, so that voxels near one need not be held against all.</summary>
    public IEnumerable<Tube> Segments => Enumerable.Range(0, Points.Count - 1).Select(i => new Tube([Points[i], Points[i + 1]], [Radii[i], Radii[i + 1]], Flatness));

    public override bool Contains(double x, double y, double z)
    {
        for (int i = 1; i < Points.Count; i++)
        {
            Point3 from = Points[i - 1], to = Points[i];
            double ax = to.X - from.X, ay = to.Y - from.Y, az = (to.Z - from.Z) / Flatness;
            double dx = x - from.X, dy = y - from.Y, dz = (z - from.Z) / Flatness;
            double square = (ax * ax) + (ay * ay) + (az * az);
            double t = square > 0 ? Math.Clamp(((dx * ax) + (dy * ay) + (dz * az)) / square, 0, 1) : 0;
            double ex = dx - (t * ax), ey = dy - (t * ay), ez = dz - (t * az), r = Radii[i - 1] + (t * (Radii[i] - Radii[i - 1]));
            if ((ex * ex) + (ey * ey) + (ez * ez) <= r * r)
            {
                return true;
            }
        }

        return false;
    }
}

using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>Front and back of the body above the table, for every pixel of a view. Trunk and head are a profile of widths and depths, limbs are tubes.</summary>
internal sealed class BodySurface
{
    // Down from the crown in parts of the length: half-width in the same, and depth in cm (overlay on a real scan of 1.70 m; depths are judgements).
    private static readonly (double Y, double HalfWidth, double Depth)[] s_profile =
    [
        (0, 0, 0), (.012, .027, 12), (.03, .042, 17), (.05, .049, 18.4), (.07, .049, 18.4), (.09, .044, 17.6), (.11, .037, 16), (.128, .032, 13.8), (.145, .033, 12.6), (.158, .046, 13.4),
        (.17, .076, 15), (.185, .099, 18), (.21, .103, 20), (.25, .099, 21), (.30, .096, 21.4), (.345, .093, 21), (.38, .095, 20.6), (.42, .102, 20), (.455, .106, 19), (.485, .104, 18), (.503, .099, 16.5), (.512, .085, 14), (.520, 0, 0),
    ];

    // Cross-sections between an ellipse and a box: the back lies flat.
    private const double Power = 2.4;

    // Over bones that would stand out otherwise, mm.
    private const double Skin = 4;

    private readonly int _rows;
    private readonly float[] _back;
    private readonly float[] _front;

    public BodySurface(BodyFrame frame, IReadOnlyList<Tube> limbs, PixelGrid grid)
    {
        _rows = grid.Rows;
        _back = new float[grid.Columns * grid.Rows];
        _front = new float[grid.Columns * grid.Rows];
        for (int column = 0; column < grid.Columns; column++)
        {
            for (int row = 0; row < grid.Rows; row++)
            {
                (double x, double y) = frame.Unpose(grid.XOf(column), grid.YOf(row));
                (double width, double depth) = Profile(frame, y / frame.Length);
                double aside = width > 0 ? Math.Abs(x) / (width * frame.Length) : 2;
                if (aside < 1)
                {
                    double half = depth * 5 * frame.Girth, reach = half * Math.Pow(1 - Math.Pow(aside, Power), 1 / Power);
                    _back[(column * _rows) + row] = (float)(half - reach);
                    _front[(column * _rows) + row] = (float)(half + reach);
                }
            }
        }

        foreach (Tube limb in limbs.SelectMany(limb => limb.Segments))
        {
            Add(limb, grid);
        }
    }

    /// <summary>The highest point, mm.</summary>
    public double Top => _front.Max();

    public ReadOnlySpan<float> Back(int column) => _back.AsSpan(column * _rows, _rows);

    public ReadOnlySpan<float> Front(int column) => _front.AsSpan(column * _rows, _rows);

    /// <summary>Lays skin over a bone that reaches through the surface of a pixel.</summary>
    public void Cover(int column, int row, double low, double high)
    {
        int at = (column * _rows) + row;
        bool empty = _front[at] <= _back[at];
        float back = (float)Math.Max(0, low - Skin), front = (float)(high + Skin);
        _back[at] = empty ? back : Math.Min(_back[at], back);
        _front[at] = empty ? front : Math.Max(_front[at], front);
    }

    private static (double HalfWidth, double Depth) Profile(BodyFrame frame, double y)
    {
        int i = 1;
        // The profile is stretched as the skeleton is.
        while (i < s_profile.Length && frame.Posture.Along(s_profile[i].Y) < y)
        {
            i++;
        }

        if (y < 0 || i == s_profile.Length)
        {
            return (0, 0);
        }

        (double above, double below) = (frame.Posture.Along(s_profile[i - 1].Y), frame.Posture.Along(s_profile[i].Y));
        double t = Math.Clamp((y - above) / (below - above), 0, 1);
        double width = s_profile[i - 1].HalfWidth + (t * (s_profile[i].HalfWidth - s_profile[i - 1].HalfWidth));
        // The head hardly grows with weight.
        double growth = s_profile[i].Y <= .128 ? Math.Pow(frame.Girth, .2) : frame.Girth;
        return (width * growth, (s_profile[i - 1].Depth + (t * (s_profile[i].Depth - s_profile[i - 1].Depth))) * (s_profile[i].Y <= .128 ? Math.Pow(frame.Girth, -.3) : 1));
    }

    private void Add(Tube segment, PixelGrid grid)
    {
        (Point3 from, Point3 to) = (segment.Points[0], segment.Points[1]);
        double ax = to.X - from.X, ay = to.Y - from.Y, square = (ax * ax) + (ay * ay);
        (int firstColumn, int lastColumn, int firstRow, int lastRow) = grid.Of(segment.Bounds);
        for (int column = firstColumn; column <= lastColumn; column++)
        {
            for (int row = firstRow; row <= lastRow; row++)
            {
                double dx = grid.XOf(column) - from.X, dy = grid.YOf(row) - from.Y, t = square > 0 ? Math.Clamp(((dx * ax) + (dy * ay)) / square, 0, 1) : 0;
                double r = segment.Radii[0] + (t * (segment.Radii[1] - segment.Radii[0])), ex = dx - (t * ax), ey = dy - (t * ay), rest = (r * r) - (ex * ex) - (ey * ey);
                if (rest <= 0)
                {
                    continue;
                }

                double middle = from.Z + (t * (to.Z - from.Z)), half = Math.Sqrt(rest);
                int at = (column * _rows) + row;
                float back = (float)Math.Max(0, middle - half), front = (float)(middle + half);
                bool empty = _front[at] <= _back[at];
                _back[at] = empty ? back : Math.Min(_back[at], back);
                _front[at] = empty ? front : Math.Max(_front[at], front);
            }
        }
    }
}

/// <summary>Where the pixels of a view are in the posed body: columns to the patient's left, rows down.</summary>
internal readonly record struct PixelGrid(int Columns, int Rows, double Pixel, double Crown)
{
    public double XOf(int column) => (column - ((Columns - 1) / 2.0)) * Pixel;

    public double YOf(int row) => ((row + .5) * Pixel) - Crown;

    public double ColumnOf(double x) => (x / Pixel) + ((Columns - 1) / 2.0);

    public double RowOf(double y) => ((y + Crown) / Pixel) - .5;

    public (int FirstColumn, int LastColumn, int FirstRow, int LastRow) Of(ShapeBounds bounds) => (
        Math.Max(0, (int)Math.Ceiling(ColumnOf(bounds.Low.X))), Math.Min(Columns - 1, (int)Math.Floor(ColumnOf(bounds.High.X))),
        Math.Max(0, (int)Math.Ceiling(RowOf(bounds.Low.Y))), Math.Min(Rows - 1, (int)Math.Floor(RowOf(bounds.High.Y))));
}

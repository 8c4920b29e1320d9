namespace MLNetScinti.Imaging;

/// <summary>Fills polygons: a pixel belongs to one whose line encloses the pixel's centre, as a line from outside tells that crosses it an odd number of times.</summary>
public static class PolygonFilling
{
    /// <summary>Fills closed polygons into one section of a mask.</summary>
    /// <param name="polygons">Closed polygons in pixels, where 0, 0 is the centre of the first pixel; they may leave the section.</param>
    /// <param name="combination">What they enclose together.</param>
    /// <param name="rows">Rows of the section.</param>
    /// <param name="columns">Columns of the section.</param>
    /// <param name="plane">The section: what the polygons enclose is set, or turned round where they are combined by exclusive disjunction.</param>
    /// <exception cref="ArgumentException">The section has another size, or a point is not finite.</exception>
    public static void Fill(IReadOnlyList<IReadOnlyList<PlanePoint>> polygons, PolygonCombination combination, int rows, int columns, Span<bool> plane)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        if (plane.Length != (long)rows * columns)
        {
            throw new ArgumentException($"A section of {rows} x {columns} holds {(long)rows * columns} pixels, found {plane.Length}.", nameof(plane));
        }

        List<double>?[] crossings = new List<double>?[rows];
        foreach (IReadOnlyList<PlanePoint> points in polygons)
        {
            Cross(points, crossings);
            for (int row = 0; row < rows; row++)
            {
                if (crossings[row] is { Count: > 0 } line)
                {
                    FillLine(line, combination, plane.Slice(row * columns, columns));
                    line.Clear();
                }
            }
        }
    }

    private static void Cross(IReadOnlyList<PlanePoint> points, List<double>?[] crossings)
    {
        for (int i = 0; i < points.Count; i++)
        {
            (PlanePoint a, PlanePoint b) = (points[i], points[(i + 1) % points.Count]);
            if (!double.IsFinite(a.X) || !double.IsFinite(a.Y))
            {
                throw new ArgumentException($"A polygon needs finite points, found {a.X}, {a.Y}.", nameof(points));
            }

            // The same sum for both directions of an edge: channels cancel.
            (a, b) = a.Y <= b.Y ? (a, b) : (b, a);
            int first = (int)Math.Ceiling(Math.Clamp(a.Y, -1, crossings.Length)), end = (int)Math.Ceiling(Math.Clamp(b.Y, -1, crossings.Length));
            for (int row = Math.Max(first, 0); row < end; row++)
            {
                (crossings[row] ??= []).Add(a.X + ((b.X - a.X) * ((row - a.Y) / (b.Y - a.Y))));
            }
        }
    }

    private static void FillLine(List<double> crossings, PolygonCombination combination, Span<bool> line)
    {
        crossings.Sort();
        for (int i = 0; i + 1 < crossings.Count; i += 2)
        {
            int first = (int)Math.Ceiling(Math.Clamp(crossings[i], 0, line.Length)), end = (int)Math.Ceiling(Math.Clamp(crossings[i + 1], 0, line.Length));
            Span<bool> part = line[first..Math.Max(first, end)];
            if (combination == PolygonCombination.Union)
            {
                part.Fill(true);
                continue;
            }

            foreach (ref bool pixel in part)
            {
                pixel = !pixel;
            }
        }
    }
}

using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Annotations;

/// <summary>A point of an outline, in pixels: 0 is the outer edge of the first column or row, so that pixel n lies between n and n + 1.</summary>
/// <param name="X">Towards higher columns.</param>
/// <param name="Y">Towards higher rows.</param>
public readonly record struct OutlinePoint(double X, double Y);

/// <summary>From outlines to masks and back. A pixel is inside where its middle is, by the even-odd rule; an outline that was traced from a mask gives that very mask again.</summary>
public static class RegionOutline
{
    /// <summary>Sets the pixels inside an outline; those beyond the image are left out.</summary>
    /// <param name="outline">The corners, in order; the last one is joined to the first.</param>
    /// <param name="mask">The mask, rows x columns.</param>
    /// <param name="shape">The extents of the mask.</param>
    /// <exception cref="ArgumentException">The mask has other extents.</exception>
    public static void Fill(IReadOnlyList<OutlinePoint> outline, Span<bool> mask, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(outline);
        if (shape.IsVolume || mask.Length != shape.Length)
        {
            throw new ArgumentException($"A mask of a planar image of {shape} holds {shape.Length} pixels, found {mask.Length}.", nameof(mask));
        }

        List<double> crossings = [];
        for (int row = 0; row < shape.Rows; row++)
        {
            double y = row + 0.5;
            crossings.Clear();
            for (int i = 0; i < outline.Count; i++)
            {
                (OutlinePoint low, OutlinePoint high) = (outline[i], outline[(i + 1) % outline.Count]);
                if (low.Y > y == high.Y > y)
                {
                    continue;
                }

                // From its lower end, so that an edge that is gone both ways is crossed twice at one place.
                (low, high) = low.Y <= high.Y ? (low, high) : (high, low);
                crossings.Add(low.X + ((y - low.Y) / (high.Y - low.Y) * (high.X - low.X)));
            }

            crossings.Sort();
            for (int pair = 0; pair + 1 < crossings.Count; pair += 2)
            {
                int first = (int)Math.Clamp(Math.Ceiling(crossings[pair] - 0.5), 0, shape.Columns), end = (int)Math.Clamp(Math.Ceiling(crossings[pair + 1] - 0.5), 0, shape.Columns);
                if (end > first)
                {
                    mask.Slice((row * shape.Columns) + first, end - first).Fill(true);
                }
            }
        }
    }

    /// <summary>The outlines of a mask's regions, along the edges of pixels, the largest region first. A hole is joined to the outline by a cut that is gone both ways.</summary>
    /// <param name="mask">The mask, rows x columns.</param>
    /// <param name="shape">Its extents.</param>
    public static IReadOnlyList<IReadOnlyList<OutlinePoint>> Trace(ReadOnlySpan<bool> mask, ImageShape shape)
    {
        LabelledRegions found = LabelledRegions.Find(mask, shape);
        List<IReadOnlyList<OutlinePoint>> outlines = [];
        foreach (Region region in found.Regions)
        {
            List<List<OutlinePoint>> loops = Loops(found, region.Label);
            List<OutlinePoint> outline = [.. loops[0]];
            foreach (List<OutlinePoint> hole in loops.Skip(1))
            {
                outline.AddRange([loops[0][0], .. hole, hole[0]]);
            }

            outlines.Add(outline);
        }

        return outlines;
    }

    // By the even-odd rule all that counts is which edges there are; that each loop stays with its pixels makes outlines that a person would draw.
    private static List<List<OutlinePoint>> Loops(LabelledRegions regions, int label)
    {
        (int rows, int columns) = (regions.Shape.Rows, regions.Shape.Columns);
        bool Inside(int row, int column) => row >= 0 && row < rows && column >= 0 && column < columns && regions.Labels[(row * columns) + column] == label;
        Dictionary<(int X, int Y), List<(int X, int Y)>> next = [];
        List<(int X, int Y)> starts = [];
        void Edge((int X, int Y) from, (int X, int Y) to)
        {
            if (!next.TryGetValue(from, out List<(int X, int Y)>? ends))
            {
                next[from] = ends = [];
                starts.Add(from);
            }

            ends.Add(to);
        }

        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (!Inside(row, column))
                {
                    continue;
                }

                if (!Inside(row - 1, column))
                {
                    Edge((column, row), (column + 1, row));
                }

                if (!Inside(row, column + 1))
                {
                    Edge((column + 1, row), (column + 1, row + 1));
                }

                if (!Inside(row + 1, column))
                {
                    Edge((column + 1, row + 1), (column, row + 1));
                }

                if (!Inside(row, column - 1))
                {
                    Edge((column, row + 1), (column, row));
                }
            }
        }

        List<List<OutlinePoint>> loops = [];
        foreach ((int X, int Y) start in starts)
        {
            while (next[start].Count > 0)
            {
                loops.Add(Loop(start, next));
            }
        }

        return loops;
    }

    private static List<OutlinePoint> Loop((int X, int Y) start, Dictionary<(int X, int Y), List<(int X, int Y)>> next)
    {
        List<OutlinePoint> loop = [];
        (int X, int Y) at = start;
        (int X, int Y) heading = (0, 0);
        do
        {
            List<(int X, int Y)> ends = next[at];
            // Where pixels touch at a corner alone, a turn to the right stays with the same pixel.
            int chosen = ends.Count < 2 ? 0 : Math.Max(0, ends.FindIndex(end => (end.X - at.X, end.Y - at.Y) == (-heading.Y, heading.X)));
            (int X, int Y) to = ends[chosen];
            ends.RemoveAt(chosen);
            (int X, int Y) step = (to.X - at.X, to.Y - at.Y);
            if (step != heading)
            {
                loop.Add(new(at.X, at.Y));
            }

            (at, heading) = (to, step);
        }
        while (at != start);
        return loop;
    }
}

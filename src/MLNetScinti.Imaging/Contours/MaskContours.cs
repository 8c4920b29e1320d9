namespace MLNetScinti.Imaging;

/// <summary>A point of a plane, in units that its user names: pixels, where 0, 0 is the centre of the first one, or millimetres.</summary>
/// <param name="X">Along the rows: the column.</param>
/// <param name="Y">Along the columns: the row.</param>
public readonly record struct PlanePoint(double X, double Y);

/// <summary>How contours say that a region has holes (DICOM PS3.3 C.8.8.6.3).</summary>
public enum HoleForm
{
    /// <summary>One contour for each island, which goes to each of its holes and back over a channel of no width. Every reader understands it.</summary>
    Keyhole,

    /// <summary>A contour for each edge, to be combined by exclusive disjunction: CLOSEDPLANAR_XOR.</summary>
    ExclusiveOr,
}

/// <summary>The contours of one section of a mask.</summary>
/// <param name="Section">The section's index.</param>
/// <param name="Polygons">Closed polygons in pixels, the last point not repeated, each of four points or more and no three of them in a row.</param>
/// <param name="Islands">Parts of the mask that share no pixel's face.</param>
/// <param name="Holes">Parts outside that the mask encloses.</param>
public sealed record SectionContours(int Section, IReadOnlyList<IReadOnlyList<PlanePoint>> Polygons, int Islands, int Holes);

/// <summary>
/// Contours along the edges of a mask's pixels: what they enclose is the mask, to the last pixel. (Contours through the centres of the pixels
/// at the border, which some programs write, enclose half a pixel less all around: an eighth of an organ of 30 mm radius at pixels of 3 mm.)
/// Pixels that meet at a corner only belong to different islands; what lies outside goes through there.
/// </summary>
public static class MaskContours
{
    // Right, down, left, up; the mask lies to the right of the way, so that outlines go round as clocks do on a screen.
    private static readonly int[] s_dx = [1, 0, -1, 0];
    private static readonly int[] s_dy = [0, 1, 0, -1];

    /// <summary>The contours of all sections that have any, in the order of the sections.</summary>
    /// <param name="mask">The mask, last dimension fastest; a planar mask counts as one section.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="form">How holes are said.</param>
    /// <exception cref="ArgumentException">The mask's length is not that of the shape.</exception>
    public static IReadOnlyList<SectionContours> Of(ReadOnlySpan<bool> mask, ImageShape shape, HoleForm form)
    {
        if (mask.Length != shape.Length)
        {
            throw new ArgumentException($"A mask of {shape} holds {shape.Length} values, found {mask.Length}.", nameof(mask));
        }

        List<SectionContours> sections = [];
        for (int section = 0; section < shape.Sections; section++)
        {
            ReadOnlySpan<bool> plane = mask.Slice(section * shape.PlaneLength, shape.PlaneLength);
            if (!plane.Contains(true))
            {
                continue;
            }

            List<Loop> loops = Trace(plane, shape.Rows, shape.Columns);
            int holes = loops.Count(loop => loop.IsHole);
            if (form == HoleForm.Keyhole && holes > 0)
            {
                Attach(loops, plane, shape.Rows, shape.Columns);
            }

            List<IReadOnlyList<PlanePoint>> polygons = [];
            foreach (Loop loop in loops)
            {
                if (form == HoleForm.ExclusiveOr || !loop.IsHole)
                {
                    polygons.Add(Straightened(Joined(loop), shape.Columns + 1));
                }
            }

            sections.Add(new(section, polygons, loops.Count - holes, holes));
        }

        return sections;
    }

    private static bool Is(ReadOnlySpan<bool> plane, int rows, int columns, int x, int y) =>
        (uint)x < (uint)columns && (uint)y < (uint)rows && plane[(y * columns) + x];

    /// <summary>The edges of the mask, one corner of a pixel after the other.</summary>
    private static List<Loop> Trace(ReadOnlySpan<bool> plane, int rows, int columns)
    {
        List<Loop> loops = [];
        // Every edge goes right somewhere: along the upper edge of a pixel.
        bool[] seen = new bool[plane.Length];
        for (int start = 0; start < plane.Length; start++)
        {
            (int y, int x) = Math.DivRem(start, columns);
            if (!plane[start] || seen[start] || Is(plane, rows, columns, x, y - 1))
            {
                continue;
            }

            List<int> corners = [];
            int direction = 0, startX = x, startY = y;
            long area = 0;
            do
            {
                if (direction == 0)
                {
                    seen[(y * columns) + x] = true;
                }

                corners.Add((y * (columns + 1)) + x);
                area += ((long)x * (y + s_dy[direction])) - ((long)(x + s_dx[direction]) * y);
                x += s_dx[direction];
                y += s_dy[direction];
                // The two pixels ahead: on the mask's side, and on the other.
                bool right = Ahead(plane, rows, columns, x, y, direction, isRight: true);
                bool left = Ahead(plane, rows, columns, x, y, direction, isRight: false);
                direction = !right ? (direction + 1) & 3 : left ? (direction + 3) & 3 : direction;
            }
            while (x != startX || y != startY || direction != 0);

            loops.Add(new Loop([.. corners], isHole: area < 0));
        }

        return loops;
    }

    // Pixel (column, row) lies to the lower right of corner (x, y).
    private static bool Ahead(ReadOnlySpan<bool> plane, int rows, int columns, int x, int y, int direction, bool isRight) => direction switch
    {
        0 => Is(plane, rows, columns, x, isRight ? y : y - 1),
        1 => Is(plane, rows, columns, isRight ? x - 1 : x, y),
        2 => Is(plane, rows, columns, x - 1, isRight ? y - 1 : y),
        _ => Is(plane, rows, columns, isRight ? x : x - 1, y - 1),
    };

    /// <summary>
    /// Finds for each hole where its channel ends: from its leftmost corner straight to the left, to the first corner that is not amid four
    /// pixels of the mask. That corner is further left than the hole, so that no hole comes to hang on itself.
    /// </summary>
    private static void Attach(List<Loop> loops, ReadOnlySpan<bool> plane, int rows, int columns)
    {
        int width = columns + 1;
        Dictionary<int, (Loop Loop, int Index)> places = [];
        foreach (Loop loop in loops)
        {
            for (int i = 0; i < loop.Corners.Length; i++)
            {
                // Where two loops meet no channel ends: both pixels on its way are of the mask.
                places[loop.Corners[i]] = (loop, i);
            }
        }

        foreach (Loop hole in loops)
        {
            if (!hole.IsHole)
            {
                continue;
            }

            int first = 0;
            for (int i = 1; i < hole.Corners.Length; i++)
            {
                (int x, int bestX) = (hole.Corners[i] % width, hole.Corners[first] % width);
                first = x < bestX || (x == bestX && hole.Corners[i] < hole.Corners[first]) ? i : first;
            }

            hole.First = first;
            (int row, int column) = Math.DivRem(hole.Corners[first], width);
            do
            {
                column--;
            }
            while (Is(plane, rows, columns, column - 1, row - 1) && Is(plane, rows, columns, column - 1, row)
                && Is(plane, rows, columns, column, row - 1) && Is(plane, rows, columns, column, row));

            (Loop target, int at) = places[(row * width) + column];
            target.Channels.Add(at, hole);
        }
    }

    /// <summary>A loop with all that hangs on it, in one line that ends where it began.</summary>
    private static List<int> Joined(Loop outline)
    {
        List<int> corners = [];
        // Holes can hang on holes as many times as there are columns: too deep for calls.
        Stack<(Loop Loop, int Step)> open = new([(outline, 0)]);
        while (open.TryPop(out (Loop Loop, int Step) now))
        {
            (Loop loop, int step) = now;
            int count = loop.Corners.Length, last = loop.IsHole && loop != outline ? count : count - 1;
            for (; step <= last; step++)
            {
                int at = (loop.First + step) % count;
                corners.Add(loop.Corners[at]);
                if (step < count && loop.Channels.TryGetValue(at, out Loop? hole))
                {
                    // Back here afterwards, which is a corner of its own.
                    loop.Channels.Remove(at);
                    open.Push((loop, step));
                    open.Push((hole, 0));
                    break;
                }
            }
        }

        return corners;
    }

    private static PlanePoint[] Straightened(List<int> corners, int width)
    {
        List<PlanePoint> kept = new(corners.Count);
        int count = corners.Count;
        for (int i = 0; i < count; i++)
        {
            (int y, int x) = Math.DivRem(corners[i], width);
            (int beforeY, int beforeX) = Math.DivRem(corners[(i + count - 1) % count], width);
            (int afterY, int afterX) = Math.DivRem(corners[(i + 1) % count], width);
            // Channels go many pixels at once, everything else one: directions are compared, not steps. Ways back are corners.
            if (Math.Sign(x - beforeX) != Math.Sign(afterX - x) || Math.Sign(y - beforeY) != Math.Sign(afterY - y))
            {
                kept.Add(new(x - 0.5, y - 0.5));
            }
        }

        return [.. kept];
    }

    private sealed class Loop(int[] corners, bool isHole)
    {
        public int[] Corners { get; } = corners;

        public bool IsHole { get; } = isHole;

        /// <summary>Where it is entered.</summary>
        public int First { get; set; }

        /// <summary>The holes that hang on it, by the corner.</summary>
        public Dictionary<int, Loop> Channels { get; } = [];
    }
}

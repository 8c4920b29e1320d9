namespace MLNetScinti.Imaging;

/// <summary>What several closed polygons of one plane enclose together. Each by itself encloses what a line from outside reaches after an odd number of crossings.</summary>
public enum PolygonCombination
{
    /// <summary>What at least one of them encloses.</summary>
    Union,

    /// <summary>What an odd number of them encloses.</summary>
    ExclusiveOr,
}

/// <summary>
/// Area, islands and holes of what polygons enclose, exactly: the plane is cut at every corner and crossing into strips, in which all edges
/// are straight and none cross. Channels of no width, corners that touch, polygons within polygons and edges that cross are all the same to it.
/// </summary>
/// <param name="Area">The area, in the square of the points' unit.</param>
/// <param name="Islands">Parts that hang together by more than a point.</param>
/// <param name="Holes">Parts outside that they enclose.</param>
public sealed record PolygonRegions(double Area, int Islands, int Holes)
{
    // Of the extent: well above the error of a double.
    private const double Sliver = 1e-9;

    // Of the least width. Corners of one line of pixels lie on one level, whatever rounding did to them in an oblique plane: otherwise each had a strip of its own.
    private const double SameLevel = 0.01;

    // Edges times strips: far beyond any drawing, and seconds at the most.
    private const long MostWork = 1L << 27;

    /// <summary>Measures polygons.</summary>
    /// <param name="polygons">Closed polygons, the last point joined to the first.</param>
    /// <param name="combination">What they enclose together.</param>
    /// <param name="leastWidth">Gaps and strips that are nowhere wider, in the points' unit, are none: what rounding of coordinates leaves of channels without width.</param>
    /// <exception cref="ArgumentException">A point is not finite, or the polygons are more intricate than any drawing.</exception>
    public static PolygonRegions Of(IReadOnlyList<IReadOnlyList<PlanePoint>> polygons, PolygonCombination combination, double leastWidth = 0)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        List<double> levels = [];
        double left = double.PositiveInfinity, right = double.NegativeInfinity;
        foreach (PlanePoint point in polygons.SelectMany(polygon => polygon))
        {
            if (!double.IsFinite(point.X) || !double.IsFinite(point.Y))
            {
                throw new ArgumentException($"A polygon needs finite points, found {point.X}, {point.Y}.", nameof(polygons));
            }

            (left, right) = (Math.Min(left, point.X), Math.Max(right, point.X));
            levels.Add(point.Y);
        }

        levels.Sort();
        double extent = levels.Count == 0 ? 0 : Math.Max(right - left, levels[^1] - levels[0]);
        double sliver = Math.Max(leastWidth, Sliver * extent);
        levels = Distinct(levels, SameLevel * sliver);
        List<Edge> edges = [];
        for (int polygon = 0; polygon < polygons.Count; polygon++)
        {
            IReadOnlyList<PlanePoint> points = polygons[polygon];
            for (int i = 0; i < points.Count; i++)
            {
                (PlanePoint a, PlanePoint b) = (points[i], points[(i + 1) % points.Count]);
                (double from, double to) = (Level(levels, a.Y), Level(levels, b.Y));
                if (from != to)
                {
                    edges.Add(from < to ? new(a.X, from, b.X, to, polygon) : new(b.X, to, a.X, from, polygon));
                }
            }
        }

        if (edges.Count == 0)
        {
            return new(0, 0, 0);
        }

        edges.Sort(static (a, b) => a.Y0.CompareTo(b.Y0));
        Sweep sweep = new(combination, polygons.Count, sliver);
        List<Edge> active = [];
        long work = 0;
        for (int level = 0, next = 0; level + 1 < levels.Count; level++)
        {
            (double top, double bottom) = (levels[level], levels[level + 1]);
            active.RemoveAll(edge => edge.Y1 <= top);
            for (; next < edges.Count && edges[next].Y0 <= top; next++)
            {
                active.Add(edges[next]);
            }

            work += active.Count;
            if (work > MostWork)
            {
                throw new ArgumentException($"The polygons have {edges.Count} edges that lie over each other more often than those of any drawing.", nameof(polygons));
            }

            double from = top;
            foreach (double crossing in Crossings(active, top, bottom, sliver, ref work))
            {
                sweep.Add(active, from, crossing);
                from = crossing;
            }

            sweep.Add(active, from, bottom);
        }

        return sweep.End();
    }

    private static List<double> Distinct(List<double> sorted, double within)
    {
        List<double> levels = [];
        foreach (double level in sorted)
        {
            if (levels.Count == 0 || level - levels[^1] > within)
            {
                levels.Add(level);
            }
        }

        return levels;
    }

    /// <summary>The level of a point: the last one that is not above it.</summary>
    private static double Level(List<double> levels, double y)
    {
        int at = levels.BinarySearch(y);
        return levels[at >= 0 ? at : ~at - 1];
    }

    /// <summary>Where edges cross within a strip, in order.</summary>
    private static double[] Crossings(List<Edge> active, double top, double bottom, double sliver, ref long work)
    {
        active.Sort((a, b) => Order(a, b, top, bottom));
        bool cross = false;
        for (int i = 1; i < active.Count && !cross; i++)
        {
            cross = active[i].At(top) < active[i - 1].At(top) - sliver || active[i].At(bottom) < active[i - 1].At(bottom) - sliver;
        }

        if (!cross)
        {
            return [];
        }

        work += (long)active.Count * active.Count;
        if (work > MostWork)
        {
            throw new ArgumentException("The polygons cross themselves and each other more often than those of any drawing.", nameof(active));
        }

        List<double> found = [];
        for (int i = 0; i < active.Count; i++)
        {
            for (int j = i + 1; j < active.Count; j++)
            {
                double above = active[j].At(top) - active[i].At(top), below = active[j].At(bottom) - active[i].At(bottom);
                if ((above < 0) != (below < 0) && above != below)
                {
                    double y = top + ((bottom - top) * (above / (above - below)));
                    if (y > top && y < bottom)
                    {
                        found.Add(y);
                    }
                }
            }
        }

        found.Sort();
        return [.. found.Distinct()];
    }

    private static int Order(Edge a, Edge b, double top, double bottom) => (a.At(top) + a.At(bottom)).CompareTo(b.At(top) + b.At(bottom));

    private readonly record struct Edge(double X0, double Y0, double X1, double Y1, int Polygon)
    {
        // At its ends exactly: corners that touch do.
        public double At(double y) => y == Y0 ? X0 : y == Y1 ? X1 : X0 + ((X1 - X0) * ((y - Y0) / (Y1 - Y0)));
    }

    /// <summary>A part of a strip between two edges.</summary>
    private readonly record struct Span(double TopLeft, double TopRight, double BottomLeft, double BottomRight, int Node);

    private sealed class Sweep(PolygonCombination combination, int polygons, double sliver)
    {
        private readonly bool[] _inside = new bool[polygons];
        private readonly List<int> _parents = [0];
        private readonly List<double> _areas = [0];
        private readonly List<bool> _isInside = [false];

        // Above the first strip there is nothing but outside.
        private List<Span> _insideAbove = [], _outsideAbove = [new(double.NegativeInfinity, double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, 0)];
        private double _area;

        public void Add(List<Edge> active, double top, double bottom)
        {
            active.Sort((a, b) => Order(a, b, top, bottom));
            Array.Clear(_inside);
            int covering = 0, crossed = 0;
            bool within = false;
            List<Span> inside = [];
            (double startTop, double startBottom) = (0, 0);
            foreach (Edge edge in active)
            {
                bool now = _inside[edge.Polygon] = !_inside[edge.Polygon];
                covering += now ? 1 : -1;
                crossed++;
                bool after = combination == PolygonCombination.Union ? covering > 0 : (crossed & 1) == 1;
                if (after == within)
                {
                    continue;
                }

                (double x, double xBottom) = (edge.At(top), edge.At(bottom));
                if (after)
                {
                    (startTop, startBottom) = (x, xBottom);
                }
                else if (x - startTop > sliver || xBottom - startBottom > sliver)
                {
                    if (inside.Count > 0 && startTop - inside[^1].TopRight <= sliver && startBottom - inside[^1].BottomRight <= sliver)
                    {
                        // A channel of no width, or one that rounding left.
                        inside[^1] = inside[^1] with { TopRight = x, BottomRight = xBottom };
                    }
                    else
                    {
                        inside.Add(new(startTop, x, startBottom, xBottom, 0));
                    }
                }

                within = after;
            }

            List<Span> outside = new(inside.Count + 1);
            (double lastTop, double lastBottom) = (double.NegativeInfinity, double.NegativeInfinity);
            for (int i = 0; i < inside.Count; i++)
            {
                Span span = inside[i];
                double area = (span.TopRight - span.TopLeft + span.BottomRight - span.BottomLeft) / 2 * (bottom - top);
                _area += area;
                inside[i] = span with { Node = Node(isInside: true, area) };
                outside.Add(Outside(lastTop, span.TopLeft, lastBottom, span.BottomLeft, bottom - top));
                (lastTop, lastBottom) = (span.TopRight, span.BottomRight);
            }

            outside.Add(Outside(lastTop, double.PositiveInfinity, lastBottom, double.PositiveInfinity, bottom - top));
            Connect(_insideAbove, inside, sliver);
            Connect(_outsideAbove, outside, -sliver);
            (_insideAbove, _outsideAbove) = (inside, outside);
        }

        public PolygonRegions End()
        {
            foreach (Span span in _outsideAbove)
            {
                Join(0, span.Node);
            }

            double[] areas = new double[_parents.Count];
            for (int node = 0; node < areas.Length; node++)
            {
                areas[Root(node)] += _areas[node];
            }

            // What rounding left is no part: its area is that of a line.
            int outer = Root(0), islands = 0, holes = 0;
            for (int node = 0; node < areas.Length; node++)
            {
                if (Root(node) == node && node != outer && areas[node] > sliver * sliver)
                {
                    islands += _isInside[node] ? 1 : 0;
                    holes += _isInside[node] ? 0 : 1;
                }
            }

            return new(_area, islands, holes);
        }

        private Span Outside(double topLeft, double topRight, double bottomLeft, double bottomRight, double height)
        {
            bool isOuter = double.IsInfinity(topLeft) || double.IsInfinity(topRight);
            return new(topLeft, topRight, bottomLeft, bottomRight, isOuter ? 0 : Node(isInside: false, (topRight - topLeft + bottomRight - bottomLeft) / 2 * height));
        }

        private int Node(bool isInside, double area)
        {
            _parents.Add(_parents.Count);
            _areas.Add(area);
            _isInside.Add(isInside);
            return _parents.Count - 1;
        }

        private void Connect(List<Span> above, List<Span> below, double least)
        {
            int start = 0;
            foreach (Span span in below)
            {
                while (start < above.Count && above[start].BottomRight - span.TopLeft < least)
                {
                    start++;
                }

                for (int i = start; i < above.Count && span.TopRight - above[i].BottomLeft >= least; i++)
                {
                    if (Math.Min(span.TopRight, above[i].BottomRight) - Math.Max(span.TopLeft, above[i].BottomLeft) >= least)
                    {
                        Join(span.Node, above[i].Node);
                    }
                }
            }
        }

        private void Join(int a, int b)
        {
            (a, b) = (Root(a), Root(b));
            _parents[Math.Max(a, b)] = Math.Min(a, b);
        }

        private int Root(int node)
        {
            while (_parents[node] != node)
            {
                node = _parents[node] = _parents[_parents[node]];
            }

            return node;
        }
    }
}

using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>Where a map is hottest in an organ, against the true defects in it.</summary>
/// <param name="Place">The index of the hottest element, or -1 where nothing in the organ is above 0.</param>
/// <param name="Heat">The value there; 0 where there is none.</param>
/// <param name="Distance">From there to the nearest element of a defect, mm; null where there is no place.</param>
/// <param name="Hit">Whether that is within the tolerance.</param>
/// <param name="Chance">The part of the organ from which a defect is within the tolerance.</param>
public sealed record Pointing(int Place, float Heat, double? Distance, bool Hit, double Chance)
{
    /// <summary>Looks for the hottest place.</summary>
    /// <param name="map">The map.</param>
    /// <param name="truth">Labels as <see cref="FindingTruth"/> gives them, projected where the map is.</param>
    /// <param name="shape">The shape of both.</param>
    /// <param name="spacing">Millimetres from one element to the next along each axis, slowest first.</param>
    /// <param name="tolerance">How far from a defect still counts as at it, mm.</param>
    /// <exception cref="ArgumentException">There is no defect in the truth.</exception>
    public static Pointing At(ReadOnlySpan<float> map, ReadOnlySpan<byte> truth, ImageShape shape, IReadOnlyList<double> spacing, double tolerance)
    {
        List<int> defects = [];
        int organ = 0, place = -1;
        for (int i = 0; i < truth.Length; i++)
        {
            organ += truth[i] > 0 ? 1 : 0;
            if (truth[i] >= FindingTruth.FirstFinding)
            {
                defects.Add(i);
            }

            // Outside of the organ nothing can be wrong with it: the question is where in the organ the map points.
            if (truth[i] > 0 && map[i] > (place < 0 ? 0 : map[place]))
            {
                place = i;
            }
        }

        if (defects.Count == 0)
        {
            throw new ArgumentException("There is no defect to point at.", nameof(truth));
        }

        double chance = (double)Near(defects, truth, shape, spacing, tolerance) / organ;
        if (place < 0)
        {
            return new Pointing(-1, 0, null, false, chance);
        }

        double distance = Math.Sqrt(defects.Min(defect => Squared(place, defect, shape, spacing)));
        return new Pointing(place, map[place], distance, distance <= tolerance, chance);
    }

    private static int Near(List<int> defects, ReadOnlySpan<byte> truth, ImageShape shape, IReadOnlyList<double> spacing, double tolerance)
    {
        double deep = shape.IsVolume ? spacing[0] : double.PositiveInfinity, high = spacing[^2], wide = spacing[^1];
        List<(int S, int R, int C)> ball = [];
        for (int s = -(int)(tolerance / deep); s <= (int)(tolerance / deep); s++)
        {
            for (int r = -(int)(tolerance / high); r <= (int)(tolerance / high); r++)
            {
                for (int c = -(int)(tolerance / wide); c <= (int)(tolerance / wide); c++)
                {
                    double z = s == 0 ? 0 : s * deep, y = r * high, x = c * wide;
                    if ((z * z) + (y * y) + (x * x) <= tolerance * tolerance)
                    {
                        ball.Add((s, r, c));
                    }
                }
            }
        }

        bool[] near = new bool[truth.Length];
        int count = 0;
        foreach (int defect in defects)
        {
            int s = defect / shape.PlaneLength, r = defect % shape.PlaneLength / shape.Columns, c = defect % shape.Columns;
            foreach ((int ds, int dr, int dc) in ball)
            {
                int section = s + ds, row = r + dr, column = c + dc;
                if (section < 0 || section >= shape.Sections || row < 0 || row >= shape.Rows || column < 0 || column >= shape.Columns)
                {
                    continue;
                }

                int there = (((section * shape.Rows) + row) * shape.Columns) + column;
                if (!near[there] && truth[there] > 0)
                {
                    near[there] = true;
                    count++;
                }
            }
        }

        return count;
    }

    private static double Squared(int a, int b, ImageShape shape, IReadOnlyList<double> spacing)
    {
        double z = shape.IsVolume ? ((a / shape.PlaneLength) - (b / shape.PlaneLength)) * spacing[0] : 0;
        double y = ((a % shape.PlaneLength / shape.Columns) - (b % shape.PlaneLength / shape.Columns)) * spacing[^2];
        double x = ((a % shape.Columns) - (b % shape.Columns)) * spacing[^1];
        return (z * z) + (y * y) + (x * x);
    }
}

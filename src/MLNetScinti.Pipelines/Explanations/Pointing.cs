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
    /// <summary>The organ with its defects, for places of other organs' maps.</summary>
    public required PointedOrgan Organ { get; init; }

    /// <summary>Looks for the hottest place.</summary>
    /// <param name="map">The map.</param>
    /// <param name="truth">Labels as <see cref="FindingTruth"/> gives them, projected where the map is.</param>
    /// <param name="shape">The shape of both.</param>
    /// <param name="spacing">Millimetres from one element to the next along each axis, slowest first.</param>
    /// <param name="tolerance">How far from a defect still counts as at it, mm.</param>
    /// <exception cref="ArgumentException">There is no defect in the truth.</exception>
    public static Pointing At(ReadOnlySpan<float> map, ReadOnlySpan<byte> truth, ImageShape shape, IReadOnlyList<double> spacing, double tolerance)
    {
        bool[] isDefect = new bool[truth.Length];
        int organ = 0, place = -1;
        for (int i = 0; i < truth.Length; i++)
        {
            organ += truth[i] > 0 ? 1 : 0;
            isDefect[i] = truth[i] >= FindingTruth.FirstFinding;

            // Outside of the organ nothing can be wrong with it: the question is where in the organ the map points.
            if (truth[i] > 0 && map[i] > (place < 0 ? 0 : map[place]))
            {
                place = i;
            }
        }

        if (!isDefect.Contains(true))
        {
            throw new ArgumentException("There is no defect to point at.", nameof(truth));
        }

        double[] squared = DistanceTransform.Squared(isDefect, shape, [.. spacing]);
        int near = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            near += truth[i] > 0 && squared[i] <= tolerance * tolerance ? 1 : 0;
        }

        double chance = (double)near / organ;
        PointedOrgan pointed = PointedOrgan.Of(truth, squared, shape, tolerance);
        if (place < 0)
        {
            return new Pointing(-1, 0, null, false, chance) { Organ = pointed };
        }

        double distance = Math.Sqrt(squared[place]);
        return new Pointing(place, map[place], distance, distance <= tolerance, chance) { Organ = pointed };
    }
}

/// <summary>The labels of a truth and their projections.</summary>
public static class FindingTruth
{
    /// <summary>Labels from here on are defects; 1 is the organ without one, 0 is outside.</summary>
    public const byte FirstFinding = 2;

    /// <summary>
    /// The truth seen in a projection: a pixel shows a defect where there is one anywhere on its line, else the organ where
    /// that is. The projection of the counts shows less: what lies behind intact tissue is hidden in it.
    /// </summary>
    public static byte[] Project(ReadOnlySpan<byte> labels, ImageShape shape, ProjectionAxis axis)
    {
        ImageShape plane = new MaximumIntensityProjection(axis).OutputShape(shape);
        byte[] result = new byte[plane.Length];
        int i = 0;
        for (int s = 0; s < shape.Sections; s++)
        {
            for (int r = 0; r < shape.Rows; r++)
            {
                for (int c = 0; c < shape.Columns; c++, i++)
                {
                    int to = axis switch
                    {
                        ProjectionAxis.Transverse => (r * shape.Columns) + c,
                        ProjectionAxis.Sagittal => (s * shape.Rows) + r,
                        _ => (s * shape.Columns) + c,
                    };
                    result[to] = Math.Max(result[to], labels[i]);
                }
            }
        }

        return result;
    }

    /// <summary>Millimetres from pixel to pixel of a projection, rows first.</summary>
    public static double[] Spacing(ImageGeometry geometry, ProjectionAxis axis) => axis switch
    {
        ProjectionAxis.Transverse => [geometry.RowSpacing, geometry.ColumnSpacing],
        ProjectionAxis.Sagittal => [geometry.SectionSpacing, geometry.RowSpacing],
        _ => [geometry.SectionSpacing, geometry.ColumnSpacing],
    };
}

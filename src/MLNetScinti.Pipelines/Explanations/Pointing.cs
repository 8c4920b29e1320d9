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
        if (place < 0)
        {
            return new Pointing(-1, 0, null, false, chance);
        }

        double distance = Math.Sqrt(squared[place]);
        return new Pointing(place, map[place], distance, distance <= tolerance, chance);
    }
}

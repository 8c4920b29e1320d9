using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>
/// An organ with its findings, cut to its box, so that the place of another organ's map can be put into it: as far along each side of the box.
/// A place that is then outside of the organ is taken to where the way to the organ's middle enters it.
/// </summary>
public sealed class PointedOrgan
{
    private const byte InOrgan = 1, NearFinding = 2, InFinding = 4;

    private readonly byte[] _flags;
    private readonly int[] _from, _extents, _shape, _middle;

    private PointedOrgan(byte[] flags, int[] from, int[] extents, int[] shape, int[] middle) => (_flags, _from, _extents, _shape, _middle) = (flags, from, extents, shape, middle);

    /// <summary>Parts of a side at which places are tried that are chosen without an image.</summary>
    public static IReadOnlyList<double> Parts { get; } = [0.1, 0.3, 0.5, 0.7, 0.9];

    /// <summary>The places that are tried, slowest axis first: every combination of <see cref="Parts"/> along the axes that there are.</summary>
    public IEnumerable<double[]> Candidates =>
        from s in _shape[0] > 1 ? Parts : [0.5]
        from r in Parts
        from c in Parts
        select new[] { s, r, c };

    /// <summary>Takes an organ.</summary>
    /// <param name="truth">Labels as <see cref="FindingTruth"/> gives them, projected where the map is.</param>
    /// <param name="squared">From each element to the nearest finding, squared, mm².</param>
    /// <param name="shape">The shape of both.</param>
    /// <param name="tolerance">How far from a finding still counts as at it, mm.</param>
    /// <exception cref="ArgumentException">There is no organ.</exception>
    public static PointedOrgan Of(ReadOnlySpan<byte> truth, ReadOnlySpan<double> squared, ImageShape shape, double tolerance)
    {
        int[] extents = shape.IsVolume ? [shape.Sections, shape.Rows, shape.Columns] : [1, shape.Rows, shape.Columns];
        int[] from = [.. extents], to = [-1, -1, -1];
        double[] sum = new double[3];
        int count = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] == 0)
            {
                continue;
            }

            count++;
            int[] at = At(i, extents);
            for (int axis = 0; axis < 3; axis++)
            {
                (from[axis], to[axis], sum[axis]) = (Math.Min(from[axis], at[axis]), Math.Max(to[axis], at[axis]), sum[axis] + at[axis]);
            }
        }

        if (count == 0)
        {
            throw new ArgumentException("There is no organ to point in.", nameof(truth));
        }

        int[] box = [to[0] - from[0] + 1, to[1] - from[1] + 1, to[2] - from[2] + 1], middle = [.. from];
        byte[] flags = new byte[box[0] * box[1] * box[2]];
        double nearest = double.PositiveInfinity;
        for (int i = 0; i < flags.Length; i++)
        {
            int[] inBox = At(i, box);
            int index = ((((inBox[0] + from[0]) * extents[1]) + inBox[1] + from[1]) * extents[2]) + inBox[2] + from[2];
            if (truth[index] == 0)
            {
                continue;
            }

            flags[i] = (byte)(InOrgan | (squared[index] <= tolerance * tolerance ? NearFinding : 0) | (truth[index] >= FindingTruth.FirstFinding ? InFinding : 0));
            double away = Enumerable.Range(0, 3).Sum(axis => Math.Pow(inBox[axis] + from[axis] - (sum[axis] / count), 2));
            (nearest, middle) = away < nearest ? (away, inBox) : (nearest, middle);
        }

        return new PointedOrgan(flags, from, box, extents, middle);
    }

    /// <summary>How far along each side of the organ's box a place of its image lies, from 0 to 1.</summary>
    public double[] PartsOf(int place)
    {
        int[] at = At(place, _shape);
        return [.. Enumerable.Range(0, 3).Select(axis => (at[axis] - _from[axis] + 0.5) / _extents[axis])];
    }

    /// <summary>Whether a place, as far along each side of the box, lies at a finding.</summary>
    /// <param name="parts">As <see cref="PartsOf"/> gives them for another organ.</param>
    /// <param name="inside">Whether in the finding itself; else within the tolerance of one.</param>
    public bool IsAtFinding(IReadOnlyList<double> parts, bool inside = false)
    {
        ArgumentNullException.ThrowIfNull(parts);
        double[] at = [.. Enumerable.Range(0, 3).Select(axis => Math.Clamp(Math.Floor(parts[axis] * _extents[axis]), 0, _extents[axis] - 1))];
        int steps = _extents.Max();
        for (int step = 0; step <= steps; step++)
        {
            double way = (double)step / steps;
            int[] on = [.. Enumerable.Range(0, 3).Select(axis => (int)Math.Round(at[axis] + (way * (_middle[axis] - at[axis]))))];
            byte flags = _flags[(((on[0] * _extents[1]) + on[1]) * _extents[2]) + on[2]];
            if ((flags & InOrgan) != 0)
            {
                return (flags & (inside ? InFinding : NearFinding)) != 0;
            }
        }

        return false;
    }

    private static int[] At(int index, int[] extents) => [index / (extents[1] * extents[2]), index / extents[2] % extents[1], index % extents[2]];
}

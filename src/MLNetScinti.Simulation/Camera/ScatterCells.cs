namespace MLNetScinti.Simulation;

/// <summary>What scatter spreads over is smooth: it is computed on cells of some bins and sections, and read between their middles.</summary>
internal static class ScatterCells
{
    /// <summary>Bins, and sections, of a cell.</summary>
    public const int Cell = 6;

    /// <summary>The cells that hold so many bins or sections.</summary>
    public static int Of(int count) => (count + Cell - 1) / Cell;

    /// <summary>Spreads in both directions by exponentials of a length in cells.</summary>
    /// <param name="level">Bins by sections, the sections fastest.</param>
    /// <param name="bins">Cells across.</param>
    /// <param name="sections">Cells along.</param>
    /// <param name="length">The exponential's length, cells.</param>
    public static void Spread(Span<float> level, int bins, int sections, double length)
    {
        for (int s = 0; s < sections; s++)
        {
            Exponential(level, s, sections, bins, length);
        }

        for (int bin = 0; bin < bins; bin++)
        {
            Exponential(level, bin * sections, 1, sections, length);
        }
    }

    /// <summary>Two passes of a first-order recursion, one from each end; what would leave the field of view is lost.</summary>
    private static void Exponential(Span<float> values, int first, int step, int count, double length)
    {
        float keep = (float)Math.Exp(-1 / length);
        Span<float> line = stackalloc float[count];
        float state = 0;
        for (int i = 0; i < count; i++)
        {
            state = (keep * state) + values[first + (i * step)];
            line[i] = state;
        }

        state = 0;
        float norm = (1 - keep) / (1 + keep);
        for (int i = count - 1; i >= 0; i--)
        {
            float value = values[first + (i * step)];
            values[first + (i * step)] = norm * (line[i] + (keep * state));
            state = (keep * state) + value;
        }
    }

    /// <summary>Between which two cells a bin or section lies, and how far towards the second.</summary>
    public static (int Low, float Upper) Place(int index, int cells)
    {
        float place = Math.Clamp(((index + 0.5f) / Cell) - 0.5f, 0, cells - 1);
        int low = Math.Clamp((int)place, 0, Math.Max(0, cells - 2));
        return (low, place - low);
    }
}

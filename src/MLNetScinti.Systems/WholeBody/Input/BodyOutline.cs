using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.WholeBody.Input;

/// <summary>Where the body is in a view: its outline, and the line that runs down its middle.</summary>
public sealed class BodyOutline
{
    // Smoothing before the outline is drawn, mm: scans with few counts have but one in some pixels of the body.
    private const double Smoothing = 7;

    private BodyOutline(bool[] mask, double axisColumn, double axisSlope, int top, int bottom) =>
        (Mask, AxisColumn, AxisSlope, Top, Bottom) = (mask, axisColumn, axisSlope, top, bottom);

    /// <summary>The body's pixels, row by row.</summary>
    public IReadOnlyList<bool> Mask { get; }

    /// <summary>Column of the body's axis in row 0.</summary>
    public double AxisColumn { get; }

    /// <summary>Columns that the axis moves by with each row.</summary>
    public double AxisSlope { get; }

    /// <summary>The uppermost row of the body.</summary>
    public int Top { get; }

    /// <summary>The lowest row of the body.</summary>
    public int Bottom { get; }

    /// <summary>Column of the axis in a row.</summary>
    public double AxisAt(double row) => AxisColumn + (AxisSlope * row);

    /// <summary>The outline of the mirror image.</summary>
    internal BodyOutline Mirrored(int columns)
    {
        bool[] mask = [.. Mask];
        for (int row = 0; row < mask.Length / columns; row++)
        {
            mask.AsSpan(row * columns, columns).Reverse();
        }

        return new BodyOutline(mask, columns - 1 - AxisColumn, -AxisSlope, Top, Bottom);
    }

    /// <summary>Finds the body in counts whose background is low.</summary>
    /// <param name="view">The view.</param>
    /// <returns>The outline, or null where there is nothing like a body.</returns>
    public static BodyOutline? Find(PlanarImage view)
    {
        ArgumentNullException.ThrowIfNull(view);
        float[] smooth = [.. view.Pixels];
        // Hot spots would otherwise have a glow that reaches beyond the skin.
        float cap = Percentile(smooth, .98);
        for (int i = 0; i < smooth.Length; i++)
        {
            smooth[i] = Math.Min(smooth[i], cap);
        }

        GaussianFilter.Apply(smooth, new ImageShape(1, view.Rows, view.Columns), 0, Smoothing / view.RowSpacing, Smoothing / view.ColumnSpacing);
        float threshold = Threshold(smooth);
        if (!(threshold > 0))
        {
            return null;
        }

        threshold = Steepest(smooth, view, threshold);

        bool[] inside = Array.ConvertAll(smooth, value => value > threshold);
        LabelledRegions regions = LabelledRegions.Find(inside, new ImageShape(view.Rows, view.Columns), Connectivity.Corners);
        // A hand or a foot may lie apart from the rest; noise and contamination are small.
        int least = regions.Regions.Count > 0 ? regions.Regions[0].Voxels / 60 : 0;
        bool[] mask = Array.ConvertAll(regions.Labels, label => label > 0 && regions.Regions[label - 1].Voxels > least);
        int area = mask.Count(pixel => pixel);
        double square = area * view.RowSpacing * view.ColumnSpacing;
        if (area == 0 || area > .9 * mask.Length || square < 20_000)
        {
            return null;
        }

        (double column, double slope, int top, int bottom) = Axis(mask, view);
        return new BodyOutline(mask, column, slope, top, bottom);
    }

    private static float Percentile(float[] values, double part)
    {
        // Every fourth value will do.
        float[] sorted = new float[(values.Length + 3) / 4];
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = values[4 * i];
        }

        Array.Sort(sorted);
        return sorted[(int)(part * (sorted.Length - 1))];
    }

    /// <summary>Between air and body: the threshold that parts the logarithms of the values best (Otsu, IEEE Trans Syst Man Cybern 1979;9:62).</summary>
    private static float Threshold(float[] values)
    {
        const int bins = 128;
        float largest = values.Max();
        if (!(largest > 0))
        {
            return 0;
        }

        // Four decades below the largest value all is air.
        double low = Math.Log(largest * 2e-4), high = Math.Log(largest);
        int[] histogram = new int[bins];
        foreach (float value in values)
        {
            double place = (Math.Log(Math.Max(value, largest * 2e-4f)) - low) / (high - low);
            histogram[Math.Clamp((int)(place * bins), 0, bins - 1)]++;
        }

        double all = values.Length, sum = 0;
        for (int i = 0; i < bins; i++)
        {
            sum += i * (double)histogram[i];
        }

        double count = 0, part = 0, best = -1;
        int at = 0;
        for (int i = 0; i < bins - 1; i++)
        {
            count += histogram[i];
            part += i * (double)histogram[i];
            if (count == 0 || count == all)
            {
                continue;
            }

            double difference = (part / count) - ((sum - part) / (all - count)), between = count * (all - count) * difference * difference;
            if (between > best)
            {
                (best, at) = (between, i);
            }
        }

        return best <= 0 ? 0 : (float)Math.Exp(low + ((at + 1.0) / bins * (high - low)));
    }

    /// <summary>
    /// From a threshold that lies in the glow around the body up to where the counts rise most steeply: at the skin, half of what soft tissue has.
    /// </summary>
    private static float Steepest(float[] values, PlanarImage view, float threshold)
    {
        float[] inside = [.. values.Where(value => value > threshold)];
        Array.Sort(inside);
        float tissue = inside[inside.Length / 2], best = threshold;
        double steepest = -1;
        for (float level = threshold; level <= .7f * tissue; level *= 1.15f)
        {
            double sum = 0;
            int count = 0;
            for (int row = 1; row < view.Rows - 1; row++)
            {
                for (int column = 1; column < view.Columns - 1; column++)
                {
                    int at = (row * view.Columns) + column;
                    if (values[at] > .87f * level && values[at] < 1.15f * level)
                    {
                        double across = (values[at + 1] - values[at - 1]) / view.ColumnSpacing, along = (values[at + view.Columns] - values[at - view.Columns]) / view.RowSpacing;
                        sum += Math.Sqrt((across * across) + (along * along));
                        count++;
                    }
                }
            }

            if (count > 0 && sum / count > steepest)
            {
                (steepest, best) = (sum / count, level);
            }
        }

        return best;
    }

    /// <summary>A line through the middles of the rows, which heeds rows less the further they are off it.</summary>
    private static (double Column, double Slope, int Top, int Bottom) Axis(bool[] mask, PlanarImage view)
    {
        List<(int Row, double Middle, int Width)> rows = [];
        for (int row = 0; row < view.Rows; row++)
        {
            long sum = 0;
            int width = 0;
            for (int column = 0; column < view.Columns; column++)
            {
                if (mask[(row * view.Columns) + column])
                {
                    sum += column;
                    width++;
                }
            }

            if (width > 0)
            {
                rows.Add((row, (double)sum / width, width));
            }
        }

        double slope = 0, intercept = rows.Average(row => row.Middle);
        for (int pass = 0; pass < 6; pass++)
        {
            double w = 0, x = 0, y = 0, xx = 0, xy = 0;
            foreach ((int row, double middle, int width) in rows)
            {
                double off = (middle - intercept - (slope * row)) * view.ColumnSpacing / 25, weight = width / (1 + (off * off));
                (w, x, y, xx, xy) = (w + weight, x + (weight * row), y + (weight * middle), xx + (weight * row * row), xy + (weight * row * middle));
            }

            double spread = (w * xx) - (x * x);
            slope = spread > 1e-9 ? Math.Clamp(((w * xy) - (x * y)) / spread, -.12, .12) : 0;
            intercept = (y - (slope * x)) / w;
        }

        return (intercept, slope, rows[0].Row, rows[^1].Row);
    }
}

namespace MLNetScinti.Pipelines.Audits;

/// <summary>
/// What is left of an image when what it shows is taken away: second differences along rows of second differences along columns, which
/// nothing that is smooth survives. How much they scatter in units of the mean that they are made of, and how alike those of neighbours
/// are. Counts scatter as Poisson's law has it, each pixel for itself and whatever their level; filters, resampling and scaling change that,
/// each in its way. The steeper parts of what is shown are left out.
/// </summary>
internal static class NoiseTexture
{
    /// <summary>Numbers that are made of an image.</summary>
    public const int Features = 7;

    private const int Radius = 2, Margin = 4;

    // Air does not scatter; the less even part of the rest is left out.
    private const double LeastMean = 0.5, Even = 0.4;

    private static readonly (int Row, int Column)[] s_lags = [(0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0)];

    /// <summary>The numbers of an image; of a volume those of its sections together. All 0 where nothing is even enough.</summary>
    public static float[] Of(CaseImage image)
    {
        int rank = image.Shape.Rank, rows = rank < 2 ? 1 : image.Shape[rank - 2], columns = image.Shape[rank - 1], plane = rows * columns;
        Sums sums = new();
        for (int start = 0; start + plane <= image.Values.Length && rows > 2 * Margin && columns > 2 * Margin; start += plane)
        {
            Add(image.Values.Span.Slice(start, plane), rows, columns, sums);
        }

        return sums.Features();
    }

    private static void Add(ReadOnlySpan<float> values, int rows, int columns, Sums sums)
    {
        float[] mean = Means(values, rows, columns);
        double all = 0;
        foreach (float value in mean)
        {
            all += value;
        }

        double least = LeastMean * all / mean.Length;
        List<(int Pixel, float Steepness)> shown = [];
        for (int row = Margin; row < rows - Margin && least > 0; row++)
        {
            for (int column = Margin; column < columns - Margin; column++)
            {
                int pixel = (row * columns) + column;
                float here = mean[pixel];
                if (here > least)
                {
                    float across = mean[pixel + Radius] - mean[pixel - Radius], along = mean[pixel + (Radius * columns)] - mean[pixel - (Radius * columns)];
                    shown.Add((pixel, ((across * across) + (along * along)) / here));
                }
            }
        }

        shown.Sort((one, other) => one.Steepness != other.Steepness ? one.Steepness.CompareTo(other.Steepness) : one.Pixel.CompareTo(other.Pixel));
        foreach ((int pixel, _) in shown.Take((int)(Even * shown.Count)))
        {
            double own = Difference(values, columns, pixel);
            sums.Square += own * own;
            sums.Level += Level(values, columns, pixel);
            for (int lag = 0; lag < s_lags.Length; lag++)
            {
                sums.Products[lag] += own * Difference(values, columns, pixel + (s_lags[lag].Row * columns) + s_lags[lag].Column);
            }
        }
    }

    // 1, -2, 1 along rows and columns; 36 is the sum of its squares.
    private static double Difference(ReadOnlySpan<float> values, int columns, int pixel)
    {
        static double Line(ReadOnlySpan<float> from, int middle) => (double)from[middle - 1] - (2.0 * from[middle]) + from[middle + 1];
        return (Line(values, pixel - columns) - (2 * Line(values, pixel)) + Line(values, pixel + columns)) / 6;
    }

    // The mean with the squares of the same weights: what the square of a difference of counts comes to.
    private static double Level(ReadOnlySpan<float> values, int columns, int pixel)
    {
        static double Line(ReadOnlySpan<float> from, int middle) => (double)from[middle - 1] + (4.0 * from[middle]) + from[middle + 1];
        return (Line(values, pixel - columns) + (4 * Line(values, pixel)) + Line(values, pixel + columns)) / 36;
    }

    private static float[] Means(ReadOnlySpan<float> values, int rows, int columns)
    {
        // Sums over columns first, then over rows; what lies outside is 0, and no pixel of the margin is looked at.
        float[] lines = new float[values.Length], means = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = Radius; column < columns - Radius; column++)
            {
                int pixel = (row * columns) + column;
                lines[pixel] = values[pixel - 2] + values[pixel - 1] + values[pixel] + values[pixel + 1] + values[pixel + 2];
            }
        }

        for (int row = Radius; row < rows - Radius; row++)
        {
            for (int column = Radius; column < columns - Radius; column++)
            {
                int pixel = (row * columns) + column;
                means[pixel] = (lines[pixel - (2 * columns)] + lines[pixel - columns] + lines[pixel] + lines[pixel + columns] + lines[pixel + (2 * columns)]) / 25;
            }
        }

        return means;
    }

    private sealed class Sums
    {
        public double Square { get; set; }

        public double Level { get; set; }

        public double[] Products { get; } = new double[s_lags.Length];

        public float[] Features() => Square > 0 && Level > 0
            ? [(float)Math.Log(Square / Level), .. Products.Select(product => (float)(product / Square))]
            : new float[NoiseTexture.Features];
    }
}

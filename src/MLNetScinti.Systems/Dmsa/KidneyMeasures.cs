using MLNetScinti.Imaging;

namespace MLNetScinti.Systems.Dmsa;

/// <summary>
/// What a reader measures on a DMSA kidney by hand: function against the other side, size, and how even the cortex is. The
/// inputs of the baseline that every network has to beat.
/// </summary>
/// <param name="SplitFunction">This kidney's part of both kidneys' counts, 0 to 1 (0.45 to 0.55 is usual).</param>
/// <param name="Asymmetry">|2 SplitFunction - 1|: 0 where both sides work alike, 1 where only one does.</param>
/// <param name="LogMillilitres">Natural logarithm of the volume above <see cref="OutlineFraction"/> of the kidney's maximum, in ml; 0 below 1 ml.</param>
/// <param name="RelativeMaximum">The kidney's maximum over the study's.</param>
/// <param name="VoxelVariation">Standard deviation over mean of the values inside the outline.</param>
/// <param name="SectorVariation">Standard deviation over mean of the <see cref="Sectors"/> sectors' maxima, seen from the front around the kidney's middle, in the outer half of each.</param>
/// <param name="WeakestSector">The smallest sector's maximum over the median one: a scar lowers it.</param>
/// <param name="WeakestPole">The lower one of the upper and the lower third's maxima over the middle third's.</param>
public sealed record KidneyMeasures(
    float SplitFunction,
    float Asymmetry,
    float LogMillilitres,
    float RelativeMaximum,
    float VoxelVariation,
    float SectorVariation,
    float WeakestSector,
    float WeakestPole)
{
    /// <summary>The part of its own maximum from which a voxel belongs to the kidney.</summary>
    public const double OutlineFraction = 0.4;

    /// <summary>The number of sectors around the middle.</summary>
    public const int Sectors = 12;

    /// <summary>The measures' names, in the order of <see cref="ToArray"/>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        nameof(SplitFunction), nameof(Asymmetry), nameof(LogMillilitres), nameof(RelativeMaximum),
        nameof(VoxelVariation), nameof(SectorVariation), nameof(WeakestSector), nameof(WeakestPole),
    ];

    /// <summary>Measures a kidney. An image without positive values gives zeros, besides the split function.</summary>
    /// <param name="image">Counts, one kidney alone, [sections, rows, columns].</param>
    /// <param name="shape">The image's extent.</param>
    /// <param name="voxelMillilitres">The volume of a voxel, in ml.</param>
    /// <param name="studyMaximum">The highest count of the study.</param>
    /// <param name="splitFunction">This kidney's part of both kidneys' counts.</param>
    public static KidneyMeasures Of(ReadOnlySpan<float> image, ImageShape shape, double voxelMillilitres, double studyMaximum, double splitFunction)
    {
        if (shape.Rank != 3 || image.Length != shape.Length)
        {
            throw new ArgumentException($"A kidney's image is expected to hold [sections, rows, columns], found {shape} with {image.Length} values.", nameof(shape));
        }

        float asymmetry = (float)Math.Abs((2 * splitFunction) - 1);
        float maximum = 0;
        foreach (float value in image)
        {
            maximum = Math.Max(maximum, value);
        }

        if (!(maximum > 0))
        {
            return new((float)splitFunction, asymmetry, 0, 0, 0, 0, 0, 0);
        }

        Outline outline = new(image, shape, (float)(OutlineFraction * maximum));
        float[] sectors = outline.SectorMaxima(image, shape);
        float[] ordered = [.. sectors.Order()];
        float median = (ordered[(Sectors - 1) / 2] + ordered[Sectors / 2]) / 2;
        (float upper, float middle, float lower) = outline.ThirdsMaxima(image, shape);
        return new(
            (float)splitFunction,
            asymmetry,
            (float)Math.Log(Math.Max(1, outline.Count * voxelMillilitres)),
            studyMaximum > 0 ? (float)(maximum / studyMaximum) : 0,
            (float)outline.Variation,
            Variation(sectors),
            median > 0 ? ordered[0] / median : 0,
            middle > 0 ? Math.Min(upper, lower) / middle : 0);
    }

    /// <summary>The measures as a vector.</summary>
    public float[] ToArray() =>
        [SplitFunction, Asymmetry, LogMillilitres, RelativeMaximum, VoxelVariation, SectorVariation, WeakestSector, WeakestPole];

    private static float Variation(float[] values)
    {
        double mean = values.Average();
        return mean > 0 ? (float)(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))) / mean) : 0;
    }

    /// <summary>The voxels above a threshold: their number, middle, extent and spread of values.</summary>
    private readonly struct Outline
    {
        private readonly float _threshold;
        private readonly double _column;
        private readonly double _section;
        private readonly int _first;
        private readonly int _last;

        public Outline(ReadOnlySpan<float> image, ImageShape shape, float threshold)
        {
            _threshold = threshold;
            _first = int.MaxValue;
            double sum = 0, squares = 0, columns = 0, sections = 0;
            int i = 0;
            for (int s = 0; s < shape.Sections; s++)
            {
                for (int r = 0; r < shape.Rows; r++)
                {
                    for (int c = 0; c < shape.Columns; c++, i++)
                    {
                        float value = image[i];
                        if (value < threshold)
                        {
                            continue;
                        }

                        Count++;
                        sum += value;
                        squares += (double)value * value;
                        columns += c;
                        sections += s;
                        _first = Math.Min(_first, s);
                        _last = s;
                    }
                }
            }

            double mean = sum / Count;
            Variation = Math.Sqrt(Math.Max(0, (squares / Count) - (mean * mean))) / mean;
            _column = columns / Count;
            _section = sections / Count;
        }

        public int Count { get; }

        public double Variation { get; }

        /// <summary>
        /// The largest value in the outer half of each sector of the coronal view around the middle: the cortex, and not the
        /// parenchyma that all sectors share in the middle.
        /// </summary>
        public float[] SectorMaxima(ReadOnlySpan<float> image, ImageShape shape)
        {
            // In the coronal view a sector does not depend on the row.
            (int Sector, double Distance)[] places = new (int, double)[shape.Sections * shape.Columns];
            for (int s = 0; s < shape.Sections; s++)
            {
                for (int c = 0; c < shape.Columns; c++)
                {
                    double turn = (Math.Atan2(s - _section, c - _column) / (2 * Math.PI)) + 0.5;
                    places[(s * shape.Columns) + c] = (Math.Min(Sectors - 1, (int)(turn * Sectors)), Math.Sqrt(((s - _section) * (s - _section)) + ((c - _column) * (c - _column))));
                }
            }

            // First how far each sector reaches, then what its outer half holds.
            double[] farthest = new double[Sectors];
            float[] maxima = new float[Sectors];
            foreach (bool isReach in (ReadOnlySpan<bool>)[true, false])
            {
                int i = 0;
                for (int s = 0; s < shape.Sections; s++)
                {
                    ReadOnlySpan<(int Sector, double Distance)> line = places.AsSpan(s * shape.Columns, shape.Columns);
                    for (int r = 0; r < shape.Rows; r++)
                    {
                        for (int c = 0; c < line.Length; c++, i++)
                        {
                            float value = image[i];
                            if (value < _threshold || float.IsNaN(value))
                            {
                                continue;
                            }

                            (int sector, double distance) = line[c];
                            if (isReach)
                            {
                                farthest[sector] = Math.Max(farthest[sector], distance);
                            }
                            else if (distance >= farthest[sector] / 2)
                            {
                                maxima[sector] = Math.Max(maxima[sector], value);
                            }
                        }
                    }
                }
            }

            return maxima;
        }

        /// <summary>The largest values of the three thirds along the body's axis, in the order of the sections.</summary>
        public (float First, float Middle, float Last) ThirdsMaxima(ReadOnlySpan<float> image, ImageShape shape)
        {
            Span<float> maxima = stackalloc float[3];
            int extent = _last - _first + 1;
            for (int s = _first; s <= _last; s++)
            {
                int third = Math.Min(2, (s - _first) * 3 / extent);
                foreach (float value in image.Slice(s * shape.PlaneLength, shape.PlaneLength))
                {
                    maxima[third] = Math.Max(maxima[third], value);
                }
            }

            return (maxima[0], maxima[1], maxima[2]);
        }
    }
}

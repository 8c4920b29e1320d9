using System.Numerics.Tensors;
using MathNet.Numerics;
using MathNet.Numerics.IntegralTransforms;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Generated;

/// <summary>
/// What is kept of an image to compare it with others: its radial power spectrum, its sum and maximum, and a small likeness in which
/// noise is averaged away.
/// </summary>
public sealed class ImageSummary
{
    /// <summary>Rings of the spectrum, from 0 to half a cycle a pixel.</summary>
    public const int Rings = 16;

    // Large enough to tell one patient from another, small enough that noise averages away.
    private const int LongestEdge = 64;

    private ImageSummary(string id, string patient, string kind) => (Id, Patient, Kind) = (id, patient, kind);

    /// <summary>The image's name, by pseudonym.</summary>
    public string Id { get; }

    /// <summary>Whose image it is, by pseudonym; empty for nobody's.</summary>
    public string Patient { get; }

    /// <summary>What it shows, in the task's words.</summary>
    public string Kind { get; }

    /// <summary>The mean power of each ring of spatial frequencies, without that of the image's mean: |F|^2 / pixels. NaN where a small image has no frequency.</summary>
    public IReadOnlyList<double> Power { get; private init; } = [];

    /// <summary>The sum of the values.</summary>
    public double Sum { get; private init; }

    /// <summary>The largest value.</summary>
    public double Maximum { get; private init; }

    /// <summary>The likeness, and its mirror image, of mean 0 and length 1: their product is a correlation.</summary>
    internal float[] Likeness { get; private init; } = [];

    internal float[] Mirrored { get; private init; } = [];

    /// <summary>The summary of an image, or of several of one case that lie one after the other.</summary>
    /// <param name="id">Its name, by pseudonym.</param>
    /// <param name="patient">Whose it is, by pseudonym; empty for nobody's.</param>
    /// <param name="kind">What it shows.</param>
    /// <param name="values">The values, last dimension fastest.</param>
    /// <param name="shape">The extents of one image: planar.</param>
    /// <exception cref="ArgumentException">The values are not whole images of this shape, or the shape is not planar.</exception>
    public static ImageSummary Of(string id, string patient, string kind, ReadOnlySpan<float> values, ImageShape shape)
    {
        if (shape.IsVolume || values.Length == 0 || values.Length % shape.Length != 0)
        {
            throw new ArgumentException($"Planar images of {shape} have {shape.Length} values each, found {values.Length}.", nameof(values));
        }

        double[] power = new double[Rings];
        List<float> likeness = [], mirrored = [];
        double sum = 0;
        int images = values.Length / shape.Length;
        for (int start = 0; start < values.Length; start += shape.Length)
        {
            ReadOnlySpan<float> image = values.Slice(start, shape.Length);
            sum += Sum64(image);
            AddPower(image, shape, power);
            likeness.AddRange(Small(image, shape, mirror: false));
            mirrored.AddRange(Small(image, shape, mirror: true));
        }

        return new ImageSummary(id, patient, kind)
        {
            Power = [.. power.Select(ring => ring / images)],
            Sum = sum,
            Maximum = TensorPrimitives.Max(values),
            Likeness = Unit(likeness),
            Mirrored = Unit(mirrored),
        };
    }

    /// <summary>How unlike two images are: the distance of their likenesses, sqrt(2 - 2 correlation), or of the mirror image's where that is less; 0 to 2.</summary>
    public double DistanceTo(ImageSummary other)
    {
        ArgumentNullException.ThrowIfNull(other);
        double correlation = Math.Max(TensorPrimitives.Dot<float>(Likeness, other.Likeness), TensorPrimitives.Dot<float>(Mirrored, other.Likeness));
        return Math.Sqrt(Math.Max(0, 2 - (2 * correlation)));
    }

    private static double Sum64(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum;
    }

    private static void AddPower(ReadOnlySpan<float> image, ImageShape shape, double[] power)
    {
        (int rows, int columns) = (shape.Rows, shape.Columns);
        Complex32[] plane = new Complex32[image.Length], line = new Complex32[rows];
        float mean = (float)(Sum64(image) / image.Length);
        Complex32[] row = new Complex32[columns];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                row[c] = new Complex32(image[(r * columns) + c] - mean, 0);
            }

            Fourier.Forward(row, FourierOptions.NoScaling);
            row.CopyTo(plane, r * columns);
        }

        double[] sums = new double[Rings];
        int[] counts = new int[Rings];
        for (int c = 0; c < columns; c++)
        {
            for (int r = 0; r < rows; r++)
            {
                line[r] = plane[(r * columns) + c];
            }

            Fourier.Forward(line, FourierOptions.NoScaling);
            double across = (double)Math.Min(c, columns - c) / columns;
            for (int r = 0; r < rows; r++)
            {
                double along = (double)Math.Min(r, rows - r) / rows, frequency = Math.Sqrt((across * across) + (along * along));
                int ring = (int)(frequency * 2 * Rings);
                if (ring < Rings && (r > 0 || c > 0))
                {
                    sums[ring] += line[r].MagnitudeSquared / (double)image.Length;
                    counts[ring]++;
                }
            }
        }

        for (int ring = 0; ring < Rings; ring++)
        {
            power[ring] += counts[ring] > 0 ? sums[ring] / counts[ring] : double.NaN;
        }
    }

    // Means of blocks, and their roots: bright places count less, and the noise of counts is the same everywhere.
    private static float[] Small(ReadOnlySpan<float> image, ImageShape shape, bool mirror)
    {
        int block = Math.Max(1, (Math.Max(shape.Rows, shape.Columns) + LongestEdge - 1) / LongestEdge);
        int rows = (shape.Rows + block - 1) / block, columns = (shape.Columns + block - 1) / block;
        double[] sums = new double[rows * columns];
        int[] counts = new int[sums.Length];
        for (int r = 0; r < shape.Rows; r++)
        {
            for (int c = 0; c < shape.Columns; c++)
            {
                int at = (r / block * columns) + (c / block);
                sums[at] += image[(r * shape.Columns) + (mirror ? shape.Columns - 1 - c : c)];
                counts[at]++;
            }
        }

        return [.. sums.Zip(counts, (sum, count) => (float)(Math.Sign(sum) * Math.Sqrt(Math.Abs(sum) / count)))];
    }

    private static float[] Unit(List<float> values)
    {
        float mean = (float)Sum64([.. values]) / values.Count;
        float[] centred = [.. values.Select(value => value - mean)];
        float length = TensorPrimitives.Norm<float>(centred);
        return length > 0 ? [.. centred.Select(value => value / length)] : centred;
    }
}

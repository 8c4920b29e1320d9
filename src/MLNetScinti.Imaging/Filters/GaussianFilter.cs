using System.Numerics.Tensors;

namespace MLNetScinti.Imaging;

/// <summary>
/// Convolution with a Gaussian, one dimension after another. The kernel reaches four standard deviations and sums to 1; at the
/// edges the image is mirrored with the edge pixel repeated (c b a | a b c), so that the sum of all pixels is kept.
/// </summary>
public static class GaussianFilter
{
    /// <summary>The standard deviation of a Gaussian of full width at half maximum 1.</summary>
    public const double DeviationPerFwhm = 0.42466090014400953;

    /// <summary>Smooths a volume with the same width in all directions of space.</summary>
    /// <param name="volume">The volume; it stays as it is.</param>
    /// <param name="fwhm">Full width at half maximum in mm; 0 copies.</param>
    public static Volume Apply(Volume volume, double fwhm)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fwhm);
        double deviation = fwhm * DeviationPerFwhm;
        float[] voxels = [.. volume.Voxels];
        ImageGeometry geometry = volume.Geometry;
        Apply(voxels, volume.Shape, deviation / geometry.SectionSpacing, deviation / geometry.RowSpacing, deviation / geometry.ColumnSpacing);
        return new Volume(geometry, voxels);
    }

    /// <summary>Smooths in place.</summary>
    /// <param name="values">The image, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="sections">Standard deviation across sections, in voxels.</param>
    /// <param name="rows">Standard deviation across rows, in pixels.</param>
    /// <param name="columns">Standard deviation along columns, in pixels.</param>
    public static void Apply(Span<float> values, ImageShape shape, double sections, double rows, double columns)
    {
        if (values.Length != shape.Length)
        {
            throw new ArgumentException($"An image of {shape} holds {shape.Length} values, found {values.Length}.", nameof(values));
        }

        float[] source = new float[Math.Max(shape.Sections * shape.PlaneLength, shape.Columns)];
        if (sections > 0 && shape.Sections > 1)
        {
            AcrossBlocks(values, shape.Sections, Kernel(sections), source);
        }

        if (rows > 0 && shape.Rows > 1)
        {
            float[] kernel = Kernel(rows);
            for (int s = 0; s < shape.Sections; s++)
            {
                AcrossBlocks(values.Slice(s * shape.PlaneLength, shape.PlaneLength), shape.Rows, kernel, source);
            }
        }

        if (columns > 0 && shape.Columns > 1)
        {
            AlongLines(values, shape.Columns, Kernel(columns));
        }
    }

    /// <summary>The kernel of a Gaussian, from its middle outwards: element 0 is the weight of the pixel itself.</summary>
    /// <param name="deviation">Standard deviation in pixels, positive.</param>
    public static float[] Kernel(double deviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(deviation);
        int radius = (int)((4 * deviation) + 0.5);
        double[] weights = [.. Enumerable.Range(0, radius + 1).Select(i => Math.Exp(-0.5 * i * i / (deviation * deviation)))];
        double sum = weights[0] + (2 * weights.Skip(1).Sum());
        return [.. weights.Select(weight => (float)(weight / sum))];
    }

    // Whole rows or whole sections are added up at once: the long, contiguous way through memory.
    private static void AcrossBlocks(Span<float> values, int blocks, float[] kernel, float[] buffer)
    {
        int length = values.Length / blocks;
        ReadOnlySpan<float> source = buffer.AsSpan(0, values.Length);
        values.CopyTo(buffer);
        for (int b = 0; b < blocks; b++)
        {
            Span<float> target = values.Slice(b * length, length);
            TensorPrimitives.Multiply(source.Slice(b * length, length), kernel[0], target);
            for (int k = 1; k < kernel.Length; k++)
            {
                ReadOnlySpan<float> before = source.Slice(Mirror(b - k, blocks) * length, length);
                ReadOnlySpan<float> after = source.Slice(Mirror(b + k, blocks) * length, length);
                TensorPrimitives.MultiplyAdd(before, kernel[k], target, target);
                TensorPrimitives.MultiplyAdd(after, kernel[k], target, target);
            }
        }
    }

    private static void AlongLines(Span<float> values, int columns, float[] kernel)
    {
        int radius = kernel.Length - 1;
        float[] line = new float[columns + (2 * radius)];
        for (int start = 0; start < values.Length; start += columns)
        {
            Span<float> target = values.Slice(start, columns);
            target.CopyTo(line.AsSpan(radius));
            for (int k = 1; k <= radius; k++)
            {
                line[radius - k] = target[Mirror(-k, columns)];
                line[radius + columns - 1 + k] = target[Mirror(columns - 1 + k, columns)];
            }

            TensorPrimitives.Multiply(line.AsSpan(radius, columns), kernel[0], target);
            for (int k = 1; k <= radius; k++)
            {
                TensorPrimitives.MultiplyAdd(line.AsSpan(radius - k, columns), kernel[k], target, target);
                TensorPrimitives.MultiplyAdd(line.AsSpan(radius + k, columns), kernel[k], target, target);
            }
        }
    }

    private static int Mirror(int index, int count)
    {
        int period = 2 * count;
        int within = ((index % period) + period) % period;
        return within < count ? within : period - 1 - within;
    }
}

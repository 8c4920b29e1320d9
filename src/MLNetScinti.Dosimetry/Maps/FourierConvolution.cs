using System.Numerics;
using MathNet.Numerics.IntegralTransforms;
using MLNetScinti.Dosimetry.Kernels;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dosimetry.Maps;

/// <summary>
/// Convolution of an image with a kernel, block by block in Fourier space (overlap-add): memory for a few blocks, nothing comes round from the other
/// side, and outside the image there is nothing. Two blocks share a transform, one as its real and one as its imaginary part: the kernel is real.
/// Blocks without activity cost nothing. One order of sums, whatever the number of threads.
/// </summary>
internal static class FourierConvolution
{
    // A kernel of 11 voxels leaves 54 of these for the image; smaller transforms waste more on the overlap, larger ones memory.
    private const int Preferred = 64;

    /// <summary>The sum over all voxels of value x kernel at the difference of indices, as doubles.</summary>
    /// <param name="values">The image, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="kernel">The kernel.</param>
    public static double[] Apply(ReadOnlySpan<float> values, ImageShape shape, VoxelKernel kernel)
    {
        KernelDescription of = kernel.Description;
        Axis columns = new(shape.Columns, of.HalfColumns), rows = new(shape.Rows, of.HalfRows), sections = new(shape.Sections, of.HalfSections);
        Transform transform = new(columns.Length, rows.Length, sections.Length);
        double[] spectrum = Spectrum(kernel, columns, rows, sections, transform);
        double[] sum = new double[shape.Length];
        Complex[] work = new Complex[transform.Length];
        List<(int Column, int Row, int Section)> pair = [];
        for (int s = 0; s < shape.Sections; s += sections.Block)
        {
            for (int r = 0; r < shape.Rows; r += rows.Block)
            {
                for (int c = 0; c < shape.Columns; c += columns.Block)
                {
                    if (!IsEmpty(values, shape, columns, rows, sections, c, r, s))
                    {
                        pair.Add((c, r, s));
                        if (pair.Count == 2)
                        {
                            Convolve(values);
                        }
                    }
                }
            }
        }

        if (pair.Count > 0)
        {
            Convolve(values);
        }

        return sum;

        void Convolve(ReadOnlySpan<float> image)
        {
            Array.Clear(work);
            for (int b = 0; b < pair.Count; b++)
            {
                Load(image, shape, columns, rows, sections, pair[b], work, isImaginary: b == 1);
            }

            transform.Forward(work);
            for (int i = 0; i < work.Length; i++)
            {
                work[i] *= spectrum[i];
            }

            transform.Inverse(work);
            for (int b = 0; b < pair.Count; b++)
            {
                Add(sum, shape, columns, rows, sections, pair[b], work, isImaginary: b == 1);
            }

            pair.Clear();
        }
    }

    // A kernel that is the same under reflection has a real transform.
    private static double[] Spectrum(VoxelKernel kernel, Axis columns, Axis rows, Axis sections, Transform transform)
    {
        Complex[] work = new Complex[transform.Length];
        for (int k = -sections.Half; k <= sections.Half; k++)
        {
            for (int j = -rows.Half; j <= rows.Half; j++)
            {
                for (int i = -columns.Half; i <= columns.Half; i++)
                {
                    work[(((sections.Around(k) * rows.Length) + rows.Around(j)) * columns.Length) + columns.Around(i)] = kernel[i, j, k];
                }
            }
        }

        transform.Forward(work);
        return [.. work.Select(value => value.Real / transform.Length)];
    }

    private static bool IsEmpty(ReadOnlySpan<float> values, ImageShape shape, Axis columns, Axis rows, Axis sections, int column, int row, int section)
    {
        for (int s = section; s < Math.Min(section + sections.Block, shape.Sections); s++)
        {
            for (int r = row; r < Math.Min(row + rows.Block, shape.Rows); r++)
            {
                if (values.Slice((((s * shape.Rows) + r) * shape.Columns) + column, Math.Min(columns.Block, shape.Columns - column)).ContainsAnyExcept(0f))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static void Load(ReadOnlySpan<float> values, ImageShape shape, Axis columns, Axis rows, Axis sections, (int Column, int Row, int Section) at, Complex[] work, bool isImaginary)
    {
        for (int s = at.Section; s < Math.Min(at.Section + sections.Block, shape.Sections); s++)
        {
            for (int r = at.Row; r < Math.Min(at.Row + rows.Block, shape.Rows); r++)
            {
                int to = (((s - at.Section) * rows.Length) + r - at.Row) * columns.Length;
                foreach (float value in values.Slice((((s * shape.Rows) + r) * shape.Columns) + at.Column, Math.Min(columns.Block, shape.Columns - at.Column)))
                {
                    work[to] = isImaginary ? new Complex(work[to].Real, value) : value;
                    to++;
                }
            }
        }
    }

    private static void Add(double[] sum, ImageShape shape, Axis columns, Axis rows, Axis sections, (int Column, int Row, int Section) at, Complex[] work, bool isImaginary)
    {
        (int firstColumn, int lastColumn) = columns.Reach(at.Column);
        (int firstRow, int lastRow) = rows.Reach(at.Row);
        (int firstSection, int lastSection) = sections.Reach(at.Section);
        for (int s = firstSection; s <= lastSection; s++)
        {
            for (int r = firstRow; r <= lastRow; r++)
            {
                int line = ((sections.Around(s - at.Section) * rows.Length) + rows.Around(r - at.Row)) * columns.Length, to = ((s * shape.Rows) + r) * shape.Columns;
                for (int c = firstColumn; c <= lastColumn; c++)
                {
                    Complex value = work[line + columns.Around(c - at.Column)];
                    sum[to + c] += isImaginary ? value.Imaginary : value.Real;
                }
            }
        }
    }

    /// <summary>How one axis is cut into blocks.</summary>
    private readonly record struct Axis
    {
        public Axis(int extent, int half)
        {
            (Extent, Half) = (extent, half);
            int width = (2 * half) + 1;
            // The whole axis at once where that is no longer than the preferred transform, else blocks; a wide kernel gets longer ones.
            int preferred = (int)Math.Max(Preferred, BitOperations.RoundUpToPowerOf2((uint)(2 * width)));
            Length = Math.Min(preferred, (int)BitOperations.RoundUpToPowerOf2((uint)(extent + (2 * half))));
            Block = Math.Min(extent, Length - (2 * half));
        }

        public int Extent { get; }

        public int Half { get; }

        public int Length { get; }

        public int Block { get; }

        public int Around(int index) => index < 0 ? index + Length : index;

        public (int First, int Last) Reach(int at) => (Math.Max(0, at - Half), Math.Min(Extent - 1, at + Block - 1 + Half));
    }

    /// <summary>A transform in three dimensions, line by line along each.</summary>
    private sealed class Transform(int columns, int rows, int sections)
    {
        public int Length => columns * rows * sections;

        public void Forward(Complex[] values) => Each(values, line => Fourier.Forward(line, FourierOptions.NoScaling));

        public void Inverse(Complex[] values) => Each(values, line => Fourier.Inverse(line, FourierOptions.NoScaling));

        private void Each(Complex[] values, Action<Complex[]> transform)
        {
            Along(values, columns, 1, Enumerable.Range(0, rows * sections).Select(i => i * columns), transform);
            Along(values, rows, columns, Enumerable.Range(0, sections).SelectMany(s => Enumerable.Range(0, columns).Select(c => (s * rows * columns) + c)), transform);
            Along(values, sections, rows * columns, Enumerable.Range(0, rows * columns), transform);
        }

        private static void Along(Complex[] values, int count, int stride, IEnumerable<int> starts, Action<Complex[]> transform)
        {
            if (count == 1)
            {
                return;
            }

            Complex[] line = new Complex[count];
            foreach (int start in starts)
            {
                for (int i = 0, at = start; i < count; i++, at += stride)
                {
                    line[i] = values[at];
                }

                transform(line);
                for (int i = 0, at = start; i < count; i++, at += stride)
                {
                    values[at] = line[i];
                }
            }
        }
    }
}

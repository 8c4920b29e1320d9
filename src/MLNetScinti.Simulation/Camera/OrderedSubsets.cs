using System.Collections.Concurrent;
using System.Numerics.Tensors;

namespace MLNetScinti.Simulation;

/// <summary>
/// 2D ordered-subsets expectation maximisation (Hudson and Larkin, IEEE TMI 1994): each section on its own, without
/// attenuation correction and without resolution recovery, as S1 states neither. Begins with a uniform image.
/// </summary>
public sealed class OrderedSubsets
{
    private const int SupportMargin = 4;

    private static readonly ConcurrentDictionary<(int Bins, int Views, int Subsets), OrderedSubsets> s_known = new();
    private readonly StripProjector[] _projectors;
    private readonly int[][] _views;
    private readonly double[] _angles;

    private OrderedSubsets(int bins, int views, int subsets)
    {
        if (subsets < 1 || views % subsets != 0)
        {
            throw new ArgumentException($"{views} views cannot be dealt to {subsets} subsets of one size.", nameof(subsets));
        }

        Bins = bins;
        Views = views;
        Subsets = subsets;
        _views = Deal(views, subsets);
        SpectAcquisition acquisition = new() { Bins = bins, Views = views };
        _angles = [.. Enumerable.Range(0, views).Select(acquisition.AngleOf)];
        _projectors = [.. _views.Select(of => new StripProjector(bins, [.. of.Select(view => _angles[view])]))];
    }

    /// <summary>Rows, columns and bins.</summary>
    public int Bins { get; }

    /// <summary>Number of views.</summary>
    public int Views { get; }

    /// <summary>Number of subsets.</summary>
    public int Subsets { get; }

    /// <summary>The reconstruction for a matrix and a number of views; its tables are made once.</summary>
    /// <exception cref="ArgumentException">The views cannot be dealt evenly.</exception>
    public static OrderedSubsets For(int bins, int views, int subsets) =>
        s_known.GetOrAdd((bins, views, subsets), key => new OrderedSubsets(key.Bins, key.Views, key.Subsets));

    /// <summary>Reconstructs some sections.</summary>
    /// <param name="counts">The measured views.</param>
    /// <param name="firstSection">The first section to reconstruct.</param>
    /// <param name="sections">Number of sections.</param>
    /// <param name="iterations">Passes over all subsets.</param>
    /// <param name="threads">Threads at most; the result does not depend on it.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>Counts per voxel, ordered section, row, column; 0 outside the circle that every view sees.</returns>
    public float[] Reconstruct(
        Projections counts, int firstSection, int sections, int iterations, int threads = -1, CancellationToken cancellation = default)
    {
        if (counts.Bins != Bins || counts.Views != Views || firstSection < 0 || firstSection + sections > counts.Sections)
        {
            throw new ArgumentException(
                $"Expected {Views} views of {Bins} bins with sections {firstSection} to {firstSection + sections - 1}, "
                + $"found {counts.Views} of {counts.Bins} with {counts.Sections}.",
                nameof(counts));
        }

        float[] result = new float[sections * Bins * Bins];
        int blocks = (sections + StripProjector.Block - 1) / StripProjector.Block;
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, blocks, options, () => new Buffers(this), (block, _, buffers) =>
        {
            int first = block * StripProjector.Block;
            int used = Math.Min(StripProjector.Block, sections - first);
            ReconstructBlock(counts, firstSection + first, used, iterations, buffers, result.AsSpan(first * Bins * Bins, used * Bins * Bins));
            return buffers;
        }, _ => { });
        return result;
    }

    private void ReconstructBlock(Projections counts, int firstSection, int used, int iterations, Buffers buffers, Span<float> result)
    {
        const int block = StripProjector.Block;
        buffers.Fill(counts, _views, firstSection, used);
        ReadOnlySpan<int> pixels = Support(buffers);
        Span<float> image = buffers.Image.Span[..(pixels.Length * block)];
        image.Fill(1);
        // Every view sees all of a pixel, so that a pixel's sensitivity is the number of views.
        float perView = 1f / (Views / Subsets);
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            for (int subset = 0; subset < Subsets; subset++)
            {
                Span<float> ratio = buffers.Estimate.Span;
                _projectors[subset].Forward(pixels, image, ratio);
                // A bin that nothing reaches has no say.
                TensorPrimitives.Max(ratio, 1e-6f, ratio);
                TensorPrimitives.Divide(buffers.Measured[subset].Span, ratio, ratio);
                _projectors[subset].MultiplyByBack(pixels, ratio, image, perView);
            }
        }

        for (int p = 0; p < pixels.Length; p++)
        {
            for (int s = 0; s < used; s++)
            {
                result[(s * Bins * Bins) + pixels[p]] = image[(p * block) + s];
            }
        }
    }

    /// <summary>
    /// The pixels that no view excludes: where a view counted nothing at all from some bin outwards, in none of the block's
    /// sections, there is nothing, and the iterations would only take long to say so. Some bins are left as a margin.
    /// </summary>
    private ReadOnlySpan<int> Support(Buffers buffers)
    {
        int[] all = _projectors[0].Pixels;
        Span<int> support = buffers.Support;
        all.CopyTo(support);
        int count = all.Length;
        for (int subset = 0; subset < Subsets && count > 0; subset++)
        {
            for (int view = 0; view < _views[subset].Length && count > 0; view++)
            {
                int length = Bins * StripProjector.Block;
                ReadOnlySpan<float> measured = buffers.Measured[subset].Span.Slice(view * length, length);
                int first = measured.IndexOfAnyExcept(0f);
                int last = measured.LastIndexOfAnyExcept(0f);
                double lowest = first < 0 ? Bins : (first / StripProjector.Block) - SupportMargin;
                double highest = (last / StripProjector.Block) + SupportMargin;
                if (lowest <= 0 && highest >= Bins - 1)
                {
                    continue;
                }

                (double sine, double cosine) = Math.SinCos(_angles[_views[subset][view]]);
                double middle = (Bins - 1) / 2.0;
                int kept = 0;
                for (int p = 0; p < count; p++)
                {
                    (int row, int column) = Math.DivRem(support[p], Bins);
                    double bin = ((column - middle) * cosine) - ((row - middle) * sine) + middle;
                    support[kept] = support[p];
                    kept += bin >= lowest && bin <= highest ? 1 : 0;
                }

                count = kept;
            }
        }

        return support[..count];
    }

    /// <summary>The views of each subset; subsets far apart in angle follow one another: 0, 4, 2, 6, 1, 5, 3, 7.</summary>
    internal static int[][] Deal(int views, int subsets) => [.. Enumerable.Range(0, subsets).OrderBy(subset => Reversed(subset, subsets))
        .Select(subset => Enumerable.Range(0, views / subsets).Select(i => subset + (i * subsets)).ToArray())];

    private static int Reversed(int subset, int subsets)
    {
        int result = 0;
        for (int bit = 1, mirrored = subsets / 2; bit < subsets; bit *= 2, mirrored /= 2)
        {
            result += (subset & bit) != 0 ? mirrored : 0;
        }

        return result;
    }

    private sealed class Buffers
    {
        public Buffers(OrderedSubsets of)
        {
            int pixels = of._projectors[0].Pixels.Length;
            int length = of.Views / of.Subsets * of.Bins * StripProjector.Block;
            Support = new int[pixels];
            Image = new AlignedArray(pixels * StripProjector.Block);
            Estimate = new AlignedArray(length);
            Measured = new AlignedArray[of.Subsets];
            for (int subset = 0; subset < of.Subsets; subset++)
            {
                Measured[subset] = new AlignedArray(length);
            }
        }

        public int[] Support { get; }

        public AlignedArray Image { get; }

        public AlignedArray Estimate { get; }

        public AlignedArray[] Measured { get; }

        /// <summary>Sorts a block of sections of the views by subset, view and bin; sections beyond the last stay 0.</summary>
        public void Fill(Projections counts, int[][] views, int firstSection, int used)
        {
            for (int subset = 0; subset < views.Length; subset++)
            {
                Span<float> measured = Measured[subset].Span;
                measured.Clear();
                for (int view = 0; view < views[subset].Length; view++)
                {
                    for (int bin = 0; bin < counts.Bins; bin++)
                    {
                        int place = ((view * counts.Bins) + bin) * StripProjector.Block;
                        counts.Line(views[subset][view], bin).Slice(firstSection, used).CopyTo(measured[place..]);
                    }
                }
            }
        }
    }
}

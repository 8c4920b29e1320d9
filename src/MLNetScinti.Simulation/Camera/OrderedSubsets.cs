using System.Collections.Concurrent;
using System.Numerics;
using System.Numerics.Tensors;

namespace MLNetScinti.Simulation;

/// <summary>
/// 2D ordered-subsets expectation maximisation (Hudson and Larkin, IEEE TMI 1994): each section on its own, without
/// attenuation correction and without resolution recovery, as S1 states neither. Begins with a uniform image.
/// </summary>
public sealed class OrderedSubsets
{
    private static readonly ConcurrentDictionary<(int Bins, int Views, int Subsets), OrderedSubsets> s_known = new();
    private readonly StripProjector[] _projectors;
    private readonly int[][] _views;
    private readonly float[][] _sensitivities;

    private OrderedSubsets(int bins, int views, int subsets)
    {
        if (subsets < 1 || views % subsets != 0)
        {
            throw new ArgumentException($"{views} views cannot be dealt to {subsets} subsets of one size.", nameof(subsets));
        }

        Bins = bins;
        Views = views;
        Subsets = subsets;
        // Subsets far apart in angle follow one another: 0, 4, 2, 6, 1, 5, 3, 7.
        _views = [.. Enumerable.Range(0, subsets).OrderBy(subset => Reversed(subset, subsets))
            .Select(subset => Enumerable.Range(0, views / subsets).Select(i => subset + (i * subsets)).ToArray())];
        SpectAcquisition acquisition = new() { Bins = bins, Views = views };
        _projectors = [.. _views.Select(of => new StripProjector(bins, [.. of.Select(acquisition.AngleOf)]))];
        _sensitivities = [.. _projectors.Select(Sensitivity)];
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
        int[] pixels = _projectors[0].Pixels;
        Span<float> image = buffers.Image;
        image.Fill(1);
        for (int subset = 0; subset < Subsets; subset++)
        {
            Span<float> measured = buffers.Measured[subset];
            measured.Clear();
            for (int view = 0; view < _views[subset].Length; view++)
            {
                for (int bin = 0; bin < Bins; bin++)
                {
                    counts.Line(_views[subset][view], bin).Slice(firstSection, used).CopyTo(measured[(((view * Bins) + bin) * block)..]);
                }
            }
        }

        for (int iteration = 0; iteration < iterations; iteration++)
        {
            for (int subset = 0; subset < Subsets; subset++)
            {
                Span<float> ratio = buffers.Estimate;
                _projectors[subset].Forward(image, ratio);
                ReadOnlySpan<float> measured = buffers.Measured[subset];
                // A bin that nothing reaches has no say.
                TensorPrimitives.Max(ratio, 1e-6f, ratio);
                TensorPrimitives.Divide(measured, ratio, ratio);
                _projectors[subset].Back(ratio, buffers.Correction);
                ReadOnlySpan<float> sensitivity = _sensitivities[subset];
                for (int p = 0; p < pixels.Length; p++)
                {
                    Vector<float> scale = new(1 / sensitivity[p]);
                    Span<float> values = image.Slice(p * block, block);
                    ReadOnlySpan<float> correction = buffers.Correction.AsSpan(p * block, block);
                    for (int s = 0; s < block; s += Vector<float>.Count)
                    {
                        (new Vector<float>(values[s..]) * scale * new Vector<float>(correction[s..])).CopyTo(values[s..]);
                    }
                }
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

    private static float[] Sensitivity(StripProjector projector)
    {
        float[] ones = new float[projector.Views * projector.Size * StripProjector.Block];
        ones.AsSpan().Fill(1);
        float[] image = new float[projector.Pixels.Length * StripProjector.Block];
        projector.Back(ones, image);
        return [.. Enumerable.Range(0, projector.Pixels.Length).Select(p => image[p * StripProjector.Block])];
    }

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
            Image = new float[pixels * StripProjector.Block];
            Correction = new float[Image.Length];
            Estimate = new float[length];
            Measured = new float[of.Subsets][];
            for (int subset = 0; subset < of.Subsets; subset++)
            {
                Measured[subset] = new float[length];
            }
        }

        public float[] Image { get; }

        public float[] Correction { get; }

        public float[] Estimate { get; }

        public float[][] Measured { get; }
    }
}

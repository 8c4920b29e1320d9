using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNetScinti.Simulation;

/// <summary>
/// A view under construction: lines along the body's axis for every bin, with a frame of zeros, to which planes are added from the far side
/// on and blurred a little with each step towards the camera, so that in the end every plane has the blur of its own distance.
/// </summary>
internal class PlaneBlur
{
    private const int Margin = ActivityMap.SectionBlock;

    // The largest variance, in bins squared, that one three-point kernel adds: below it the kernel stays bell-shaped.
    private const double LargestStep = 0.4;

    private readonly int _bins;
    private readonly int _pitch;
    private readonly AlignedArray _lines;
    private readonly AlignedArray _aside;

    /// <summary>A view of zeros.</summary>
    /// <param name="bins">Bins across the detector.</param>
    /// <param name="stride">Values of a line, a multiple of <see cref="ActivityMap.SectionBlock"/>.</param>
    public PlaneBlur(int bins, int stride)
    {
        (_bins, Stride, _pitch) = (bins, stride, stride + (2 * Margin));
        // A line of zeros before the first bin and after the last.
        _lines = new AlignedArray((bins + 2) * _pitch);
        _aside = new AlignedArray(3 * _pitch);
    }

    /// <summary>Whether anything was added since the last <see cref="Clear"/>.</summary>
    public bool HasCounts { get; protected set; }

    /// <summary>Values of a line.</summary>
    protected int Stride { get; }

    /// <summary>The line of a bin; whoever adds to it says so by <see cref="Added"/>.</summary>
    public Span<float> Line(int bin) => _lines.Span.Slice(((bin + 1) * _pitch) + Margin, Stride);

    /// <summary>Says that a line was written to.</summary>
    public void Added() => HasCounts = true;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _lines.Span.Clear();
        HasCounts = false;
    }

    /// <summary>Adds a variance in both directions, in bins squared.</summary>
    public void Blur(double variance)
    {
        int passes = Math.Max(1, (int)Math.Ceiling(variance / LargestStep));
        // The kernel (a, 1 - 2a, a) has the variance 2a.
        float side = (float)(variance / passes / 2);
        for (int pass = 0; pass < passes && side > 0; pass++)
        {
            BlurOnce(side);
        }
    }

    /// <summary>
    /// Bin after bin, along its sections into one of three lines aside and, as soon as its neighbour is there, across the
    /// bins back into its place; the lines before the first bin and after the last, and both ends of each, stay zero.
    /// </summary>
    private void BlurOnce(float side)
    {
        Span<float> lines = _lines.Span;
        Span<float> aside = _aside.Span;
        Vector512<float> sides = Vector512.Create(side);
        Vector512<float> middles = Vector512.Create(1 - (2 * side));
        aside.Clear();
        for (int bin = 0; bin <= _bins; bin++)
        {
            ref float from = ref lines[((bin + 1) * _pitch) + Margin];
            ref float ahead = ref aside[((bin + 1) % 3 * _pitch) + Margin];
            ref float here = ref aside[(bin % 3 * _pitch) + Margin];
            ref float behind = ref aside[((bin + 2) % 3 * _pitch) + Margin];
            ref float to = ref lines[(bin * _pitch) + Margin];
            for (nuint s = 0; s < (nuint)Stride; s += ActivityMap.SectionBlock)
            {
                Vector512<float> neighbours = Vector512.LoadUnsafe(ref Unsafe.Subtract(ref from, 1), s) + Vector512.LoadUnsafe(ref from, s + 1);
                Vector512<float> along = Vector512.FusedMultiplyAdd(neighbours, sides, Vector512.LoadUnsafe(ref from, s) * middles);
                along.StoreUnsafe(ref ahead, s);
                if (bin > 0)
                {
                    Vector512<float> across = Vector512.LoadUnsafe(ref behind, s) + along;
                    Vector512.FusedMultiplyAdd(across, sides, Vector512.LoadUnsafe(ref here, s) * middles).StoreUnsafe(ref to, s);
                }
            }
        }
    }
}

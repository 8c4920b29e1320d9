using System.Numerics;

namespace MLNetScinti.Simulation;

/// <summary>
/// The projector of 2D reconstruction: every pixel of a section gives its value to the two bins between which its centre
/// falls, and the backprojector is its exact adjoint. Neither attenuation nor collimator blur is in it (S1 states neither).
/// Works on blocks of sections at once, ordered pixel, section or view, bin, section.
/// </summary>
public sealed class StripProjector
{
    /// <summary>Sections in a block.</summary>
    public const int Block = ActivityMap.SectionBlock;

    private readonly Hit[] _hits;

    /// <summary>A projector for all pixels within the circle that every view sees.</summary>
    /// <param name="size">Rows, columns and bins.</param>
    /// <param name="angles">The angles of the views, radians.</param>
    public StripProjector(int size, IReadOnlyList<double> angles)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        Size = size;
        Views = angles.Count;
        double middle = (size - 1) / 2.0;
        List<int> pixels = [];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                double x = column - middle;
                double y = row - middle;
                if ((x * x) + (y * y) <= middle * middle)
                {
                    pixels.Add((row * size) + column);
                }
            }
        }

        Pixels = [.. pixels];
        _hits = new Hit[Pixels.Length * Views];
        for (int p = 0; p < Pixels.Length; p++)
        {
            double x = (Pixels[p] % size) - middle;
            double y = (Pixels[p] / size) - middle;
            for (int view = 0; view < Views; view++)
            {
                (double sine, double cosine) = Math.SinCos(angles[view]);
                double bin = Math.Clamp((x * cosine) - (y * sine) + middle, 0, size - 1);
                int low = Math.Min((int)bin, size - 2);
                _hits[(p * Views) + view] = new(((view * size) + low) * Block, (float)(bin - low));
            }
        }
    }

    /// <summary>Rows, columns and bins.</summary>
    public int Size { get; }

    /// <summary>Number of views.</summary>
    public int Views { get; }

    /// <summary>The places, row x size + column, of the pixels in use.</summary>
    public IReadOnlyList<int> PixelsInUse => Pixels;

    internal int[] Pixels { get; }

    /// <summary>Projects a block of sections.</summary>
    /// <param name="image">Pixels in use x <see cref="Block"/> values.</param>
    /// <param name="projections">Receives views x bins x <see cref="Block"/> values.</param>
    public void Forward(ReadOnlySpan<float> image, Span<float> projections)
    {
        projections[..(Views * Size * Block)].Clear();
        ReadOnlySpan<Hit> hits = _hits;
        for (int p = 0; p < Pixels.Length; p++)
        {
            ReadOnlySpan<float> values = image.Slice(p * Block, Block);
            if (!values.ContainsAnyExcept(0f))
            {
                continue;
            }

            foreach (Hit hit in hits.Slice(p * Views, Views))
            {
                Span<float> bins = projections.Slice(hit.Place, 2 * Block);
                Vector<float> upper = new(hit.Part);
                Vector<float> lower = new(1 - hit.Part);
                for (int s = 0; s < Block; s += Vector<float>.Count)
                {
                    Vector<float> value = new(values[s..]);
                    Vector.FusedMultiplyAdd(value, lower, new Vector<float>(bins[s..])).CopyTo(bins[s..]);
                    Vector.FusedMultiplyAdd(value, upper, new Vector<float>(bins[(s + Block)..])).CopyTo(bins[(s + Block)..]);
                }
            }
        }
    }

    /// <summary>Backprojects a block of sections.</summary>
    /// <param name="projections">Views x bins x <see cref="Block"/> values.</param>
    /// <param name="image">Receives pixels in use x <see cref="Block"/> values.</param>
    public void Back(ReadOnlySpan<float> projections, Span<float> image)
    {
        ReadOnlySpan<Hit> hits = _hits;
        for (int p = 0; p < Pixels.Length; p++)
        {
            Span<float> values = image.Slice(p * Block, Block);
            ReadOnlySpan<Hit> ofPixel = hits.Slice(p * Views, Views);
            for (int s = 0; s < Block; s += Vector<float>.Count)
            {
                Vector<float> sum = Vector<float>.Zero;
                foreach (Hit hit in ofPixel)
                {
                    ReadOnlySpan<float> bins = projections.Slice(hit.Place + s, Block + Vector<float>.Count);
                    sum = Vector.FusedMultiplyAdd(new Vector<float>(bins), new Vector<float>(1 - hit.Part), sum);
                    sum = Vector.FusedMultiplyAdd(new Vector<float>(bins[Block..]), new Vector<float>(hit.Part), sum);
                }

                sum.CopyTo(values[s..]);
            }
        }
    }

    private readonly record struct Hit(int Place, float Part);
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// How much of the photons comes through each voxel: the square root of its transmission, so that what a voxel emits is weakened by half of it. Voxels lie as those of
/// an <see cref="ActivityMap"/>.
/// </summary>
internal sealed class TransmissionMap
{
    private readonly ActivityMap _roots;

    /// <summary>The map of attenuation coefficients.</summary>
    /// <param name="attenuation">1/mm, square sections; the axis of rotation runs through their middle.</param>
    /// <param name="halfWidth">Half the width of an ellipse that holds the body, mm.</param>
    /// <param name="halfDepth">Half its depth, mm.</param>
    public TransmissionMap(Volume attenuation, double halfWidth, double halfDepth)
    {
        ImageGeometry geometry = attenuation.Geometry;
        if (geometry.Rows != geometry.Columns || geometry.RowSpacing != geometry.ColumnSpacing)
        {
            throw new ArgumentException($"Sections must be square, found {geometry.Rows} x {geometry.Columns} voxels.", nameof(attenuation));
        }

        _roots = new ActivityMap(geometry.Columns, geometry.Sections, geometry.ColumnSpacing, halfWidth, halfDepth);
        for (int r = 0; r < geometry.Rows; r++)
        {
            for (int c = 0; c < geometry.Columns; c++)
            {
                Span<float> line = _roots.Line(r, c);
                for (int s = 0; s < line.Length; s++)
                {
                    line[s] = MathF.Exp(-attenuation[s, r, c] * (float)(geometry.ColumnSpacing / 2));
                }
            }
        }
    }

    public int Size => _roots.Size;

    public int Sections => _roots.Sections;

    public int Stride => _roots.Stride;

    public double Pixel => _roots.Pixel;

    public double HalfWidth => _roots.HalfWidth;

    public double HalfDepth => _roots.HalfDepth;

    public ReadOnlySpan<float> Voxels => _roots.Voxels;
}

/// <summary>
/// Projects voxels onto a detector that looks at a body whose attenuation is known voxel by voxel, with the collimator's blur of each plane's distance, and projects
/// back by the exact adjoint. As in <see cref="GammaCamera"/> planes are added from the far side on and blurred a little with each step; here each
/// plane weakens what comes from behind it. Only what lies in the body's ellipse is seen.
/// </summary>
internal sealed class AttenuatedProjector
{
    private const int PlanesTogether = 3;
    private readonly SpectAcquisition _acquisition;
    private readonly TransmissionMap _map;

    public AttenuatedProjector(SpectAcquisition acquisition, TransmissionMap map)
    {
        if (Math.Abs(map.Pixel - acquisition.Pixel) > 1e-9)
        {
            throw new ArgumentException($"Voxels of {map.Pixel} mm must be as large as the camera's bins of {acquisition.Pixel} mm.", nameof(map));
        }

        (_acquisition, _map) = (acquisition, map);
    }

    /// <summary>Buffers for one thread.</summary>
    public Lines NewLines() => new(_acquisition.Bins, _map.Stride);

    /// <summary>Projects: the lines hold, for each bin and section, what reaches it of a unit of activity.</summary>
    public void Forward(ReadOnlySpan<float> voxels, int view, Lines lines)
    {
        View of = Prepare(view, lines);
        lines.Clear();
        double reached = double.NaN;
        for (int plane = of.First; plane <= of.Last; plane++)
        {
            if (_acquisition.Collimator is not null && ((plane + of.Reach) % PlanesTogether == 0 || double.IsNaN(reached)))
            {
                double wanted = Variance(of, plane);
                if (!double.IsNaN(reached) && lines.HasCounts)
                {
                    lines.Blur(reached - wanted);
                }

                reached = wanted;
            }

            Plane(of, plane, lines, voxels, [], forward: true);
        }

        if (_acquisition.Collimator is not null && lines.HasCounts)
        {
            lines.Blur(reached);
        }
    }

    /// <summary>Adds to the voxels what the lines, which are used up, project back to them.</summary>
    public void Back(int view, Lines lines, Span<float> voxels)
    {
        View of = Prepare(view, lines);
        double[] variances = new double[of.Last - of.First + 1];
        double reached = double.NaN;
        for (int plane = of.First; plane <= of.Last; plane++)
        {
            reached = (plane + of.Reach) % PlanesTogether == 0 || double.IsNaN(reached) ? _acquisition.Collimator is null ? 0 : Variance(of, plane) : reached;
            variances[plane - of.First] = reached;
        }

        if (_acquisition.Collimator is not null && variances.Length > 0)
        {
            lines.Blur(reached);
        }

        for (int plane = of.Last; plane >= of.First; plane--)
        {
            Plane(of, plane, lines, [], voxels, forward: false);
            if (_acquisition.Collimator is not null && plane > of.First && variances[plane - of.First - 1] != variances[plane - of.First])
            {
                lines.Blur(variances[plane - of.First - 1] - variances[plane - of.First]);
            }
        }
    }

    private double Variance(View of, int plane)
    {
        // That of the middle one of some neighbouring planes.
        int group = plane + of.Reach;
        double depth = ((group - (group % PlanesTogether)) - of.Reach + ((PlanesTogether - 1) / 2.0)) * _acquisition.Pixel;
        return _acquisition.Collimator!.Variance(of.Detector - depth) / (_acquisition.Pixel * _acquisition.Pixel);
    }

    private View Prepare(int view, Lines lines)
    {
        double pixel = _acquisition.Pixel;
        (double sine, double cosine) = Math.SinCos(_acquisition.AngleOf(view));
        double a = _map.HalfWidth, b = _map.HalfDepth;
        double surface = Math.Sqrt((a * a * sine * sine) + (b * b * cosine * cosine));
        int reach = (int)Math.Floor(Math.Sqrt(2) * (_map.Size - 1) / 2.0);
        int first = int.MaxValue, last = int.MinValue;
        for (int bin = 0; bin < _acquisition.Bins; bin++)
        {
            (double far, double near) = GammaCamera.Chord((bin - ((_acquisition.Bins - 1) / 2.0)) * pixel, cosine, -sine, sine, cosine, a, b);
            (int from, int to) = (Math.Max(-reach, (int)Math.Ceiling(far / pixel)), Math.Min(reach, (int)Math.Floor(near / pixel)));
            lines.Near[bin] = near;
            lines.Chord[bin] = Math.Max(0, near - far);
            (lines.From[bin], lines.To[bin]) = near > far ? (from, to) : (int.MaxValue, int.MinValue);
            if (near > far && from <= to)
            {
                (first, last) = (Math.Min(first, from), Math.Max(last, to));
            }
        }

        return new View(sine, cosine, surface + _acquisition.Clearance, reach, first, last);
    }

    private void Plane(View of, int plane, Lines lines, ReadOnlySpan<float> voxels, Span<float> image, bool forward)
    {
        int size = _map.Size;
        double middle = (size - 1) / 2.0;
        double firstColumn = (-(_acquisition.Bins - 1) / 2.0 * of.Cosine) + (plane * of.Sine) + middle;
        double firstRow = (-(_acquisition.Bins - 1) / 2.0 * -of.Sine) + (plane * of.Cosine) + middle;
        for (int bin = 0; bin < _acquisition.Bins; bin++)
        {
            if (plane < lines.From[bin] || plane > lines.To[bin])
            {
                continue;
            }

            double column = firstColumn + (bin * of.Cosine), row = firstRow - (bin * of.Sine);
            if (!(column >= 0 && row >= 0 && column <= size - 1 && row <= size - 1))
            {
                continue;
            }

            int c = Math.Min((int)column, size - 2), r = Math.Min((int)row, size - 2);
            Step at = new(((r * size) + c) * _map.Stride, size * _map.Stride, _map.Stride, (float)(column - c), (float)(row - r));
            if (forward)
            {
                Add(at, voxels, lines.Line(bin));
                lines.Added();
            }
            else
            {
                Spread(at, lines.Line(bin), image);
            }
        }
    }

    /// <summary>line = (line x t + activity) x t, both read between four voxels.</summary>
    private void Add(Step at, ReadOnlySpan<float> voxels, Span<float> line)
    {
        ref float activity = ref Unsafe.Add(ref MemoryMarshal.GetReference(voxels), at.Place);
        ref float roots = ref Unsafe.Add(ref MemoryMarshal.GetReference(_map.Voxels), at.Place);
        ref float target = ref MemoryMarshal.GetReference(line);
        (Vector512<float> w00, Vector512<float> w01, Vector512<float> w10, Vector512<float> w11) = at.Weights;
        nuint stride = (nuint)at.Stride, below = (nuint)at.Below;
        for (nuint s = 0; s < stride; s += ActivityMap.SectionBlock)
        {
            Vector512<float> t = Vector512.LoadUnsafe(ref roots, s) * w00;
            t = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref roots, s + stride), w01, t);
            t = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref roots, s + below), w10, t);
            t = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref roots, s + below + stride), w11, t);
            Vector512<float> sum = Vector512.LoadUnsafe(ref target, s) * t;
            sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref activity, s), w00, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref activity, s + stride), w01, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref activity, s + below), w10, sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref activity, s + below + stride), w11, sum);
            (sum * t).StoreUnsafe(ref target, s);
        }
    }

    /// <summary>The adjoint: the voxels get line x t, and the line, which goes on to the next plane behind, becomes line x t x t.</summary>
    private void Spread(Step at, Span<float> line, Span<float> image)
    {
        ref float voxels = ref Unsafe.Add(ref MemoryMarshal.GetReference(image), at.Place);
        ref float roots = ref Unsafe.Add(ref MemoryMarshal.GetReference(_map.Voxels), at.Place);
        ref float source = ref MemoryMarshal.GetReference(line);
        (Vector512<float> w00, Vector512<float> w01, Vector512<float> w10, Vector512<float> w11) = at.Weights;
        nuint stride = (nuint)at.Stride, below = (nuint)at.Below;
        for (nuint s = 0; s < stride; s += ActivityMap.SectionBlock)
        {
            Vector512<float> t = Vector512.LoadUnsafe(ref roots, s) * w00;
            t = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref roots, s + stride), w01, t);
            t = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref roots, s + below), w10, t);
            t = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref roots, s + below + stride), w11, t);
            Vector512<float> value = Vector512.LoadUnsafe(ref source, s) * t;
            Vector512.FusedMultiplyAdd(value, w00, Vector512.LoadUnsafe(ref voxels, s)).StoreUnsafe(ref voxels, s);
            Vector512.FusedMultiplyAdd(value, w01, Vector512.LoadUnsafe(ref voxels, s + stride)).StoreUnsafe(ref voxels, s + stride);
            Vector512.FusedMultiplyAdd(value, w10, Vector512.LoadUnsafe(ref voxels, s + below)).StoreUnsafe(ref voxels, s + below);
            Vector512.FusedMultiplyAdd(value, w11, Vector512.LoadUnsafe(ref voxels, s + below + stride)).StoreUnsafe(ref voxels, s + below + stride);
            (value * t).StoreUnsafe(ref source, s);
        }
    }

    private readonly record struct View(double Sine, double Cosine, double Detector, int Reach, int First, int Last);

    private readonly record struct Step(int Place, int Below, int Stride, float Right, float Down)
    {
        public (Vector512<float> W00, Vector512<float> W01, Vector512<float> W10, Vector512<float> W11) Weights => (
            Vector512.Create((1 - Right) * (1 - Down)), Vector512.Create(Right * (1 - Down)), Vector512.Create((1 - Right) * Down), Vector512.Create(Right * Down));
    }

    /// <summary>A view under construction, and which planes each bin's line crosses within the body.</summary>
    internal sealed class Lines(int bins, int stride) : PlaneBlur(bins, stride)
    {
        public int[] From { get; } = new int[bins];

        public int[] To { get; } = new int[bins];

        public double[] Near { get; } = new double[bins];

        public double[] Chord { get; } = new double[bins];
    }
}

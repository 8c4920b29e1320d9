using System.Numerics;
using System.Numerics.Tensors;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// A rotating gamma camera: turns the object to each view, weakens each plane by the water between it and the body's
/// surface, and blurs each plane as the collimator does at its distance. The blur is built up plane by plane from the far
/// side: each step adds the small difference of variance between two neighbouring distances, so that in the end every plane
/// has the blur of its own distance.
/// </summary>
/// <param name="acquisition">How the acquisition is done.</param>
public sealed class GammaCamera(SpectAcquisition acquisition)
{
    // The largest variance, in bins squared, that one three-point kernel adds: below it the kernel stays bell-shaped.
    private const double LargestStep = 0.4;

    /// <summary>How the acquisition is done.</summary>
    public SpectAcquisition Acquisition { get; } = acquisition;

    /// <summary>The mean counts of every view, without noise.</summary>
    /// <param name="activity">The object.</param>
    /// <param name="threads">Threads at most; the result does not depend on it.</param>
    /// <param name="cancellation">Stops the work.</param>
    public Projections Expect(ActivityMap activity, int threads = -1, CancellationToken cancellation = default)
    {
        if (Math.Abs(activity.Pixel - Acquisition.Pixel) > 1e-9)
        {
            throw new ArgumentException($"The object's voxels of {activity.Pixel} mm must be as large as the camera's bins of {Acquisition.Pixel} mm.", nameof(activity));
        }

        Projections result = new(Acquisition.Views, Acquisition.Bins, activity.Sections);
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, Acquisition.Views, options, () => new ViewBuffers(Acquisition.Bins, activity.Stride), (view, _, buffers) =>
        {
            Project(activity, view, buffers, result);
            return buffers;
        }, _ => { });
        return result;
    }

    /// <summary>Replaces mean counts by Poisson counts. Every view draws from its own stream.</summary>
    /// <param name="expected">The mean counts; they stay as they are.</param>
    /// <param name="seed">The cohort's seed.</param>
    /// <param name="patient">The patient's number.</param>
    /// <param name="threads">Threads at most; the result does not depend on it.</param>
    public static Projections Count(Projections expected, ulong seed, ulong patient, int threads = -1)
    {
        Projections result = new(expected.Views, expected.Bins, expected.Sections);
        Parallel.For(0, expected.Views, new ParallelOptions { MaxDegreeOfParallelism = threads }, view =>
        {
            CounterRandom random = new(seed, view, patient, "counts");
            for (int bin = 0; bin < expected.Bins; bin++)
            {
                ReadOnlySpan<float> mean = expected.Line(view, bin);
                Span<float> counts = result.Line(view, bin);
                for (int s = 0; s < mean.Length; s++)
                {
                    counts[s] = mean[s] > 0 ? random.NextPoisson(mean[s]) : 0;
                }
            }
        });
        return result;
    }

    private void Project(ActivityMap activity, int view, ViewBuffers buffers, Projections result)
    {
        int size = activity.Size;
        int bins = Acquisition.Bins;
        double pixel = Acquisition.Pixel;
        (double sine, double cosine) = Math.SinCos(Acquisition.AngleOf(view));
        // Towards the detector: the patient's back (+y) at angle 0. Bins run along the detector.
        (double towardsX, double towardsY) = (sine, cosine);
        (double acrossX, double acrossY) = (cosine, -sine);
        double a = activity.HalfWidth > 0 ? activity.HalfWidth : size * pixel;
        double b = activity.HalfDepth > 0 ? activity.HalfDepth : size * pixel;
        double surface = Math.Sqrt((a * a * towardsX * towardsX) + (b * b * towardsY * towardsY));
        double detector = (activity.HalfWidth > 0 ? surface : size * pixel / 2) + Acquisition.Clearance;
        double attenuation = activity.HalfWidth > 0 ? Acquisition.Attenuation : 0;

        Span<double> near = buffers.Near;
        Span<double> far = buffers.Far;
        for (int bin = 0; bin < bins; bin++)
        {
            (far[bin], near[bin]) = Chord((bin - ((bins - 1) / 2.0)) * pixel, acrossX, acrossY, towardsX, towardsY, a, b);
        }

        double middle = (size - 1) / 2.0;
        double reach = Math.Sqrt(2) * middle;
        int planes = (int)Math.Floor(reach);
        buffers.Clear();
        double reached = double.NaN;
        for (int plane = -planes; plane <= planes; plane++)
        {
            double depth = plane * pixel;
            if (depth > surface + pixel)
            {
                break;
            }

            if (Acquisition.Collimator is not null)
            {
                double wanted = Acquisition.Collimator.Variance(detector - depth) / (pixel * pixel);
                if (!double.IsNaN(reached) && buffers.HasCounts)
                {
                    buffers.Blur(reached - wanted);
                }

                reached = wanted;
            }

            for (int bin = 0; bin < bins; bin++)
            {
                if (!(depth >= far[bin] && depth <= near[bin]))
                {
                    continue;
                }

                double u = bin - ((bins - 1) / 2.0);
                double column = (u * acrossX) + (plane * towardsX) + middle;
                double row = (u * acrossY) + (plane * towardsY) + middle;
                if (column < 0 || row < 0 || column > size - 1 || row > size - 1)
                {
                    continue;
                }

                float weight = attenuation > 0 ? (float)Math.Exp(-attenuation * (near[bin] - depth)) : 1;
                buffers.Add(bin, activity, column, row, weight);
            }
        }

        if (Acquisition.Collimator is not null && buffers.HasCounts)
        {
            buffers.Blur(reached);
        }

        float scale = (float)(Acquisition.Sensitivity * Acquisition.SecondsPerView);
        for (int bin = 0; bin < bins; bin++)
        {
            TensorPrimitives.Multiply(buffers.Line(bin)[..activity.Sections], scale, result.Line(view, bin));
        }
    }

    /// <summary>Where the line of a bin enters and leaves the body's ellipse, as depths towards the detector in mm.</summary>
    private static (double Far, double Near) Chord(
        double u, double acrossX, double acrossY, double towardsX, double towardsY, double a, double b)
    {
        double x = u * acrossX / a;
        double y = u * acrossY / b;
        double dx = towardsX / a;
        double dy = towardsY / b;
        double square = (dx * dx) + (dy * dy);
        double half = (x * dx) + (y * dy);
        double root = (half * half) - (square * ((x * x) + (y * y) - 1));
        return root < 0 ? (1, -1) : ((-half - Math.Sqrt(root)) / square, (-half + Math.Sqrt(root)) / square);
    }

    /// <summary>One view under construction: lines of sections for every bin, with a frame of zeros for the blur.</summary>
    private sealed class ViewBuffers(int bins, int stride)
    {
        private const int Margin = 16;
        private readonly int _pitch = stride + (2 * Margin);
        private readonly float[] _lines = new float[bins * (stride + (2 * Margin))];
        private readonly float[] _aside = new float[bins * (stride + (2 * Margin))];
        private readonly float[] _nothing = new float[stride + (2 * Margin)];

        public double[] Near { get; } = new double[bins];

        public double[] Far { get; } = new double[bins];

        public bool HasCounts { get; private set; }

        public ReadOnlySpan<float> Line(int bin) => _lines.AsSpan((bin * _pitch) + Margin, stride);

        public void Clear()
        {
            _lines.AsSpan().Clear();
            HasCounts = false;
        }

        /// <summary>Adds the line of sections at a place between four voxels.</summary>
        public void Add(int bin, ActivityMap activity, double column, double row, float weight)
        {
            int c = Math.Min((int)column, activity.Size - 2);
            int r = Math.Min((int)row, activity.Size - 2);
            float right = (float)(column - c);
            float below = (float)(row - r);
            int first = ((r * activity.Size) + c) * stride;
            ReadOnlySpan<float> voxels = activity.Voxels;
            ReadOnlySpan<float> v00 = voxels.Slice(first, stride);
            ReadOnlySpan<float> v01 = voxels.Slice(first + stride, stride);
            ReadOnlySpan<float> v10 = voxels.Slice(first + (activity.Size * stride), stride);
            ReadOnlySpan<float> v11 = voxels.Slice(first + ((activity.Size + 1) * stride), stride);
            Vector<float> w00 = new(weight * (1 - right) * (1 - below));
            Vector<float> w01 = new(weight * right * (1 - below));
            Vector<float> w10 = new(weight * (1 - right) * below);
            Vector<float> w11 = new(weight * right * below);
            Span<float> target = _lines.AsSpan((bin * _pitch) + Margin, stride);
            for (int s = 0; s < stride; s += Vector<float>.Count)
            {
                Vector<float> sum = Vector.FusedMultiplyAdd(new Vector<float>(v00[s..]), w00, new Vector<float>(target[s..]));
                sum = Vector.FusedMultiplyAdd(new Vector<float>(v01[s..]), w01, sum);
                sum = Vector.FusedMultiplyAdd(new Vector<float>(v10[s..]), w10, sum);
                sum = Vector.FusedMultiplyAdd(new Vector<float>(v11[s..]), w11, sum);
                sum.CopyTo(target[s..]);
            }

            HasCounts = true;
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

        private void BlurOnce(float side)
        {
            Vector<float> sides = new(side);
            Vector<float> middles = new(1 - (2 * side));
            // Along the sections, into the lines aside; the frame of zeros on both ends stays zero.
            for (int bin = 0; bin < bins; bin++)
            {
                ReadOnlySpan<float> from = _lines.AsSpan(bin * _pitch, _pitch);
                Span<float> to = _aside.AsSpan(bin * _pitch, _pitch);
                for (int s = Margin; s < Margin + stride; s += Vector<float>.Count)
                {
                    Vector<float> neighbours = new Vector<float>(from[(s - 1)..]) + new Vector<float>(from[(s + 1)..]);
                    Vector.FusedMultiplyAdd(neighbours, sides, new Vector<float>(from[s..]) * middles).CopyTo(to[s..]);
                }
            }

            // Across the bins, back.
            for (int bin = 0; bin < bins; bin++)
            {
                ReadOnlySpan<float> from = _aside.AsSpan(bin * _pitch, _pitch);
                ReadOnlySpan<float> before = bin > 0 ? _aside.AsSpan((bin - 1) * _pitch, _pitch) : _nothing;
                ReadOnlySpan<float> after = bin < bins - 1 ? _aside.AsSpan((bin + 1) * _pitch, _pitch) : _nothing;
                Span<float> to = _lines.AsSpan(bin * _pitch, _pitch);
                for (int s = Margin; s < Margin + stride; s += Vector<float>.Count)
                {
                    Vector<float> neighbours = new Vector<float>(before[s..]) + new Vector<float>(after[s..]);
                    Vector.FusedMultiplyAdd(neighbours, sides, new Vector<float>(from[s..]) * middles).CopyTo(to[s..]);
                }
            }
        }
    }
}

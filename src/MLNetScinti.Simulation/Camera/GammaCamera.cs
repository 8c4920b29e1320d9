using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// A rotating gamma camera: turns the object to each view, weakens each plane by the water between it and the body's
/// surface, and blurs each plane as the collimator does at its distance; scattered photons come on top. The blur is built up plane by plane from the far
/// side: each step adds the small difference of variance between two neighbouring distances, so that in the end every plane
/// has the blur of its own distance.
/// </summary>
/// <param name="acquisition">How the acquisition is done.</param>
public sealed class GammaCamera(SpectAcquisition acquisition)
{
    private const int PlanesTogether = 3;

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
        ScatterModel? scatter = Acquisition is { Scatter: true, Attenuation: > 0 } && Acquisition.NarrowAttenuation > Acquisition.Attenuation && activity.HalfWidth > 0
            ? new ScatterModel(activity, Acquisition)
            : null;
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, Acquisition.Views, options, () => new ViewBuffers(Acquisition.Bins, activity.Stride), (view, _, buffers) =>
        {
            Project(activity, scatter, view, buffers, result);
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
                    // The far tails of the blur do not count.
                    counts[s] = mean[s] > 1e-9f ? Poisson(mean[s], ref random) : 0;
                }
            }
        });
        return result;
    }

    /// <summary>A Poisson count: of few counts by one even draw, which is searched for among the summed probabilities.</summary>
    private static int Poisson(double mean, ref CounterRandom random)
    {
        if (mean > 8)
        {
            return random.NextPoisson(mean);
        }

        double left = random.NextDouble();
        double probability = Math.Exp(-mean);
        int count = 0;
        // Beyond 60 counts nothing is left of the probability that a double holds.
        while (left >= probability && count < 60)
        {
            left -= probability;
            probability *= mean / ++count;
        }

        return count;
    }

    private void Project(ActivityMap activity, ScatterModel? scatter, int view, ViewBuffers buffers, Projections result)
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
        double attenuation = activity.HalfWidth <= 0 ? 0 : scatter is null ? Acquisition.Attenuation : Acquisition.NarrowAttenuation;

        int reach = (int)Math.Floor(Math.Sqrt(2) * (size - 1) / 2.0);
        int last = Math.Min(reach, (int)Math.Floor((surface + pixel) / pixel));
        Span<Ray> rays = buffers.Rays;
        for (int bin = 0; bin < bins; bin++)
        {
            (double far, double near) = Chord((bin - ((bins - 1) / 2.0)) * pixel, acrossX, acrossY, towardsX, towardsY, a, b);
            (buffers.Near[bin], buffers.Chord[bin]) = (near, Math.Max(0, near - far));
            int first = Math.Max(-reach, (int)Math.Ceiling(far / pixel));
            rays[bin] = new(first, (int)Math.Floor(near / pixel), Math.Exp(-attenuation * (near - (first * pixel))));
        }

        double middle = (size - 1) / 2.0;
        double nearer = Math.Exp(attenuation * pixel);
        buffers.Clear();
        double reached = double.NaN;
        for (int plane = -reach; plane <= last; plane++)
        {
            // The blur is that of the middle one of some neighbouring planes: the difference is less than 1 % of its width.
            if (Acquisition.Collimator is not null && (plane + reach) % PlanesTogether == 0)
            {
                double depth = (plane + ((PlanesTogether - 1) / 2.0)) * pixel;
                double wanted = Acquisition.Collimator.Variance(detector - depth) / (pixel * pixel);
                if (!double.IsNaN(reached) && buffers.HasCounts)
                {
                    buffers.Blur(reached - wanted);
                }

                reached = wanted;
            }

            double firstColumn = (-(bins - 1) / 2.0 * acrossX) + (plane * towardsX) + middle;
            double firstRow = (-(bins - 1) / 2.0 * acrossY) + (plane * towardsY) + middle;
            for (int bin = 0; bin < bins; bin++)
            {
                ref Ray ray = ref rays[bin];
                if (plane < ray.First || plane > ray.Last)
                {
                    continue;
                }

                double weight = ray.Weight;
                ray.Weight *= nearer;
                double column = firstColumn + (bin * acrossX);
                double row = firstRow + (bin * acrossY);
                if (column >= 0 && row >= 0 && column <= size - 1 && row <= size - 1)
                {
                    buffers.Add(bin, activity, column, row, (float)weight);
                }
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

        scatter?.Add(sine, cosine, buffers.Near, buffers.Chord, scale, view, result);
    }

    /// <summary>Where the line of a bin enters and leaves the body's ellipse, as depths towards the detector in mm.</summary>
    internal static (double Far, double Near) Chord(
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

    /// <summary>The planes that a bin's line crosses within the body, and what comes through of the one that is next.</summary>
    private record struct Ray(int First, int Last, double Weight);

    /// <summary>One view under construction, and what is known of each bin's line.</summary>
    private sealed class ViewBuffers(int bins, int stride) : PlaneBlur(bins, stride)
    {
        public Ray[] Rays { get; } = new Ray[bins];

        public double[] Near { get; } = new double[bins];

        public double[] Chord { get; } = new double[bins];

        /// <summary>Adds the line of sections at a place between four voxels.</summary>
        public void Add(int bin, ActivityMap activity, double column, double row, float weight)
        {
            int c = Math.Min((int)column, activity.Size - 2);
            int r = Math.Min((int)row, activity.Size - 2);
            float right = (float)(column - c);
            float below = (float)(row - r);
            int below0 = activity.Size * Stride;
            ReadOnlySpan<float> voxels = activity.Voxels.Slice(((r * activity.Size) + c) * Stride, below0 + (2 * Stride));
            ref float v00 = ref MemoryMarshal.GetReference(voxels);
            ref float v10 = ref Unsafe.Add(ref v00, below0);
            ref float target = ref MemoryMarshal.GetReference(Line(bin));
            Vector512<float> w00 = Vector512.Create(weight * (1 - right) * (1 - below));
            Vector512<float> w01 = Vector512.Create(weight * right * (1 - below));
            Vector512<float> w10 = Vector512.Create(weight * (1 - right) * below);
            Vector512<float> w11 = Vector512.Create(weight * right * below);
            nuint stride = (nuint)Stride;
            for (nuint s = 0; s < stride; s += ActivityMap.SectionBlock)
            {
                Vector512<float> sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref v00, s), w00, Vector512.LoadUnsafe(ref target, s));
                sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref v00, s + stride), w01, sum);
                sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref v10, s), w10, sum);
                sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref v10, s + stride), w11, sum);
                sum.StoreUnsafe(ref target, s);
            }

            HasCounts = true;
        }
    }
}

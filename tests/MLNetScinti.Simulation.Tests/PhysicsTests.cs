using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

/// <summary>What camera and reconstruction make of objects that are simple enough to know the answer.</summary>
public sealed class PhysicsTests
{
    private const int Size = 64;
    private const int Sections = 48;
    private static readonly SpectAcquisition s_scan = new() { Bins = Size, Pixel = 3.5, Views = 64, SecondsPerView = 10, Attenuation = 0 };

    [Fact]
    public void WithoutBlurTheActivityOfAUniformCylinderIsRecovered()
    {
        Volume image = Reconstruct(new GammaCamera(s_scan with { Collimator = null }).Expect(Cylinder(70, 2), threads: 2), 4);
        Assert.Equal(2, MeanWithin(image, 50), 0.02 * 2);
        Assert.Equal(Total(70, 2), image.Voxels.Sum(value => (double)value), 0.01 * Total(70, 2));
    }

    [Fact]
    public void WithBlurALargeObjectIsRecoveredAndASmallOneLessTheSmallerItIs()
    {
        // The middle of a cylinder of radius R under a Gaussian blur: 1 - exp(-R^2 / 2 sigma^2), here of the axis' distance.
        double variance = ParallelHoleCollimator.Lehr.Variance((Size * s_scan.Pixel / 2) + s_scan.Clearance);
        double last = 1.1;
        foreach (double radius in (double[])[70, 20, 10, 6, 4])
        {
            Volume image = Reconstruct(new GammaCamera(s_scan).Expect(Cylinder(radius, 2), threads: 2), 6);
            // Blur moves counts, it loses none.
            Assert.Equal(Total(radius, 2), image.Voxels.Sum(value => (double)value), 0.04 * Total(radius, 2));
            // Sharp edges make ripples; in the large cylinder there is room to average over them.
            double recovered = MeanWithin(image, radius > 20 ? radius / 2 : 0) / 2;
            Assert.Equal(1 - Math.Exp(-radius * radius / (2 * variance)), recovered, radius > 20 ? 0.03 : 0.08);
            if (radius <= 20)
            {
                Assert.True(recovered < last, $"{radius} mm: {recovered} after {last}");
                last = recovered;
            }
        }

        Assert.True(last < 0.6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public void AReconstructedLineIsAsWideAsTheCollimatorSays(double fromAxis)
    {
        // Clearance 60 mm beyond half the field of view: 60 + 64 mm from the axis.
        SpectAcquisition scan = s_scan with { Pixel = 2, Clearance = 60 };
        ActivityMap map = new(Size, Sections, 2, 0, 0);
        int column = (Size / 2) + (int)(fromAxis / 2);
        foreach ((int r, int c) in new[] { (31, column), (32, column), (31, column - 1), (32, column - 1) })
        {
            map.Line(r, c).Fill(1);
        }

        Volume image = Reconstruct(new GammaCamera(scan).Expect(map, threads: 2), 8);
        (double x, double y) = Widths(image);
        // On its way round, a line off the axis is sometimes nearer and sometimes farther: the mean is that of the axis.
        double expected = ParallelHoleCollimator.Lehr.Fwhm(124);
        Assert.Equal(expected, Math.Sqrt((x * x) + (y * y)) / Math.Sqrt(2), 0.1 * expected);
    }

    [Fact]
    public void NoiseFallsWithTheRootOfTheCounts()
    {
        Projections mean = new GammaCamera(s_scan with { Collimator = null }).Expect(Cylinder(80, 0.002), threads: 2);
        double few = RelativeNoise(mean, 1);
        double many = RelativeNoise(mean, 16);
        Assert.InRange(few, 0.02, 0.5);
        Assert.Equal(4, few / many, 0.6);
    }

    [Fact]
    public void AHotRodInAWarmCylinderIsReconstructedFromChords()
    {
        // Projections of both from geometry alone: the camera of this code has no part in it.
        const int views = 64, size = 64;
        SpectAcquisition scan = new() { Bins = size, Views = views };
        Projections counts = new(views, size, 1);
        for (int view = 0; view < views; view++)
        {
            (double sine, double cosine) = Math.SinCos(scan.AngleOf(view));
            for (int bin = 0; bin < size; bin++)
            {
                double u = bin - 31.5;
                counts.Line(view, bin)[0] = (float)(Chord(u, 26) + (3 * Chord(u - ((10 * cosine) - (-6 * sine)), 7)));
            }
        }

        float[] image = OrderedSubsets.For(size, views, 8).Reconstruct(counts, 0, 1, iterations: 8, threads: 1);
        Assert.Equal(4, Mean(image, size, 10, -6, 4), 0.12);
        Assert.Equal(1, Mean(image, size, -10, 6, 8), 0.03);
        Assert.True(Mean(image, size, 27, 13, 0.9) < 0.1);
    }

    [Fact]
    public void ForwardAndBackAreAdjointForAnySizeAndAnyAngles() =>
        Prop.ForAll(
            (from size in Gen.Choose(2, 40)
             from views in Gen.Choose(1, 12)
             from seed in Gen.Choose(0, int.MaxValue - 1)
             select (size, views, seed)).ToArbitrary(),
            Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static bool Holds((int Size, int Views, int Seed) drawn)
    {
        CounterRandom random = new((ulong)drawn.Seed, 0, 0, "adjoint");
        double[] angles = new double[drawn.Views];
        for (int i = 0; i < angles.Length; i++)
        {
            angles[i] = random.NextDouble(-10, 10);
        }

        StripProjector projector = new(drawn.Size, angles);
        float[] x = Draw(projector.PixelsInUse.Count * StripProjector.Block, ref random);
        float[] y = Draw(drawn.Views * drawn.Size * StripProjector.Block, ref random);
        float[] forward = new float[y.Length];
        float[] back = new float[x.Length];
        projector.Forward(x, forward);
        projector.Back(y, back);
        double left = forward.Zip(y, (a, b) => (double)a * b).Sum();
        double right = x.Zip(back, (a, b) => (double)a * b).Sum();
        // Values of both signs may cancel: the size of the sums is what rounding has to be measured by.
        double scale = forward.Zip(y, (a, b) => Math.Abs((double)a * b)).Sum();
        return Math.Abs(left - right) <= (1e-5 * scale) + 1e-9;
    }

    private static float[] Draw(int count, ref CounterRandom random)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)random.NextNormal();
        }

        return values;
    }

    private static double Chord(double u, double radius) => Math.Abs(u) < radius ? 2 * Math.Sqrt((radius * radius) - (u * u)) : 0;

    /// <summary>A cylinder along the axis, so much activity in each voxel; edges are sampled finely.</summary>
    private static ActivityMap Cylinder(double radius, double activity)
    {
        ActivityMap map = new(Size, Sections, s_scan.Pixel, 0, 0);
        for (int r = 0; r < Size; r++)
        {
            for (int c = 0; c < Size; c++)
            {
                int inside = 0;
                for (int i = 0; i < 64; i++)
                {
                    double x = map.PositionOf(c) + ((((i % 8) + 0.5) / 8) - 0.5) * s_scan.Pixel;
                    double y = map.PositionOf(r) + ((((i / 8) + 0.5) / 8) - 0.5) * s_scan.Pixel;
                    inside += (x * x) + (y * y) < radius * radius ? 1 : 0;
                }

                map.Line(r, c).Fill((float)(activity * inside / 64));
            }
        }

        return map;
    }

    private static double Total(double radius, double activity) => Math.PI * radius * radius / (s_scan.Pixel * s_scan.Pixel) * activity;

    /// <summary>The middle section in MBq for each voxel.</summary>
    private static Volume Reconstruct(Projections views, int iterations)
    {
        float[] voxels = OrderedSubsets.For(Size, s_scan.Views, 8).Reconstruct(views, Sections / 2, 1, iterations, threads: 1);
        float perCount = (float)(1 / (s_scan.Sensitivity * s_scan.SecondsPerView));
        return new Volume(ImageGeometry.Axial(Size, Size, 1, s_scan.Pixel, s_scan.Pixel), [.. voxels.Select(value => value * perCount)]);
    }

    private static double MeanWithin(Volume image, double radius) => Mean(image.Voxels, Size, 0, 0, Math.Max(0.9, radius / s_scan.Pixel));

    private static double Mean(float[] image, int size, double x, double y, double radius)
    {
        double sum = 0;
        int n = 0;
        for (int i = 0; i < size * size; i++)
        {
            double dx = (i % size) - ((size - 1) / 2.0) - x;
            double dy = (i / size) - ((size - 1) / 2.0) - y;
            if ((dx * dx) + (dy * dy) < radius * radius)
            {
                sum += image[i];
                n++;
            }
        }

        return sum / n;
    }

    /// <summary>Full widths at half maximum of a Gaussian with the image's second moments, mm.</summary>
    private static (double X, double Y) Widths(Volume image)
    {
        double total = 0, x = 0, y = 0, xx = 0, yy = 0;
        for (int r = 0; r < Size; r++)
        {
            for (int c = 0; c < Size; c++)
            {
                double value = image[0, r, c];
                total += value;
                x += value * c;
                y += value * r;
                xx += value * c * c;
                yy += value * r * r;
            }
        }

        double perDeviation = 2 / GaussianFilter.DeviationPerFwhm;
        return (
            Math.Sqrt((xx / total) - (x / total * (x / total))) * perDeviation,
            Math.Sqrt((yy / total) - (y / total * (y / total))) * perDeviation);
    }

    private static double RelativeNoise(Projections mean, float times)
    {
        Projections more = new(mean.Views, mean.Bins, mean.Sections);
        for (int i = 0; i < mean.Counts.Length; i++)
        {
            more.Counts[i] = mean.Counts[i] * times;
        }

        Projections counts = GammaCamera.Count(more, 3, (ulong)times, threads: 2);
        const int sections = 16;
        float[] voxels = OrderedSubsets.For(Size, mean.Views, 8).Reconstruct(counts, 8, sections, 2, threads: 2);
        GaussianFilter.Apply(voxels, new ImageShape(sections, Size, Size), 1, 1, 1);
        double sum = 0, squares = 0;
        int n = 0;
        for (int i = 0; i < voxels.Length; i++)
        {
            double x = (i % Size) - 31.5;
            double y = (i / Size % Size) - 31.5;
            if ((x * x) + (y * y) < 15 * 15)
            {
                sum += voxels[i];
                squares += (double)voxels[i] * voxels[i];
                n++;
            }
        }

        return Math.Sqrt((squares / n) - (sum / n * (sum / n))) / (sum / n);
    }
}

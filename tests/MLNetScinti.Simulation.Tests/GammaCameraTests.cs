using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

public sealed class GammaCameraTests
{
    // The system resolution of the LEHR collimator with 10 mm between it and the crystal, computed apart from this code from the same
    // table of collimators: sqrt((1.11 (23.307 + z + 10) / 23.307)^2 + 3.8^2).
    [Theory]
    [InlineData(0, 4.12)]
    [InlineData(50, 5.50)]
    [InlineData(100, 7.40)]
    [InlineData(150, 9.52)]
    [InlineData(200, 11.74)]
    [InlineData(250, 14.02)]
    public void TheCollimatorHasTheResolutionOfItsTable(double distance, double fwhm) =>
        Assert.Equal(fwhm, ParallelHoleCollimator.Lehr.Fwhm(distance), 0.06);

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-20)]
    public void APointIsAsBlurredAsItsDistanceSays(int voxelsTowardsDetector)
    {
        const int size = 64;
        const double pixel = 2;
        SpectAcquisition acquisition = new() { Bins = size, Pixel = pixel, Views = 2, Clearance = 20 };
        ActivityMap activity = new(size, 48, pixel, 0, 0);
        // View 0 looks from behind: higher rows are nearer. Two voxels, so that the source lies on a whole plane.
        int row = (size / 2) + voxelsTowardsDetector;
        activity.Line(row, 32)[24] = 0.5f;
        activity.Line(row - 1, 32)[24] = 0.5f;
        Projections views = new GammaCamera(acquisition).Expect(activity, threads: 1);

        double distance = (size * pixel / 2) + 20 - (voxelsTowardsDetector * pixel);
        double total = 0, across = 0, along = 0;
        for (int bin = 0; bin < size; bin++)
        {
            ReadOnlySpan<float> line = views.Line(0, bin);
            for (int s = 0; s < line.Length; s++)
            {
                total += line[s];
                across += line[s] * Math.Pow((bin - 32) * pixel, 2);
                along += line[s] * Math.Pow((s - 24) * pixel, 2);
            }
        }

        Assert.Equal(acquisition.Sensitivity * acquisition.SecondsPerView, total, 0.002 * total);
        double expected = ParallelHoleCollimator.Lehr.Fwhm(distance);
        Assert.Equal(expected, Math.Sqrt(across / total) / GaussianFilter.DeviationPerFwhm, 0.03 * expected);
        Assert.Equal(expected, Math.Sqrt(along / total) / GaussianFilter.DeviationPerFwhm, 0.03 * expected);
    }

    [Fact]
    public void WaterBetweenSourceAndDetectorTakesItsPart()
    {
        // A body of 160 x 100 mm; the source lies 20 mm towards the back: 30 mm of water behind it, 70 mm before it.
        const double pixel = 2;
        SpectAcquisition acquisition = new() { Bins = 96, Pixel = pixel, Views = 2, Attenuation = 0.012, Scatter = false, Collimator = null };
        ActivityMap activity = new(96, 4, pixel, 80, 50);
        activity.Line(58, 48)[2] = 1;
        Projections weakened = new GammaCamera(acquisition).Expect(activity, threads: 1);
        Projections whole = new GammaCamera(acquisition with { Attenuation = 0 }).Expect(activity, threads: 1);
        double y = activity.PositionOf(58);
        double surface = 50 * Math.Sqrt(1 - Math.Pow(activity.PositionOf(48) / 80, 2));
        Assert.Equal(Math.Exp(-0.012 * (surface - y)), weakened.TotalOf(0) / whole.TotalOf(0), 0.01);
        Assert.Equal(Math.Exp(-0.012 * (surface + y)), weakened.TotalOf(1) / whole.TotalOf(1), 0.01);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(18)]
    [InlineData(-24)]
    public void ScatterMovesCountsAndChangesNotHowMany(int voxelsTowardsBack)
    {
        // A body of 200 x 140 mm with a hot block of one of the scatter model's cells in its 160 sections of 2 mm.
        const double pixel = 2;
        SpectAcquisition acquisition = new() { Bins = 128, Pixel = pixel, Views = 8 };
        ActivityMap activity = new(104, 160, pixel, 100, 70);
        for (int voxel = 0; voxel < 36; voxel++)
        {
            activity.Line(48 + voxelsTowardsBack + (voxel / 6), 60 + (voxel % 6))[78..84].Fill(1);
        }

        Projections scattered = new GammaCamera(acquisition).Expect(activity, threads: 1);
        Projections straight = new GammaCamera(acquisition with { Scatter = false }).Expect(activity, threads: 1);
        Projections primary = new GammaCamera(acquisition with { Scatter = false, Attenuation = acquisition.NarrowAttenuation }).Expect(activity, threads: 1);
        for (int view = 0; view < acquisition.Views; view++)
        {
            double all = straight.TotalOf(view);
            // A tail leaves the field of view at both ends, never a third of what is scattered; near the surface the middle of a
            // cell stands for all of it, which makes some percent too much.
            double kept = (scattered.TotalOf(view) - primary.TotalOf(view)) / (all - primary.TotalOf(view));
            Assert.InRange(kept, 0.7, 1.08);
            // In the middle there are fewer, and none where no matter is.
            Assert.True(scattered.Counts.Skip(view * 128 * scattered.Stride).Take(128 * scattered.Stride).Max() < straight.Counts.Skip(view * 128 * straight.Stride).Take(128 * straight.Stride).Max());
            Assert.Equal(0, scattered.Line(view, 2)[80], 1e-6f);
        }

        // From 70 mm deep a fifth is scattered.
        Assert.InRange(1 - (Math.Exp(-0.01536 * 70) / Math.Exp(-0.012 * 70)), 0.19, 0.23);
    }

    [Fact]
    public void CountsArePoissonCounts()
    {
        Projections expected = new(4, 64, 160);
        expected.Counts.AsSpan().Fill(6.5f);
        Projections counts = GammaCamera.Count(expected, 1, 1, threads: 2);
        double n = counts.Counts.Length;
        double mean = counts.Counts.Sum(count => (double)count) / n;
        double variance = counts.Counts.Sum(count => Math.Pow(count - mean, 2)) / n;
        Assert.Equal(6.5, mean, 5 * Math.Sqrt(6.5 / n));
        Assert.Equal(6.5, variance, 0.25);
        Assert.Equal(counts.Counts, GammaCamera.Count(expected, 1, 1, threads: 1).Counts);
        Assert.NotEqual(counts.Counts, GammaCamera.Count(expected, 1, 2, threads: 1).Counts);
    }

    [Fact]
    public void ObjectAndCameraMustHaveOnePixelSize()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new GammaCamera(new SpectAcquisition()).Expect(new ActivityMap(8, 2, 3, 0, 0)));
        Assert.Contains("1.748", error.Message, StringComparison.Ordinal);
    }
}

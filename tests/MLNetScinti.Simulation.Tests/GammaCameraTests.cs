using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Simulation.Tests;

public sealed class GammaCameraTests
{
    // The system resolution of the LEHR collimator, computed apart from this code from the same table of collimators.
    [Theory]
    [InlineData(0, 4.0)]
    [InlineData(50, 5.2)]
    [InlineData(100, 7.0)]
    [InlineData(150, 9.1)]
    [InlineData(200, 11.3)]
    [InlineData(250, 13.6)]
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
        SpectAcquisition acquisition = new() { Bins = 96, Pixel = pixel, Views = 2, Attenuation = 0.012, Collimator = null };
        ActivityMap activity = new(96, 4, pixel, 80, 50);
        activity.Line(58, 48)[2] = 1;
        Projections weakened = new GammaCamera(acquisition).Expect(activity, threads: 1);
        Projections whole = new GammaCamera(acquisition with { Attenuation = 0 }).Expect(activity, threads: 1);
        double y = activity.PositionOf(58);
        double surface = 50 * Math.Sqrt(1 - Math.Pow(activity.PositionOf(48) / 80, 2));
        Assert.Equal(Math.Exp(-0.012 * (surface - y)), weakened.TotalOf(0) / whole.TotalOf(0), 0.01);
        Assert.Equal(Math.Exp(-0.012 * (surface + y)), weakened.TotalOf(1) / whole.TotalOf(1), 0.01);
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

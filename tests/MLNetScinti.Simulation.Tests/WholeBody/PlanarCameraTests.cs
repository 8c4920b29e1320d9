using Xunit;

namespace MLNetScinti.Simulation.Tests.WholeBody;

public sealed class PlanarCameraTests
{
    private const double Pixel = 2.26, Thickness = 4.52;

    private static readonly PlanarAcquisition s_plain = new() { Collimator = null, Scatter = false, Attenuation = 0, Columns = 64, Rows = 96 };

    [Theory]
    [InlineData(PlanarCamera.Anterior, 6)]
    [InlineData(PlanarCamera.Posterior, 6)]
    [InlineData(PlanarCamera.Anterior, 30)]
    [InlineData(PlanarCamera.Posterior, 30)]
    public void AttenuationIsThatOfTheWayToTheSurface(int view, int plane)
    {
        const double mu = 0.012;
        Slab slab = new(64, 96, 40) { Point = (32, 48, plane) };
        double counted = new PlanarCamera(s_plain with { Attenuation = mu }).Expect(slab).TotalOf(view);
        double height = (plane + .5) * Thickness, depth = view == PlanarCamera.Posterior ? height : (40 * Thickness) - height;
        Assert.Equal(Math.Exp(-mu * depth), counted, 4);
    }

    [Fact]
    public void NothingWeakensWhatLiesBesideTheBody()
    {
        Slab slab = new(64, 96, 40) { Point = (2, 48, 20), BodyFrom = 10 };
        Projections counted = new PlanarCamera(s_plain with { Attenuation = 0.012 }).Expect(slab);
        Assert.Equal(1, counted.TotalOf(PlanarCamera.Anterior), 4);
        Assert.Equal(1, counted.TotalOf(PlanarCamera.Posterior), 4);
    }

    [Theory]
    [InlineData(PlanarCamera.Anterior, 4)]
    [InlineData(PlanarCamera.Posterior, 4)]
    [InlineData(PlanarCamera.Anterior, 36)]
    [InlineData(PlanarCamera.Posterior, 36)]
    public void APointIsAsWideAsTheCollimatorMakesItAtItsDistance(int view, int plane)
    {
        PlanarAcquisition scan = s_plain with { Collimator = ParallelHoleCollimator.Lehr };
        Slab slab = new(64, 96, 40) { Point = (32, 48, plane) };
        Projections image = new PlanarCamera(scan).Expect(slab);
        double sum = 0, square = 0;
        for (int column = 0; column < 64; column++)
        {
            foreach (float value in image.Line(view, column))
            {
                sum += value;
                square += value * Math.Pow((column - 32) * Pixel, 2);
            }
        }

        double height = (plane + .5) * Thickness, distance = view == PlanarCamera.Posterior ? scan.PosteriorGap + height : scan.AnteriorGap + (40 * Thickness) - height;
        Assert.Equal(1, sum, 3);
        Assert.InRange(square / sum / scan.Collimator!.Variance(distance), .97, 1.03);
    }

    [Fact]
    public void ScatterBringsTheCountsOfTheBroadBeam()
    {
        PlanarAcquisition scan = new() { Collimator = null, Columns = 240, Rows = 240 };
        Slab slab = new(240, 240, 40) { Point = (120, 120, 20) };
        double depth = (40 - 20.5) * Thickness;
        double primary = new PlanarCamera(scan with { Scatter = false, Attenuation = scan.NarrowAttenuation }).Expect(slab).TotalOf(PlanarCamera.Anterior);
        double all = new PlanarCamera(scan).Expect(slab).TotalOf(PlanarCamera.Anterior);
        Assert.Equal(Math.Exp(-scan.NarrowAttenuation * depth), primary, 4);
        // Some of it leaves the field of view.
        Assert.InRange(all / Math.Exp(-scan.Attenuation * depth), .93, 1.001);
    }

    [Fact]
    public void PenetrationKeepsTheCountsAndMakesSixArms()
    {
        Slab slab = new(256, 256, 4) { Point = (128, 128, 2) };
        Projections image = new PlanarCamera(s_plain with { GeometricPart = .4, Columns = 256, Rows = 256 }).Expect(slab);
        Assert.InRange(image.TotalOf(PlanarCamera.Anterior), .97, 1.001);
        // Under the point itself lie the photons that came through a hole.
        Assert.InRange(image.Line(PlanarCamera.Anterior, 128)[128], .4, .43);
        double On(double degrees)
        {
            (double sine, double cosine) = Math.SinCos(degrees * Math.PI / 180);
            double sum = 0;
            for (int r = 15; r < 45; r++)
            {
                sum += image.Line(PlanarCamera.Anterior, 128 + (int)Math.Round(r * sine))[128 + (int)Math.Round(r * cosine)];
            }

            return sum;
        }

        for (int arm = 0; arm < 6; arm++)
        {
            Assert.True(On(60 * arm) > 1.5 * On((60 * arm) + 30));
        }
    }

    /// <summary>A box of nothing with one point in it.</summary>
    private sealed class Slab(int columns, int rows, int planes) : IPlanarObject
    {
        private readonly float[] _front = [.. Enumerable.Repeat((float)(planes * Thickness), rows)];
        private readonly float[] _none = new float[rows];

        public required (int Column, int Row, int Plane) Point { get; init; }

        public int BodyFrom { get; init; }

        public int Columns => columns;

        public int Rows => rows;

        public int Planes => planes;

        public double Pixel => PlanarCameraTests.Pixel;

        public double PlaneThickness => Thickness;

        public ReadOnlySpan<float> Back(int column) => _none;

        public ReadOnlySpan<float> Front(int column) => column >= BodyFrom ? _front : _none;

        public void Fill(int plane, Span<float> activity)
        {
            activity.Clear();
            if (plane == Point.Plane)
            {
                activity[(Point.Column * rows) + Point.Row] = 1;
            }
        }
    }
}

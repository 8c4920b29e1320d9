using Xunit;

namespace MLNetScinti.Imaging.Tests.Registration;

public sealed class RegionShiftTests
{
    private static readonly ImageGeometry s_drawn = ImageGeometry.Axial(64, 64, 48, 3, 4), s_seen = ImageGeometry.Axial(24, 24, 24, 8, 8);

    /// <summary>An ellipsoid beside a larger and weaker one, drawn on voxels of 3 and 4 mm and seen, blurred by 13 mm, on voxels of 8 mm some way off.</summary>
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(2, -3, 14)]
    [InlineData(-1, 5, -17)]
    public void ARegionIsFoundWhereTheImageShowsIt(double x, double y, double z)
    {
        Point3 moved = new(x, y, z);
        bool[] region = Ellipsoid(default, new(22, 18, 45));
        float[] neighbour = MaskResampling.PartsOnGrid(Ellipsoid(new(-50, 0, 10), new(25, 40, 50)), s_drawn, s_seen), parts = MaskResampling.PartsOnGrid(region, s_drawn with { Origin = s_drawn.Origin + moved }, s_seen);
        Volume image = GaussianFilter.Apply(new Volume(s_seen, [.. parts.Zip(neighbour, (one, other) => (100 * one) + (25 * other) + 3)]), 13);
        RegionShift found = RegionShift.Find(image, region, s_drawn, 13, 25);
        Assert.True(found.IsFound, $"{found}");
        Assert.True((found.Millimetres - moved).Length < 1.5, $"{found}");
        Assert.InRange(found.Agreement, 0.97, 1);
        Assert.True(found.Agreement >= found.AgreementUnmoved);
        Assert.True(moved.Length == 0 || found.AgreementUnmoved < 0.95);
    }

    [Fact]
    public void WhatTheImageDoesNotShowIsNotFound()
    {
        bool[] region = Ellipsoid(default, new(22, 18, 45));
        CounterRandom random = new(3, 0, 0, "noise");
        Volume noise = new(s_seen);
        foreach (ref float value in noise.AsSpan())
        {
            value = (float)random.NextDouble();
        }

        Assert.False(RegionShift.Find(GaussianFilter.Apply(noise, 10), region, s_drawn, 13, 25).IsFound);
        Assert.False(RegionShift.Find(new Volume(s_seen), region, s_drawn, 13, 25).IsFound);
        // As far off as the search goes, or farther: it ends at its own border.
        Volume far = GaussianFilter.Apply(new Volume(s_seen, MaskResampling.PartsOnGrid(region, s_drawn with { Origin = s_drawn.Origin + new Point3(0, 0, 40) }, s_seen)), 13);
        Assert.False(RegionShift.Find(far, region, s_drawn, 13, 25).IsFound);
        Assert.Throws<ArgumentException>(() => RegionShift.Find(noise, new bool[region.Length], s_drawn, 13, 25));
    }

    private static bool[] Ellipsoid(Point3 centre, Point3 axes) => [.. Enumerable.Range(0, s_drawn.Shape.Length).Select(i =>
    {
        Point3 from = s_drawn.PositionOf(i % s_drawn.Columns, i / s_drawn.Columns % s_drawn.Rows, i / s_drawn.Columns / s_drawn.Rows) - centre;
        return Math.Pow(from.X / axes.X, 2) + Math.Pow(from.Y / axes.Y, 2) + Math.Pow(from.Z / axes.Z, 2) <= 1;
    })];
}

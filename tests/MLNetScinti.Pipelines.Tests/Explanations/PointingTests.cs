using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Explanations;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Explanations;

public sealed class PointingTests
{
    // One row of pixels 2 mm apart: background, kidney of eight with a defect in its third, background.
    private static readonly ImageShape s_line = new(1, 12);
    private static readonly byte[] s_truth = [0, 0, 1, 1, 2, 1, 1, 1, 1, 1, 0, 0];
    private static readonly double[] s_spacing = [2, 2];

    [Theory]
    [InlineData(4, 0, true, 0)]
    [InlineData(5, 0, false, 2)]
    [InlineData(6, 4, true, 4)]
    [InlineData(6, 3.9, false, 4)]
    [InlineData(9, 4, false, 10)]
    public void AHitIsWithinTheToleranceOfADefect(int hottest, double tolerance, bool hit, double distance)
    {
        float[] map = new float[12];
        map[hottest] = 3;
        Pointing found = Pointing.At(map, s_truth, s_line, s_spacing, tolerance);
        Assert.Equal((hottest, 3f, hit, distance), (found.Place, found.Heat, found.Hit, found.Distance!.Value));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    [InlineData(4, 5)]
    [InlineData(6, 6)]
    [InlineData(100, 8)]
    public void ChanceIsThePartOfTheKidneyFromWhichADefectIsNear(double tolerance, int pixels) =>
        Assert.Equal(pixels / 8.0, Pointing.At(new float[12], s_truth, s_line, s_spacing, tolerance).Chance, 1e-12);

    [Fact]
    public void WhatIsHotOutsideTheKidneyIsNotLookedAt()
    {
        float[] map = [9, 9, 0, 0, 0, 0, 0, 1, 0, 0, 9, 9];
        Assert.Equal(7, Pointing.At(map, s_truth, s_line, s_spacing, 0).Place);
    }

    [Fact]
    public void AnEmptyMapPointsNowhereAndIsNoHit()
    {
        float[] map = [5, 5, 0, 0, -1, 0, 0, 0, 0, 0, 5, 5];
        Pointing found = Pointing.At(map, s_truth, s_line, s_spacing, 100);
        Assert.Equal((-1, 0f, false, null), (found.Place, found.Heat, found.Hit, found.Distance));
        Assert.Equal(1, found.Chance);
    }

    [Fact]
    public void MillimetresCountInAVolumeNotVoxels()
    {
        ImageShape shape = new(3, 3, 3);
        byte[] truth = new byte[27];
        Array.Fill(truth, (byte)1);
        truth[13] = 2;
        float[] map = new float[27];
        map[0] = 1;
        // From the middle to the corner: 5, 2 and 1 mm.
        Pointing found = Pointing.At(map, truth, shape, [5, 2, 1], 3);
        Assert.Equal(Math.Sqrt(30), found.Distance!.Value, 1e-9);
        // Within 3 mm: only the middle section, all nine of it (the farthest at the square root of 5).
        Assert.Equal(9 / 27.0, found.Chance, 1e-12);
        Assert.Equal(1, Pointing.At(map, truth, shape, [5, 2, 1], 5.5).Chance, 1e-12);
        Assert.Throws<ArgumentException>(() => Pointing.At(map, new byte[27], shape, [1, 1, 1], 1));
    }

    [Fact]
    public void AProjectionShowsADefectAnywhereOnItsLine()
    {
        ImageShape shape = new(2, 3, 4);
        byte[] labels = new byte[24];
        labels[(((1 * 3) + 2) * 4) + 3] = 2;
        labels[(((0 * 3) + 2) * 4) + 3] = 1;
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], FindingTruth.Project(labels, shape, ProjectionAxis.Transverse));
        Assert.Equal([0, 0, 1, 0, 0, 2], FindingTruth.Project(labels, shape, ProjectionAxis.Sagittal));
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 2], FindingTruth.Project(labels, shape, ProjectionAxis.Coronal));
    }

    [Fact]
    public void APlaceIsPutIntoAnotherOrganAsFarAlongItsBox()
    {
        // Eight elements with the defect in the third; another organ of four, with the defect in the last.
        PointedOrgan own = Pointing.At(new float[12], s_truth, s_line, s_spacing, 0).Organ;
        PointedOrgan other = Pointing.At(new float[12], new byte[] { 0, 1, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0 }, s_line, s_spacing, 0).Organ;
        double[] parts = own.PartsOf(4);
        Assert.Equal([0.5, 0.5, 2.5 / 8], parts);
        Assert.True(own.IsAtFinding(parts));
        Assert.True(own.IsAtFinding(parts, inside: true));
        Assert.False(other.IsAtFinding(parts));
        Assert.True(other.IsAtFinding(own.PartsOf(9)));
        Assert.True(other.IsAtFinding([0.5, 0.5, 1]));
        Assert.Equal(25, own.Candidates.Count());
    }

    [Fact]
    public void APlaceOutsideOfTheOrganIsWhereTheWayToItsMiddleEntersIt()
    {
        // An organ that is bent around its hilum: the box's left side is empty in the middle.
        byte[] truth = [1, 1, 1, 0, 0, 2, 1, 1, 1];
        PointedOrgan organ = Pointing.At(new float[9], truth, new ImageShape(3, 3), [1, 1], 0).Organ;
        Assert.True(organ.IsAtFinding([0.5, 0.5, 0.9]));
        Assert.False(organ.IsAtFinding([0.5, 0.1, 0.1]));
        Assert.Throws<ArgumentException>(() => PointedOrgan.Of(new byte[9], new double[9], new ImageShape(3, 3), 1));
    }
}

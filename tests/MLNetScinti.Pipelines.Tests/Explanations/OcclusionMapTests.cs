using MLNetScinti.Imaging;
using MLNetScinti.Pipelines.Explanations;
using Xunit;

namespace MLNetScinti.Pipelines.Tests.Explanations;

/// <summary>A model whose answer is known: abnormal as far as one region of the image is darker than it should be.</summary>
public sealed class OcclusionMapTests
{
    private static readonly ImageShape s_shape = new(20, 16, 18);

    [Theory]
    [InlineData(4, 5, 4)]
    [InlineData(14, 10, 12)]
    public void TheFallIsLargestWhereTheModelLooks(int section, int row, int column)
    {
        (float[] image, bool[] organ) = Kidney();
        int[] watched = Region(section, row, column);
        foreach (int voxel in watched)
        {
            image[voxel] = 0.2f;
        }

        OcclusionMap map = OcclusionMap.Of(image, s_shape, organ, Full(organ), OcclusionMap.MostPositions, images => [.. images.Select(one => watched.Sum(voxel => 1 - one[voxel]))]);
        Assert.Equal(watched.Length * 0.8f, map.Score, 1e-3f);
        int hottest = Array.IndexOf(map.Fall, map.Fall.Max());
        Assert.InRange(hottest / s_shape.PlaneLength, section - 3, section + 3);
        Assert.InRange(hottest % s_shape.PlaneLength / s_shape.Columns, row - 3, row + 3);
        Assert.InRange(hottest % s_shape.Columns, column - 3, column + 3);
        Assert.All(Enumerable.Range(0, organ.Length).Where(i => !organ[i]), i => Assert.Equal(0, map.Fall[i]));
        // At the other end of the kidney no box reaches the region.
        Assert.Equal(0, map.Fall[Index(section > 10 ? 3 : 16, row > 8 ? 4 : 11, column > 9 ? 4 : 13)]);
    }

    [Fact]
    public void OneBoxOverAllGivesTheWholeFallEverywhere()
    {
        (float[] image, bool[] organ) = Kidney();
        OcclusionMap map = OcclusionMap.Of(image, s_shape, organ, new float[image.Length], 1, images => [.. images.Select(one => one.Sum())]);
        Assert.Equal(1, map.Boxes);
        Assert.Equal(image.Sum(), map.Score);
        Assert.All(Enumerable.Range(0, organ.Length).Where(i => organ[i]), i => Assert.Equal(map.Score, map.Fall[i], 0.01f));
    }

    [Fact]
    public void WhatIsFilledWithWhatIsThereChangesNothing()
    {
        (float[] image, bool[] organ) = Kidney();
        int asked = 0;
        OcclusionMap map = OcclusionMap.Of(image, s_shape, organ, image, 3, images =>
        {
            asked += images.Count;
            Assert.All(images, one => Assert.Equal(image, one));
            return [.. images.Select(_ => 1f)];
        });
        Assert.Equal(28, asked);
        Assert.Equal(27, map.Boxes);
        Assert.All(map.Fall, fall => Assert.Equal(0, fall));
    }

    [Fact]
    public void AnEmptyOrganHasAnEmptyMap()
    {
        OcclusionMap map = OcclusionMap.Of(new float[s_shape.Length], s_shape, new bool[s_shape.Length], new float[s_shape.Length], 4, images => [.. images.Select(_ => 0.5f)]);
        Assert.Equal((0.5f, 0), (map.Score, map.Boxes));
        Assert.All(map.Fall, fall => Assert.Equal(0, fall));
    }

    /// <summary>An ellipsoid with a blurred edge and a notch: the hull has the notch, and an intact edge is about as it is.</summary>
    [Fact]
    public void TheHullClosesANotchAndLeavesIntactEdgesAsTheyAre()
    {
        ImageGeometry geometry = ImageGeometry.Axial(40, 40, 48, 2, 2);
        bool[] truth = new bool[geometry.Shape.Length], notch = new bool[truth.Length];
        float[] image = new float[truth.Length];
        for (int i = 0; i < image.Length; i++)
        {
            Point3 p = geometry.PositionOf(i % 40, i % 1600 / 40, i / 1600);
            truth[i] = (p.X * p.X / 625) + (p.Y * p.Y / 625) + (p.Z * p.Z / 1600) <= 1;
            notch[i] = truth[i] && p.X > 14 && Math.Abs(p.Z) < 8 && Math.Abs(p.Y) < 12;
            image[i] = truth[i] && !notch[i] ? 50 : 0;
        }

        Volume blurred = GaussianFilter.Apply(new Volume(geometry, image), 10);
        OrganHull hull = OrganHull.Of(blurred.Voxels, geometry, 10)!;
        double Share(bool[] of) => (double)of.Zip(hull.Mask, (a, b) => a && b).Count(both => both) / of.Count(one => one);
        Assert.True(Share(truth) > 0.93, $"{Share(truth)}");
        Assert.True(Share(notch) > 0.5, $"{Share(notch)}");
        Assert.InRange(hull.Mask.Count(inside => inside), 0, 1.1 * truth.Count(inside => inside));
        // Opposite the notch, through edge and middle, filling in changes little; in the notch it changes much.
        int Voxel(int column) => (24 * 1600) + (20 * 40) + column;
        Assert.All(Enumerable.Range(7, 15), column => Assert.InRange(Math.Abs(hull.Whole[Voxel(column)] - blurred.Voxels[Voxel(column)]), 0, 8));
        Assert.InRange(hull.Whole[Voxel(29)] - blurred.Voxels[Voxel(29)], 12, 50);
        Assert.Null(OrganHull.Of(new float[truth.Length], geometry, 10));
    }

    private static int Index(int section, int row, int column) => (((section * s_shape.Rows) + row) * s_shape.Columns) + column;

    private static int[] Region(int section, int row, int column) =>
        [.. Enumerable.Range(0, 27).Select(i => Index(section - 1 + (i / 9), row - 1 + (i / 3 % 3), column - 1 + (i % 3)))];

    private static float[] Full(bool[] organ) => [.. organ.Select(inside => inside ? 1f : 0)];

    /// <summary>A box of ones with a margin of two.</summary>
    private static (float[] Image, bool[] Organ) Kidney()
    {
        bool[] organ = new bool[s_shape.Length];
        for (int s = 2; s < 18; s++)
        {
            for (int r = 2; r < 14; r++)
            {
                for (int c = 2; c < 16; c++)
                {
                    organ[Index(s, r, c)] = true;
                }
            }
        }

        return (Full(organ), organ);
    }
}

using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class VoxelSizeTests
{
    [Theory]
    [InlineData("1.748", 1.748, 1.748, 1.748, "1.748")]
    [InlineData("3.5 x 1.75 x 1.8", 3.5, 1.75, 1.8, "3.5 x 1.75 x 1.8")]
    [InlineData("3.5x1.75x1.75", 3.5, 1.75, 1.75, "3.5 x 1.75 x 1.75")]
    public void ASizeIsReadAsItIsWritten(string text, double section, double row, double column, string written)
    {
        Assert.True(VoxelSize.TryParse(text, out VoxelSize? voxel));
        Assert.Equal(new VoxelSize(section, row, column), voxel);
        Assert.Equal(written, voxel.ToString());
        Assert.True(VoxelSize.TryParse(voxel.ToString(), out VoxelSize? again));
        Assert.Equal(voxel, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("own")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1 x 2")]
    [InlineData("1,7")]
    [InlineData("NaN")]
    [InlineData("1e9")]
    public void WhatIsNoLengthIsNotRead(string text) => Assert.False(VoxelSize.TryParse(text, out _));

    [Fact]
    public void AVolumeOfThatSizeStaysAsItIs()
    {
        Volume volume = Blob(1.748);
        Assert.Same(volume, Resample.ToVoxels(volume, new VoxelSize(1.748, 1.748, 1.748), GridResampling.Emission));
        // Cameras round: 1.75 is the same voxel.
        Assert.Same(volume, Resample.ToVoxels(volume, new VoxelSize(1.75, 1.75, 1.75), GridResampling.Emission));
    }

    /// <summary>A blob of 12 mm (FWHM), as wide as a camera's blur, seen in other voxels and brought to one size, is the blob seen in that size.</summary>
    [Theory]
    [InlineData(1.3)]
    [InlineData(2.2)]
    [InlineData(3.0)]
    [InlineData(4.4)]
    public void WhatIsSeenInOtherVoxelsIsTheSameBroughtToOneSize(double voxel)
    {
        // Half a voxel's second derivative, in each of three directions.
        Assert.InRange(MostOff(voxel, GridResampling.Emission), 0, 3 * 5.55 / (12 * 12) * voxel * voxel / 8 * 1.2);
        // A spline keeps it, but for what a voxel of 1.748 mm blurs that smaller ones do not.
        Assert.InRange(MostOff(voxel, GridResampling.Counts), 0, voxel < 1.748 ? 0.04 : 0.03);
    }

    /// <summary>A spline goes through the values themselves, in every direction, and below none of them.</summary>
    [Fact]
    public void ASplineGoesThroughItsValues()
    {
        Volume volume = new(ImageGeometry.Axial(5, 4, 3, 2, 2));
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = i % 7 == 0 ? 100 : i % 5;
        }

        ImageGeometry fine = volume.Geometry with { Columns = 9, Rows = 7, Sections = 5, ColumnSpacing = 1, RowSpacing = 1, SectionSpacing = 1 };
        Volume between = Resample.ToGrid(volume, fine, GridResampling.Counts).Volume;
        for (int s = 0; s < 3; s++)
        {
            for (int r = 0; r < 4; r++)
            {
                for (int c = 0; c < 5; c++)
                {
                    Assert.Equal(volume[s, r, c], between[2 * s, 2 * r, 2 * c], 1e-3f);
                }
            }
        }

        Assert.Equal(0, between.Voxels.Min());
        // A plane is a volume of one section.
        Volume plane = new(ImageGeometry.Axial(4, 1, 1, 2, 2), [1, 2, 3, 4]);
        Assert.Equal([1, 2, 3, 4], Resample.ToGrid(plane, plane.Geometry, GridResampling.Counts).Volume.Voxels.Select(value => (int)Math.Round(value)));
    }

    private static double MostOff(double voxel, GridResampling resampling)
    {
        Volume brought = Resample.ToVoxels(Blob(voxel), new VoxelSize(1.748, 1.748, 1.748), resampling);
        ImageGeometry grid = brought.Geometry;
        Assert.Equal((1.748, 1.748, 1.748), (grid.ColumnSpacing, grid.RowSpacing, grid.SectionSpacing));
        double most = 0;
        for (int s = 0; s < grid.Sections; s++)
        {
            for (int r = 0; r < grid.Rows; r++)
            {
                for (int c = 0; c < grid.Columns; c++)
                {
                    Point3 place = grid.PositionOf(c, r, s);
                    if (place.Length < 40)
                    {
                        most = Math.Max(most, Math.Abs(brought.AsSpan()[brought.IndexOf(s, r, c)] - At(place)));
                    }
                }
            }
        }

        return most;
    }

    private static double At(Point3 place) => Math.Exp(-2.7726 * (place - new Point3(3, -2, 1)).Dot(place - new Point3(3, -2, 1)) / (12 * 12));

    private static Volume Blob(double voxel)
    {
        int voxels = (int)Math.Round(112 / voxel);
        Volume volume = new(ImageGeometry.Axial(voxels, voxels, voxels, voxel, voxel));
        for (int s = 0; s < voxels; s++)
        {
            for (int r = 0; r < voxels; r++)
            {
                for (int c = 0; c < voxels; c++)
                {
                    volume.AsSpan()[volume.IndexOf(s, r, c)] = (float)At(volume.Geometry.PositionOf(c, r, s));
                }
            }
        }

        return volume;
    }
}

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
        Volume brought = Resample.ToVoxels(Blob(voxel), new VoxelSize(1.748, 1.748, 1.748), GridResampling.Emission);
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

        // Half a voxel's second derivative, in each of three directions.
        Assert.InRange(most, 0, 3 * 5.55 / (12 * 12) * voxel * voxel / 8 * 1.2);
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

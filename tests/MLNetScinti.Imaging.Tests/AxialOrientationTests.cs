using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class AxialOrientationTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(-1, 1, -1)]
    [InlineData(1, -1, 1)]
    [InlineData(-1, -1, -1)]
    [InlineData(-1, -1, 1)]
    public void EveryVoxelStaysInItsPlaceInSpace(int columns, int rows, int sections)
    {
        ImageGeometry geometry = ImageGeometry.Axial(5, 4, 3, 2, 3) with { RowDirection = new(columns, 0, 0), ColumnDirection = new(0, rows, 0), SectionDirection = new(0, 0, sections) };
        float[] voxels = ImageProperties.Noise(geometry.Shape, 2);
        Volume volume = new(geometry, [.. voxels]);
        Volume turned = AxialOrientation.Of(volume)!;
        Assert.Equal(voxels, volume.Voxels);
        Assert.Equal((new Point3(1, 0, 0), new Point3(0, 1, 0), new Point3(0, 0, -1)), (turned.Geometry.RowDirection, turned.Geometry.ColumnDirection, turned.Geometry.SectionDirection));
        for (int s = 0; s < 3; s++)
        {
            for (int r = 0; r < 4; r++)
            {
                for (int c = 0; c < 5; c++)
                {
                    (double column, double row, double section) = geometry.IndexOf(turned.Geometry.PositionOf(c, r, s));
                    Assert.Equal(volume[(int)Math.Round(section), (int)Math.Round(row), (int)Math.Round(column)], turned[s, r, c]);
                }
            }
        }

        Volume inPlace = AxialOrientation.InPlace(volume)!;
        Assert.Same(volume.Voxels, inPlace.Voxels);
        Assert.Equal(turned.Voxels, inPlace.Voxels);
        Assert.Equal(turned.Geometry, inPlace.Geometry);
    }

    [Fact]
    public void CoronalSectionsAreNotTransverse() =>
        Assert.Null(AxialOrientation.Of(new Volume(ImageGeometry.Axial(2, 2, 2, 1, 1) with { ColumnDirection = new(0, 0, -1), SectionDirection = new(0, 1, 0) })));

    [Fact]
    public void AnIndexIsTheWayBackFromAPosition()
    {
        // A tilted gantry: rows and sections are not at right angles.
        ImageGeometry geometry = ImageGeometry.Axial(9, 8, 7, 2, 3) with { ColumnDirection = new(0, Math.Cos(0.3), Math.Sin(0.3)) };
        (double column, double row, double section) = geometry.IndexOf(geometry.PositionOf(1.5, -2, 30));
        Assert.Equal((1.5, -2, 30), (Math.Round(column, 9), Math.Round(row, 9), Math.Round(section, 9)));
        Assert.Contains("in one plane", Assert.Throws<ArgumentException>(() => (geometry with { SectionDirection = geometry.ColumnDirection }).Checked()).Message, StringComparison.Ordinal);
        Assert.Contains("finite", Assert.Throws<ArgumentException>(() => (geometry with { Origin = new(double.NaN, 0, 0) }).Checked()).Message, StringComparison.Ordinal);
    }
}

using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class GeometryTests
{
    [Fact]
    public void AnAxialVolumeIsCentredAtTheOrigin()
    {
        ImageGeometry geometry = ImageGeometry.Axial(128, 128, 50, 1.748, 1.748);
        Assert.Equal(0, geometry.PositionOf(63.5, 63.5, 24.5).Length, 9);
        Assert.Equal(1.748, geometry.PositionOf(1, 0, 0).X - geometry.Origin.X, 9);
    }

    [Fact]
    public void AWindowStaysInPlace()
    {
        ImageGeometry geometry = ImageGeometry.Axial(10, 10, 10, 2, 3);
        ImageGeometry window = geometry.Window(-2, 3, 4, new ImageShape(2, 3, 4));
        Assert.Equal(geometry.PositionOf(-1, 4, 5), window.PositionOf(1, 1, 1));
        Assert.Equal(new ImageShape(2, 3, 4), window.Shape);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    public void ImpossibleSpacingsAreRefused(double spacing) =>
        Assert.Throws<ArgumentException>(() => ImageGeometry.Axial(4, 4, 4, spacing, 1));

    [Fact]
    public void AVolumeNeedsAsManyVoxelsAsItsShape()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Volume(ImageGeometry.Axial(4, 3, 2, 1, 1), new float[23]));
        Assert.Contains("24", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Volume(ImageGeometry.Axial(4, 3, 2, 1, 1))[0, 0, 4]);
    }

    [Fact]
    public void ShapesReadAndWriteTheirDimensions()
    {
        Assert.Equal([5, 4, 3], new ImageShape(5, 4, 3).ToArray());
        Assert.Equal(new ImageShape(4, 3), ImageShape.From([4, 3]));
        Assert.Equal("5 x 4 x 3", new ImageShape(5, 4, 3).ToString());
        Assert.Throws<ArgumentException>(() => ImageShape.From([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageShape(0, 3));
    }
}

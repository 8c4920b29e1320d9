using System.Globalization;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class GridSamplingTests
{
    [Fact]
    public void ALinearFieldIsTheSameOnEveryGridWithin()
    {
        ImageGeometry coarse = ImageGeometry.Axial(20, 18, 16, 4, 5), turned = ImageGeometry.Axial(11, 10, 9, 2, 2.5) with
        {
            Origin = new(5, -3, 4),
            RowDirection = new(Math.Cos(0.5), Math.Sin(0.5), 0),
            ColumnDirection = new(-Math.Sin(0.5), Math.Cos(0.5), 0),
        };
        Volume field = new(coarse);
        Fill(field);
        Volume found = Resample.ToGrid(field, turned), expected = new(turned);
        Fill(expected);
        Assert.True(ImageProperties.LargestDifference(expected.Voxels, found.Voxels) < 1e-3f);

        static void Fill(Volume volume)
        {
            for (int i = 0; i < volume.Voxels.Length; i++)
            {
                (int s, int r, int c) = (i / volume.Shape.PlaneLength, i % volume.Shape.PlaneLength / volume.Shape.Columns, i % volume.Shape.Columns);
                Point3 at = volume.Geometry.PositionOf(c, r, s);
                volume.Voxels[i] = (float)(100 + at.X + (2 * at.Y) - (3 * at.Z));
            }
        }
    }

    [Fact]
    public void TheSameGridGivesTheSameValues()
    {
        ImageGeometry geometry = ImageGeometry.Axial(7, 6, 5, 3.3, 4.4);
        Volume volume = new(geometry, ImageProperties.Noise(geometry.Shape, 1));
        Assert.Equal(volume.Voxels, Resample.ToGrid(volume, geometry).Voxels);
        // A window of it, reaching beyond: copied values and zeros.
        ImageGeometry window = geometry.Window(2, -1, 3, new ImageShape(4, 4, 4));
        Assert.Equal(volume.Window(3, -1, 2, window.Shape).Voxels, Resample.ToGrid(volume, window).Voxels);
        byte[] labels = Array.ConvertAll(volume.Voxels, value => (byte)(value * 50));
        byte[] expected = Array.ConvertAll(new Volume(geometry, Array.ConvertAll(labels, label => (float)label)).Window(3, -1, 2, window.Shape).Voxels, value => (byte)value);
        Assert.Equal(expected, MaskResampling.ToGrid(labels, geometry, window));
        Assert.Throws<ArgumentException>(() => MaskResampling.ToGrid(new byte[3], geometry, window));
    }

    [PeerFact("python:scipy")]
    public void MovementsInSpaceAreThoseOfScipy()
    {
        ImageGeometry geometry = ImageGeometry.Axial(11, 13, 9, 1, 1);
        float[] image = ImageProperties.Noise(geometry.Shape, 8);
        SpatialMap map = SpatialMap.Shear(0.1, -0.05, 0.08).Then(SpatialMap.Zoom(1.2, 0.9, 1.1)).Then(SpatialMap.Rotate(new(12, -25, 40))).Then(SpatialMap.Translate(new(1.3, -0.7, 2.2)));
        SpatialMap back = map.Inverse();
        float[] found = new SpatialTransform(map, mirrors: false).Apply(new() { Images = [new SampleImage("image", geometry, image)] }).Images[0].Values;
        string script = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            m = np.array([[{back.Z.Z:r}, {back.Y.Z:r}, {back.X.Z:r}], [{back.Z.Y:r}, {back.Y.Y:r}, {back.X.Y:r}], [{back.Z.X:r}, {back.Y.X:r}, {back.X.X:r}]])
            middle = np.array([4.0, 6.0, 5.0])
            offset = middle + np.array([{back.Shift.Z:r}, {back.Shift.Y:r}, {back.Shift.X:r}]) - m @ middle
            result = ndimage.affine_transform(image.reshape(9, 13, 11), m, offset, order=1, mode='grid-constant')
            """);
        Assert.True(ImageProperties.LargestDifference(found, ScipyTests.Scipy(image, script)) < 2e-5f);
    }
}

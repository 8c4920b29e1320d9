using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

/// <summary>What is done many values at a time gives what one by one gives.</summary>
public sealed class FastPathTests
{
    [Fact]
    public void AnAffineMapIsTheSamePixelByPixelToTheBit()
    {
        ImageProperties.Check(
            from shape in Gen.OneOf(ImageProperties.Shapes, from rows in Gen.Choose(1, 30) from columns in Gen.Choose(1, 40) select new ImageShape(2, rows, columns))
            from seed in Gen.Choose(0, int.MaxValue)
            from zoom in Gen.Choose(3, 30)
            from degrees in Gen.Choose(-180, 180)
            from flip in Gen.Elements(true, false)
            from shift in Gen.Choose(-60, 60)
            select (shape, seed, map: PlaneTransform.Flip(flip, vertical: false).Then(PlaneTransform.Zoom(zoom / 10.0)).Then(PlaneTransform.Rotate(degrees)).Then(PlaneTransform.Translate(shift / 7.0, -shift / 3.0))),
            drawn =>
            {
                float[] image = ImageProperties.Noise(drawn.shape, (ulong)drawn.seed);
                float[] expected = drawn.map == PlaneTransform.Identity ? image : OneByOne(image, drawn.shape, drawn.map.Inverse());
                return new Affine(drawn.map).Apply(image, drawn.shape).AsSpan().SequenceEqual(expected);
            },
            runs: 300);
    }

    [Fact]
    public void ThreeProjectionsInOnePassAreThoseOfTheOperators()
    {
        ImageProperties.Check(
            from sections in Gen.Choose(1, 7)
            from rows in Gen.Choose(1, 9)
            from columns in Gen.Choose(1, 40)
            from seed in Gen.Choose(0, int.MaxValue)
            select (shape: new ImageShape(sections, rows, columns), seed),
            drawn =>
            {
                // Below zero as well: a maximum that began at zero would show.
                float[] volume = Array.ConvertAll(ImageProperties.Noise(drawn.shape, (ulong)drawn.seed), value => value - 4);
                float[] transverse = new float[drawn.shape.Rows * drawn.shape.Columns], sagittal = new float[drawn.shape.Sections * drawn.shape.Rows];
                float[] coronal = new float[drawn.shape.Sections * drawn.shape.Columns];
                MaximumIntensityProjections.Project(volume, drawn.shape, transverse, sagittal, coronal);
                return transverse.AsSpan().SequenceEqual(new MaximumIntensityProjection(ProjectionAxis.Transverse).Apply(volume, drawn.shape))
                    && sagittal.AsSpan().SequenceEqual(new MaximumIntensityProjection(ProjectionAxis.Sagittal).Apply(volume, drawn.shape))
                    && coronal.AsSpan().SequenceEqual(new MaximumIntensityProjection(ProjectionAxis.Coronal).Apply(volume, drawn.shape));
            },
            runs: 300);
    }

    [Fact]
    public void ThreeProjectionsAskForAVolumeAndRoom()
    {
        float[] volume = new float[24];
        Assert.Contains("expected 24 voxels", Assert.Throws<ArgumentException>(() => MaximumIntensityProjections.Project(volume, new ImageShape(2, 3, 4), new float[12], new float[6], new float[7])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MaximumIntensityProjections.Project(volume, new ImageShape(4, 6), new float[24], new float[4], new float[6]));
    }

    /// <summary>Bilinear interpolation with zeros outside, as the definition says it.</summary>
    private static float[] OneByOne(float[] image, ImageShape shape, PlaneTransform back)
    {
        float[] result = new float[shape.Length];
        double middleColumn = (shape.Columns - 1) / 2.0, middleRow = (shape.Rows - 1) / 2.0;
        for (int i = 0; i < result.Length; i++)
        {
            int section = i / shape.PlaneLength, row = i / shape.Columns % shape.Rows, column = i % shape.Columns;
            (double fromColumn, double fromRow) = back.Map(column - middleColumn, row - middleRow);
            double x = Math.Clamp(fromColumn + middleColumn, -1, shape.Columns) + 1, y = Math.Clamp(fromRow + middleRow, -1, shape.Rows) + 1;
            int left = (int)x - 1, top = (int)y - 1;
            float part = (float)(x - (int)x), down = (float)(y - (int)y);
            float upper = At(top, left) + (part * (At(top, left + 1) - At(top, left)));
            float lower = At(top + 1, left) + (part * (At(top + 1, left + 1) - At(top + 1, left)));
            result[i] = upper + (down * (lower - upper));

            float At(int r, int c) => r >= 0 && r < shape.Rows && c >= 0 && c < shape.Columns ? image[(section * shape.PlaneLength) + (r * shape.Columns) + c] : 0;
        }

        return result;
    }
}

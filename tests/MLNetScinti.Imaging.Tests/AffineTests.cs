using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class AffineTests
{
    [Fact]
    public void FlippingTwiceChangesNothing() => ImageProperties.Check(
        from image in ImageProperties.Images
        from horizontal in Gen.Elements(true, false)
        from vertical in Gen.Elements(true, false)
        select (image, horizontal, vertical),
        drawn =>
        {
            Flip flip = new(drawn.horizontal, drawn.vertical);
            float[] twice = flip.Apply(flip.Apply(drawn.image.Values, drawn.image.Shape), drawn.image.Shape);
            return twice.AsSpan().SequenceEqual(drawn.image.Values);
        });

    [Fact]
    public void FlipIsItsOwnAffineMap() => ImageProperties.Check(ImageProperties.Images, image =>
    {
        Flip flip = new(true, true);
        return ImageProperties.LargestDifference(
            flip.Apply(image.Values, image.Shape), new Affine(flip.Transform).Apply(image.Values, image.Shape)) < 1e-6f;
    });

    [Fact]
    public void FourQuarterTurnsAndAWholeTurnChangeNothing() => ImageProperties.Check(
        from image in ImageProperties.Images
        where image.Shape.Rows == image.Shape.Columns || image.Shape.Rows > 3
        select image,
        image =>
        {
            ImageShape shape = new(image.Shape.Sections, image.Shape.Rows, image.Shape.Rows);
            float[] values = ImageProperties.Noise(shape, 3);
            float[] turned = values;
            for (int i = 0; i < 4; i++)
            {
                turned = new Rotate(90).Apply(turned, shape);
            }

            return ImageProperties.LargestDifference(values, turned) < 1e-5f
                && ImageProperties.LargestDifference(values, new Rotate(360).Apply(values, shape)) == 0;
        });

    [Fact]
    public void AQuarterTurnGoesClockwiseOnTheScreen()
    {
        // 1 2        3 1
        // 3 4   ->   4 2
        Assert.Equal([3, 1, 4, 2], new Rotate(90).Apply([1, 2, 3, 4], new ImageShape(2, 2)));
    }

    [Fact]
    public void TranslationByHand()
    {
        ImageShape shape = new(1, 4);
        Assert.Equal([0, 1, 2, 3], new Translate(1, 0).Apply([1, 2, 3, 4], shape));
        Assert.Equal([0.5f, 1.5f, 2.5f, 3.5f], new Translate(0.5, 0).Apply([1, 2, 3, 4], shape));
        Assert.Equal([0, 0, 0, 0], new Translate(0, 1).Apply([1, 2, 3, 4], shape));
    }

    [Fact]
    public void ZoomKeepsTheMiddleAndRefusesNonsense()
    {
        float[] image = new float[25];
        image[12] = 1;
        Assert.Equal(1, new Zoom(1.2).Apply(image, new ImageShape(5, 5))[12], 5);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Zoom(0));
    }

    [Fact]
    public void AComposedMapMovesPointsLikeItsPartsInOrder() => ImageProperties.Check(
        from degrees in Gen.Choose(-180, 180)
        from zoom in Gen.Choose(50, 150)
        from columns in Gen.Choose(-20, 20)
        from rows in Gen.Choose(-20, 20)
        select (degrees, zoom, columns, rows),
        drawn =>
        {
            IPlaneOperator[] parts = [new Rotate(drawn.degrees), new Zoom(drawn.zoom / 100.0), new Translate(drawn.columns, drawn.rows), new Flip(true, false)];
            (double c, double r) = (3, -7);
            foreach (IPlaneOperator part in parts)
            {
                (c, r) = part.Transform.Map(c, r);
            }

            PlaneTransform whole = Affine.Compose(parts).Transform;
            (double wholeC, double wholeR) = whole.Map(3, -7);
            (double backC, double backR) = whole.Inverse().Map(wholeC, wholeR);
            return Math.Abs(wholeC - c) + Math.Abs(wholeR - r) + Math.Abs(backC - 3) + Math.Abs(backR + 7) < 1e-9;
        });

    [Fact]
    public void EverySectionOfAVolumeMovesLikeAPlanarImage()
    {
        ImageShape shape = new(4, 9, 7);
        float[] values = ImageProperties.Noise(shape, 5);
        values.AsSpan(63, 63).Clear();
        Affine affine = Affine.Compose(new Rotate(33), new Zoom(0.9), new Translate(1.3, -0.4));
        float[] whole = affine.Apply(values, shape);
        for (int s = 0; s < 4; s++)
        {
            float[] single = affine.Apply(values.AsSpan(s * 63, 63), new ImageShape(9, 7));
            Assert.Equal(single, whole[(s * 63)..((s + 1) * 63)]);
        }
    }
}

using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class AugmentationTests
{
    private static readonly ImageShape s_shape = new(128, 128);

    private static readonly Augmentation s_augmentation = new(new RandomFlip(horizontal: true, vertical: true), new RandomZoom(0.2), new RandomRotate(90), new RandomTranslate(25));

    [Fact]
    public void TheSameSampleInTheSameEpochIsAlwaysMovedAlike()
    {
        PlaneTransform[] first = new PlaneTransform[64];
        Parallel.For(0, 64, i => first[i] = s_augmentation.Draw(7, 3, (ulong)i, s_shape).Transform);
        for (int i = 63; i >= 0; i--)
        {
            Assert.Equal(first[i], s_augmentation.Draw(7, 3, (ulong)i, s_shape).Transform);
        }

        Assert.Equal(64, first.Distinct().Count());
        Assert.NotEqual(first[0], s_augmentation.Draw(7, 4, 0, s_shape).Transform);
    }

    [Fact]
    public void TheMapStaysWithinTheLimitsOfThePaper()
    {
        int mirrored = 0;
        for (ulong sample = 0; sample < 400; sample++)
        {
            PlaneTransform t = s_augmentation.Draw(1, 0, sample, s_shape).Transform;
            double determinant = (t.ColumnColumn * t.RowRow) - (t.ColumnRow * t.RowColumn);
            Assert.InRange(Math.Sqrt(Math.Abs(determinant)), 0.8, 1.2);
            Assert.InRange(t.ColumnShift, -25, 25);
            Assert.InRange(t.RowShift, -25, 25);
            mirrored += determinant < 0 ? 1 : 0;
        }

        // One of the two flips alone: probability 1/2.
        Assert.InRange(mirrored, 150, 250);
    }

    [Fact]
    public void WithoutOneOperatorTheOthersDrawTheSame()
    {
        PlaneTransform both = new Augmentation(new RandomZoom(0.2), new RandomRotate(90)).Draw(5, 1, 2, s_shape).Transform;
        PlaneTransform rotation = new Augmentation(new RandomRotate(90)).Draw(5, 1, 2, s_shape).Transform;
        double zoom = new Augmentation(new RandomZoom(0.2)).Draw(5, 1, 2, s_shape).Transform.ColumnColumn;
        Assert.Equal(both.ColumnColumn, zoom * rotation.ColumnColumn, 12);
    }

    [Fact]
    public void TwoOfAKindDrawDifferently()
    {
        Affine twice = new Augmentation(new RandomTranslate(25), new RandomTranslate(25)).Draw(5, 1, 2, s_shape);
        Affine once = new Augmentation(new RandomTranslate(25)).Draw(5, 1, 2, s_shape);
        Assert.NotEqual(2 * once.Transform.ColumnShift, twice.Transform.ColumnShift);
    }

    [Fact]
    public void NoAugmentationLeavesTheImage()
    {
        float[] image = ImageProperties.Noise(s_shape, 1);
        Assert.Equal(image, Augmentation.None.Draw(1, 1, 1, s_shape).Apply(image, s_shape));
    }
}

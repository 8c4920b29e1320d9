using MLNetScinti.Imaging;
using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Systems.Tests.Dmsa;

public sealed class KidneyMeasuresTests
{
    private static readonly ImageShape s_shape = new(24, 20, 20);

    [Fact]
    public void AnEvenEllipsoidHasNoVariationAndItsOwnVolume()
    {
        float[] image = Ellipsoid(_ => 50);
        int voxels = image.Count(value => value > 0);

        KidneyMeasures measures = KidneyMeasures.Of(image, s_shape, voxelMillilitres: 0.1, studyMaximum: 100, splitFunction: 0.5);

        Assert.Equal(0.5f, measures.SplitFunction);
        Assert.Equal(0, measures.Asymmetry);
        Assert.Equal(Math.Log(voxels * 0.1), measures.LogMillilitres, 1e-5);
        Assert.Equal(0.5f, measures.RelativeMaximum);
        Assert.Equal(0, measures.VoxelVariation, 1e-6);
        Assert.Equal(0, measures.SectorVariation, 1e-6);
        Assert.Equal(1, measures.WeakestSector);
        Assert.Equal(1, measures.WeakestPole);
    }

    [Fact]
    public void AScarAtAPoleLowersThePoleAndASector()
    {
        float[] image = Ellipsoid(position => position.Section < 9 ? 50 : 100);

        KidneyMeasures measures = KidneyMeasures.Of(image, s_shape, 0.1, 100, 0.4);

        Assert.Equal(0.5f, measures.WeakestPole);
        Assert.Equal(0.5f, measures.WeakestSector);
        Assert.True(measures.SectorVariation > 0.1);
        Assert.True(measures.VoxelVariation > 0.1);
        Assert.Equal(0.2f, measures.Asymmetry, 1e-6f);
    }

    [Fact]
    public void TheVolumeIsThatAboveTheOutline()
    {
        // Everything below 40 % of the maximum is background, however much of it there is.
        float[] image = Ellipsoid(_ => 100);
        for (int i = 0; i < image.Length; i++)
        {
            image[i] = Math.Max(image[i], 39);
        }

        Assert.Equal(
            KidneyMeasures.Of(Ellipsoid(_ => 100), s_shape, 0.1, 100, 0.5).LogMillilitres,
            KidneyMeasures.Of(image, s_shape, 0.1, 100, 0.5).LogMillilitres);
    }

    [Fact]
    public void AnEmptyImageGivesZeros() =>
        Assert.Equal(new KidneyMeasures(0.3f, 0.4f, 0, 0, 0, 0, 0, 0), KidneyMeasures.Of(new float[s_shape.Length], s_shape, 0.1, 100, 0.3));

    [Fact]
    public void TheVectorHasTheNamesOrder()
    {
        KidneyMeasures measures = new(1, 2, 3, 4, 5, 6, 7, 8);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], measures.ToArray());
        Assert.Equal(measures.ToArray(), KidneyMeasures.Names.Select(name => (float)typeof(KidneyMeasures).GetProperty(name)!.GetValue(measures)!));
    }

    [Fact]
    public void AnImageOfAnotherLengthIsRefused() =>
        Assert.Throws<ArgumentException>(() => KidneyMeasures.Of(new float[7], s_shape, 0.1, 100, 0.5));

    private static float[] Ellipsoid(Func<(int Section, int Row, int Column), float> value)
    {
        float[] image = new float[s_shape.Length];
        int i = 0;
        for (int s = 0; s < s_shape.Sections; s++)
        {
            for (int r = 0; r < s_shape.Rows; r++)
            {
                for (int c = 0; c < s_shape.Columns; c++, i++)
                {
                    double x = (c - 9.5) / 6, y = (r - 9.5) / 6, z = (s - 11.5) / 9;
                    image[i] = (x * x) + (y * y) + (z * z) <= 1 ? value((s, r, c)) : 0;
                }
            }
        }

        return image;
    }
}

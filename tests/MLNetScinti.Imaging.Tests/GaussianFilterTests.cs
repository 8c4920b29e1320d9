using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class GaussianFilterTests
{
    [Fact]
    public void CountsAreKeptAndTheWidthIsTheOneAskedFor()
    {
        ImageGeometry geometry = ImageGeometry.Axial(41, 41, 31, 1.5, 2);
        Volume point = new(geometry);
        point[15, 20, 20] = 1000;
        Volume smooth = GaussianFilter.Apply(point, 9);
        Assert.Equal(1000, smooth.Voxels.Sum(value => (double)value), 0.1);

        double moment = 0;
        for (int s = 0; s < 31; s++)
        {
            for (int i = 0; i < 41 * 41; i++)
            {
                moment += smooth.Section(s)[i] * Math.Pow((s - 15) * 2, 2);
            }
        }

        Assert.Equal(9, Math.Sqrt(moment / 1000) / GaussianFilter.DeviationPerFwhm, 0.1);
        Assert.Equal(1000, point.Voxels.Max());
    }

    [Fact]
    public void AConstantImageStaysConstantAtItsEdges()
    {
        float[] image = new float[6 * 5 * 4];
        image.AsSpan().Fill(3);
        GaussianFilter.Apply(image, new ImageShape(6, 5, 4), 2, 2, 2);
        Assert.All(image, value => Assert.Equal(3, value, 4));
    }
}

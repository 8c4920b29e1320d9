using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class OperatorTests
{
    [Fact]
    public void NormalizeByMaximumTakesWhatIsNotFiniteAsZeroAndKeepsNegatives()
    {
        float[] result = new NormalizeByMaximum().Apply([2, -4, float.NaN, float.PositiveInfinity, 8, 0], new ImageShape(2, 3));
        Assert.Equal([0.25f, -0.5f, 0, 0, 1, 0], result);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-3f)]
    [InlineData(float.NaN)]
    public void NormalizeByMaximumWithoutPositiveValuesGivesZeros(float value) =>
        Assert.All(new NormalizeByMaximum().Apply([value, value, 0, value], new ImageShape(2, 2)), each => Assert.Equal(0f, each));

    [Fact]
    public void NormalizeByWindowClipsAndRefusesAnEmptyWindow()
    {
        Assert.Equal([0, 0, 0.25f, 1, 1, 0.5f], new NormalizeByWindow(-200, 200).Apply([-1024, -200, -100, 200, 3000, float.NaN], new ImageShape(2, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NormalizeByWindow(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NormalizeByWindow(0, double.NaN));
    }

    [Fact]
    public void NormalizeMinMaxMapsToZeroAndOne()
    {
        Assert.Equal([0, 0.5f, 1, 0.25f], new NormalizeMinMax().Apply([-2, 0, 2, -1], new ImageShape(2, 2)));
        Assert.Equal([0, 0, 0, 0], new NormalizeMinMax().Apply([7, 7, 7, 7], new ImageShape(2, 2)));
    }

    [Theory]
    [InlineData(2, 5, 1)]
    [InlineData(2, 4, 1)]
    [InlineData(3, 3, 0)]
    [InlineData(1, 4, 1)]
    public void PadSectionsCentresAndPutsTheOddOneAtTheEnd(int sections, int wanted, int before)
    {
        ImageShape shape = new(sections, 2, 2);
        float[] input = [.. Enumerable.Range(1, shape.Length).Select(i => (float)i)];
        float[] result = new PadSections(wanted).Apply(input, shape);
        Assert.Equal(wanted * 4, result.Length);
        Assert.Equal(input, result[(before * 4)..((before + sections) * 4)]);
        Assert.Equal(input.Sum(), result.Sum());
    }

    [Fact]
    public void PadSectionsRefusesLargerVolumesUnlessAskedToCrop()
    {
        ImageShape shape = new(6, 1, 1);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new PadSections(3).OutputShape(shape));
        Assert.Contains("6 sections", error.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], new PadSections(3, cropLarger: true).Apply([0, 1, 2, 3, 4, 5], shape));
    }

    [Fact]
    public void ProjectionsOfASmallVolume()
    {
        // Two sections of two rows and three columns.
        ImageShape shape = new(2, 2, 3);
        float[] volume = [1, 2, 3, 4, 5, 6, 9, 0, 1, 2, 8, 2];
        Assert.Equal([9, 2, 3, 4, 8, 6], new MaximumIntensityProjection(ProjectionAxis.Transverse).Apply(volume, shape));
        Assert.Equal([4, 5, 6, 9, 8, 2], new MaximumIntensityProjection(ProjectionAxis.Coronal).Apply(volume, shape));
        Assert.Equal([3, 6, 9, 8], new MaximumIntensityProjection(ProjectionAxis.Sagittal).Apply(volume, shape));
        Assert.Equal(new ImageShape(2, 2), new MaximumIntensityProjection(ProjectionAxis.Sagittal).OutputShape(shape));
    }

    [Fact]
    public void ProjectionCommutesWithPositiveScaling() => ImageProperties.Check(ImageProperties.Images, image =>
    {
        if (!image.Shape.IsVolume)
        {
            return true;
        }

        foreach (ProjectionAxis axis in Enum.GetValues<ProjectionAxis>())
        {
            MaximumIntensityProjection projection = new(axis);
            float[] scaledFirst = projection.Apply(Array.ConvertAll(image.Values, value => value * 4), image.Shape);
            float[] scaledLast = Array.ConvertAll(projection.Apply(image.Values, image.Shape), value => value * 4);
            if (!scaledFirst.AsSpan().SequenceEqual(scaledLast))
            {
                return false;
            }
        }

        return true;
    });

    [Fact]
    public void CropTakesTheMiddleOrTheBoxAskedFor()
    {
        ImageShape shape = new(4, 4);
        float[] image = [.. Enumerable.Range(0, 16).Select(i => (float)i)];
        Assert.Equal([5, 6, 9, 10], new Crop(new ImageShape(2, 2)).Apply(image, shape));
        Assert.Equal([3, 7], new Crop([0, 3], new ImageShape(2, 1)).Apply(image, shape));
        Assert.Throws<ArgumentException>(() => new Crop([3, 3], new ImageShape(2, 1)).OutputShape(shape));
    }

    [Fact]
    public void ResampleToTheSameSizeChangesNothing() => ImageProperties.Check(ImageProperties.Images, image =>
        ImageProperties.LargestDifference(image.Values, new Resample(image.Shape).Apply(image.Values, image.Shape)) == 0);

    [Fact]
    public void ResampleByHand()
    {
        Assert.Equal([0, 0.25f, 0.75f, 1], new Resample(new ImageShape(1, 4)).Apply([0, 1], new ImageShape(1, 2)));
        Assert.Equal([0.5f, 2.5f], new Resample(new ImageShape(1, 2)).Apply([0, 1, 2, 3], new ImageShape(1, 4)));
    }

    [Fact]
    public void ResampleKeepsTheFieldOfViewAndLinearRamps()
    {
        ImageGeometry geometry = ImageGeometry.Axial(20, 20, 10, 2, 3);
        Volume ramp = new(geometry);
        for (int s = 0; s < 10; s++)
        {
            for (int r = 0; r < 20; r++)
            {
                for (int c = 0; c < 20; c++)
                {
                    ramp[s, r, c] = (float)(geometry.PositionOf(c, r, s).X + (2 * geometry.PositionOf(c, r, s).Z));
                }
            }
        }

        (Resample resample, ImageGeometry reached) = Resample.ToSpacing(geometry, 1.5, 2.5, 2.1);
        Volume result = resample.Apply(ramp);
        Assert.Equal(reached, result.Geometry);
        Assert.Equal(40, result.Geometry.ColumnSpacing * result.Geometry.Columns, 9);
        Assert.Equal(30, result.Geometry.SectionSpacing * result.Geometry.Sections, 9);
        Point3 at = result.Geometry.PositionOf(9, 8, 7);
        Assert.Equal(at.X + (2 * at.Z), result[7, 8, 9], 3);
    }

    [Fact]
    public void WrongLengthsAndOverlapsAreRefused()
    {
        float[] buffer = new float[8];
        Assert.Throws<ArgumentException>(() => new NormalizeByMaximum().Apply(buffer.AsSpan(0, 3), new ImageShape(2, 2), new float[4]));
        Assert.Throws<ArgumentException>(() => new NormalizeByMaximum().Apply(buffer.AsSpan(0, 4), new ImageShape(2, 2), buffer.AsSpan(2, 4)));
    }
}

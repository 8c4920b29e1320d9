using System.Globalization;
using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class DistanceTransformTests
{
    [Fact]
    public void DistancesAndBallsAreThoseOfScipy()
    {
        // scipy.ndimage 1.10: distance_transform_edt with sampling; binary_dilation and closing with a ball of 4.1 mm and room around.
        string[] lines = File.ReadAllLines(Path.Combine("Recorded", "distances.txt"));
        Assert.Equal(6, lines.Length);
        for (int i = 0; i < lines.Length; i += 2)
        {
            string[] parts = lines[i].Split(" | "), morphology = lines[i + 1].Split(" | ");
            ImageShape shape = ImageShape.From([.. parts[0].Split('x').Select(extent => int.Parse(extent, CultureInfo.InvariantCulture))]);
            double[] spacing = Numbers(parts[1]), expected = Numbers(parts[3]);
            bool[] mask = Mask(parts[2]);
            double[] found = DistanceTransform.To(mask, shape, spacing);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
            Assert.Equal(Mask(morphology[1]), Morphology.Dilate(mask, shape, 4.1, spacing));
            Assert.Equal(Mask(morphology[3]), Morphology.Close(mask, shape, 4.1, spacing));
        }
    }

    [Fact]
    public void EveryDistanceIsToTheNearest()
    {
        ImageProperties.Check(
            from sections in Gen.Choose(1, 5)
            from rows in Gen.Choose(1, 7)
            from columns in Gen.Choose(1, 9)
            from seed in Gen.Choose(0, int.MaxValue)
            from part in Gen.Choose(0, 40)
            select (shape: new ImageShape(sections, rows, columns), seed, part),
            drawn =>
            {
                CounterRandom random = new((ulong)drawn.seed, 0, 0, "mask");
                bool[] mask = new bool[drawn.shape.Length];
                foreach (ref bool inside in mask.AsSpan())
                {
                    inside = random.NextInt32(100) < drawn.part;
                }

                double[] found = DistanceTransform.Squared(mask, drawn.shape, 3.3, 0.7, 1.9);
                for (int i = 0; i < found.Length; i++)
                {
                    double nearest = double.PositiveInfinity;
                    for (int j = 0; j < mask.Length; j++)
                    {
                        if (mask[j])
                        {
                            (double z, double y, double x) = Difference(i, j, drawn.shape);
                            nearest = Math.Min(nearest, (z * z) + (y * y) + (x * x));
                        }
                    }

                    if (!(Math.Abs(found[i] - nearest) <= 1e-12 * nearest) && found[i] != nearest)
                    {
                        return false;
                    }
                }

                return true;
            },
            runs: 200);

        static (double Z, double Y, double X) Difference(int i, int j, ImageShape shape) => (
            3.3 * ((i / shape.PlaneLength) - (j / shape.PlaneLength)),
            0.7 * ((i % shape.PlaneLength / shape.Columns) - (j % shape.PlaneLength / shape.Columns)),
            1.9 * ((i % shape.Columns) - (j % shape.Columns)));
    }

    [Fact]
    public void ErosionIsDilationOfTheOutside()
    {
        ImageShape shape = new(6, 9, 8);
        bool[] mask = Array.ConvertAll(ImageProperties.Noise(shape, 4), value => value > 1);
        bool[] grown = Morphology.Dilate(Array.ConvertAll(mask, inside => !inside), shape, 2.2, 1, 2, 1.5);
        Assert.Equal(Array.ConvertAll(grown, inside => !inside), Morphology.Erode(mask, shape, 2.2, 1, 2, 1.5));
        // Nothing outside: the image's edge is no wall.
        bool[] full = new bool[shape.Length];
        Array.Fill(full, true);
        Assert.Equal(full, Morphology.Erode(full, shape, 2.2, 1, 2, 1.5));
    }

    [Fact]
    public void ImpossibleArgumentsAreNamed()
    {
        Assert.Contains("3 spacings", Assert.Throws<ArgumentException>(() => DistanceTransform.To(new bool[8], new ImageShape(2, 2, 2), 1, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DistanceTransform.To(new bool[4], new ImageShape(2, 2), 1, 0));
    }

    [Fact]
    public void ABoxIsTheSmallestAroundAMask()
    {
        ImageShape shape = new(4, 5, 6);
        bool[] mask = new bool[shape.Length];
        Assert.Null(IndexBox.Of(mask, shape));
        mask[(1 * 30) + (2 * 6) + 3] = mask[(3 * 30) + (1 * 6) + 5] = true;
        Assert.Equal(new IndexBox(1, 3, 1, 2, 3, 5), IndexBox.Of(mask, shape));
    }

    private static bool[] Mask(string text) => [.. text.Select(letter => letter == '1')];

    private static double[] Numbers(string text) => [.. text.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
}

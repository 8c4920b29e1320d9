using System.Globalization;
using Xunit;

namespace MLNetScinti.Imaging.Tests.Recorded;

/// <summary>
/// Results that trained models depend on, to the bit, as they were recorded before the code was made faster. A file here changes
/// only when a change of what is computed is meant.
/// </summary>
public sealed class RecordedResultTests
{
    [Fact]
    public void AnAugmentedImageIsWhatItWas()
    {
        List<string> found = [];
        foreach (ImageShape shape in (ImageShape[])[new(128, 128), new(37, 50), new(7, 64, 64), new(19, 33, 41)])
        {
            for (ulong sample = 0; sample < 4; sample++)
            {
                Augmentation augmentation = new(new RandomFlip(horizontal: true, vertical: true), new RandomZoom(0.2), new RandomRotate(90), new RandomTranslate(25));
                Affine drawn = augmentation.Draw(1, 2, sample, shape);
                CounterRandom random = new(sample, 0, 0, "pin");
                float[] image = new float[shape.Length];
                for (int i = 0; i < image.Length; i++)
                {
                    image[i] = (float)random.NextDouble(0, 5);
                }

                found.Add(string.Create(CultureInfo.InvariantCulture, $"{shape} {sample} {drawn.Transform.ColumnColumn:R} {drawn.Transform.RowShift:R} {ImageProperties.Hash(drawn.Apply(image, shape)).ToUpperInvariant()}"));
            }
        }

        Assert.Equal(File.ReadAllLines(Path.Combine("Recorded", "augmentation.txt")), found);
    }
}

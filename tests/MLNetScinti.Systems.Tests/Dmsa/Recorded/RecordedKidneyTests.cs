using MLNetScinti.Imaging;
using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Systems.Tests.Dmsa.Recorded;

/// <summary>
/// What trained models depend on, to the bit, as it was recorded before the code was made faster. The file here changes only when a
/// change of what is computed is meant.
/// </summary>
public sealed class RecordedKidneyTests
{
    [Fact]
    public void KidneysAreFoundAndCutAsTheyWere()
    {
        string[] recorded = File.ReadAllLines(Path.Combine("Dmsa", "Recorded", "kidneys.txt"));
        Assert.Equal(recorded, Sections(55).Concat(Sections(128)));

        static IEnumerable<string> Sections(int sections) => KidneyBodies.Bodies().Select(body =>
        {
            // In a frame of more sections, without them: what was recorded had them.
            KidneySeparation found = KidneySeparation.Find(body.Volume, sections);
            return KidneyBodies.Describe(
                $"{body.Name} {sections}", found,
                (found.Left, () => found.Crop(body.Volume, BodySide.Left, 24)), (found.Right, () => found.Crop(body.Volume, BodySide.Right, 24)));
        });
    }

    [Fact]
    public void ThePaddedVolumeGivesTheSameBoxes()
    {
        foreach ((string name, Volume volume) in KidneyBodies.Bodies())
        {
            Volume padded = KidneyBodies.Padded(volume, 128);
            KidneySeparation inFrame = KidneySeparation.Find(volume, 128), inPadded = KidneySeparation.Find(padded);
            Assert.Equal(inPadded.Left, inFrame.Left);
            Assert.Equal(inPadded.Right, inFrame.Right);
            if (inFrame.Right is not null)
            {
                float[] box = new float[20 * 30 * 40];
                Array.Fill(box, 7);
                inFrame.Crop(volume, BodySide.Right, new ImageShape(20, 30, 40), box);
                Volume window = inPadded.Isolate(padded, BodySide.Right);
                ImageGeometry place = inFrame.CropGeometry(BodySide.Right, new ImageShape(20, 30, 40));
                Point3 first = place.Origin - padded.Geometry.Origin;
                int Index(double millimetres, double spacing) => (int)Math.Round(millimetres / spacing);
                Volume cut = window.Window(
                    Index(first.Dot(place.SectionDirection), place.SectionSpacing), Index(first.Dot(place.ColumnDirection), place.RowSpacing), Index(first.Dot(place.RowDirection), place.ColumnSpacing), new ImageShape(20, 30, 40));
                Assert.True(cut.Voxels.AsSpan().SequenceEqual(box), name);
            }
        }
    }
}

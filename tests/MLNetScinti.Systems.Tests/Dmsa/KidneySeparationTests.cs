using MLNetScinti.Imaging;
using MLNetScinti.Systems.Dmsa;
using Xunit;

namespace MLNetScinti.Systems.Tests.Dmsa;

public sealed class KidneySeparationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SidesComeFromTheDirectionsNotFromTheColumns(bool mirrored)
    {
        Volume volume = Body(mirrored);
        // The patient's left kidney is the hotter one.
        Add(volume, new(45, 20, 0), new(18, 15, 35), 100);
        Add(volume, new(-48, 22, -8), new(18, 15, 33), 80);
        KidneySeparation found = KidneySeparation.Find(volume);

        Assert.True(found.Succeeded, found.Reason);
        Assert.InRange(found.Confidence, 0.8, 1);
        Assert.Equal(45, found.Left!.Centre.X, 2.0);
        Assert.Equal(-48, found.Right!.Centre.X, 2.0);
        Assert.Equal(-8, found.Right.Centre.Z, 2.0);
        Assert.InRange(found.PlaneX, -15, 12);
        Assert.Equal(100, found.Isolate(volume, BodySide.Left).Voxels.Max());
        Assert.Equal(80, found.Isolate(volume, BodySide.Right).Voxels.Max());
    }

    [Fact]
    public void TheTwoSidesTogetherAreTheVolume()
    {
        Volume volume = TwoKidneys();
        KidneySeparation found = KidneySeparation.Find(volume);
        float[] left = found.Isolate(volume, BodySide.Left).Voxels;
        float[] right = found.Isolate(volume, BodySide.Right).Voxels;
        Assert.Equal(volume.Voxels, left.Zip(right, (a, b) => a + b));
    }

    [Fact]
    public void ACropIsCentredOnTheKidneyAndKeepsItsPlaceInSpace()
    {
        Volume volume = TwoKidneys();
        KidneySeparation found = KidneySeparation.Find(volume);
        Volume crop = found.Crop(volume, BodySide.Left, 32);
        Assert.Equal(crop.Geometry, found.CropGeometry(BodySide.Left, new ImageShape(32, 32, 32)));
        Assert.Equal(new ImageShape(32, 32, 32), crop.Shape);
        Point3 middle = crop.Geometry.PositionOf(15.5, 15.5, 15.5);
        Assert.True((middle - new Point3(45, 20, 0)).Length < 4, middle.ToString());
        Assert.Equal(100, crop[16, 16, 16]);

        // A box larger than the volume is filled up with zeros.
        Volume large = found.Crop(volume, BodySide.Right, 128);
        Assert.Equal(found.Isolate(volume, BodySide.Right).Voxels.Sum(), large.Voxels.Sum(), 1.0f);
    }

    [Fact]
    public void AKidneyMayStayWhereItLay()
    {
        Volume volume = TwoKidneys();
        KidneySeparation found = KidneySeparation.Find(volume);
        ImageGeometry whole = volume.Geometry;
        foreach (BodySide side in (BodySide[])[BodySide.Left, BodySide.Right])
        {
            // The cube is larger than the matrix in some directions and smaller in none: everything of the side is there, where it was.
            int size = Math.Max(whole.Sections, Math.Max(whole.Rows, whole.Columns));
            Volume kept = found.Crop(volume, side, size, KidneyPlacement.InPlace), isolated = found.Isolate(volume, side);
            Assert.Equal(found.CropGeometry(BodySide.Left, kept.Shape, KidneyPlacement.InPlace), kept.Geometry);
            Assert.Equal(isolated.Voxels.Sum(), kept.Voxels.Sum(), 1.0f);
            (int s, int r, int c) = ((size / 2) - (whole.Sections / 2), (size / 2) - (whole.Rows / 2), (size / 2) - (whole.Columns / 2));
            Kidney kidney = found.Of(side)!;
            (int section, int row, int column) = ((int)kidney.Section, (int)kidney.Row, (int)kidney.Column);
            Assert.True(volume[section, row, column] > 0);
            Assert.Equal(volume[section, row, column], kept[section + s, row + r, column + c]);
            Assert.True((kept.Geometry.PositionOf(column + c, row + r, section + s) - whole.PositionOf(column, row, section)).Length < 1e-9);
        }

        Assert.True(found.IsWholeInPlace(128));
        Assert.False(found.IsWholeInPlace(8));
    }

    [Fact]
    public void AKidneyWithLittleUptakeIsFoundBesideANormalOne()
    {
        Volume volume = Body(mirrored: false);
        Add(volume, new(45, 20, 0), new(18, 15, 35), 100);
        Add(volume, new(-48, 22, -8), new(12, 11, 24), 22);
        KidneySeparation found = KidneySeparation.Find(volume);
        Assert.NotNull(found.Right);
        Assert.Equal(-48, found.Right.Centre.X, 2.0);
        Assert.InRange(found.Confidence, 0.2, 0.9);
    }

    [Fact]
    public void OneKidneyAloneIsSaidToBeAlone()
    {
        Volume volume = Body(mirrored: false);
        Add(volume, new(-45, 20, 0), new(18, 15, 35), 100);
        KidneySeparation found = KidneySeparation.Find(volume);
        Assert.False(found.Succeeded);
        Assert.Contains("one kidney", found.Reason, StringComparison.Ordinal);
        Assert.Null(found.Left);
        Assert.Equal(-45, found.Right!.Centre.X, 2.0);
        Assert.Throws<InvalidOperationException>(() => found.Crop(volume, BodySide.Left, 16));
    }

    [Fact]
    public void TouchingKidneysAreRefused()
    {
        Volume volume = Body(mirrored: false);
        Add(volume, new(45, 20, 0), new(18, 15, 35), 100);
        Add(volume, new(-45, 20, 0), new(18, 15, 35), 100);
        Add(volume, new(0, 20, -25), new(50, 10, 10), 100);
        KidneySeparation found = KidneySeparation.Find(volume);
        Assert.False(found.Succeeded);
        Assert.Contains("touch", found.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void KidneysThatTouchOnlyFaintlyAreParted()
    {
        Volume volume = Body(mirrored: false);
        Add(volume, new(45, 20, 0), new(18, 15, 35), 100);
        Add(volume, new(-45, 20, 0), new(18, 15, 35), 100);
        Add(volume, new(0, 20, -25), new(50, 10, 10), 42);
        Assert.True(KidneySeparation.Find(volume).Succeeded);
    }

    [Fact]
    public void ABladderBelowLowersTheConfidenceButNotTheChoice()
    {
        Volume volume = TwoKidneys();
        double without = KidneySeparation.Find(volume).Confidence;
        Add(volume, new(0, -20, -80), new(20, 15, 15), 100);
        KidneySeparation found = KidneySeparation.Find(volume);
        Assert.Equal(45, found.Left!.Centre.X, 2.0);
        Assert.Equal(-48, found.Right!.Centre.X, 2.0);
        Assert.True(found.Confidence < without);
    }

    [Fact]
    public void ADefectThatCutsAKidneyInTwoDoesNotLoseAPart()
    {
        Volume volume = TwoKidneys();
        Add(volume, new(45, 20, 2), new(30, 30, 5), 5);
        KidneySeparation found = KidneySeparation.Find(volume);
        Assert.Equal(0, found.Left!.Centre.Z, 3.0);
        Assert.True(found.Left.Box.Shape.Sections * volume.Geometry.SectionSpacing > 60);
    }

    [Fact]
    public void AnEmptyVolumeHasNoKidneys()
    {
        KidneySeparation found = KidneySeparation.Find(new Volume(ImageGeometry.Axial(16, 16, 16, 4, 4)));
        Assert.False(found.Succeeded);
        Assert.Equal(0, found.Confidence);
    }

    private static Volume TwoKidneys()
    {
        Volume volume = Body(mirrored: false);
        Add(volume, new(45, 20, 0), new(18, 15, 35), 100);
        Add(volume, new(-48, 22, -8), new(18, 15, 33), 80);
        return volume;
    }

    private static Volume Body(bool mirrored)
    {
        ImageGeometry geometry = ImageGeometry.Axial(64, 64, 56, 3.5, 3.5);
        if (mirrored)
        {
            geometry = geometry with
            {
                Origin = geometry.PositionOf(63, 0, 55),
                RowDirection = new(-1, 0, 0),
                SectionDirection = new(0, 0, -1),
            };
        }

        Volume volume = new(geometry);
        Add(volume, new(0, 0, 0), new(100, 70, 200), 2);
        return volume;
    }

    /// <summary>Sets an ellipsoid to a value.</summary>
    private static void Add(Volume volume, Point3 centre, Point3 halfAxes, float value)
    {
        ImageShape shape = volume.Shape;
        for (int s = 0; s < shape.Sections; s++)
        {
            for (int r = 0; r < shape.Rows; r++)
            {
                for (int c = 0; c < shape.Columns; c++)
                {
                    Point3 at = volume.Geometry.PositionOf(c, r, s) - centre;
                    Point3 scaled = new(at.X / halfAxes.X, at.Y / halfAxes.Y, at.Z / halfAxes.Z);
                    if (scaled.Length <= 1)
                    {
                        volume[s, r, c] = value;
                    }
                }
            }
        }
    }
}

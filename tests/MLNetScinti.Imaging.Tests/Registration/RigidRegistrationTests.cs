using FsCheck.Fluent;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class RigidRegistrationTests
{
    private static readonly ImageGeometry s_grid = ImageGeometry.Axial(80, 60, 50, 5, 5);
    private static readonly Volume s_reference = TorsoPhantom.On(s_grid, at => at, noise: 20, seed: 1);

    [Fact]
    public void AnyMotionOfOnePersonIsFound()
    {
        ImageProperties.Check(Gen.Choose(0, int.MaxValue), seed =>
        {
            CounterRandom random = new((ulong)seed, 0, 0, "motion");
            double Within(double most, ref CounterRandom random) => random.NextDouble(-most, most);
            SpatialMap motion = SpatialMap.Rotate(new(Within(10, ref random), Within(10, ref random), Within(10, ref random)))
                .Then(SpatialMap.Translate(new(Within(35, ref random), Within(35, ref random), Within(60, ref random))));
            // Another scanner's voxels, origin and noise, and a gantry that may be tilted.
            Point3 section = new(0, Within(0.2, ref random), 1);
            ImageGeometry other = ImageGeometry.Axial(96, 72, 62, 4.2, 4) with { SectionDirection = 1 / section.Length * section };
            SpatialMap back = motion.Inverse();
            Volume moved = TorsoPhantom.On(other, back.Move, noise: 25, seed: (ulong)seed);
            RigidRegistrationResult found = RigidRegistration.Find(s_reference, moved, RigidRegistrationOptions.Bone with { MostInconsistency = double.PositiveInfinity, Threads = 2 });
            double apart = Apart(found.Map, motion);
            return found.IsAccepted && apart < 1 && found.MeanDistance < 1.5 ? true : throw new InvalidOperationException($"{apart} mm: {found}");
        }, runs: 8);
    }

    [Fact]
    public void TheSameAtAnyNumberOfThreadsAndTheWayBackIsMeasured()
    {
        SpatialMap motion = SpatialMap.Rotate(new(4, -6, 8)).Then(SpatialMap.Translate(new(-21, 13, 44)));
        Volume moved = TorsoPhantom.On(ImageGeometry.Axial(70, 60, 40, 5, 6), motion.Inverse().Move, noise: 25, seed: 5);
        RigidRegistrationResult one = RigidRegistration.Find(s_reference, moved), three = RigidRegistration.Find(s_reference, moved, RigidRegistrationOptions.Bone with { Threads = 3 });
        Assert.Equal(one, three);
        Assert.True(one.IsAccepted && one.Inconsistency < 1, one.ToString());
        Assert.Equal(Math.Acos((motion.X.X + motion.Y.Y + motion.Z.Z - 1) / 2) * 180 / Math.PI, one.Degrees, 0.2);
        Assert.StartsWith("Turned by 1", one.ToString(), StringComparison.Ordinal);
        // What it gives is what resampling takes.
        Volume brought = Resample.ToGrid(moved, s_grid, GridResampling.Hounsfield, one.Map).Volume;
        Assert.True(Apart(one.Map, motion) < 1);
        Assert.True(Difference(brought) < 0.3 * Difference(Resample.ToGrid(moved, s_grid, GridResampling.Hounsfield).Volume));

        static double Difference(Volume volume)
        {
            double sum = 0;
            for (int i = volume.Shape.Length / 3; i < volume.Shape.Length / 2; i++)
            {
                sum += Math.Abs(Math.Clamp(volume.Voxels[i], 150, 1000) - Math.Clamp(s_reference.Voxels[i], 150, 1000));
            }

            return sum;
        }
    }

    [Fact]
    public void AnotherPersonIsRefusedAsTheSameOneAndTakenAsAnother()
    {
        // Larger by a sixth, other proportions, elsewhere.
        Volume other = TorsoPhantom.On(ImageGeometry.Axial(90, 70, 60, 5, 5), at => new Point3(at.X - 12, (1.12 * at.Y) + 10, (1.08 * at.Z) - 25), noise: 25, seed: 9, scale: 1.12);
        RigidRegistrationResult same = RigidRegistration.Find(s_reference, other);
        Assert.False(same.IsAccepted);
        Assert.StartsWith("the images are not registered: ", same.Refusal, StringComparison.Ordinal);
        RigidRegistrationResult another = RigidRegistration.Find(s_reference, other, RigidRegistrationOptions.BoneOfAnother);
        Assert.True(another.IsAccepted, another.ToString());
        // The middle of the spine lies on the middle of the spine.
        Point3 spine = new(0, 62, 0), expected = new(12, ((62 * 1.12) - 10) / 1.12, 25 / 1.08);
        Assert.True((another.Map.Move(spine) - expected).Length < 18, $"{another.Map.Move(spine)} {expected} {another}");
    }

    [Fact]
    public void WhatShowsNoBoneOrSharesNoFieldIsRefusedInOneSentence()
    {
        Volume water = new(s_grid);
        Assert.Contains("above 200 in both, found", RigidRegistration.Find(s_reference, water).Refusal, StringComparison.Ordinal);
        // Unlike in every voxel: noise has no bone that overlaps.
        Volume noise = new(s_grid, [.. ImageProperties.Noise(s_grid.Shape, 3).Select(value => 200 * value)]);
        string refusal = RigidRegistration.Find(s_reference, noise, RigidRegistrationOptions.Bone with { SearchRange = default, VoxelSizes = [12] }).Refusal;
        Assert.StartsWith("the images are not registered: ", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
        Volume far = new(s_grid with { Origin = new(2000, 0, 0) }, s_reference.Voxels);
        Assert.Contains("share 0 %", RigidRegistration.Find(s_reference, far, RigidRegistrationOptions.Bone with { SearchRange = default }).Refusal, StringComparison.Ordinal);
        // From where the middles lie it is found, however far.
        RigidRegistrationResult found = RigidRegistration.Find(s_reference, far, RigidRegistrationOptions.Bone with { Threads = 2 });
        Assert.True(found.IsAccepted && Math.Abs(found.Shift.X - 2000 - (s_grid.Columns - 1) / 2.0 * 5) < 0.1, found.ToString());
        Assert.Throws<ArgumentException>(() => RigidRegistration.Find(s_reference, water, RigidRegistrationOptions.Bone with { High = 100 }));
        Assert.Throws<ArgumentException>(() => RigidRegistration.Find(s_reference, water, region: new bool[3]));
    }

    [Fact]
    public void ASoftPartThatMovedOnItsOwnIsFoundWithinItsRegion()
    {
        // One soft part sinks by 9 mm, and nothing else moves.
        Point3 middle = new(66, 45, -25), shift = new(1, -2, -9);
        bool[] region = new bool[s_grid.Shape.Length];
        for (int i = 0; i < region.Length; i++)
        {
            Point3 d = s_grid.PositionOf(i % 80, i / 80 % 60, i / 4800) - middle;
            region[i] = (d.X * d.X / 30 / 30) + (d.Y * d.Y / 28 / 28) + (d.Z * d.Z / 54 / 54) < 1;
        }

        Volume moved = TorsoPhantom.On(s_grid, at => (at - middle - shift) is var d && Math.Max(Math.Abs(d.X), Math.Max(Math.Abs(d.Y), Math.Abs(d.Z) / 1.6)) < 36 ? at - shift : at, noise: 8, seed: 4);
        RigidRegistrationResult found = RigidRegistration.Find(TorsoPhantom.On(s_grid, at => at, noise: 8, seed: 3), moved, RigidRegistrationOptions.SoftTissue, region: region);
        Assert.True(found.IsAccepted, found.ToString());
        Assert.True((found.Map.Move(middle) - middle - shift).Length < 1, $"{found.Map.Move(middle) - middle} {found}");
    }

    [DataFact("ct-kidney/example_ct_sm.nii.gz")]
    public void ARealCtThatWasMovedByAKnownAmountIsFound()
    {
        Volume ct = NiftiImage.Load(TestData.Path("ct-kidney/example_ct_sm.nii.gz")).Volume;
        Point3 middle = ct.Geometry.PositionOf(60.5, 50, 14.5);
        foreach ((Point3 degrees, Point3 shift) in ((Point3, Point3)[])[(new(3, -2, 5), new(12, -8, 10)), (new(-4, 4, -7), new(-25, 18, -14)), (default, new(0.8, 0.5, -0.6))])
        {
            SpatialMap turn = SpatialMap.Rotate(degrees);
            SpatialMap motion = turn with { Shift = middle - turn.Turn(middle) + shift };
            ImageGeometry grid = ct.Geometry with { Origin = motion.Move(ct.Geometry.Origin), RowDirection = turn.Turn(ct.Geometry.RowDirection), ColumnDirection = turn.Turn(ct.Geometry.ColumnDirection), SectionDirection = turn.Turn(ct.Geometry.SectionDirection) };
            // Scanned again: turned voxels of another size, with a low-dose scan's noise.
            Volume moved = Resample.ToGrid(new Volume(grid, ct.Voxels), Resample.ToSpacing(grid, 2.6, 2.6, 4).Geometry, GridResampling.Hounsfield).Volume;
            CounterRandom random = new(7, 0, 0, "dose");
            for (int i = 0; i < moved.Voxels.Length; i++)
            {
                moved.Voxels[i] += (float)random.NextNormal(0, 30);
            }

            RigidRegistrationResult found = RigidRegistration.Find(ct, moved, RigidRegistrationOptions.Bone with { Threads = 2 });
            RigidRegistrationResult rest = RigidRegistration.Find(ct, ct, RigidRegistrationOptions.Bone with { MostInconsistency = double.PositiveInfinity, SearchRange = default });
            double apart = Enumerable.Range(0, 8).Max(corner => ct.Geometry.PositionOf(corner % 2 * 121, corner / 2 % 2 * 100, corner / 4 * 29) is var at ? (found.Map.Move(at) - motion.Move(at)).Length : 0);
            SpatialMap turnBack = found.Map.Then(motion.Inverse());
            double degreesApart = Math.Acos(Math.Clamp((turnBack.X.X + turnBack.Y.Y + turnBack.Z.Z - 1) / 2, -1, 1)) * 180 / Math.PI;
            Assert.True(found.IsAccepted && apart < 1.5 && degreesApart < 0.5, $"{apart} mm, {degreesApart} degrees: {found}");
            Assert.True(rest.Dice > 0.999 && rest.Shift.Length < 1e-3 && rest.Degrees < 1e-3, rest.ToString());
        }
    }

    /// <summary>How far two motions part within the torso, at most.</summary>
    private static double Apart(SpatialMap found, SpatialMap expected) =>
        Enumerable.Range(0, 8).Max(corner => new Point3(((corner & 1) * 300) - 150, ((corner & 2) * 100) - 100, ((corner & 4) * 60) - 120) is var at ? (found.Move(at) - expected.Move(at)).Length : 0);
}

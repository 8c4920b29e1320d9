using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class MaskResamplingTests
{
    /// <summary>The parts of coarse voxels that a drawing fills: its volume in all, halves where its edge halves a voxel, and its own voxels where these are no finer.</summary>
    [Fact]
    public void PartsOfVoxelsKeepTheVolume()
    {
        ImageGeometry fine = ImageGeometry.Axial(24, 24, 24, 2, 2), coarse = ImageGeometry.Axial(6, 6, 6, 8, 8);
        // Columns 6 to 17, from the middle of one coarse voxel to the middle of another; rows and sections 8 to 15, of whole ones.
        bool[] block = [.. Enumerable.Range(0, fine.Shape.Length).Select(i => i % 24 is >= 6 and < 18 && i / 24 % 24 is >= 8 and < 16 && i / 576 is >= 8 and < 16)];
        float[] parts = MaskResampling.PartsOnGrid(block, fine, coarse);
        Assert.Equal(block.Count(inside => inside) / 64.0, parts.Sum(part => (double)part), 1e-5);
        Assert.Equal([0, .5f, 1, 1, .5f, 0], parts.AsSpan((((2 * 6) + 3) * 6), 6).ToArray());
        Assert.Equal(block, MaskResampling.PartsOnGrid(block, fine, fine).Select(part => part == 1));
        Assert.Throws<ArgumentException>(() => MaskResampling.PartsOnGrid(new bool[3], fine, coarse));
    }

    /// <summary>On larger voxels each label keeps its volume, in the voxels that it fills most; on the same grid all labels stay.</summary>
    [Fact]
    public void LabelsKeepTheirVolumeOnLargerVoxels()
    {
        ImageGeometry fine = ImageGeometry.Axial(16, 12, 8, 2, 3), same = fine with { Origin = fine.Origin };
        ImageGeometry coarse = Resample.GeometryOf(fine, new ImageShape(4, 6, 4));
        ImageProperties.Check(Gen.Choose(0, int.MaxValue), seed =>
        {
            CounterRandom random = new((ulong)seed, 0, 0, "labels");
            byte[] labels = new byte[fine.Shape.Length];
            // Whole bricks, so that some voxels have one label and some have several.
            for (int i = 0; i < labels.Length; i++)
            {
                (int column, int row, int section) = (i % 16, i / 16 % 12, i / 192);
                labels[i] = (byte)((column + row + section + (seed % 5)) / 5 % 3 == 1 ? 1 : 0);
            }

            labels[random.NextInt32(labels.Length)] = 1;
            byte[] found = MaskResampling.ToGrid(labels, fine, coarse);
            int[] counts = [.. Enumerable.Range(0, found.Length).Select(i => (Column: i % 4 * 4, Row: i / 4 % 6 * 2, Section: i / 24 * 2))
                .Select(at => (from s in Enumerable.Range(at.Section, 2) from r in Enumerable.Range(at.Row, 2) from c in Enumerable.Range(at.Column, 4) select labels[(((s * 12) + r) * 16) + c]).Count(label => label == 1))];
            int least = Enumerable.Range(0, found.Length).Where(i => found[i] == 1).Min(i => counts[i]), most = Enumerable.Range(0, found.Length).Where(i => found[i] == 0).Max(i => counts[i]);
            return MaskResampling.ToGrid(labels, fine, same).AsSpan().SequenceEqual(labels)
                && Math.Abs((16 * found.Count(label => label == 1)) - counts.Sum()) <= 8 && least >= most;
        });
    }

    [Fact]
    public void TwoLabelsPartAVoxelByTheirShares()
    {
        ImageGeometry fine = ImageGeometry.Axial(8, 4, 4, 1, 1), coarse = Resample.GeometryOf(fine, new ImageShape(1, 1, 2));
        // The first voxel by three quarters of the first label, the second by all of the other.
        byte[] labels = [.. Enumerable.Range(0, fine.Shape.Length).Select(i => i % 8 < 3 ? (byte)1 : (byte)2)];
        Assert.Equal([1, 2], MaskResampling.ToGrid(labels, fine, coarse));
        Assert.Throws<ArgumentException>(() => MaskResampling.ToGrid(labels, coarse, fine));
    }

    /// <summary>Convex bodies, drawn finely, keep their volume on voxels of a SPECT, aligned or not, turned or not: no rule that looks at one voxel alone does that.</summary>
    [Fact]
    public void DrawnBodiesKeepTheirVolumeOnTheVoxelsOfASpect()
    {
        List<double> aligned = [], turned = [];
        for (int i = 0; i < 12; i++)
        {
            CounterRandom random = new((ulong)i, 0, 0, "bodies");
            Point3 middle = new(random.NextDouble(-4, 4), random.NextDouble(-4, 4), random.NextDouble(-4, 4)), half = new(random.NextDouble(22, 30), random.NextDouble(20, 28), random.NextDouble(28, 45));
            ImageGeometry fine = ImageGeometry.Axial(56, 56, 56, 2.21, 2.21), coarse = Resample.GeometryOf(fine, new ImageShape(28, 28, 28));
            SpatialMap turn = SpatialMap.Rotate(new(random.NextDouble(-90, 90), random.NextDouble(-90, 90), random.NextDouble(-90, 90)));
            bool[] body = [.. Enumerable.Range(0, fine.Shape.Length).Select(v => turn.Turn(fine.PositionOf(v % 56, v / 56 % 56, v / 3136) - middle) is var d
                && (d.X * d.X / half.X / half.X) + (d.Y * d.Y / half.Y / half.Y) + (d.Z * d.Z / half.Z / half.Z) < 1)];
            double drawn = body.Count(inside => inside) * fine.VoxelVolume, formula = 4 * Math.PI / 3 * half.X * half.Y * half.Z;
            Assert.Equal(1, drawn / formula, 0.01);
            double On(ImageGeometry grid) => MaskResampling.ToGrid(body, fine, grid, MaskRule.KeepVolume).Count(inside => inside) * grid.VoxelVolume / drawn;
            aligned.Add(On(coarse));
            turned.Add(On(coarse with { Origin = coarse.Origin + new Point3(1, -1.3, 0.4), ColumnSpacing = 4.8, RowSpacing = 4.8, SectionSpacing = 4.42 }));
        }

        Assert.All(aligned, share => Assert.Equal(1, share, 0.001));
        Assert.All(turned, share => Assert.Equal(1, share, 0.01));
        Assert.Equal(1, turned.Average(), 0.003);
    }

    /// <summary>A cyst at a kidney's edge takes voxels that both fill by half: each keeps its own volume all the same.</summary>
    [Fact]
    public void NeighboursDoNotTakeEachOthersVolume()
    {
        ImageGeometry fine = ImageGeometry.Axial(64, 64, 64, 2, 2), coarse = Resample.GeometryOf(fine, new ImageShape(16, 16, 16));
        byte[] labels = [.. Enumerable.Range(0, fine.Shape.Length).Select(v => fine.PositionOf(v % 64, v / 64 % 64, v / 4096) is var at && (at - new Point3(18, 7, 3)).Length < 22 ? (byte)3 : (at - new Point3(-8, -3, 1)).Length < 35 ? (byte)1 : (byte)0)];
        byte[] found = MaskResampling.ToGrid(labels, fine, coarse);
        Assert.All((byte[])[1, 3], label => Assert.Equal(labels.Count(one => one == label) / 64.0, found.Count(one => one == label), 0.51));
    }

    [Fact]
    public void WhatWasDrawnOnCoarseVoxelsIsInterpolatedOntoFineOnes()
    {
        ImageGeometry coarse = ImageGeometry.Axial(12, 12, 12, 5, 5), fine = ImageGeometry.Axial(60, 60, 60, 1, 1);
        bool[] ball = [.. Enumerable.Range(0, coarse.Shape.Length).Select(v => coarse.PositionOf(v % 12, v / 12 % 12, v / 144).Length < 18)];
        bool[] half = MaskResampling.ToGrid(ball, coarse, fine, MaskRule.Interpolated(0.5)), more = MaskResampling.ToGrid(ball, coarse, fine, MaskRule.Interpolated(0.8)), own = MaskResampling.ToGrid(ball, coarse, fine, MaskRule.KeepVolume);
        static int Count(bool[] mask) => mask.Count(inside => inside);
        Assert.True(Count(more) < Count(half));
        Assert.Equal(125 * Count(ball), Count(own));
        // No steps of five millimetres: nearer to the ball that was meant.
        int Wrong(bool[] mask) => Enumerable.Range(0, mask.Length).Count(v => mask[v] != fine.PositionOf(v % 60, v / 60 % 60, v / 3600).Length < 18);
        Assert.True(Wrong(half) < Wrong(own), $"{Wrong(half)} {Wrong(own)}");
        Assert.Throws<ArgumentOutOfRangeException>(() => MaskRule.Interpolated(0));
    }

    /// <summary>One section before the edge is near where sections are thin, and far where they are thick.</summary>
    [Fact]
    public void WhatEndsNearTheEdgeIsCutByMillimetresNotBySections()
    {
        static bool IsCut(double spacing, int first, double within = IndexBox.TruncationTolerance)
        {
            ImageGeometry field = ImageGeometry.Axial(20, 20, 20, 5, spacing);
            bool[] mask = [.. Enumerable.Range(0, field.Shape.Length).Select(v => v / 400 >= first && v / 400 < 12 && v % 20 is > 5 and < 12 && v / 20 % 20 is > 5 and < 12)];
            return IndexBox.IsTruncated(mask, field, within);
        }

        Assert.Equal([true, true, true, false], new[] { 0, 1, 2, 3 }.Select(first => IsCut(1, first)));
        Assert.Equal([true, false], new[] { 0, 1 }.Select(first => IsCut(5, first)));
        Assert.Equal([true, false], new[] { 0, 1 }.Select(first => IsCut(1, first, 0)));
        Assert.True(IsCut(2, 2, 5));
        // A planar image has no depth to be cut in, and a mask of nothing reaches nothing.
        ImageGeometry planar = ImageGeometry.Axial(9, 9, 1, 5, 5);
        Assert.False(IndexBox.IsTruncated([.. Enumerable.Range(0, 81).Select(v => v == 40)], planar));
        Assert.True(IndexBox.IsTruncated([.. Enumerable.Range(0, 81).Select(v => v is 36)], planar));
        Assert.False(IndexBox.IsTruncated(new bool[81], planar));
    }
}

using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Imaging.Tests;

public sealed class GridResamplingTests
{
    [Fact]
    public void ALinearFieldIsFoundOnAnyGridAndOutsideIsNamedAndCounted()
    {
        // Also sheared images, as of a tilted gantry, and a rigid map between the two.
        ImageProperties.Check(Gen.Choose(0, int.MaxValue), seed =>
        {
            CounterRandom random = new((ulong)seed, 0, 0, "grids");
            ImageGeometry image = RandomGeometry(ref random), grid = RandomGeometry(ref random);
            SpatialMap back = SpatialMap.Rotate(new(random.NextDouble(-20, 20), random.NextDouble(-20, 20), random.NextDouble(-20, 20))).Then(SpatialMap.Translate(new(random.NextDouble(-5, 5), 3, -2)));
            Volume volume = new(image);
            for (int i = 0; i < volume.Voxels.Length; i++)
            {
                volume.Voxels[i] = (float)Field(image.PositionOf(i % image.Columns, i / image.Columns % image.Rows, i / image.Columns / image.Rows));
            }

            ResampledVolume found = Resample.ToGrid(volume, grid, new GridResampling { Outside = -1000 }, back);
            int outside = 0;
            bool holds = true;
            for (int i = 0; i < found.Volume.Voxels.Length; i++)
            {
                Point3 at = back.Move(grid.PositionOf(i % grid.Columns, i / grid.Columns % grid.Rows, i / grid.Columns / grid.Rows));
                (double c, double r, double s) = image.IndexOf(at);
                double beyond = Math.Max(Beyond(c, image.Columns), Math.Max(Beyond(r, image.Rows), Beyond(s, image.Sections)));
                float value = found.Volume.Voxels[i];
                // Within the outer centres the field itself; up to half a voxel beyond, a value of the edge; outside, the value named.
                holds &= beyond <= 0 ? Math.Abs(value - Field(at)) < 1e-3 : beyond < 0.5 ? value > -500 : value == -1000;
                outside += beyond > 0.5 ? 1 : 0;
            }

            return holds && found.OutsideVoxels == outside && found.OutsideShare == FieldOverlap.Between(Moved(image, back), grid).GridOutside;
        });

        static double Beyond(double index, int count) => Math.Max(-index, index - (count - 1)) is double beyond and > 1e-9 ? beyond : 0;
        static double Field(Point3 at) => 100 + at.X + (2 * at.Y) - (3 * at.Z);
        static ImageGeometry Moved(ImageGeometry image, SpatialMap back)
        {
            SpatialMap on = back.Inverse();
            return image with { Origin = on.Move(image.Origin), RowDirection = on.Turn(image.RowDirection), ColumnDirection = on.Turn(image.ColumnDirection), SectionDirection = on.Turn(image.SectionDirection) };
        }
    }

    [Fact]
    public void ACtIsPaddedWithAirToTheFieldOfASpect()
    {
        ImageGeometry ct = ImageGeometry.Axial(50, 50, 20, 8, 4), spect = ImageGeometry.Axial(64, 64, 64, 8.8, 8.8);
        Volume body = new(ct, [.. Enumerable.Repeat(40f, ct.Shape.Length)]);
        ResampledVolume found = Resample.ToGrid(body, spect, GridResampling.Hounsfield);
        Assert.Equal(spect, found.Volume.Geometry);
        Assert.Equal(found.OutsideVoxels, found.Volume.Voxels.Count(value => value == -1000));
        Assert.All(found.Volume.Voxels, value => Assert.True(value == -1000 || Math.Abs(value - 40) < 1e-3));
        FieldOverlap overlap = FieldOverlap.Between(ct, spect);
        Assert.Equal(0, overlap.ImageCut);
        Assert.Equal(found.OutsideShare, overlap.GridOutside);
        Assert.Contains("lie outside the image's field and were given -1000", found.ToString(), StringComparison.Ordinal);
        Assert.Equal("The image's field holds the whole grid.", Resample.ToGrid(body, ct, GridResampling.Hounsfield).ToString());
        Assert.Equal(0.5, FieldOverlap.Between(ct, ct with { Sections = 10 }).ImageCut);
    }

    [Fact]
    public void LargerVoxelsDoNotTakeFinePatternsForCoarseOnes()
    {
        ImageGeometry fine = ImageGeometry.Axial(96, 4, 4, 1, 1), coarse = ImageGeometry.Axial(24, 1, 1, 4.1, 4);
        Volume stripes = new(fine);
        for (int i = 0; i < stripes.Voxels.Length; i++)
        {
            stripes.Voxels[i] = i % 2 == 0 ? 1 : -1;
        }

        static float Largest(ResampledVolume volume) => volume.Volume.Voxels[2..^2].Max(Math.Abs);
        Assert.True(Largest(Resample.ToGrid(stripes, coarse, new GridResampling())) > 0.8f);
        Assert.True(Largest(Resample.ToGrid(stripes, coarse, GridResampling.Emission)) < 0.01f);
        // Neither finer voxels nor a turn among voxels of one size blur.
        ImageGeometry turned = fine with { RowDirection = new(0.6, 0.8, 0), ColumnDirection = new(-0.8, 0.6, 0) };
        Assert.Equal((0, 0, 0), GridResampling.Emission.Smoothing(GridMap.Between(turned, fine, SpatialMap.Identity, default)));
        Assert.Equal((0, 0, 0), GridResampling.Emission.Smoothing(GridMap.Between(fine, coarse, SpatialMap.Identity, default)));
        // A point keeps its sum and becomes as wide as the new voxel: FWHM 4 from 1 leaves a variance of 15 (0.42466)².
        (double sections, double rows, double columns) = GridResampling.Emission.Smoothing(GridMap.Between(ImageGeometry.Axial(9, 9, 9, 4, 1), fine, SpatialMap.Identity, default));
        Assert.Equal((0, 15 * 0.18033688), (sections, Math.Round(columns * columns, 8)));
        Assert.Equal(columns, rows);
    }

    [Fact]
    public void WhatIsNoNumberIsRefused()
    {
        Volume volume = new(ImageGeometry.Axial(2, 2, 2, 1, 1));
        Assert.Throws<ArgumentException>(() => Resample.ToGrid(volume, volume.Geometry, new GridResampling { Outside = float.NaN }));
        Assert.Throws<ArgumentException>(() => Resample.ToGrid(volume, volume.Geometry, new GridResampling(), SpatialMap.Translate(new(double.NaN, 0, 0))));
    }

    private static ImageGeometry RandomGeometry(ref CounterRandom random)
    {
        SpatialMap turn = SpatialMap.Rotate(new(random.NextDouble(-180, 180), random.NextDouble(-180, 180), random.NextDouble(-180, 180)));
        Point3 section = new(0, random.NextDouble(-0.4, 0.4), 1);
        return ImageGeometry.Axial(random.NextInt32(2, 9), random.NextInt32(2, 9), random.NextInt32(2, 9), random.NextDouble(1, 4), random.NextDouble(1, 6)) with
        {
            RowDirection = turn.Turn(new(1, 0, 0)),
            ColumnDirection = turn.Turn(new(0, 1, 0)),
            SectionDirection = turn.Turn(1 / section.Length * section),
            Origin = new(random.NextDouble(-8, 8), random.NextDouble(-8, 8), random.NextDouble(-8, 8)),
        };
    }
}

using MLNetScinti.Imaging;
using MLNetScinti.Simulation.SpectCt;
using Xunit;

namespace MLNetScinti.Simulation.Tests.SpectCt;

public sealed class CtSimulatorTests
{
    private static readonly SpectCtAcquisition s_coarse = SpectCtAcquisition.Quick with { CtMatrix = 128, CtSection = 10 };

    [Theory]
    [InlineData(128, 3.0, 30, 5, 300, 1.0)]
    [InlineData(256, 1.6, 30, 5, 300, 1.0)]
    // Four times the photons: half the noise.
    [InlineData(128, 3.0, 60, 10, 300, 0.5)]
    // exp(.095 (D_w - 30 cm)), of parallel rays exp(.0965 (D_w - 30 cm)): 10 cm less are .381.
    [InlineData(128, 3.0, 30, 5, 200, 0.381)]
    public void NoiseInWaterIsThatOfTheScannersDose(int size, double pixel, double milliampereSeconds, double section, double diameter, double relative)
    {
        ImageGeometry grid = ImageGeometry.Axial(size, size, 16, pixel, section);
        Volume water = Cylinder(grid, diameter / 2);
        SpectCtParameters parameters = SpectCtParameters.Published with { ElectronicNoise = 0 };
        CtSimulator.AddNoise(water, CtScanner.LowDose with { MilliampereSeconds = milliampereSeconds }, parameters, 1, 1, 1);
        (double mean, double deviation) = Middle(water, 30);
        Assert.InRange(deviation / (20 * relative), 0.88, 1.12);
        Assert.InRange(mean, -3, 3);
    }

    [Fact]
    public void NoiseIsSmoothWithinASectionAndNewInTheNextOne()
    {
        ImageGeometry grid = ImageGeometry.Axial(256, 256, 16, 1.6, 5);
        Volume water = Cylinder(grid, 150);
        CtSimulator.AddNoise(water, CtScanner.LowDose, SpectCtParameters.Published, 1, 1, 1);
        double here = 0, beside = 0, above = 0;
        for (int s = 0; s < 15; s++)
        {
            for (int r = 110; r < 146; r++)
            {
                for (int c = 110; c < 146; c++)
                {
                    here += water[s, r, c] * water[s, r, c];
                    beside += water[s, r, c] * water[s, r, c + 1];
                    above += water[s, r, c] * water[s + 1, r, c];
                }
            }
        }

        Assert.InRange(beside / here, 0.15, 0.7);
        Assert.InRange(above / here, -0.05, 0.05);
    }

    [Fact]
    public void ArmsMakeStreaksAndFewPhotonsStarve()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.LowDoseCt with { Acquisition = s_coarse, Parameters = SpectCtParameters.Published with { Texture = 0 } });
        SpectCtPatient patient = cohort.First(one => !one.Anatomy.ArmsDown);
        double Noise(bool arms)
        {
            SpectCtPatient posed = patient with { Anatomy = patient.Anatomy with { ArmsDown = arms } };
            ImageGeometry grid = s_coarse.CtGrid(posed.Scanner, posed.ScanMiddle);
            Volume one = CtSimulator.Scan(posed, cohort.Options.Parameters, grid, 1, default, out _), other = CtSimulator.Scan(posed, cohort.Options.Parameters, grid, 2, default, out _);
            List<double> differences = [];
            for (int r = 56; r < 72; r++)
            {
                for (int c = 50; c < 78; c++)
                {
                    differences.Add(one[20, r, c] - other[20, r, c]);
                }
            }

            return AbdomenTests.Deviation(differences);
        }

        Assert.True(Noise(arms: true) > 1.3 * Noise(arms: false));
    }

    [Fact]
    public void TissuesHaveTheirHounsfieldUnits()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.LowDoseCt with { Acquisition = s_coarse, Seed = 4, Parameters = SpectCtParameters.Published with { ScannerOffset = 0, Steatosis = 0, ArmsDown = 0 } });
        foreach (SpectCtPatient patient in cohort.Take(3))
        {
            Volume image = CtSimulator.Scan(patient, cohort.Options.Parameters, s_coarse.CtGrid(patient.Scanner, patient.ScanMiddle), 1, default, out byte[] mask);
            double[] kidney = [.. Enumerable.Range(0, mask.Length).Where(i => mask[i] is 1 or 2 && Surrounded(mask, image.Shape, i)).Select(i => (double)image.Voxels[i])];
            Assert.InRange(kidney.Average(), 12, 50);
            Assert.Equal(CtSimulator.Outside, image[3, 0, 0]);
            Assert.InRange(image[3, 64, 2], CtSimulator.Outside, -850);
            Assert.Contains(image.Voxels, value => value > 400);
            Assert.All(image.Voxels, value => Assert.InRange(value, -1024, 3071));
        }

        // Contrast medium lifts kidneys far above muscle.
        SpectCtPatient contrast = new SpectCtCohort(SpectCtCohortOptions.DiagnosticCt with { Acquisition = s_coarse })[0];
        double[] values = CtSimulator.HounsfieldOf(contrast);
        Assert.InRange(values[(int)Tissue.LeftCortex], 120, 220);
        Assert.True(values[(int)Tissue.LeftCortex] - values[(int)Tissue.Muscle] > 50);
    }

    [Fact]
    public void WhatLeavesTheFieldIsCutAndItsEdgeIsTooBright()
    {
        SpectCtCohort cohort = new(SpectCtCohortOptions.LowDoseCt with { Acquisition = s_coarse, Parameters = SpectCtParameters.Published with { BodyMassIndex = 44, BodyMassIndexSpread = 0, ArmsDown = 0, CtNoise = 0, Texture = 0, ScannerOffset = 0 } });
        SpectCtPatient patient = cohort[0] with { Scanner = CtScanner.LowDose with { Field = 380 } };
        Assert.True(patient.Anatomy.HalfWidth > 195);
        Volume image = CtSimulator.Scan(patient, cohort.Options.Parameters, s_coarse.CtGrid(patient.Scanner, patient.ScanMiddle), 1, default, out _);
        // On the middle row the body reaches the field's edge: fat there is brighter than deeper fat.
        Assert.InRange(image[10, 64, 126] - image[10, 64, 121], 20, 200);
    }

    [Fact]
    public void TheAttenuationOfACtIsThatOf208Kiloelectronvolts()
    {
        Assert.Equal(0.0135, PhysicsConstants.Attenuation208(0), 6);
        Assert.Equal(0, PhysicsConstants.Attenuation208(-1000), 6);
        Assert.Equal(0.0247, PhysicsConstants.Attenuation208(1550), 0.0001);
        // A shift of 100 HU in soft tissue changes little above 0 HU and a tenth below.
        Assert.Equal(0.9, PhysicsConstants.Attenuation208(-100) / PhysicsConstants.Attenuation208(0), 6);
        Volume ct = new(ImageGeometry.Axial(64, 64, 20, 3, 5));
        Array.Fill(ct.Voxels, 0f);
        Volume map = SpectCtSimulator.AttenuationOf(ct, ImageGeometry.Axial(24, 24, 8, 8.84, 8.84));
        Assert.Equal(0.0135f, map[4, 12, 12], 5);
        Assert.Equal(0, map[4, 0, 0]);
    }

    private static bool Surrounded(byte[] mask, ImageShape shape, int i)
    {
        int plane = shape.Rows * shape.Columns;
        return i >= plane && i + plane < mask.Length
            && new[] { 1, -1, 2, -2, shape.Columns, -shape.Columns, 2 * shape.Columns, -2 * shape.Columns, plane, -plane }.All(step => i + step >= 0 && i + step < mask.Length && mask[i + step] == mask[i]);
    }

    private static Volume Cylinder(ImageGeometry grid, double radius)
    {
        Volume water = new(grid);
        for (int i = 0; i < water.Voxels.Length; i++)
        {
            Point3 at = grid.PositionOf(i % grid.Columns, i / grid.Columns % grid.Rows, 0);
            water.Voxels[i] = (at.X * at.X) + (at.Y * at.Y) <= radius * radius ? 0 : -1000;
        }

        return water;
    }

    private static (double Mean, double Deviation) Middle(Volume image, double radius)
    {
        List<double> values = [];
        for (int s = 0; s < image.Geometry.Sections; s++)
        {
            for (int r = 0; r < image.Geometry.Rows; r++)
            {
                for (int c = 0; c < image.Geometry.Columns; c++)
                {
                    Point3 at = image.Geometry.PositionOf(c, r, 0);
                    if ((at.X * at.X) + (at.Y * at.Y) <= radius * radius)
                    {
                        values.Add(image[s, r, c]);
                    }
                }
            }
        }

        return (values.Average(), AbdomenTests.Deviation(values));
    }
}

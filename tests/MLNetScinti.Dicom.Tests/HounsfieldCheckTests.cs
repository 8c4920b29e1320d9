using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Imaging;
using MLNetScinti.Testing;
using Xunit;
using TestData = MLNetScinti.Testing.TestData;

namespace MLNetScinti.Dicom.Tests;

public sealed class HounsfieldCheckTests
{
    /// <summary>A trunk: skin and fat about muscle, a spine, gas within, air and a table around it, a circle of padding beyond the scanner's field where that is asked for.</summary>
    internal static Volume Trunk(ulong seed, double fat = 25, double noise = 12, float? padding = null, ImageGeometry? at = null)
    {
        ImageGeometry grid = at ?? ImageGeometry.Axial(60, 44, 16, 7, 9);
        Volume volume = new(grid);
        CounterRandom random = new(seed, 0, 0, "trunk");
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            (int line, int column) = Math.DivRem(i, grid.Columns);
            (int section, int row) = Math.DivRem(line, grid.Rows);
            Point3 p = grid.PositionOf(column, row, section);
            double Ellipse(double x, double y, double width, double height) => Math.Sqrt(((p.X - x) * (p.X - x) / width / width) + ((p.Y - y) * (p.Y - y) / height / height));
            double value = Ellipse(0, 0, 165, 115) > 1 ? p.Y > 128 && p.Y < 136 ? -800 : -1000
                : Ellipse(0, 0, 165 - fat, 115 - fat) > 1 ? -100
                : Ellipse(0, 60, 22, 18) < 1 ? 200 + (4 * (22 - Math.Abs(p.X)))
                : Ellipse(0, 60, 26, 22) < 1 ? 450
                : Ellipse(40, -40, 22, 15) < 1 ? -700
                : Ellipse(-60, 0, 60, 55) < 1 ? 58 : 30 + (15 * Math.Sin(p.X / 9) * Math.Cos(p.Y / 12));
            volume.Voxels[i] = padding is float beyond && (p.X * p.X) + (p.Y * p.Y) > 200 * 200 ? beyond : (float)Math.Round(value + random.NextNormal(0, noise));
        }

        return volume;
    }

    private static Volume With(Volume volume, Func<float, float> change) => new(volume.Geometry, Array.ConvertAll(volume.Voxels, value => change(value)));

    private static HounsfieldFault[] Faults(Volume volume) => [.. HounsfieldCheck.Of(volume).Select(finding => finding.Fault)];

    [Fact]
    public void APatientsCtIsPlausibleAndItsChangesAreNamed()
    {
        Gen<(int Seed, int Fat, int Noise, bool IsPadded)> patients =
            from seed in Gen.Choose(0, int.MaxValue)
            from fat in Gen.Choose(6, 55)
            from noise in Gen.Choose(3, 35)
            from isPadded in Gen.Elements(true, false)
            select (seed, fat, noise, isPadded);
        // A draw that was once taken for a phantom: lean, with hardly any noise.
        Assert.Empty(Faults(Trunk(1309921647, 6, 11, -2000)));
        Prop.ForAll(patients.ToArbitrary(), patient =>
        {
            Volume ct = Trunk((ulong)patient.Seed, patient.Fat, patient.Noise, patient.IsPadded ? -2000 : null);
            Volume clean = Trunk((ulong)patient.Seed, patient.Fat, patient.Noise);
            // Detectors end at -1024, and scanners at 3071.
            HounsfieldFault[] plain = Faults(ct), ended = Faults(With(ct, value => value < -1500 ? value : Math.Clamp(value, -1024, 3071)));
            HounsfieldFault[] stored = Faults(With(clean, value => Math.Max(0, value + 1024))), padded = Faults(With(ct, value => value < -1500 ? value : Math.Max(0, value + 1000)));
            HounsfieldFault[] window = Faults(With(clean, value => Math.Clamp(value, -160, 240))), picture = Faults(With(clean, value => Math.Clamp((value + 160) * 255 / 400, 0, 255)));
            HounsfieldFault[] shifted = Faults(With(clean, value => value + 150));
            bool holds = plain is [] && ended is [] && stored is [HounsfieldFault.NoIntercept] && padded is [HounsfieldFault.NoIntercept]
                && window.Contains(HounsfieldFault.Clipped) && picture.Contains(HounsfieldFault.Clipped) && shifted.Contains(HounsfieldFault.Shifted);
            return holds ? true : throw new InvalidOperationException($"{patient}: {string.Join(' ', plain)} | {string.Join(' ', ended)} | {string.Join(' ', stored)} | {string.Join(' ', padded)} | {string.Join(' ', window)} | {string.Join(' ', picture)} | {string.Join(' ', shifted)}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));
    }

    [Fact]
    public void WhatIsNoBodyIsSaid()
    {
        ImageGeometry grid = ImageGeometry.Axial(60, 44, 20, 6, 8);
        Assert.Equal([HounsfieldFault.NoBody], Faults(With(new Volume(grid), _ => -1000)));
        // A bottle of water on the table, and cylinders of water and of acrylic glass with rods of another material.
        foreach ((double radius, float material, HounsfieldFault expected) in ((double, float, HounsfieldFault)[])[(22, 0, HounsfieldFault.NoBody), (105, 0, HounsfieldFault.Phantom), (105, 120, HounsfieldFault.Phantom)])
        {
            Volume cylinder = new(grid);
            CounterRandom random = new(1, 0, 0, "water");
            for (int i = 0; i < cylinder.Voxels.Length; i++)
            {
                Point3 p = grid.PositionOf(i % 60, i / 60 % 44, i / 2640);
                bool isRod = ((p.X - 50) * (p.X - 50)) + (p.Y * p.Y) < 144;
                cylinder.Voxels[i] = (float)((Math.Sqrt((p.X * p.X) + (p.Y * p.Y)) < radius && Math.Abs(p.Z) < (radius < 50 ? 30 : 1000) ? isRod ? 120 : material : -1000) + random.NextNormal(0, 10));
            }

            HounsfieldFinding finding = Assert.Single(HounsfieldCheck.Of(cylinder));
            Assert.Equal(expected, finding.Fault);
            Assert.DoesNotContain('\n', finding.Sentence);
            Assert.EndsWith("give the CT of a patient.", finding.Sentence, StringComparison.Ordinal);
        }
    }

    [DataFact("ct-kidney/example_ct_sm.nii.gz")]
    public void ARealCtIsPlausibleAndItsStoredValuesAreNot()
    {
        Volume ct = NiftiImage.Load(TestData.Path("ct-kidney/example_ct_sm.nii.gz")).Volume;
        Assert.Empty(HounsfieldCheck.Of(ct));
        HounsfieldFinding stored = Assert.Single(HounsfieldCheck.Of(With(ct, value => value + 1100)));
        Assert.Equal(HounsfieldFault.NoIntercept, stored.Fault);
        Assert.Contains("without its Rescale Intercept", stored.Sentence, StringComparison.Ordinal);
        Assert.Equal([HounsfieldFault.Clipped], Faults(With(ct, value => Math.Clamp(value, -160, 240))));
        Assert.Equal([HounsfieldFault.Clipped], Faults(With(ct, value => Math.Min(value, 300))));
    }
}

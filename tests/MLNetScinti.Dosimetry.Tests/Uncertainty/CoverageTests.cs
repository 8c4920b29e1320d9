using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Organs;
using MLNetScinti.Dosimetry.Uncertainty;
using MLNetScinti.Imaging;
using Xunit;
using Xunit.Abstractions;

namespace MLNetScinti.Dosimetry.Tests.Uncertainty;

/// <summary>Intervals held against patients whose dose is known, and whose errors come from images: blur, counts, a region drawn on the blurred image, a calibration that is off.</summary>
public sealed class CoverageTests(ITestOutputHelper output)
{
    private const int Size = 24;
    private const double Edge = 5;

    [Fact]
    public void Calibrated_intervals_cover_what_they_claim()
    {
        OrganDosimetryOptions options = new()
        {
            Method = new LogLinear { OnRising = RisingData.Flag },
            ActivityFwhm = 12,
            PointUncertainty = .03,
            CalibrationUncertainty = .035,
            // As such a curve would be measured: spheres' shares of their own counts are near V / (V + 30 ml) here.
            Recovery = new RecoveryCurve(16, .8, .03, "spheres under 12 mm"),
        };
        (OrganDoseReport Report, double Truth)[] patients = [.. Enumerable.Range(0, 400).Select(patient => Imaged((ulong)patient, options))];
        (OrganDoseReport Report, double Truth)[] known = patients[..200], judged = patients[200..];
        IntervalCalibration calibration = IntervalCalibration.Of(
            [.. known.Select(one => new KnownDose(one.Report.Local.Gray, one.Report.Local.StandardUncertainty, one.Truth))], "simulated ellipsoids");
        double[] truths = [.. judged.Select(one => one.Truth)];
        double calibrated = IntervalCalibration.Coverage([.. judged.Select(one => calibration.Interval(one.Report.Local.Gray, one.Report.Local.StandardUncertainty, one.Report.Local.Method))], truths);
        double chain = IntervalCalibration.Coverage([.. judged.Select(one => one.Report.Local)], truths);
        output.WriteLine(FormattableString.Invariant($"{calibration}; coverage {calibrated:0.000}, the chain's own {chain:0.000}; dose / truth {judged.Average(one => one.Report.Local.Gray / one.Truth):0.000}"));
        // What 200 cases tell, on 200 others, has a standard deviation of 2.2 %.
        Assert.InRange(calibrated, .90, .995);
        Assert.InRange(chain, .8, 1);
    }

    [Fact]
    public void Calibration_is_by_ranks()
    {
        // Truths at -2, -1, ... of a relative uncertainty of .1: of 79 cases the second from each end.
        KnownDose[] cases = [.. Enumerable.Range(0, 79).Select(i => new KnownDose(2, .2, 2 * Math.Exp(.1 * ((i - 39) / 10.0))))];
        IntervalCalibration calibration = IntervalCalibration.Of(cases, "a row");
        Assert.Equal((-3.8, 3.8), (Math.Round(calibration.Below, 9), Math.Round(calibration.Above, 9)));
        AbsorbedDose dose = calibration.Interval(1, .1, DoseMethod.LocalDeposition(Nuclide.Lutetium177, 1));
        Assert.Equal((Math.Exp(-.38), Math.Exp(.38)), (dose.Lower, dose.Upper));
        Assert.Contains("79 cases", dose.ToString(), StringComparison.Ordinal);
        Assert.Contains("need 39 cases", Assert.Throws<DosimetryException>(() => IntervalCalibration.Of(cases[..38], "few")).Message, StringComparison.Ordinal);
        IntervalCalibration.Of(cases[..39], "just enough");
        IntervalCalibration kept = IntervalCalibration.Kept(calibration.Below, calibration.Above, calibration.Cases, calibration.Level, calibration.Source);
        Assert.Equal(dose, kept.Interval(1, .1, dose.Method));
        Assert.Throws<DosimetryException>(() => IntervalCalibration.Kept(1, -1, 79, .95, "a row"));
        Assert.Throws<DosimetryException>(() => IntervalCalibration.Kept(-1, 1, 20, .95, "a row"));
        Assert.Throws<DosimetryException>(() => IntervalCalibration.Of([.. cases[..50], new KnownDose(0, 1, 1)], "none"));
    }

    // An ellipsoid of drawn size in a weaker surrounding, three images with their own noise, one calibration for all; the region is what lies above a reader's own share of the maximum in the
    // second image.
    private static (OrganDoseReport Report, double Truth) Imaged(ulong patient, OrganDosimetryOptions options)
    {
        CounterRandom random = new(11, 0, patient, "patient");
        ImageGeometry grid = ImageGeometry.Axial(Size, Size, Size, Edge, Edge);
        double radius = random.NextDouble(20, 38), stretch = random.NextDouble(.85, 1.2), background = random.NextDouble(0, .08), halfLife = random.NextDouble(35, 80), concentration = 1e6 * Math.Exp(random.NextNormal(0, .4));
        double calibration = random.NextNormal(1, .035), share = random.NextNormal(.45, .05);
        double[] axes = [radius / stretch, radius, radius * stretch];
        // Eight points a voxel: a share of it inside.
        float[] object3 = new float[Size * Size * Size];
        double inside = 0;
        for (int i = 0; i < object3.Length; i++)
        {
            for (int sub = 0; sub < 8; sub++)
            {
                double x = ((i % Size) - 11.5 + ((sub & 1) * .5) - .25) * Edge, y = ((i / Size % Size) - 11.5 + (((sub >> 1) & 1) * .5) - .25) * Edge, z = ((i / Size / Size) - 11.5 + ((sub >> 2) * .5) - .25) * Edge;
                bool isInside = Math.Pow(x / axes[0], 2) + Math.Pow(y / axes[1], 2) + Math.Pow(z / axes[2], 2) <= 1;
                object3[i] += (float)((isInside ? 1 : background) / 8);
                inside += isInside ? .125 : 0;
            }
        }

        Volume blurred = GaussianFilter.Apply(new Volume(grid, object3), options.ActivityFwhm);
        double[] hours = [4, 24, 96];
        // Counts that a voxel of the full concentration gives, correlated as reconstructed noise is.
        Volume[] images = [.. hours.Select(hour =>
        {
            double level = concentration * Math.Pow(2, -hour / halfLife), counts = 60 * Math.Pow(2, -hour / halfLife) + 5;
            Volume noise = new(grid);
            foreach (ref float value in noise.AsSpan())
            {
                value = (float)random.NextNormal();
            }

            float[] smooth = GaussianFilter.Apply(noise, 8).Voxels;
            return new Volume(grid, [.. blurred.Voxels.Select((value, i) => (float)(level * calibration * (value + (2.5 * smooth[i] * Math.Sqrt(Math.Max(value, 0) / counts)))))]);
        })];
        float most = images[1].Voxels.Order().ElementAt((int)(images[1].Voxels.Length * .995));
        bool[] mask = [.. images[1].Voxels.Select((value, i) => value > share * most && Math.Abs((i % Size) - 11.5) < 11 && Math.Abs((i / Size % Size) - 11.5) < 11 && Math.Abs((i / Size / Size) - 11.5) < 11)];
        DosimetryStudy study = DosimetryStudy.Of([.. hours.Zip(images, (hour, image) => new StudyImage
        {
            Hours = hour,
            Unit = "Bq/ml",
            Nuclide = "Lu-177",
            Voxels = image,
            Regions = new Dictionary<string, bool[]>(StringComparer.Ordinal) { ["region"] = mask },
        })]);
        // Mean dose of the whole object by local deposition.
        double truth = Nuclide.Lutetium177.LocalDose(concentration / 1e6 * halfLife / Math.Log(2), 1.04);
        return (new OrganDosimetry(study, options).Report("region"), truth);
    }
}

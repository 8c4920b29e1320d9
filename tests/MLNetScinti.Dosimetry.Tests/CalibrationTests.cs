using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests;

public sealed class CalibrationTests
{
    [Fact]
    public void One_factor_in_all_its_forms()
    {
        CalibrationFactor factor = CalibrationFactor.FromSensitivity("camera, medium energy, Lu-177", 9.2, .035, "a phantom");
        Assert.Equal(100, factor.Megabecquerel(920), 1e-9);
        // A count in a voxel of .0864 ml after 1800 s.
        double concentration = factor.BecquerelPerMillilitrePerCount(1800, .0864);
        Assert.Equal(1e6 / (9.2 * 1800 * .0864), concentration, 1e-9);
        Assert.Equal(9.2, CalibrationFactor.FromConcentration("same", concentration, 1800, .0864, .035, "a phantom").CountsPerSecondPerMegabecquerel, 1e-9);
        CalibrationFactor measured = CalibrationFactor.FromSource("point source", 920_000, 1000, 100, .03, "a point source");
        Assert.Equal(9.2, measured.CountsPerSecondPerMegabecquerel, 1e-9);
        Assert.Equal(Math.Sqrt((.03 * .03) + (1 / 920_000.0)), measured.RelativeUncertainty, 1e-12);
        Assert.Contains("9.2 cps/MBq, u 3.5 %", factor.ToString(), StringComparison.Ordinal);
        Assert.Throws<DosimetryException>(() => CalibrationFactor.FromSensitivity("none", 0, .03, "nothing"));
        Assert.Throws<DosimetryException>(() => CalibrationFactor.FromSource("none", 0, 1000, 100, .03, "nothing"));
    }

    [Fact]
    public void Activity_in_a_volume()
    {
        Volume image = new(ImageGeometry.Axial(2, 2, 1, 5, 8), [1e6f, 2e6f, 3e6f, 9e6f]);
        VolumeActivity activity = VolumeActivity.Of(image, [true, true, true, false]);
        Assert.Equal((3, .6, 1.2, 2e6), (activity.Voxels, Math.Round(activity.Millilitres, 12), Math.Round(activity.Megabecquerel, 12), Math.Round(activity.BecquerelPerMillilitre, 6)));
        Assert.Equal(1e6, activity.VoxelDeviation, 1e-6);
        Assert.Equal(DosimetryIssue.EmptyRegion, Assert.Throws<DosimetryException>(() => VolumeActivity.Of(image, [false, false, false, false])).Issue);
        Assert.Throws<ArgumentException>(() => VolumeActivity.Of(image, [true]));
        Assert.Equal(DosimetryIssue.ImpossibleValue, Assert.Throws<DosimetryException>(
            () => VolumeActivity.Of(new Volume(image.Geometry, [1, float.NaN, 3, 4]), [true, true, true, false])).Issue);
    }

    [Fact]
    public void The_two_means_have_names_and_differ()
    {
        VolumeActivity small = new(1, 10, 10, 0), large = new(1, 90, 45, 0);
        Assert.Equal(.75e6, VolumeActivity.Concentration([small, large], ConcentrationMean.MeanOfRatios), 1e-6);
        Assert.Equal(.55e6, VolumeActivity.Concentration([small, large], ConcentrationMean.RatioOfMeans), 1e-6);
        (VolumeActivity, VolumeActivity)[] pairs = [(new(1, 10, 11, 0), small), (new(1, 90, 45, 0), large)];
        Assert.Equal(.05, VolumeActivity.ConcentrationDifference(pairs, ConcentrationMean.MeanOfRatios), 1e-12);
        Assert.Equal((1.6 / 1.5) - 1, VolumeActivity.ConcentrationDifference(pairs, ConcentrationMean.RatioOfMeans), 1e-12);
        Assert.Throws<DosimetryException>(() => VolumeActivity.Concentration([], ConcentrationMean.MeanOfRatios));
    }
}

using FsCheck.Fluent;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Maps;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Maps;

public sealed class DoseVolumeHistogramTests
{
    private static readonly DoseMethod s_method = DoseMethod.LocalDeposition(Nuclide.Lutetium177, 1.04);

    [Fact]
    public void Named_statistics_of_known_doses()
    {
        DoseVolumeHistogram histogram = Of(4, 1, 3, 2, 5);
        Assert.Equal((3, 1, 5), (histogram.Mean, histogram.Least, histogram.Most));
        Assert.Equal([5, 4, 3, 1], new[] { 0.0, 25, 50, 100 }.Select(histogram.DoseTo));
        Assert.Equal([1, .8, .6, .2, 0], new[] { 0.0, 2, 2.5, 5, 5.1 }.Select(gray => Math.Round(histogram.ShareWith(gray), 12)));
        Assert.Equal(.6 * 5 * .125, histogram.MillilitresWith(3), 1e-12);
        Assert.Equal(Math.Sqrt(2.5), histogram.Deviation, 1e-12);
        Assert.Equal([(0, .625), (2, .5), (4, .25), (6, 0)], histogram.Cumulative(2).Select(bin => (bin.Gray, Math.Round(bin.Millilitres, 9))));
    }

    [Fact]
    public void Equivalent_uniform_doses_lie_where_they_must() => Properties.Check(
        from count in Gen.Choose(1, 30)
        from doses in Gen.ArrayOf(Properties.Between(.1, 40), count)
        select doses,
        doses =>
        {
            DoseVolumeHistogram histogram = Of([.. doses.Select(dose => (float)dose)]);
            double tumour = histogram.EquivalentUniformDose(-10), mean = histogram.EquivalentUniformDose(1), serial = histogram.EquivalentUniformDose(50), survival = histogram.EquivalentUniformDoseBySurvival(.35);
            return Math.Abs(mean - histogram.Mean) < 1e-9 * mean && tumour <= mean * (1 + 1e-12) && serial >= mean * (1 - 1e-12)
                && serial <= histogram.Most * (1 + 1e-12) && tumour >= histogram.Least * (1 - 1e-12) && survival <= mean * (1 + 1e-9) && survival >= histogram.Least * (1 - 1e-9)
                && histogram.DoseTo(98) <= histogram.DoseTo(50) && histogram.ShareWith(histogram.DoseTo(100)) == 1;
        });

    [Theory]
    [InlineData(5, 50, 5.509907)]
    [InlineData(20, 50, 28.158508)]
    [InlineData(2.741417, 49.22422, 2.896988)]
    public void Effective_doses_that_are_known(double gray, double halfLife, double effective)
    {
        double rate = Math.Log(2) / halfLife;
        Assert.Equal(effective, BiologicallyEffectiveDose.OfMean(gray, rate, TissueResponse.LateResponding), 1e-6);
        Assert.Equal(effective, BiologicallyEffectiveDose.OfMean(gray, [new ExponentialTerm(7, rate)], TissueResponse.LateResponding), 1e-6);
    }

    [Fact]
    public void The_dose_rates_course_is_integrated_as_it_is()
    {
        // Against the double integral itself, by small steps.
        ExponentialTerm[] course = [new(1, .014), new(-.9, .8), new(.4, .1)];
        double mu = TissueResponse.LateResponding.RepairRate, step = .01, kept = 0, sum = 0, dose = 0;
        for (double t = step / 2; t < 900; t += step)
        {
            double rate = course.Sum(term => term.Amplitude * Math.Exp(-term.Rate * t));
            kept = (kept * Math.Exp(-mu * step)) + (rate * step);
            sum += rate * (kept - (rate * step / 2)) * step;
            dose += rate * step;
        }

        Assert.Equal(2 * sum / (dose * dose), BiologicallyEffectiveDose.LeaCatcheside(course, TissueResponse.LateResponding), 2e-5);
    }

    [Fact]
    public void The_effective_dose_of_the_mean_is_not_the_mean_of_the_effective_doses()
    {
        double rate = Math.Log(2) / 50;
        double[] doses = [10, 30], rates = [rate, rate];
        double ofMean = BiologicallyEffectiveDose.OfMean(20, rate, TissueResponse.LateResponding), ofVoxels = BiologicallyEffectiveDose.MeanOfVoxels(doses, rates, TissueResponse.LateResponding);
        // The second moment is higher by the variance.
        Assert.Equal(100 / TissueResponse.LateResponding.AlphaBeta * rate / (rate + TissueResponse.LateResponding.RepairRate), ofVoxels - ofMean, 1e-9);
        Assert.Throws<DosimetryException>(() => BiologicallyEffectiveDose.OfMean(20, [], TissueResponse.LateResponding));
    }

    [Fact]
    public void An_empty_region_has_no_dose() =>
        Assert.Equal(DosimetryIssue.EmptyRegion, Assert.Throws<DosimetryException>(() => DoseVolumeHistogram.Of(new Volume(ImageGeometry.Axial(2, 1, 1, 5, 5)), [false, false], s_method)).Issue);

    private static DoseVolumeHistogram Of(params float[] doses) =>
        DoseVolumeHistogram.Of(new Volume(ImageGeometry.Axial(doses.Length, 1, 1, 5, 5), doses), [.. doses.Select(_ => true)], s_method);
}

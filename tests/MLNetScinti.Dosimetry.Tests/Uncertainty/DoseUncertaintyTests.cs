using FsCheck.Fluent;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Dosimetry.Uncertainty;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Uncertainty;

public sealed class DoseUncertaintyTests
{
    [Theory]
    [InlineData(155, 4.42, 15, ResolutionTerm.EightLn2, 29.8)]
    [InlineData(310, 4.42, 15, ResolutionTerm.EightLn2, 23.7)]
    [InlineData(155, 4.42, 10, ResolutionTerm.EightLn2, 20.8)]
    [InlineData(155, 4.8, 15, ResolutionTerm.EightLn2, 30.0)]
    [InlineData(155, 4.42, 10, ResolutionTerm.FourLn2, 28.2)]
    [InlineData(155, 4.42, 15, ResolutionTerm.FourLn2, 41.4)]
    public void Volumes_as_worked(double millilitres, double edge, double fwhm, ResolutionTerm term, double percent) =>
        Assert.Equal(percent, 100 * new VolumeUncertainty(millilitres, edge, fwhm, term).Relative, .06);

    [Fact]
    public void Diameter_as_worked()
    {
        VolumeUncertainty volume = new(155, 4.42, 15, ResolutionTerm.EightLn2);
        Assert.Equal(66.647, volume.Diameter, 5e-4);
        Assert.Equal(6.6206, volume.DiameterUncertainty, 5e-5);
    }

    [Theory]
    [InlineData(ResolutionTerm.EightLn2, 11.0, 11.2, 20.6, 11.3, 23.4)]
    [InlineData(ResolutionTerm.FourLn2, 14.9, 14.6, 28.0, 14.8, 31.5)]
    public void The_chain_as_worked(ResolutionTerm term, double counts, double integral, double s, double dose, double without)
    {
        UncertaintyBudget budget = Chain(term).Budget();
        Assert.Equal(.529, budget.CountSlope, 1e-3);
        Assert.Equal(counts, 100 * budget.Counts, .06);
        Assert.Equal(integral, 100 * budget.TimeIntegratedActivity, .06);
        Assert.Equal(s, 100 * budget.S, .06);
        Assert.Equal(dose, 100 * budget.Dose, .06);
        Assert.Equal(without, 100 * budget.DoseWithoutCovariance, .06);
        // The covariance is all that parts the two.
        Assert.Equal(Math.Pow(budget.DoseWithoutCovariance, 2) + (2 * budget.Covariance), Math.Pow(budget.Dose, 2), 1e-12);
        Assert.InRange(budget.DoseWithoutCovariance / budget.Dose, 2, 2.2);
    }

    [Theory]
    [InlineData(ResolutionTerm.EightLn2, 155, 10)]
    [InlineData(ResolutionTerm.FourLn2, 155, 10)]
    [InlineData(ResolutionTerm.EightLn2, 310, 10)]
    [InlineData(ResolutionTerm.EightLn2, 155, 6)]
    [InlineData(ResolutionTerm.EightLn2, 1500, 15)]
    public void Draws_of_the_whole_chain_spread_as_the_budget_says(ResolutionTerm term, double millilitres, double fwhm)
    {
        DoseUncertainty chain = Chain(term) with { Volume = new VolumeUncertainty(millilitres, 4.42, fwhm, term) };
        IReadOnlyList<double> draws = chain.Draw(20_000, 5);
        double mean = draws.Average(), deviation = Math.Sqrt(draws.Sum(draw => (draw - mean) * (draw - mean)) / (draws.Count - 1));
        Assert.Equal(1, deviation / mean / chain.Budget().Dose, .1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_draws()
    {
        DoseUncertainty chain = Chain(ResolutionTerm.EightLn2);
        Assert.Equal(chain.Draw(300, 7), chain.Draw(300, 7));
        Assert.NotEqual(chain.Draw(300, 7), chain.Draw(300, 8));
    }

    [Fact]
    public void Every_method_can_be_drawn()
    {
        double[] hours = [1, 4, 24, 96, 168];
        TimeActivityCurve falling = TimeActivityCurve.Of(Nuclide.Lutetium177, hours, [.. hours.Select(hour => (80 * Math.Pow(2, -hour / 60)) + (40 * Math.Pow(2, -hour / 4)))]).WithRelativeUncertainty(.03);
        TimeActivityMethod[] weighted = [new LogLinear(FitWeights.PointUncertainty), new LeastSquares(ExponentialShape.Mono, FitWeights.PointUncertainty),
            new LogLinear(FitWeights.Given) { GivenWeights = [1, 1, 2, 5, 1] }];
        foreach (TimeActivityMethod method in TimeActivityMethod.Known.Where(one => one is not SingleTimePoint).Concat(weighted))
        {
            DoseUncertainty chain = Chain(ResolutionTerm.EightLn2) with { Curve = falling, Method = method };
            IReadOnlyList<double> draws = chain.Draw(400, 1);
            double mean = draws.Average(), deviation = Math.Sqrt(draws.Average(draw => (draw - mean) * (draw - mean)));
            // 400 draws tell a spread to some 4 %.
            Assert.True(Math.Abs((deviation / mean / chain.Budget().Dose) - 1) < .2, $"{method.Name}: {deviation / mean} drawn, {chain.Budget().Dose} propagated");
        }
    }

    [Fact]
    public void A_blurred_sphere_keeps_its_counts() => Properties.Check(
        from millilitres in Properties.Between(1, 2000)
        from fwhm in Properties.Between(0, 20)
        select (millilitres, fwhm),
        one =>
        {
            BlurredSphere sphere = new(one.millilitres, one.fwhm);
            double whole = sphere.ShareIn(1e6), inside = sphere.ShareIn(one.millilitres), step = 1e-3 * one.millilitres;
            double slope = (sphere.ShareIn(one.millilitres + step) - sphere.ShareIn(one.millilitres - step)) / (2 * step) * one.millilitres / inside;
            return Math.Abs(whole - 1) < 2e-3 && inside <= whole && (one.fwhm < 1 || Math.Abs((slope / sphere.CountSlope) - 1) < .02) && sphere.CountSlope is > 0 and < 1;
        });

    [Fact]
    public void More_uncertain_links_make_more_uncertain_doses() => Properties.Check(
        from calibration in Properties.Between(0, .1)
        from more in Properties.Between(0, .1)
        from fwhm in Properties.Between(1, 20)
        select (calibration, more, fwhm),
        one =>
        {
            DoseUncertainty chain = Chain(ResolutionTerm.EightLn2) with { Calibration = one.calibration, Volume = new VolumeUncertainty(155, 4.42, one.fwhm, ResolutionTerm.EightLn2) };
            double dose = chain.Budget().Dose;
            return (chain with { Calibration = one.calibration + one.more }).Budget().Dose >= dose && (chain with { SRelative = one.more }).Budget().Dose >= dose
                && dose <= chain.Budget().DoseWithoutCovariance;
        });

    [Fact]
    public void Without_anything_random_there_is_no_budget()
    {
        DoseUncertainty chain = Chain(ResolutionTerm.EightLn2) with { Curve = TimeActivityCurve.Of(Nuclide.Lutetium177, [4, 24], [90, 70]) };
        Assert.Equal(DosimetryIssue.TooFewPoints, Assert.Throws<DosimetryException>(() => chain.Budget()).Issue);
        Assert.Throws<DosimetryException>(() => chain.Draw(10, 1));
    }

    [Fact]
    public void A_dose_has_an_interval_or_is_none()
    {
        DoseMethod local = DoseMethod.LocalDeposition(Nuclide.Lutetium177, 1.04);
        AbsorbedDose dose = AbsorbedDose.Normal(2, .2, "EANM chain", local);
        Assert.Equal((2 - (1.959964 * .2), 2 + (1.959964 * .2)), (dose.Lower, dose.Upper), new Near(1e-6));
        AbsorbedDose skew = AbsorbedDose.LogNormal(2, .6, "EANM chain", local);
        Assert.Equal(4, skew.Lower * skew.Upper, 1e-9);
        Assert.Equal(0, AbsorbedDose.Normal(1, .9, "EANM chain", local).Lower);
        Assert.All((double[])[0, -1, double.NaN, double.PositiveInfinity], u => Assert.Throws<DosimetryException>(() => AbsorbedDose.Normal(2, u, "EANM chain", local)));
        double[] draws = [.. Enumerable.Range(0, 1001).Select(i => 1 + (i / 1000.0))];
        AbsorbedDose drawn = AbsorbedDose.FromDraws(1.5, draws, "Monte Carlo", local);
        Assert.Equal((1.025, 1.975), (drawn.Lower, drawn.Upper), new Near(1e-9));
        Assert.Throws<DosimetryException>(() => AbsorbedDose.FromDraws(1.5, [1, 2, 3], "Monte Carlo", local));
        AbsorbedDose other = AbsorbedDose.Normal(1.9, .2, "EANM chain", DoseMethod.LocalDeposition(Nuclide.Lutetium177, 1.00));
        Assert.Equal(DosimetryIssue.DifferentMethods, Assert.Throws<DosimetryException>(() => dose.DifferenceTo(other)).Issue);
        Assert.Contains("1.04 g/ml", dose.AcrossMethods(other).ToString(), StringComparison.Ordinal);
        Assert.Equal(-.5, AbsorbedDose.Normal(1, .1, "EANM chain", local).DifferenceTo(dose), 1e-12);
    }

    // A uniform sphere of 155 ml under 10 mm, recovery x / (1 + x) with x = V / 6 ml known to 2 %, three images of 3 %.
    private static DoseUncertainty Chain(ResolutionTerm term) => new()
    {
        Volume = new VolumeUncertainty(155, 4.42, 10, term),
        Curve = TimeActivityCurve.Of(Nuclide.Lutetium177, [4, 24, 96], [94.60576467, 71.69776240, 26.42545101]).WithRelativeUncertainty(.03),
        Method = new LogLinear(),
        Calibration = .035,
        Recovery = new RecoveryCurve(6, 1, .02, "worked example"),
    };

    private sealed class Near(double tolerance) : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) < tolerance && Math.Abs(x.Item2 - y.Item2) < tolerance;

        public int GetHashCode((double, double) obj) => 0;
    }
}

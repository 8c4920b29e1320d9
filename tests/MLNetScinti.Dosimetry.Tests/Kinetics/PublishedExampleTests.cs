using MLNetScinti.Dosimetry.Kinetics;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Kinetics;

/// <summary>Closed-form time-activity examples, worked by numpy and scipy.</summary>
public sealed class PublishedExampleTests
{
    private static readonly Nuclide s_lutetium = Nuclide.Lutetium177;

    [Theory]
    [InlineData("log-linear")]
    [InlineData("mono")]
    [InlineData("log-linear-a2")]
    [InlineData("mono-1/a2")]
    public void One_exponential_comes_back(string method)
    {
        TimeActivityFit fit = TimeActivityMethod.Named(method).Fit(Curve([4, 24, 96], [100 * Math.Pow(2, -4 / 50.0), 100 * Math.Pow(2, -24 / 50.0), 100 * Math.Pow(2, -96 / 50.0)]));
        Assert.Equal(7213.475204444817, fit.TimeIntegratedActivity, 1e-7);
        Assert.Equal(100, fit.Parameters[0].Value, 1e-9);
        Assert.Equal(50, fit.EffectiveHalfLife!.Value, 1e-9);
        Assert.Equal(71.69776240, fit.ActivityAt(24), 5e-9);
    }

    [Fact]
    public void Log_linear_of_three_points()
    {
        TimeActivityFit fit = new LogLinear().Fit(Curve([4, 24, 96], [90, 70, 30]));
        Assert.Equal(93.8317452299, fit.Parameters[0].Value, 5e-11);
        Assert.Equal(.011895221033, fit.Parameters[1].Value, 5e-13);
        Assert.Equal(58.27106353, fit.EffectiveHalfLife!.Value, 5e-9);
        Assert.Equal(7888.18845568, fit.TimeIntegratedActivity, 5e-9);
        Assert.Equal([.00588732, -.00752269, .00163537], fit.Residuals.Select(residual => Math.Round(residual, 8)));
        Assert.NotNull(fit.StandardUncertainty);
        Assert.Empty(fit.Flags);
    }

    [Fact]
    public void Least_squares_of_three_points()
    {
        TimeActivityFit fit = new LeastSquares(ExponentialShape.Mono).Fit(Curve([4, 24, 96], [90, 70, 30]));
        // The minimum by the root of the derivative, to all digits; scipy's curve_fit, which stops a little before it, has 94.0807566195, .012002015941 and 7838.74618090.
        Assert.Equal(94.0807567166686, fit.Parameters[0].Value, 1e-9);
        Assert.Equal(.012002016001955555, fit.Parameters[1].Value, 1e-13);
        Assert.Equal(7838.746149091911, fit.TimeIntegratedActivity, 1e-7);
        Assert.Equal(1, fit.TimeIntegratedActivity / 7838.74618090, 5e-9);
        Assert.Equal(141.2023, fit.StandardUncertainty!.Value, 1e-4);
    }

    [Fact]
    public void Log_linear_weighted_by_the_squares_of_the_activities()
    {
        TimeActivityFit fit = new LogLinear(FitWeights.ActivitySquared).Fit(Curve([4, 24, 96], [90, 70, 30]));
        Assert.Equal(94.0833348855, fit.Parameters[0].Value, 5e-11);
        Assert.Equal(.012000644161, fit.Parameters[1].Value, 5e-13);
        Assert.Equal(7839.85706273, fit.TimeIntegratedActivity, 5e-9);
    }

    [Fact]
    public void Given_weights_are_what_a_named_weight_would_be()
    {
        TimeActivityCurve curve = Curve([4, 24, 96], [90, 70, 30]);
        Assert.Equal(
            new LogLinear(FitWeights.ActivitySquared).Fit(curve).TimeIntegratedActivity,
            new LogLinear(FitWeights.Given) { GivenWeights = [8100, 4900, 900] }.Fit(curve).TimeIntegratedActivity, 1e-9);
        Assert.Equal(
            new LeastSquares(ExponentialShape.Mono, FitWeights.InverseActivity).Fit(curve).TimeIntegratedActivity,
            new LeastSquares(ExponentialShape.Mono, FitWeights.Given) { GivenWeights = [1 / 90.0, 1 / 70.0, 1 / 30.0] }.Fit(curve).TimeIntegratedActivity, 1e-6);
        Assert.Equal(DosimetryIssue.ImpossibleValue, Assert.Throws<DosimetryException>(
            () => new LogLinear(FitWeights.Given) { GivenWeights = [1, 2] }.Fit(curve)).Issue);
    }

    [Fact]
    public void Trapezoids_have_a_named_start_and_tail()
    {
        double[] hours = [4, 24, 96], activities = [90, 70, 30];
        (double start, double middle, double tail, _) = new Trapezoid(TrapezoidStart.Constant, TrapezoidTail.PhysicalDecay).Areas(hours, activities, s_lutetium.DecayConstant);
        Assert.Equal(360, start, 1e-9);
        Assert.Equal(5200, middle, 1e-9);
        Assert.Equal(6904.507634, tail, 5e-7);
        (start, _, tail, _) = new Trapezoid(TrapezoidStart.TriangleFromZero, TrapezoidTail.LastTwoPoints).Areas(hours, activities, s_lutetium.DecayConstant);
        Assert.Equal(180, start, 1e-9);
        Assert.Equal(2549.280602, tail, 5e-7);
        Assert.Equal(360 + 5200 + 6904.507634, TimeActivityMethod.Named("trapezoid-constant").Fit(Curve(hours, activities)).TimeIntegratedActivity, 5e-7);
    }

    [Fact]
    public void Nothing_falls_more_slowly_than_it_decays()
    {
        TimeActivityFit fit = new LogLinear().Fit(Curve([4, 24, 96], [50, 49, 47]));
        Assert.Equal(58.2216020752, fit.Parameters[0].Value, 5e-11);
        Assert.Equal(13399.71653401, fit.TimeIntegratedActivity, 5e-9);
        Assert.True(fit.Has(DosimetryIssue.ClampedAtPhysicalDecay));
        Assert.Contains("0.000648", fit.Flags[0].Sentence, StringComparison.Ordinal);
        Assert.False(fit.Parameters[1].IsIdentified);
    }

    [Theory]
    [InlineData("log-linear")]
    [InlineData("mono")]
    [InlineData("log-linear-a2")]
    public void Rising_data_are_refused(string method)
    {
        DosimetryException refused = Assert.Throws<DosimetryException>(() => TimeActivityMethod.Named(method).Fit(Curve([4, 24, 96], [60, 80, 25])));
        Assert.Equal(DosimetryIssue.RisesFirst, refused.Issue);
        Assert.Contains("rises first", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Or_are_fitted_with_a_flag_that_says_so()
    {
        TimeActivityCurve curve = Curve([4, 24, 96], [60, 80, 25]);
        TimeActivityFit log = new LogLinear { OnRising = RisingData.Flag }.Fit(curve), free = new LeastSquares(ExponentialShape.Mono) { OnRising = RisingData.Flag }.Fit(curve),
            weighted = new LogLinear(FitWeights.ActivitySquared) { OnRising = RisingData.Flag }.Fit(curve);
        Assert.Equal(6968.3, log.TimeIntegratedActivity, .05);
        Assert.Equal(8674.1, free.TimeIntegratedActivity, .06);
        Assert.Equal(7444, free.StandardUncertainty!.Value, .5);
        Assert.Equal(10238.7, weighted.TimeIntegratedActivity, .05);
        Assert.All([log, free, weighted], fit => Assert.True(fit.Has(DosimetryIssue.RisesFirst)));
    }

    [Fact]
    public void Two_exponentials_come_back()
    {
        double[] hours = [1, 4, 24, 96], activities = [112.71697824, 96.38732831, 61.25366266, 26.39016060];
        double[] exact = [.. hours.Select(hour => (80 * Math.Pow(2, -hour / 60)) + (40 * Math.Pow(2, -hour / 4)))];
        Assert.All(exact.Zip(activities), pair => Assert.Equal(pair.Second, pair.First, 5e-9));
        TimeActivityFit fit = new LeastSquares(ExponentialShape.Bi).Fit(Curve(hours, exact));
        Assert.Equal(7155.767402809259, fit.TimeIntegratedActivity, 1e-6);
        Assert.Equal([80, 40], fit.Parameters.Take(2).Select(parameter => Math.Round(parameter.Value, 6)));
        Assert.Equal([60, 4], fit.Parameters.Skip(2).Select(parameter => Math.Round(Math.Log(2) / parameter.Value, 6)));
        Assert.True(fit.Has(DosimetryIssue.NothingLeftToJudge));
        Assert.Null(fit.StandardUncertainty);
        Assert.Equal(7035.7209, new LogLinear().Fit(Curve(hours, exact)).TimeIntegratedActivity, 5e-5);
    }

    [Fact]
    public void Uptake_and_clearance_come_back()
    {
        double[] hours = [4, 24, 96], exact = [.. hours.Select(hour => 100 * (Math.Pow(2, -hour / 50) - Math.Pow(2, -hour)))];
        Assert.All(exact.Zip([88.35576467, 71.69775644, 26.42545101]), pair => Assert.Equal(pair.Second, pair.First, 5e-9));
        TimeActivityFit fit = new LeastSquares(ExponentialShape.Uptake).Fit(Curve(hours, exact));
        Assert.Equal(7069.20570036, fit.TimeIntegratedActivity, 5e-7);
        Assert.True(fit.Has(DosimetryIssue.NothingLeftToJudge));
        Assert.Equal(7176.02628213, new LogLinear().Fit(Curve(hours, exact)).TimeIntegratedActivity, 5e-9);
    }

    [Theory]
    [InlineData(.5, .707107)]
    [InlineData(.75, .891905)]
    [InlineData(1, 1)]
    [InlineData(1.442695, 1.061476)]
    [InlineData(2, 1)]
    [InlineData(2.5, .883883)]
    [InlineData(3, .75)]
    public void Haenscheid_by_effective_half_lives(double halfLives, double ratio)
    {
        const double halfLife = 50;
        double hours = halfLives * halfLife, truth = 100 * halfLife / Math.Log(2);
        TimeActivityFit fit = SingleTimePoint.Haenscheid().Fit(Curve([hours], [100 * Math.Pow(2, -halfLives)]));
        Assert.Equal(ratio, fit.TimeIntegratedActivity / truth, 5e-7);
        Assert.True(fit.Has(DosimetryIssue.SingleTimePoint));
    }

    [Theory]
    [InlineData(.7, .944901)]
    [InlineData(.85, .987559)]
    [InlineData(1, 1)]
    [InlineData(1.2, .982477)]
    [InlineData(1.5, .909796)]
    public void Madsen_by_the_patients_rate(double factor, double ratio)
    {
        // One image at the population's mean life.
        double population = Math.Log(2) / 50, hours = 1 / population, rate = factor * population;
        TimeActivityFit fit = SingleTimePoint.Madsen(50).Fit(Curve([hours], [100 * Math.Exp(-rate * hours)]));
        Assert.Equal(ratio, fit.TimeIntegratedActivity / (100 / rate), 5e-7);
    }

    private static TimeActivityCurve Curve(double[] hours, double[] activities) => TimeActivityCurve.Of(s_lutetium, hours, activities);
}

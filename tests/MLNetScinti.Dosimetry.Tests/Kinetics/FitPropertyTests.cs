using FsCheck.Fluent;
using MLNetScinti.Dosimetry.Kinetics;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Dosimetry.Tests.Kinetics;

public sealed class FitPropertyTests
{
    private static readonly Nuclide s_lutetium = Nuclide.Lutetium177;

    [Fact]
    public void Falling_exponentials_come_back_from_any_times() => Properties.Check(
        from amplitude in Properties.Between(.01, 5000)
        from halfLife in Properties.Between(5, 159)
        from first in Properties.Between(.5, 8)
        from step in Properties.Between(5, 60)
        from points in FsCheck.Fluent.Gen.Choose(2, 6)
        select (amplitude, halfLife, first, step, points),
        one =>
        {
            double rate = Math.Log(2) / one.halfLife;
            TimeActivityCurve curve = Curve(one.first, one.step, one.points, hour => one.amplitude * Math.Exp(-rate * hour));
            return ((string[])["log-linear", "log-linear-a2", "mono", "mono-1/a2"]).All(name =>
                Math.Abs((TimeActivityMethod.Named(name).Fit(curve).TimeIntegratedActivity / (one.amplitude / rate)) - 1) < 1e-6);
        });

    [Fact]
    public void Uptake_and_clearance_come_back_from_any_times() => Properties.Check(
        from amplitude in Properties.Between(.1, 1000)
        from slow in Properties.Between(20, 150)
        from fast in Properties.Between(.5, 6)
        from step in Properties.Between(15, 50)
        select (amplitude, slow, fast, step),
        one =>
        {
            TimeActivityCurve curve = Curve(2, one.step, 5, hour => one.amplitude * (Math.Pow(2, -hour / one.slow) - Math.Pow(2, -hour / one.fast)));
            TimeActivityFit fit = new LeastSquares(ExponentialShape.Uptake).Fit(curve);
            return Math.Abs((fit.TimeIntegratedActivity / (one.amplitude * (one.slow - one.fast) / Math.Log(2))) - 1) < 1e-5;
        });

    [Fact]
    public void Two_exponentials_come_back_from_any_times() => Properties.Check(
        from share in Properties.Between(.2, .8)
        from slow in Properties.Between(40, 150)
        from fast in Properties.Between(2, 8)
        select (share, slow, fast),
        one =>
        {
            double[] hours = [.5, 2, 5, 12, 24, 72, 144];
            TimeActivityFit fit = new LeastSquares(ExponentialShape.Bi).Fit(TimeActivityCurve.Of(s_lutetium, hours,
                [.. hours.Select(hour => (one.share * Math.Pow(2, -hour / one.slow)) + ((1 - one.share) * Math.Pow(2, -hour / one.fast)))]));
            double truth = ((one.share * one.slow) + ((1 - one.share) * one.fast)) / Math.Log(2);
            return Math.Abs((fit.TimeIntegratedActivity / truth) - 1) < 1e-5;
        });

    [Fact]
    public void A_fit_is_where_no_neighbour_is_better() => Properties.Check(
        from seed in FsCheck.Fluent.Gen.Choose(0, 1000000)
        from shape in FsCheck.Fluent.Gen.Elements(ExponentialShape.Mono, ExponentialShape.Uptake)
        select (seed, shape),
        one =>
        {
            CounterRandom random = new((ulong)one.seed, 0, 0, "points");
            double[] hours = [2, 10, 30, 80, 150], activities = [.. hours.Select(hour => 100 * (Math.Pow(2, -hour / 60) - (one.shape == ExponentialShape.Uptake ? Math.Pow(2, -hour / 3) : 0)) * random.NextNormal(1, .05))];
            TimeActivityFit fit = new LeastSquares(one.shape) { OnRising = RisingData.Flag }.Fit(TimeActivityCurve.Of(s_lutetium, hours, activities));
            double[] parameters = [.. fit.Parameters.Select(parameter => parameter.Value)];
            double best = Squares(parameters);
            for (int i = 0; i < parameters.Length; i++)
            {
                foreach (double factor in new[] { .99, .9, 1.01, 1.1 })
                {
                    double[] other = [.. parameters];
                    other[i] *= factor;
                    // Where the rate was put at physical decay, slower ones are no neighbours.
                    if (other.Skip(1).All(rate => rate >= s_lutetium.DecayConstant) && Squares(other) < best * (1 - 1e-9))
                    {
                        return false;
                    }
                }
            }

            return true;

            double Squares(double[] at) => hours.Zip(activities, (hour, activity) =>
                Math.Pow(activity - (at[0] * (Math.Exp(-at[1] * hour) - (at.Length > 2 ? Math.Exp(-at[2] * hour) : 0))), 2)).Sum();
        });

    [Fact]
    public void Nothing_ever_falls_more_slowly_than_it_decays() => Properties.Check(
        from seed in FsCheck.Fluent.Gen.Choose(0, 1000000)
        from name in FsCheck.Fluent.Gen.Elements("log-linear", "mono", "uptake", "log-linear-a2", "mono-1/a")
        select (seed, name),
        one =>
        {
            CounterRandom random = new((ulong)one.seed, 0, 0, "slow");
            double[] hours = [4, 24, 96, 120], activities = [.. hours.Select(_ => random.NextDouble(50, 60))];
            TimeActivityMethod method = TimeActivityMethod.Named(one.name).Tolerant;
            TimeActivityFit fit = method.Fit(TimeActivityCurve.Of(s_lutetium, hours, activities));
            return fit.EffectiveHalfLife <= s_lutetium.HalfLifeHours * (1 + 1e-12) && fit.TimeIntegratedActivity > 0 && fit.Has(DosimetryIssue.ClampedAtPhysicalDecay);
        });

    [Fact]
    public void Twice_the_activity_is_twice_the_integral() => Properties.Check(
        from seed in FsCheck.Fluent.Gen.Choose(0, 1000000)
        from factor in Properties.Between(.001, 1000)
        from method in FsCheck.Fluent.Gen.Elements(TimeActivityMethod.Known.Where(one => one is not SingleTimePoint).ToArray())
        select (seed, factor, method),
        one =>
        {
            CounterRandom random = new((ulong)one.seed, 0, 0, "points");
            double[] hours = [1, 4, 24, 96, 140], activities = [.. hours.Select(hour => ((60 * Math.Pow(2, -hour / 55)) + (40 * Math.Pow(2, -hour / 4))) * random.NextNormal(1, .03))];
            TimeActivityMethod method = one.method.Tolerant;
            double once = method.Fit(TimeActivityCurve.Of(s_lutetium, hours, activities)).TimeIntegratedActivity,
                times = method.Fit(TimeActivityCurve.Of(s_lutetium, hours, [.. activities.Select(activity => one.factor * activity)])).TimeIntegratedActivity;
            return Math.Abs((times / (one.factor * once)) - 1) < 1e-6;
        });

    [Fact]
    public void The_uncertainty_of_a_fit_is_what_its_draws_have()
    {
        // Propagated from the points, from their scatter, and by drawing: three ways to one number.
        double[] hours = [4, 24, 96, 150], truth = [.. hours.Select(hour => 100 * Math.Pow(2, -hour / 50))];
        LogLinear method = new(FitWeights.PointUncertainty);
        TimeActivityFit fit = method.Fit(TimeActivityCurve.Of(s_lutetium, hours, truth).WithRelativeUncertainty(.03));
        Assert.Equal(1, fit.PropagatedUncertainty!.Value / fit.StandardUncertainty!.Value, 1e-4);
        List<double> integrals = [];
        double scatter = 0;
        for (ulong draw = 0; draw < 4000; draw++)
        {
            CounterRandom random = new(3, 0, draw, "points");
            TimeActivityFit one = new LogLinear().Fit(TimeActivityCurve.Of(s_lutetium, hours, [.. truth.Select(activity => activity * random.NextNormal(1, .03))]));
            integrals.Add(one.TimeIntegratedActivity);
            scatter += Math.Pow(one.StandardUncertainty!.Value, 2);
        }

        double mean = integrals.Average(), deviation = Math.Sqrt(integrals.Average(integral => (integral - mean) * (integral - mean)));
        Assert.Equal(1, fit.StandardUncertainty.Value / deviation, .05);
        Assert.Equal(1, Math.Sqrt(scatter / 4000) / deviation, .05);
    }

    [Fact]
    public void Shapes_are_chosen_by_akaike_where_the_points_are_enough()
    {
        double[] many = [.5, 2, 4, 8, 24, 48, 96, 144];
        LeastSquares mono = new(ExponentialShape.Mono), bi = new(ExponentialShape.Bi);
        CounterRandom random = new(1, 0, 0, "points");
        double[] noise = [.. many.Select(_ => random.NextNormal(0, .2))];
        TimeActivityCurve two = TimeActivityCurve.Of(s_lutetium, many, [.. many.Select((hour, i) => (60 * Math.Pow(2, -hour / 70)) + (40 * Math.Pow(2, -hour / 4)) + noise[i])]),
            one = TimeActivityCurve.Of(s_lutetium, many, [.. many.Select((hour, i) => (100 * Math.Pow(2, -hour / 50)) + noise[i])]);
        Assert.StartsWith("bi-exponential", ShapeSelection.ByCorrectedAkaike(two, mono, bi).Method, StringComparison.Ordinal);
        Assert.StartsWith("mono", ShapeSelection.ByCorrectedAkaike(one, mono, new LeastSquares(ExponentialShape.Uptake)).Method, StringComparison.Ordinal);
        // n ln(SSR / n) + 2 k + 2 k (k + 1) / (n - k - 1), k = 3 with the variance.
        TimeActivityFit fit = mono.Fit(one);
        Assert.Equal((8 * Math.Log(fit.SumOfSquares / 8)) + 6 + (24 / 4.0), fit.CorrectedAkaike!.Value, 1e-9);
        TimeActivityCurve three = new(s_lutetium, one.Points.Where((_, i) => i % 3 == 0));
        Assert.Null(mono.Fit(three).CorrectedAkaike);
        Assert.Equal(DosimetryIssue.TooFewPoints, Assert.Throws<DosimetryException>(() => ShapeSelection.ByCorrectedAkaike(three, mono)).Issue);
        Assert.Equal(DosimetryIssue.DifferentMethods, Assert.Throws<DosimetryException>(
            () => ShapeSelection.ByCorrectedAkaike(one, mono, new LeastSquares(ExponentialShape.Mono, FitWeights.InverseActivity))).Issue);
    }

    [Fact]
    public void An_uptake_that_no_point_shows_is_not_identified()
    {
        // More at first than one exponential has: the best uptake is over before the first image, whatever its rate.
        TimeActivityFit fit = new LeastSquares(ExponentialShape.Uptake).Fit(TimeActivityCurve.Of(s_lutetium, [4, 24, 96, 120], [120, 70, 26, 17]));
        Assert.False(fit.Parameters[2].IsIdentified);
        Assert.True(fit.Has(DosimetryIssue.NotIdentified));
        TimeActivityFit mono = new LeastSquares(ExponentialShape.Mono).Fit(fit.Curve);
        Assert.Equal(1, fit.TimeIntegratedActivity / mono.TimeIntegratedActivity, .01);
        Assert.InRange(fit.Parameters[2].Value, 1, 10.0001);
    }

    [Theory]
    [InlineData(new double[] { 4, 4 }, new double[] { 1, 1 }, DosimetryIssue.RepeatedTimePoint)]
    [InlineData(new double[] { -1, 4 }, new double[] { 1, 1 }, DosimetryIssue.ImpossibleValue)]
    [InlineData(new double[] { 1, 4 }, new double[] { 1, -1 }, DosimetryIssue.ImpossibleValue)]
    [InlineData(new double[] { 1, double.NaN }, new double[] { 1, 1 }, DosimetryIssue.ImpossibleValue)]
    [InlineData(new double[] { 1, 4 }, new double[] { 1 }, DosimetryIssue.MissingTimePoint)]
    [InlineData(new double[0], new double[0], DosimetryIssue.TooFewPoints)]
    public void Curves_that_cannot_be_are_refused(double[] hours, double[] activities, DosimetryIssue issue) =>
        Assert.Equal(issue, Assert.Throws<DosimetryException>(() => TimeActivityCurve.Of(s_lutetium, hours, activities)).Issue);

    [Fact]
    public void Too_few_points_and_unknown_names_are_refused()
    {
        Assert.Contains("needs 3", Assert.Throws<DosimetryException>(() => TimeActivityMethod.Named("uptake").Fit(TimeActivityCurve.Of(s_lutetium, [1, 2], [3, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("log-linear", Assert.Throws<DosimetryException>(() => TimeActivityMethod.Named("linear")).Message, StringComparison.Ordinal);
        Assert.Contains("no logarithm", Assert.Throws<DosimetryException>(() => new LogLinear().Fit(TimeActivityCurve.Of(s_lutetium, [1, 2], [3, 0]))).Message, StringComparison.Ordinal);
        Assert.Equal(TimeActivityMethod.Known.Count, TimeActivityMethod.Known.Select(method => method.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Throws<DosimetryException>(() => SingleTimePoint.Madsen(200).Fit(TimeActivityCurve.Of(s_lutetium, [100], [3])));
        Assert.Throws<DosimetryException>(() => SingleTimePoint.Haenscheid(50).Fit(TimeActivityCurve.Of(s_lutetium, [4, 24, 96], [3, 2, 1])));
    }

    private static TimeActivityCurve Curve(double first, double step, int points, Func<double, double> activity) =>
        new(s_lutetium, Enumerable.Range(0, points).Select(i => new TimeActivityPoint(first + (i * step), activity(first + (i * step)))));
}

using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class DeLongTests
{
    [Fact]
    public void Variances_and_intervals_are_the_published_ones()
    {
        AucEstimate first = DeLong.Estimate(Fixture.First, Fixture.Labels);
        AucEstimate second = DeLong.Estimate(Fixture.Second, Fixture.Labels);
        Assert.Equal(0.815, first.Area, 1e-15);
        Assert.Equal(0.78, second.Area, 1e-15);
        Assert.Equal(0.009727777777777776, first.Variance, 1e-15);
        Assert.Equal(0.010911111111111111, second.Variance, 1e-15);
        Assert.Equal(0.09862949750342327, first.StandardError, 1e-14);
        Assert.Equal(0.10445626410661599, second.StandardError, 1e-14);
        Ends(0.6216897370800072, 1.0083102629199927, first.WaldUnclipped());
        Ends(0.5752694843914288, 0.9847305156085713, second.WaldUnclipped());
        Ends(0.6216897370800072, 1, first.Wald());
        Ends(0.5500125595887797, 0.9407517549576205, first.Logit());
        Ends(0.518141557938791, 0.9211978567389357, second.Logit());
    }

    [Fact]
    public void Paired_test_is_the_published_one()
    {
        AucComparison comparison = DeLong.Compare(Fixture.First, Fixture.Second, Fixture.Labels);
        Assert.Equal(0.007872222222222221, comparison.Covariance, 1e-15);
        Assert.Equal(0.5002836879660857, comparison.Z, 1e-12);
        Assert.Equal(0.6168753382279333, comparison.P, 1e-12);
        Assert.Equal(0.035, comparison.Difference, 1e-15);
    }

    [Fact]
    public void Hanley_and_McNeils_standard_error_is_the_published_one() =>
        Assert.Equal(0.09858771676138692, DeLong.HanleyMcNeilStandardError(0.815, 10, 10), 1e-14);

    [Fact]
    public void A_model_compared_with_itself_differs_by_nothing()
    {
        AucComparison comparison = DeLong.Compare(Fixture.First, Fixture.First, Fixture.Labels);
        Assert.Equal(0, comparison.Z);
        Assert.Equal(1, comparison.P);
    }

    [Fact]
    public void Perfect_opposites_leave_the_test_undefined()
    {
        double[] up = [.1, .2, .8, .9], down = [.9, .8, .2, .1];
        AucComparison comparison = DeLong.Compare(up, down, [false, false, true, true]);
        Assert.Equal(1, comparison.Difference);
        Assert.Equal(double.NaN, comparison.Z);
        Assert.Equal(double.NaN, comparison.P);
    }

    [Fact]
    public void Perfect_separation_has_an_interval_with_a_width()
    {
        AucEstimate estimate = DeLong.Estimate([.1, .2, .3, .7, .8, .9], [false, false, false, true, true, true]);
        Assert.Equal(1, estimate.Area);
        Assert.Equal(0, estimate.Variance);
        ConfidenceInterval interval = estimate.Interval();
        Assert.Equal(1, interval.Upper, 1e-12);
        Assert.InRange(interval.Lower, 0.4, 0.9);
        Assert.Contains("Newcombe", interval.Method, StringComparison.Ordinal);

        // At the lower end the observed area lies just z standard errors away.
        double a = interval.Lower, others = 2;
        double variance = a * (1 - a) * (1 + (others * (1 - a) / (2 - a)) + (others * a / (1 + a))) / 9;
        Assert.Equal(1.959963984540054, (1 - a) / Math.Sqrt(variance), 1e-9);
    }

    [Fact]
    public void Clusters_of_one_case_change_the_variance_only_by_its_counting()
    {
        // Each case its own patient: Obuchowski's estimate is DeLong's.
        int[] alone = [.. Enumerable.Range(0, 20)];
        AucEstimate plain = DeLong.Estimate(Fixture.First, Fixture.Labels);
        AucEstimate clustered = DeLong.EstimateClustered(Fixture.First, Fixture.Labels, alone);
        Assert.Equal(plain.Variance, clustered.Variance, 1e-14);
    }

    [Fact]
    public void Cases_entered_twice_under_one_patient_tell_no_more_than_once()
    {
        double[] twice = [.. Fixture.First, .. Fixture.First];
        bool[] labels = [.. Fixture.Labels, .. Fixture.Labels];
        int[] patients = [.. Enumerable.Range(0, 20), .. Enumerable.Range(0, 20)];
        double once = DeLong.Estimate(Fixture.First, Fixture.Labels).Variance;
        Assert.Equal(once, DeLong.EstimateClustered(twice, labels, patients).Variance, 1e-12);

        // Taken for independent cases, they seem to halve the variance.
        Assert.InRange(DeLong.Estimate(twice, labels).Variance, 0.4 * once, 0.55 * once);
    }

    private static void Ends(double lower, double upper, ConfidenceInterval interval)
    {
        Assert.Equal(lower, interval.Lower, 1e-12);
        Assert.Equal(upper, interval.Upper, 1e-12);
        Assert.Equal(0.95, interval.Level);
    }

    /// <summary>The same from the definitions, case against case, by somebody else's arithmetic.</summary>
    [PeerFact("python:numpy")]
    public void Numpy_gives_the_same_variances_from_the_definitions()
    {
        const string Script = """
            import numpy as np
            r = np.random.RandomState(5)
            for patients in (9, 30):
                n = 2 * patients
                y, who = r.rand(n) < .45, np.arange(n) // 2
                a, b = (np.round(y + r.randn(n), 1) for _ in range(2))
                print(*y.astype(int)); print(*a); print(*b)
                def placements(s):
                    psi = (s[y][:, None] > s[~y][None]) + .5 * (s[y][:, None] == s[~y][None])
                    return psi.mean(), psi.mean(1), psi.mean(0)
                (A, av, aw), (B, bv, bw) = placements(a), placements(b)
                p, q = y.sum(), (~y).sum()
                plain = np.cov(av, bv)[0, 1] / p + np.cov(aw, bw)[0, 1] / q
                def sums(v, w, area):
                    full = np.zeros(n); full[y] = v - area; pos = np.bincount(who, full); full = np.zeros(n); full[~y] = w - area
                    return pos, np.bincount(who, full)
                (ap, an), (bp, bn) = sums(av, aw, A), sums(bv, bw, B)
                I, I1, I0 = patients, len(set(who[y])), len(set(who[~y]))
                clustered = I1 / ((I1 - 1) * p) * (ap * bp).sum() / p + I0 / ((I0 - 1) * q) * (an * bn).sum() / q + I / (I - 1) * ((ap * bn).sum() + (an * bp).sum()) / (p * q)
                print(A, B, plain, clustered)
            """;
        double[][] lines = PythonPeer.Numbers(Script);
        for (int i = 0; i < lines.Length; i += 4)
        {
            bool[] labels = [.. lines[i].Select(value => value > 0)];
            int[] patients = [.. Enumerable.Range(0, labels.Length).Select(k => k / 2)];
            AucComparison plain = DeLong.Compare(lines[i + 1], lines[i + 2], labels), clustered = DeLong.CompareClustered(lines[i + 1], lines[i + 2], labels, patients);
            double[] ours = [plain.First.Area, plain.Second.Area, plain.Covariance, clustered.Covariance];
            Assert.All(ours.Zip(lines[i + 3]), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        }
    }
}

using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class PairedTestsTests
{
    private static readonly double[] s_darwin = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
    private static readonly double[] s_withZeros = [-.05, .22, -.05, 0, -.3, .06, .15, -.09, .15, -.35, -.05, .15, -.12, 0, -.15];

    [Theory]
    [InlineData(Alternative.TwoSided, true, false, 24, 0.041259765625)]
    [InlineData(Alternative.Greater, true, false, 96, 0.0206298828125)]
    [InlineData(Alternative.Less, true, false, 96, 0.982330322265625)]
    [InlineData(Alternative.TwoSided, false, false, 24, 0.04088813288185591)]
    [InlineData(Alternative.Greater, false, false, 96, 0.020444066455927955)]
    [InlineData(Alternative.Less, false, false, 96, 0.979555933544072)]
    [InlineData(Alternative.TwoSided, false, true, 24, 0.043772323763041174)]
    public void Darwins_maize(Alternative alternative, bool exact, bool continuity, double statistic, double p)
    {
        WilcoxonSignedRank test = WilcoxonSignedRank.Of(s_darwin, alternative, exact: exact, continuity: continuity);
        Assert.Equal(statistic, test.Statistic);
        Assert.Equal(p, test.P, 1e-10);
        Assert.Equal(exact, test.IsExact);
    }

    [Theory]
    [InlineData(ZeroDifferences.Drop, false, 40.5, 0.7256399616198785)]
    [InlineData(ZeroDifferences.Drop, true, 40.5, 0.7521254105872065)]
    [InlineData(ZeroDifferences.RankThenDrop, false, 50.5, 0.6479699979423528)]
    [InlineData(ZeroDifferences.RankThenDrop, true, 50.5, 0.668616458822821)]
    [InlineData(ZeroDifferences.Split, false, 52, 0.6485698823826759)]
    [InlineData(ZeroDifferences.Split, true, 52, 0.6691859809381632)]
    public void Zeros_and_ties(ZeroDifferences zeros, bool continuity, double statistic, double p)
    {
        WilcoxonSignedRank test = WilcoxonSignedRank.Of(s_withZeros, zeros: zeros, continuity: continuity);
        Assert.Equal(statistic, test.Statistic);
        Assert.Equal(p, test.P, 1e-10);
        Assert.False(test.IsExact);
    }

    [Fact]
    public void Exact_p_with_ties_counts_all_choices_of_signs()
    {
        // Ranks 1.5, 1.5, 3, 4; the sum over positive ones is 8.5 at most twice in sixteen choices, and 10 once.
        WilcoxonSignedRank test = WilcoxonSignedRank.Of([1, -1, 2, 3], Alternative.Greater);
        Assert.Equal(8.5, test.Statistic);
        Assert.Equal(3 / 16.0, test.P, 1e-15);
    }

    [Fact]
    public void No_difference_at_all_is_undefined() => Assert.Equal(double.NaN, WilcoxonSignedRank.Of([0, 0, 0]).P);

    [Fact]
    public void Paired_t_test_is_the_published_one()
    {
        PairedTTest test = PairedTTest.Of(s_withZeros);
        Assert.Equal(-0.6809484219912606, test.Statistic, 1e-12);
        Assert.Equal(0.5070113822382416, test.P, 1e-10);
        Assert.Equal(14, test.DegreesOfFreedom);
    }

    [PeerFact("python:scipy")]
    public void Scipy_agrees_without_ties()
    {
        const string Script = """
            import numpy as np
            from scipy.stats import wilcoxon
            r = np.random.RandomState(4)
            for n in (5, 20, 50, 51, 200):
                d = r.randn(n) + .2
                print(*d); w = wilcoxon(d); print(w.statistic, w.pvalue)
            """;
        double[][] lines = PythonPeer.Numbers(Script);
        for (int i = 0; i < lines.Length; i += 2)
        {
            WilcoxonSignedRank test = WilcoxonSignedRank.Of(lines[i]);
            Assert.Equal(lines[i + 1][0], test.Statistic);
            Assert.Equal(lines[i + 1][1], test.P, 1e-10);
        }
    }

    [Fact]
    public void The_exact_distribution_says_where_it_is_the_conditional_one()
    {
        Assert.Equal("exact", WilcoxonSignedRank.Of([1, -2, 3, 4]).Distribution);
        Assert.Equal("exact, conditional on ties and zeros", WilcoxonSignedRank.Of([1, -1, 3, 4]).Distribution);
        Assert.Equal("exact, conditional on ties and zeros", WilcoxonSignedRank.Of([0, -1, 3, 4], exact: true).Distribution);
        Assert.Equal("normal", WilcoxonSignedRank.Of([0, -1, 3, 4]).Distribution);
        Assert.False(WilcoxonSignedRank.Of([1, -1, 3, 4], ignoreTies: true).IsConditional);
    }
}

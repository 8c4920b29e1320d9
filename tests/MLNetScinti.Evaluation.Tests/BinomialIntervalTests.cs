using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class BinomialIntervalTests
{
    [Theory]
    [InlineData(37, 40, 0.8013576647568946, 0.9741639742254119, 0.796135251267101, 0.9842578201489585)]
    [InlineData(18, 20, 0.6989663547715128, 0.9721335187862319, 0.6830172859809177, 0.9876514728297052)]
    [InlineData(19, 20, 0.763868806553258, 0.9911185511992047, 0.7512672372279722, 0.9987349105020502)]
    [InlineData(20, 20, 0.8388748419471806, 1, 0.8315665290169146, 1)]
    [InlineData(0, 20, 0, 0.16112515805281938, 0, 0.1684334709830853)]
    public void Published_intervals(int successes, int trials, double wilsonLower, double wilsonUpper, double exactLower, double exactUpper)
    {
        ConfidenceInterval wilson = BinomialInterval.Wilson(successes, trials);
        ConfidenceInterval exact = BinomialInterval.ClopperPearson(successes, trials);
        Assert.Equal(wilsonLower, wilson.Lower, 1e-12);
        Assert.Equal(wilsonUpper, wilson.Upper, 1e-12);
        Assert.Equal(exactLower, exact.Lower, 1e-12);
        Assert.Equal(exactUpper, exact.Upper, 1e-12);
    }

    [Fact]
    public void Wilson_ends_are_where_the_score_test_turns()
    {
        const double Z = 1.959963984540054;
        for (int trials = 1; trials <= 30; trials++)
        {
            for (int successes = 0; successes <= trials; successes++)
            {
                double observed = (double)successes / trials;
                ConfidenceInterval interval = BinomialInterval.Wilson(successes, trials);
                Assert.InRange(observed, interval.Lower, interval.Upper);
                foreach (double end in new[] { interval.Lower, interval.Upper }.Where(end => end is > 0 and < 1))
                {
                    Assert.Equal(Z, Math.Abs(observed - end) / Math.Sqrt(end * (1 - end) / trials), 1e-9);
                }
            }
        }
    }

    [Fact]
    public void No_trials_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => BinomialInterval.Wilson(0, 0));

    [PeerFact("python:scipy")]
    public void Scipy_gives_the_same_for_many_counts()
    {
        const string Script = """
            from scipy.stats import binomtest
            for k, n in ((1, 3), (5, 7), (100, 1000), (999, 1000), (3, 50000)):
                for method in ("wilson", "exact"):
                    i = binomtest(k, n).proportion_ci(.9, method)
                    print(k, n, i.low, i.high)
            """;
        double[][] lines = PythonPeer.Numbers(Script);
        for (int i = 0; i < lines.Length; i++)
        {
            int k = (int)lines[i][0], n = (int)lines[i][1];
            ConfidenceInterval ours = i % 2 == 0 ? BinomialInterval.Wilson(k, n, 0.9) : BinomialInterval.ClopperPearson(k, n, 0.9);
            Assert.Equal(lines[i][2], ours.Lower, 1e-11);
            Assert.Equal(lines[i][3], ours.Upper, 1e-11);
        }
    }
}

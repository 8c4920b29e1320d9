using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class ProbabilityScoresTests
{
    [Fact]
    public void Log_loss_and_Brier_score_are_the_published_ones()
    {
        Assert.Equal(0.5202830866357079, ProbabilityScores.LogLoss(Fixture.First, Fixture.Labels), 1e-14);
        Assert.Equal(0.17694, ProbabilityScores.Brier(Fixture.First, Fixture.Labels), 1e-14);
    }

    [Fact]
    public void Calibration_error_depends_on_where_edges_belong()
    {
        // Three of five at .6 are positive, and one of five at .5: both values lie on edges of ten bins.
        double[] probabilities = [.5, .5, .5, .5, .5, .6, .6, .6, .6, .6, .55, .45];
        bool[] labels = [true, false, false, false, false, true, true, true, false, false, true, false];
        IReadOnlyList<ReliabilityBin> left = ProbabilityScores.Reliability(probabilities, labels, 10, BinEdges.LeftClosed);
        IReadOnlyList<ReliabilityBin> right = ProbabilityScores.Reliability(probabilities, labels, 10, BinEdges.RightClosed);
        Assert.Equal([0, 0, 0, 0, 1, 6, 5, 0, 0, 0], left.Select(bin => bin.Cases));
        Assert.Equal([0, 0, 0, 0, 6, 6, 0, 0, 0, 0], right.Select(bin => bin.Cases));

        // |sum of p - positives| over the bins, divided by the 12 cases.
        Assert.Equal(((.45 - 0) + (3.05 - 2) + (3 - 3)) / 12, ProbabilityScores.ExpectedCalibrationError(left), 1e-12);
        Assert.Equal(((2.95 - 1) + (4 - 3.55)) / 12, ProbabilityScores.ExpectedCalibrationError(right), 1e-12);
    }

    [Theory]
    [InlineData(BinEdges.LeftClosed)]
    [InlineData(BinEdges.RightClosed)]
    public void Every_edge_lies_in_the_bin_that_is_stated(BinEdges edges)
    {
        for (int bins = 1; bins <= 100; bins++)
        {
            for (int k = 0; k <= bins; k++)
            {
                int expected = edges == BinEdges.LeftClosed ? Math.Min(k, bins - 1) : Math.Max(k - 1, 0);
                Assert.Equal(expected, ProbabilityScores.BinOf((double)k / bins, bins, edges));
            }
        }
    }

    [PeerFact("python:sklearn")]
    public void Scikit_learn_agrees_on_losses()
    {
        const string Script = """
            import numpy as np
            from sklearn import metrics as m
            r = np.random.RandomState(1)
            y = r.rand(200) < .3
            p = np.clip(r.rand(200), .01, .99)
            print(*p); print(*y.astype(int)); print(m.log_loss(y, p), m.brier_score_loss(y, p))
            """;
        double[][] lines = PythonPeer.Numbers(Script);
        bool[] labels = [.. lines[1].Select(value => value == 1)];
        Assert.Equal(lines[2][0], ProbabilityScores.LogLoss(lines[0], labels), 1e-12);
        Assert.Equal(lines[2][1], ProbabilityScores.Brier(lines[0], labels), 1e-12);
    }
}

using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class MLNetMetricsTests
{
    [Fact]
    public void ML_NETs_figures_are_its_own()
    {
        // What the genuine package gives for these cases.
        MLNetMetrics stock = MLNetMetrics.Of(new TestScores(Fixture.Cases(Fixture.First)));
        Dictionary<string, double> values = stock.Metrics.ToDictionary(entry => entry.Key, entry => entry.Metric.Value, StringComparer.Ordinal);
        Assert.Equal(0.75, values["Accuracy"], 1e-12);
        Assert.Equal(0.815, values["AreaUnderRocCurve"], 1e-12);
        Assert.Equal(0.782725187394305, values["AreaUnderPrecisionRecallCurve"], 1e-12);
        Assert.Equal(0.7368421052631577, values["F1Score"], 1e-12);
        Assert.Equal(0.750609828256319, values["LogLoss"], 1e-12);
        Assert.Equal(0.24939017174368106, values["LogLossReduction"], 1e-12);
        Assert.Equal(1, values["Entropy"], 1e-12);
        Assert.Contains(" positive ||        7 |        3 | 0.7000", stock.ConfusionTable, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_is_absent_leaves_them_undefined()
    {
        MLNetMetrics stock = MLNetMetrics.Of(new TestScores(Fixture.Cases(Fixture.First).Where(one => one.Label)));
        Assert.Equal(11, stock.Metrics.Count);
        Assert.All(stock.Metrics, entry => Assert.Equal("the test set holds no negative case", entry.Metric.UndefinedReason));
        Assert.Null(stock.ConfusionTable);
    }
}

using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class MulticlassTests
{
    private static readonly ClassTable s_table = new(["normal", "metastatic", "arthritic", "both"], new[,] { { 3, 1, 0, 0 }, { 0, 2, 1, 0 }, { 1, 0, 3, 0 }, { 0, 0, 0, 1 } });

    [Fact]
    public void Figures_of_four_classes_are_the_published_ones()
    {
        Assert.Equal(0.75, s_table.Accuracy.Value, 1e-15);
        Assert.Equal(0.7916666666666666, s_table.MacroPrecision.Value, 1e-15);
        Assert.Equal(0.7916666666666666, s_table.MacroRecall.Value, 1e-15);
        Assert.Equal(0.7916666666666666, s_table.MacroF1.Value, 1e-15);
        Assert.Equal(0.75, s_table.WeightedF1.Value, 1e-15);
        Assert.Equal(0.9097222222222222, s_table.MacroSpecificity.Value, 1e-15);
        Assert.Equal([0.875, 0.8888888888888888, 0.875, 1.0], Enumerable.Range(0, 4).Select(k => s_table.Specificity(k).Value));
        Assert.Equal(0.6470588235294117, s_table.Kappa().Value, 1e-15);
        Assert.Equal(0.6923076923076923, s_table.Kappa(KappaWeights.Linear).Value, 1e-15);
        Assert.Equal(0.7428571428571429, s_table.Kappa(KappaWeights.Quadratic).Value, 1e-15);
    }

    [Fact]
    public void A_class_never_called_leaves_its_precision_and_the_mean_undefined()
    {
        ClassTable table = new(["a", "b"], new[,] { { 3, 0 }, { 2, 0 } });
        Assert.Equal("no case was called b", table.Precision(1).UndefinedReason);
        Assert.Equal("no case was called b", table.MacroPrecision.UndefinedReason);
        Assert.Equal(0.5, table.MacroRecall.Value);
        Assert.Equal(0, table.F1(1).Value);
        Assert.False(new ClassTable(["a"], new[,] { { 4 } }).Kappa().IsDefined);
    }

    [Fact]
    public void A_table_of_another_size_is_refused() => Assert.Throws<ArgumentException>(() => new ClassTable(["a", "b"], new[,] { { 1 } }));

    [Fact]
    public void An_absent_class_leaves_the_areas_undefined() =>
        Assert.Equal(double.NaN, MulticlassRanking.OneVersusRest(new[,] { { .5, .3, .2 }, { .2, .6, .2 } }, [0, 1]));

    [PeerFact("python:sklearn")]
    public void Scikit_learn_gives_the_same_areas_and_loss()
    {
        const string Script = """
            import numpy as np
            from sklearn import metrics as m
            r = np.random.RandomState(2)
            y = np.r_[0, 1, 2, 3, r.choice(4, 80, p=[.5, .3, .15, .05])]
            p = np.round(r.dirichlet([1] * 4, len(y)) + .6 * np.eye(4)[y], 2) + .01
            p = p / p.sum(1, keepdims=True)
            for row in p: print(*row)
            print(*y)
            print(m.roc_auc_score(y, p, multi_class="ovr"), m.roc_auc_score(y, p, multi_class="ovr", average="weighted"),
                  m.roc_auc_score(y, p, multi_class="ovo"), m.roc_auc_score(np.eye(4)[y], p, average="micro"), m.log_loss(y, p))
            """;
        double[][] lines = PythonPeer.Numbers(Script);
        int[] labels = [.. lines[^2].Select(value => (int)value)];
        double[,] probabilities = new double[labels.Length, 4];
        for (int i = 0; i < labels.Length; i++)
        {
            for (int k = 0; k < 4; k++)
            {
                probabilities[i, k] = lines[i][k];
            }
        }

        double[] expected = lines[^1];
        Assert.Equal(expected[0], MulticlassRanking.OneVersusRest(probabilities, labels), 1e-12);
        Assert.Equal(expected[1], MulticlassRanking.OneVersusRest(probabilities, labels, weightByCases: true), 1e-12);
        Assert.Equal(expected[2], MulticlassRanking.OneVersusOne(probabilities, labels), 1e-12);
        Assert.Equal(expected[3], MulticlassRanking.Micro(probabilities, labels), 1e-12);
        Assert.Equal(expected[4], MulticlassRanking.LogLoss(probabilities, labels), 1e-12);
    }
}

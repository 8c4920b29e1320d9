using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class AgreementTests
{
    private static readonly int[,] s_fourClasses = { { 3, 1, 0, 0 }, { 0, 2, 1, 0 }, { 1, 0, 3, 0 }, { 0, 0, 0, 1 } };

    [Theory]
    [InlineData(KappaWeights.None, 0.6470588235294117)]
    [InlineData(KappaWeights.Linear, 0.6923076923076923)]
    [InlineData(KappaWeights.Quadratic, 0.7428571428571429)]
    public void Kappa_of_four_classes_is_the_published_one(KappaWeights weights, double expected) =>
        Assert.Equal(expected, CohenKappa.Of(s_fourClasses, weights), 1e-15);

    [Fact]
    public void Kappa_is_undefined_where_no_disagreement_is_expected() =>
        Assert.Equal(double.NaN, CohenKappa.Of(new[,] { { 0, 0 }, { 0, 9 } }));

    [Fact]
    public void McNemar_counts_only_cases_on_which_models_differ()
    {
        McNemar test = McNemar.Of([true, true, true, false, false, true], [true, false, false, true, false, false]);
        Assert.Equal(new(3, 1), test);
        Assert.Equal(0.625, test.ExactP, 1e-12);
        Assert.Equal(0.25, test.CorrectedChiSquared, 1e-12);
    }

    [Fact]
    public void Models_that_never_differ_have_a_p_value_of_one()
    {
        Assert.Equal(1, new McNemar(0, 0).ExactP);
        Assert.Equal(1, new McNemar(5, 5).ExactP);
    }

    [Fact]
    public void Holm_multiplies_by_the_tests_left_and_never_falls()
    {
        double[] adjusted = HolmCorrection.Adjust([0.04, 0.01, 0.03, double.NaN]);
        Assert.Equal(0.06, adjusted[0], 1e-12);
        Assert.Equal(0.03, adjusted[1], 1e-12);
        Assert.Equal(0.06, adjusted[2], 1e-12);
        Assert.Equal(double.NaN, adjusted[3]);
    }

    [PeerFact("python:scipy")]
    public void Scipy_agrees_on_McNemar()
    {
        const string Script = """
            from scipy.stats import binomtest, chi2
            for b, c in ((3, 11), (40, 20), (1, 0)):
                print(b, c, binomtest(b, b + c).pvalue, chi2.sf(max(0, abs(b - c) - 1) ** 2 / (b + c), 1))
            """;
        foreach (double[] line in PythonPeer.Numbers(Script))
        {
            McNemar test = new((int)line[0], (int)line[1]);
            Assert.Equal(line[2], test.ExactP, 1e-12);
            Assert.Equal(line[3], test.CorrectedP, 1e-12);
        }
    }

    [PeerFact("python:sklearn")]
    public void Scikit_learn_agrees_on_kappa_and_the_figures_of_a_table()
    {
        const string Script = """
            import numpy as np
            from sklearn import metrics as m
            r = np.random.RandomState(3)
            for n in (12, 40, 300):
                y, q = r.choice(4, n), r.choice(4, n)
                q = np.where(r.rand(n) < .6, y, q)
                print(*m.confusion_matrix(y, q, labels=range(4)).ravel())
                print(m.cohen_kappa_score(y, q), m.cohen_kappa_score(y, q, weights="linear"), m.cohen_kappa_score(y, q, weights="quadratic"))
                b, c = y > 1, q > 1
                tn, fp, fn, tp = m.confusion_matrix(b, c).ravel()
                print(tp, fn, fp, tn)
                print(m.balanced_accuracy_score(b, c), m.f1_score(b, c), m.matthews_corrcoef(b, c), m.cohen_kappa_score(b, c), m.precision_score(b, c), m.recall_score(b, c))
            """;
        double[][] lines = PythonPeer.Numbers(Script);
        for (int i = 0; i < lines.Length; i += 4)
        {
            int[,] table = new int[4, 4];
            for (int k = 0; k < 16; k++)
            {
                table[k / 4, k % 4] = (int)lines[i][k];
            }

            double[] kappas = [CohenKappa.Of(table), CohenKappa.Of(table, KappaWeights.Linear), CohenKappa.Of(table, KappaWeights.Quadratic)];
            Assert.All(kappas.Zip(lines[i + 1]), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
            int[] counts = [.. lines[i + 2].Select(value => (int)value)];
            OperatingPoint point = OperatingPoint.Of(new TestScores(Fixture.Counts(counts[0], counts[1], counts[2], counts[3])), DecisionThreshold.Fixed(0.5f), new() { BootstrapReplicates = 0 });
            double[] figures = [point.BalancedAccuracy.Value, point.F1.Value, point.MatthewsCorrelation.Value, point.Kappa.Value, point.PositivePredictiveValue.Value, point.Sensitivity.Value];
            Assert.All(figures.Zip(lines[i + 3]), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        }
    }
}

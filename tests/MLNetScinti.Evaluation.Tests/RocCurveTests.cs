using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class RocCurveTests
{
    private static readonly double[] s_fullFalse = [0, 0, 0, .1, .1, .1, .1, .2, .3, .4, .5, .5, .7, .8, .9, 1];
    private static readonly double[] s_fullTrue = [0, .1, .2, .3, .4, .5, .6, .7, .8, .8, .8, .9, 1, 1, 1, 1];
    private static readonly double[] s_fullThresholds = [.97, .9, .8, .75, .7, .6, .55, .45, .4, .35, .3, .2, .15, .1, .02];
    private static readonly double[] s_fewFalse = [0, 0, 0, .1, .1, .3, .5, .5, .7, 1];
    private static readonly double[] s_fewTrue = [0, .1, .2, .3, .6, .8, .8, .9, 1, 1];
    private static readonly double[] s_fewThresholds = [.97, .9, .8, .6, .45, .35, .3, .2, .02];

    [Fact]
    public void Every_threshold_is_there()
    {
        RocCurve curve = RocCurve.Of(Fixture.First, Fixture.Labels);
        Assert.Equal(s_fullFalse, curve.Points.Select(point => point.FalsePositiveRate));
        Assert.Equal(s_fullTrue, curve.Points.Select(point => point.Sensitivity));
        Assert.Equal(double.PositiveInfinity, curve.Points[0].Threshold);
        Assert.Equal(s_fullThresholds, curve.Points.Skip(1).Select(point => point.Threshold));
    }

    [Fact]
    public void Without_intermediate_points_it_is_scikit_learns_default()
    {
        RocCurve curve = RocCurve.Of(Fixture.First, Fixture.Labels).WithoutIntermediatePoints();
        Assert.Equal(s_fewFalse, curve.Points.Select(point => point.FalsePositiveRate));
        Assert.Equal(s_fewTrue, curve.Points.Select(point => point.Sensitivity));
        Assert.Equal(s_fewThresholds, curve.Points.Skip(1).Select(point => point.Threshold));
        Assert.Equal(0.815, curve.Area);
    }

    [Fact]
    public void Areas_are_the_published_ones()
    {
        Assert.Equal(0.815, RocCurve.Of(Fixture.First, Fixture.Labels).Area);
        Assert.Equal(0.78, RocCurve.Of(Fixture.Second, Fixture.Labels).Area);
    }

    [Fact]
    public void Youden_index_is_compared_in_integers_and_ties_go_to_the_highest_threshold()
    {
        RocCurve curve = RocCurve.Of(Fixture.First, Fixture.Labels);
        RocPoint best = curve.BestYouden;
        Assert.Equal(0.60, best.Threshold);
        Assert.Equal(0.5, best.Youden);
        Assert.Equal(0.6, best.Sensitivity);
        Assert.Equal(0.9, best.Specificity);
        Assert.Equal([.60, .55, .45], curve.Points.Where(point => point.YoudenNumerator == best.YoudenNumerator).Select(point => point.Threshold));
    }

    [Fact]
    public void Closest_to_the_corner_is_another_point()
    {
        RocPoint point = RocCurve.Of(Fixture.First, Fixture.Labels).ClosestToCorner;
        Assert.Equal(0.45, point.Threshold);
        Assert.Equal(0.3605551275463989, point.DistanceToCorner, 1e-15);
    }

    [Fact]
    public void One_class_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => RocCurve.Of([0.1, 0.2], [true, true]));
        Assert.Contains("2 positive and 0 negative", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Area_is_the_share_of_pairs_in_order_for_any_scores()
    {
        Gen<(double[] Scores, bool[] Labels)> samples =
            from n in Gen.Choose(2, 40)
            from scores in Gen.Choose(0, 9).Select(k => k / 10.0).ArrayOf(n)
            from labels in Gen.Elements(true, false).ArrayOf(n)
            where labels.Contains(true) && labels.Contains(false)
            select (scores, labels);
        Prop.ForAll(samples.ToArbitrary(), sample =>
        {
            double inOrder = 0, pairs = 0;
            for (int i = 0; i < sample.Labels.Length; i++)
            {
                for (int j = 0; j < sample.Labels.Length; j++)
                {
                    if (sample.Labels[i] && !sample.Labels[j])
                    {
                        pairs++;
                        inOrder += sample.Scores[i] > sample.Scores[j] ? 1 : sample.Scores[i] == sample.Scores[j] ? 0.5 : 0;
                    }
                }
            }

            double expected = inOrder / pairs;
            RocCurve curve = RocCurve.Of(sample.Scores, sample.Labels);
            return Math.Abs(curve.Area - expected) < 1e-12
                && Math.Abs(curve.WithoutIntermediatePoints().Area - expected) < 1e-12
                && Math.Abs(DeLong.Estimate(sample.Scores, sample.Labels).Area - expected) < 1e-12
                && Math.Abs(new WeightedRanking(sample.Scores, sample.Labels).Area([.. sample.Labels.Select(_ => 1)]) - expected) < 1e-12;
        }).QuickCheckThrowOnFailure();
    }

    [PeerFact("python:sklearn")]
    public void Scikit_learn_draws_the_same_curves()
    {
        const string Script = """
            import numpy as np
            from sklearn import metrics as m
            r = np.random.RandomState(5)
            y = r.rand(300) < .4
            s = np.round(r.rand(300) + .5 * y, 2)
            print(*s); print(*y.astype(int))
            for drop in (False, True):
                f, t, h = m.roc_curve(y, s, drop_intermediate=drop)
                print(*f); print(*t); print(*h[1:])
            print(m.roc_auc_score(y, s), m.average_precision_score(y, s))
            """;
        double[][] lines = PythonPeer.Numbers(Script);
        bool[] labels = [.. lines[1].Select(value => value == 1)];
        RocCurve full = RocCurve.Of(lines[0], labels), few = full.WithoutIntermediatePoints();
        Assert.Equal(lines[2], full.Points.Select(point => point.FalsePositiveRate));
        Assert.Equal(lines[3], full.Points.Select(point => point.Sensitivity));
        Assert.Equal(lines[4], full.Points.Skip(1).Select(point => point.Threshold));
        Assert.Equal(lines[5], few.Points.Select(point => point.FalsePositiveRate));
        Assert.Equal(lines[6], few.Points.Select(point => point.Sensitivity));
        Assert.Equal(lines[7], few.Points.Skip(1).Select(point => point.Threshold));
        Assert.Equal(lines[8][0], full.Area, 1e-12);
        Assert.Equal(lines[8][1], PrecisionRecallCurve.Of(full).AveragePrecision, 1e-12);
        Assert.Equal(lines[8][1], new WeightedRanking(lines[0], labels).AveragePrecision([.. labels.Select(_ => 1)]), 1e-12);
    }
}

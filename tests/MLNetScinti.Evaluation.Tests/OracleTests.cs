using System.Globalization;
using System.Text.Json;
using MLNetScinti.Evaluation.Statistics;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>
/// Every number of the file of reference values (Fixtures/oracles.json: computed with numpy 1.24, scipy 1.10, scikit-learn 1.2), leaf
/// by leaf: each is reproduced to the digits given there, or stands below with the reason why it is not. A leaf that is in
/// neither list, and a line here that the file does not have, fail.
/// </summary>
public sealed class OracleTests
{
    private static readonly double[] s_darwin = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75];
    private static readonly double[] s_withZeros = [-.05, .22, -.05, 0, -.3, .06, .15, -.09, .15, -.35, -.05, .15, -.12, 0, -.15];
    private static readonly ClassTable s_fourClasses = new(["a", "b", "c", "d"], new[,] { { 3, 1, 0, 0 }, { 0, 2, 1, 0 }, { 1, 0, 3, 0 }, { 0, 0, 0, 1 } });

    /// <summary>What is not reproduced, by the beginning of its path, and why.</summary>
    private static readonly (string Pattern, string Reason)[] s_notReproduced =
    [
        ("mc.auc_", "the file does not hold the probabilities that this was computed from; scikit-learn is compared with on other data (MulticlassTests)"),
        ("mc.logloss", "the file does not hold the probabilities that this was computed from; scikit-learn is compared with on other data (MulticlassTests)"),
        ("ece.", "the file does not hold the probabilities that this was computed from; both rules for edges are asserted on other data (ProbabilityScoresTests)"),
        ("surface.*.google_", "areas by another project's table of triangles, which is part of its code; distances here are MONAI's and medpy's"),
        ("wilcoxon.diffs", "the input, not a result"),
        ("versions.", "names of versions, no numbers"),
    ];

    [Fact]
    public void Every_number_is_reproduced_to_the_digits_given()
    {
        Dictionary<string, double> ours = Ours();
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "oracles.json")));
        List<string> problems = [];
        HashSet<string> used = new(StringComparer.Ordinal), reasonsUsed = new(StringComparer.Ordinal);
        int reproduced = 0;
        foreach ((string path, JsonElement leaf) in Leaves("", file.RootElement))
        {
            if (s_notReproduced.FirstOrDefault(line => Fits(path, line.Pattern)) is { Pattern: not null } reason)
            {
                reasonsUsed.Add(reason.Pattern);
                continue;
            }

            if (!ours.TryGetValue(path, out double value))
            {
                problems.Add($"{path}: neither reproduced nor listed with a reason");
                continue;
            }

            used.Add(path);
            reproduced++;
            double expected = leaf.GetDouble(), tolerance = Tolerance(leaf.GetRawText());
            if (!(Math.Abs(value - expected) <= tolerance))
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path}: {value:R}, expected {leaf.GetRawText()} within {tolerance:E1}"));
            }
        }

        problems.AddRange(ours.Keys.Except(used, StringComparer.Ordinal).Select(path => $"{path}: not in the file"));
        problems.AddRange(s_notReproduced.Select(line => line.Pattern).Except(reasonsUsed, StringComparer.Ordinal).Select(pattern => $"{pattern}: a reason for nothing"));
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.InRange(reproduced, 250, 1000);
    }

    /// <summary>Whether a path begins as stated; an asterisk stands for anything.</summary>
    private static bool Fits(string path, string pattern) => pattern.Split('*') is [var start, .. var rest]
        && path.StartsWith(start, StringComparison.Ordinal) && rest.All(part => path.Contains(part, StringComparison.Ordinal));

    /// <summary>Half a unit of the last digit given; where all digits of a double are given, what the order of additions may change.</summary>
    private static double Tolerance(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int decimals = point < 0 || text.Contains('e', StringComparison.OrdinalIgnoreCase) ? 0 : text.Length - point - 1;
        double value = Math.Abs(double.Parse(text, CultureInfo.InvariantCulture));
        return text.Count(char.IsAsciiDigit) >= 15 ? Math.Max(value, 1e-3) * 2e-14 : decimals is > 1 and <= 4 ? 0.5001 * Math.Pow(10, -decimals) : Math.Max(value, 1) * 1e-14;
    }

    private static IEnumerable<(string Path, JsonElement Leaf)> Leaves(string path, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Leaves(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((one, i) => Leaves($"{path}[{i}]", one)),
        _ => [(path, element)],
    };

    /// <summary>Our value for every path.</summary>
    private static Dictionary<string, double> Ours()
    {
        Dictionary<string, double> all = new(StringComparer.Ordinal);
        Curves(all);
        AreasAndTests(all);
        Tables(all);
        Wilcoxon(all);
        SurfaceOracles.Add(all);
        return all;
    }

    private static void Curves(Dictionary<string, double> all)
    {
        RocCurve full = RocCurve.Of(Fixture.First, Fixture.Labels), few = full.WithoutIntermediatePoints();
        Points("roc_full", full);
        Points("roc_drop", few);
        all["auc"] = full.Area;
        all["auc2"] = RocCurve.Of(Fixture.Second, Fixture.Labels).Area;
        all["youden_idx_first_max"] = few.Points.Select((point, i) => (point, i)).First(at => at.point.Threshold == full.BestYouden.Threshold).i;
        all["youden_thr"] = full.BestYouden.Threshold;
        all["youden_J"] = full.BestYouden.Youden;
        Put(all, "youden_all", few.Points.Select(point => new[] { Threshold(point), point.Youden }));
        Put(all, "closest_topleft", [full.ClosestToCorner.Threshold, full.ClosestToCorner.DistanceToCorner]);

        void Points(string path, RocCurve curve) => Put(all, path,
            [[.. curve.Points.Select(point => point.FalsePositiveRate)], [.. curve.Points.Select(point => point.Sensitivity)], [.. curve.Points.Select(Threshold)]]);

        // The first point calls nothing positive: scikit-learn 1.2 writes its threshold as the highest score plus 1.
        static double Threshold(RocPoint point) => double.IsPositiveInfinity(point.Threshold) ? Fixture.First.Max() + 1 : point.Threshold;
    }

    private static void AreasAndTests(Dictionary<string, double> all)
    {
        AucComparison pair = DeLong.Compare(Fixture.First, Fixture.Second, Fixture.Labels);
        AucEstimate first = pair.First, second = pair.Second;
        Put(all, "delong.auc", [first.Area, second.Area]);
        Put(all, "delong.cov", [[first.Variance, pair.Covariance], [pair.Covariance, second.Variance]]);
        Put(all, "delong.se", [first.StandardError, second.StandardError]);
        Put(all, "delong.ci95_wald", [Ends(first.WaldUnclipped()), Ends(second.WaldUnclipped())]);
        Put(all, "delong.ci95_logit", [Ends(first.Logit()), Ends(second.Logit())]);
        all["delong.z"] = pair.Z;
        all["delong.p_two_sided"] = pair.P;
        all["hanley_mcneil_se"] = DeLong.HanleyMcNeilStandardError(first.Area, 10, 10);
        all["brier_binary"] = ProbabilityScores.Brier(Fixture.First, Fixture.Labels);
        all["logloss_binary"] = ProbabilityScores.LogLoss(Fixture.First, Fixture.Labels);
        PairedTTest t = PairedTTest.Of(s_withZeros);
        Put(all, "ttest_rel", [t.Statistic, t.P]);
        foreach ((int successes, int trials) in new[] { (37, 40), (18, 20), (19, 20), (20, 20), (0, 20) })
        {
            Put(all, $"binom_ci.{successes}/{trials}.wilson", Ends(BinomialInterval.Wilson(successes, trials)));
            Put(all, $"binom_ci.{successes}/{trials}.clopper_pearson", Ends(BinomialInterval.ClopperPearson(successes, trials)));
        }

        static double[] Ends(ConfidenceInterval interval) => [interval.Lower, interval.Upper];
    }

    private static void Tables(Dictionary<string, double> all)
    {
        OperatingPoint best = Point(18, 2, 1, 19);
        all["S1_25D.acc"] = best.Accuracy.Value;
        all["S1_25D.sens"] = best.Sensitivity.Value;
        all["S1_25D.spec"] = best.Specificity.Value;
        all["S1_25D.prec"] = best.PositivePredictiveValue.Value;
        all["S1_25D.f1"] = best.F1.Value;
        all["S1_25D.kappa"] = best.Kappa.Value;
        all["S1_25D.mcc"] = best.MatthewsCorrelation.Value;
        foreach ((string name, OperatingPoint point) in new[] { ("S1_3D", Point(18, 2, 4, 16)), ("S1_cor", Point(15, 5, 1, 19)), ("S1_sag", Point(16, 4, 2, 18)), ("S1_tra", Point(18, 2, 4, 16)) })
        {
            all[$"{name}.acc"] = point.Accuracy.Value;
            all[$"{name}.prec"] = point.PositivePredictiveValue.Value;
            all[$"{name}.f1"] = point.F1.Value;
            all[$"{name}.kappa"] = point.Kappa.Value;
        }

        Put(all, "mc.cm", Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, 4).Select(j => (double)s_fourClasses[i, j]).ToArray()));
        all["mc.acc"] = s_fourClasses.Accuracy.Value;
        all["mc.macro_prec"] = s_fourClasses.MacroPrecision.Value;
        all["mc.macro_rec"] = s_fourClasses.MacroRecall.Value;
        all["mc.macro_f1"] = s_fourClasses.MacroF1.Value;
        all["mc.weighted_f1"] = s_fourClasses.WeightedF1.Value;
        all["mc.bal_acc"] = s_fourClasses.MacroRecall.Value;
        all["mc.kappa"] = s_fourClasses.Kappa().Value;
        all["mc.kappa_lin"] = s_fourClasses.Kappa(KappaWeights.Linear).Value;
        all["mc.kappa_quad"] = s_fourClasses.Kappa(KappaWeights.Quadratic).Value;
        Put(all, "mc.spec_per_class", [.. Enumerable.Range(0, 4).Select(k => s_fourClasses.Specificity(k).Value)]);
        all["mc.macro_spec"] = s_fourClasses.MacroSpecificity.Value;

        static OperatingPoint Point(int tp, int fn, int fp, int tn) => OperatingPoint.Of(
            new TestScores(Fixture.Counts(tp, fn, fp, tn)), DecisionThreshold.Fixed(0.5f), new() { BootstrapReplicates = 0 });
    }

    private static void Wilcoxon(Dictionary<string, double> all)
    {
        foreach ((string name, ZeroDifferences zeros) in new[] { ("wilcox", ZeroDifferences.Drop), ("pratt", ZeroDifferences.RankThenDrop), ("zsplit", ZeroDifferences.Split) })
        {
            foreach (bool continuity in new[] { false, true })
            {
                // Asked for the exact distribution, scipy takes the normal one as soon as there is a zero; so its lines are alike.
                WilcoxonSignedRank test = WilcoxonSignedRank.Of(s_withZeros, zeros: zeros, exact: false, continuity: continuity);
                Put(all, $"wilcoxon.{name}/exact/cc={(continuity ? "True" : "False")}", [test.Statistic, test.P]);
                Put(all, $"wilcoxon.{name}/approx/cc={(continuity ? "True" : "False")}", [test.Statistic, test.P]);
            }
        }

        Put(all, "wilcoxon.default_auto", Both(WilcoxonSignedRank.Of(s_withZeros)));
        foreach ((string name, Alternative alternative) in new[] { ("two-sided", Alternative.TwoSided), ("greater", Alternative.Greater), ("less", Alternative.Less) })
        {
            Put(all, $"wilcoxon.darwin15/exact/{name}", Both(WilcoxonSignedRank.Of(s_darwin, alternative, exact: true)));
            Put(all, $"wilcoxon.darwin15/approx/{name}", Both(WilcoxonSignedRank.Of(s_darwin, alternative, exact: false)));
        }

        Put(all, "wilcoxon.darwin15/approx/cc", Both(WilcoxonSignedRank.Of(s_darwin, exact: false, continuity: true)));

        static double[] Both(WilcoxonSignedRank test) => [test.Statistic, test.P];
    }

    private static void Put(Dictionary<string, double> all, string path, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            all[$"{path}[{i}]"] = values[i];
        }
    }

    private static void Put(Dictionary<string, double> all, string path, IEnumerable<double[]> rows)
    {
        foreach ((double[] row, int i) in rows.Select((row, i) => (row, i)))
        {
            Put(all, $"{path}[{i}]", row);
        }
    }
}

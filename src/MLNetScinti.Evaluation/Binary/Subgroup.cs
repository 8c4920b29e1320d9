namespace MLNetScinti.Evaluation;

/// <summary>The figures of some of the test cases: one side, one range of ages, one size of defects.</summary>
/// <param name="Grouping">What cases are grouped by, such as "Age".</param>
/// <param name="Name">The group, such as "2 to 11 years".</param>
/// <param name="Cases">Cases in the group.</param>
/// <param name="Patients">Patients in the group.</param>
/// <param name="Abnormal">Abnormal cases in the group.</param>
/// <param name="Sensitivity">Share of its abnormal cases called abnormal.</param>
/// <param name="Specificity">Share of its normal cases called normal.</param>
/// <param name="AreaUnderRoc">How well cases are ranked within the group; for groups by defect, its abnormal cases against all normal cases of the set.</param>
public sealed record Subgroup(string Grouping, string Name, int Cases, int Patients, int Abnormal, Metric Sensitivity, Metric Specificity, Metric AreaUnderRoc)
{
    private const string Defects = "Volume of true defects";

    private static readonly (double Below, string Name)[] s_ages = [(2, "under 2 years"), (12, "2 to 11 years"), (18, "12 to 17 years"), (double.PositiveInfinity, "18 years and over")];
    private static readonly (double Below, string Name)[] s_volumes = [(1, "under 1 ml"), (3, "1 to 3 ml"), (10, "3 to 10 ml"), (double.PositiveInfinity, "10 ml and over")];

    /// <summary>The groups of sizes of defects: each up to its millilitres, which no longer belong to it.</summary>
    internal static IReadOnlyList<(double Below, string Name)> DefectVolumes => s_volumes;

    /// <summary>
    /// Groups the cases of a set by what is known of them: side, age, volume of the true defects (abnormal cases only), counts
    /// (thirds of this set), and whatever groups the cases name. A grouping that would have a single group is left out.
    /// </summary>
    public static IReadOnlyList<Subgroup> Of(TestScores test, DecisionThreshold threshold, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(threshold);
        options = (options ?? new()) with { BootstrapReplicates = 0 };
        List<Subgroup> all = [];
        ScoredCase[] normals = [.. test.Cases.Where(one => !one.Label)];
        Add("Side", test.Cases.Select(one => (one, one.Side)), StringComparer.Ordinal);
        AddRanges("Age", s_ages, one => one.AgeYears);
        AddRanges(Defects, s_volumes, one => one.Label ? one.DefectVolume : null);
        AddRanges("Counts", Thirds(test), one => one.Counts);
        foreach (string grouping in test.Cases.SelectMany(one => one.Groups?.Keys ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Add(grouping, test.Cases.Select(one => (one, one.Groups?.GetValueOrDefault(grouping))), StringComparer.Ordinal);
        }

        return all;

        void AddRanges(string grouping, (double Below, string Name)[] ranges, Func<ScoredCase, double?> value)
        {
            string[] order = [.. ranges.Select(range => range.Name)];
            Add(grouping, test.Cases.Select(one => (one, value(one) is { } known ? ranges.First(range => known < range.Below).Name : null)), Comparer<string>.Create((a, b) => Array.IndexOf(order, a).CompareTo(Array.IndexOf(order, b))));
        }

        void Add(string grouping, IEnumerable<(ScoredCase One, string? Group)> cases, IComparer<string> order)
        {
            var groups = cases.Where(pair => pair.Group is not null).GroupBy(pair => pair.Group!, pair => pair.One, StringComparer.Ordinal).OrderBy(group => group.Key, order).ToArray();
            if (groups.Length > 1)
            {
                all.AddRange(groups.Select(group => Judge(grouping, group.Key, new TestScores(group), normals, threshold, options)));
            }
        }
    }

    private static Subgroup Judge(string grouping, string name, TestScores cases, ScoredCase[] normals, DecisionThreshold threshold, EvaluationOptions options)
    {
        OperatingPoint point = OperatingPoint.Of(cases, threshold, options);
        if (grouping == Defects)
        {
            // A normal kidney has no defect of any size: the group has a sensitivity, and its ranking is against all normal cases.
            Metric against = normals.Length == 0
                ? Metric.Undefined("no normal case in the test set", cases.Count, cases.PatientCount)
                : RankingFigures.Of(new TestScores([.. cases.Cases, .. normals]), options)[0].Metric;
            return new(grouping, name, cases.Count, cases.PatientCount, cases.Positives, point.Sensitivity, Metric.Undefined("a normal case has no defect"), against);
        }

        Metric area = cases.MissingClass switch
        {
            null => RankingFigures.Of(cases, options)[0].Metric,
            _ => Metric.Undefined(cases.Positives == 0 ? "no abnormal case in this group" : "no normal case in this group", cases.Count, cases.PatientCount),
        };
        return new(grouping, name, cases.Count, cases.PatientCount, cases.Positives, point.Sensitivity, point.Specificity, area);
    }

    private static (double Below, string Name)[] Thirds(TestScores test)
    {
        double[] counts = [.. test.Cases.Where(one => one.Counts is not null).Select(one => one.Counts!.Value).Order()];
        return counts.Length < 3
            ? [(double.PositiveInfinity, "all")]
            : [(counts[counts.Length / 3], "lowest third"), (counts[2 * counts.Length / 3], "middle third"), (double.PositiveInfinity, "highest third")];
    }
}

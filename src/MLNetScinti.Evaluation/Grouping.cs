namespace MLNetScinti.Evaluation;

/// <summary>
/// What cases are grouped by, to see where a model does better or worse: a fact of the cases, and which of its values belong
/// together. The system declares it; cases of which the fact is not known belong to no group.
/// </summary>
public sealed record Grouping
{
    private readonly IReadOnlyList<(double Below, string Name)> _ranges = [];
    private readonly string[]? _thirds;

    private Grouping(string name, string fact)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(fact);
        (Name, Fact) = (name, fact);
    }

    private Grouping(string name, string fact, IReadOnlyList<(double Below, string Name)> ranges)
        : this(name, fact) => _ranges = ranges;

    private Grouping(string name, string fact, string[] thirds)
        : this(name, fact) => _thirds = thirds;

    /// <summary>Its name in the report, such as "Age".</summary>
    public string Name { get; }

    /// <summary>The name of the fact.</summary>
    public string Fact { get; }

    /// <summary>
    /// Whether the fact is one of the finding (its size), so that only positive cases are grouped: each group then has a sensitivity,
    /// and its ranking is against all negative cases of the set.
    /// </summary>
    public bool OfPositives { get; init; }

    /// <summary>One group for each value, in the order of their letters.</summary>
    public static Grouping ByValue(string name, string fact) => new(name, fact);

    /// <summary>Ranges of a number, each up to its end, which no longer belongs to it; the last ends at infinity.</summary>
    /// <exception cref="ArgumentException">The ends do not ascend, or the last is not infinite.</exception>
    public static Grouping ByRange(string name, string fact, params IReadOnlyList<(double Below, string Name)> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        bool ascends = ranges.Zip(ranges.Skip(1)).All(pair => pair.First.Below < pair.Second.Below);
        return ranges.Count > 0 && ascends && double.IsPositiveInfinity(ranges[^1].Below)
            ? new(name, fact, ranges)
            : throw new ArgumentException($"Grouping '{name}': the ends of the ranges must ascend, the last to infinity; found {string.Join(", ", ranges.Select(range => range.Below))}.", nameof(ranges));
    }

    /// <summary>Thirds of the numbers of the set that is judged.</summary>
    public static Grouping ByThirds(string name, string fact, string lowest = "lowest third", string middle = "middle third", string highest = "highest third") =>
        new(name, fact, [lowest, middle, highest]);

    /// <summary>The groups of some cases in the order of the report, each with the places of its cases.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="isPositive">Which of them are positive; needed where only these are grouped.</param>
    internal IReadOnlyList<(string Name, int[] Cases)> Split(IReadOnlyList<EvaluatedCase> cases, IReadOnlyList<bool>? isPositive = null)
    {
        IReadOnlyList<(double Below, string Name)> ranges = _thirds is null ? _ranges : Thirds(cases);
        Dictionary<string, List<int>> groups = new(StringComparer.Ordinal);
        for (int i = 0; i < cases.Count; i++)
        {
            if ((!OfPositives || isPositive?[i] != false) && NameOf(cases[i].Facts, ranges) is { } name)
            {
                (groups.TryGetValue(name, out List<int>? members) ? members : groups[name] = []).Add(i);
            }
        }

        IEnumerable<string> order = ranges.Count > 0 ? ranges.Select(range => range.Name).Where(groups.ContainsKey) : groups.Keys.Order(StringComparer.Ordinal);
        return [.. order.Select(name => (name, groups[name].ToArray()))];
    }

    private string? NameOf(Facts facts, IReadOnlyList<(double Below, string Name)> ranges) => ranges.Count == 0
        ? facts[Fact]?.ToString()
        : facts.Number(Fact) is { } number ? ranges.First(range => number < range.Below).Name : null;

    private (double Below, string Name)[] Thirds(IReadOnlyList<EvaluatedCase> cases)
    {
        double[] values = [.. cases.Select(one => one.Facts.Number(Fact)).OfType<double>().Order()];
        return values.Length < 3
            ? [(double.PositiveInfinity, "all")]
            : [(values[values.Length / 3], _thirds![0]), (values[2 * values.Length / 3], _thirds[1]), (double.PositiveInfinity, _thirds[2])];
    }
}

/// <summary>The figures of some of the test cases: one side, one range of ages, one camera.</summary>
/// <param name="Grouping">What cases are grouped by, such as "Age".</param>
/// <param name="Name">The group, such as "2 to 11 years".</param>
/// <param name="Cases">Cases in the group.</param>
/// <param name="Patients">Patients in the group.</param>
/// <param name="Positives">Cases of the positive class, in a task with two classes.</param>
/// <param name="Metrics">The group's figures; the same ones for every group of an evaluation.</param>
public sealed record Subgroup(string Grouping, string Name, int Cases, int Patients, int? Positives, IReadOnlyList<MetricEntry> Metrics)
{
    /// <summary>With fewer cases than this, of a class where there are two, a group has no figures: they would say nothing, and point at single patients.</summary>
    public const int Least = 5;

    /// <summary>Judges the groups of a set, those of a grouping with a single group left out.</summary>
    internal static IReadOnlyList<Subgroup> Of(ICaseSet test, EvaluationOptions options, Func<Grouping, int[], (int? Positives, IReadOnlyList<MetricEntry> Metrics)> judge, IReadOnlyList<bool>? isPositive = null)
    {
        List<Subgroup> all = [];
        foreach (Grouping grouping in options.Groupings)
        {
            IReadOnlyList<(string Name, int[] Cases)> groups = grouping.Split(test.Cases, isPositive);
            foreach ((string name, int[] members) in groups.Count > 1 ? groups : [])
            {
                (int? positives, IReadOnlyList<MetricEntry> metrics) = judge(grouping, members);
                if (members.Length < Least)
                {
                    metrics = TooFew(metrics, $"fewer than {Least} {options.Words.Cases}");
                }

                all.Add(new(grouping.Name, name, members.Length, members.Select(i => test.Cases[i].PatientId).Distinct(StringComparer.Ordinal).Count(), positives, metrics));
            }
        }

        return all;
    }

    // A figure that is undefined for another reason keeps it: what has no meaning for a group has none for a larger one either.
    internal static IReadOnlyList<MetricEntry> TooFew(IReadOnlyList<MetricEntry> metrics, string how) => [.. metrics.Select(entry => entry.Metric.IsDefined
        ? entry with { Metric = Metric.Undefined($"too few, {how}", entry.Metric.Cases, entry.Metric.Patients) }
        : entry)];

    /// <summary>
    /// The groups of a test set with two classes at a threshold, each with sensitivity, specificity and area under the ROC curve. A
    /// group that lacks a class says so.
    /// </summary>
    public static IReadOnlyList<Subgroup> Of(TestScores test, DecisionThreshold threshold, EvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(threshold);
        ArgumentNullException.ThrowIfNull(options);
        options = options with { BootstrapReplicates = 0 };
        TaskWords words = options.Words;
        ScoredCase[] negatives = [.. test.Cases.Where(one => !one.Label)];
        return Of(test, options, Judge, test.Labels);

        (int?, IReadOnlyList<MetricEntry>) Judge(Grouping grouping, int[] members)
        {
            TestScores cases = new(members.Select(i => test.Cases[i]));
            OperatingPoint point = OperatingPoint.Of(cases, threshold, options);
            Metric specificity = point.Specificity, area;
            if (grouping.OfPositives)
            {
                // A negative case has no finding of any size: the group has a sensitivity, and its ranking is against all negative cases.
                specificity = Metric.Undefined($"a {words.Negative} case has no {words.Finding}");
                area = negatives.Length == 0
                    ? Metric.Undefined($"no {words.Negative} case in the test set", cases.Count, cases.PatientCount)
                    : RankingFigures.AreaUnderRoc(new TestScores([.. cases.Cases, .. negatives]), options);
            }
            else
            {
                area = cases.LacksClass
                    ? Metric.Undefined($"no {words.Class(cases.Positives == 0)} case in this group", cases.Count, cases.PatientCount)
                    : RankingFigures.AreaUnderRoc(cases, options);
            }

            IReadOnlyList<MetricEntry> metrics =
            [
                new(OperatingPoint.SensitivityKey, "Sensitivity", "", point.Sensitivity),
                new(OperatingPoint.SpecificityKey, "Specificity", "", specificity),
                new(RankingFigures.AreaUnderRocKey, "Area under ROC", "", area),
            ];
            bool few = cases.Positives < Least || (!grouping.OfPositives && cases.Negatives < Least);
            return (cases.Positives, few ? TooFew(metrics, $"fewer than {Least} {(cases.Positives < Least ? words.Positive : words.Negative)} {words.Cases}") : metrics);
        }
    }
}

using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class SubgroupTests
{
    private static readonly DecisionThreshold s_half = DecisionThreshold.Fixed(0.5f);
    private static readonly EvaluationOptions s_options = new() { Words = SampleReport.Words, Groupings = SampleReport.Groupings };

    [Fact]
    public void Groups_share_out_the_cases_and_keep_the_counts()
    {
        TestScores test = SampleReport.Make().Binary().Test;
        IReadOnlyList<Subgroup> groups = Subgroup.Of(test, s_half, s_options);
        Assert.Equal(["left", "right"], groups.Where(group => group.Grouping == "Side").Select(group => group.Name));
        Assert.Equal(40, groups.Where(group => group.Grouping == "Side").Sum(group => group.Cases));
        Assert.Equal(20, groups.Where(group => group.Grouping == "Side").Sum(group => group.Positives!.Value));
        Assert.Equal(["under 2 years", "2 to 11 years", "12 to 17 years"], groups.Where(group => group.Grouping == "Age").Select(group => group.Name));
        Assert.Equal(40, groups.Where(group => group.Grouping == "Age").Sum(group => group.Cases));
        Assert.All(groups.Where(group => group.Grouping != "Volume of true defects" && Math.Min(group.Positives!.Value, group.Cases - group.Positives.Value) < Subgroup.Least), group =>
            Assert.All(group.Metrics, entry => Assert.StartsWith("too few, fewer than 5 ", entry.Metric.UndefinedReason, StringComparison.Ordinal)));
        Subgroup[] sizes = [.. groups.Where(group => group.Grouping == "Volume of true defects")];
        Assert.Equal(20, sizes.Sum(group => group.Cases));
        Assert.All(sizes, group => Assert.Equal("a normal case has no defect", group.Metrics.Named("specificity").UndefinedReason));

        // Each size against all normal cases: weighted by their cases, the areas give that of the whole set. Sizes of fewer than five are judged apart.
        Assert.All(sizes, group => Assert.Equal(group.Cases < Subgroup.Least, !group.Metrics.Named("areaUnderRoc").IsDefined));
        ScoredCase[] many = [.. Enumerable.Range(0, 8).SelectMany(_ => test.Cases).Select((one, i) => one with { CaseId = $"C{i}", PatientId = $"P{i / 2}" })];
        sizes = [.. Subgroup.Of(new(many), s_half, s_options).Where(group => group.Grouping == "Volume of true defects")];
        Assert.All(sizes, group => Assert.Equal(160 + group.Cases, group.Metrics.Named("areaUnderRoc").Cases));
        Assert.Equal(SampleReport.Make().Binary().AreaUnderRoc.Value, sizes.Sum(group => group.Cases * group.Metrics.Named("areaUnderRoc").Value) / 160, 1e-12);
        OperatingPoint all = OperatingPoint.Of(test, s_half);
        Assert.Equal(8 * all.Counts.TruePositives, sizes.Sum(group => group.Metrics.Named("sensitivity").Value * group.Positives!.Value), 1e-9);
        Assert.DoesNotContain(groups, group => group.Grouping == "Counts");
    }

    [Fact]
    public void Edges_belong_to_the_group_above()
    {
        ScoredCase[] cases = [.. new[] { 1.99, 2, 11.99, 12, 17.99, 18 }.Select((age, i) => new ScoredCase($"C{i}", $"P{i}", i % 2 == 0, 0, 0.5f) { Facts = Facts.Of(("Age", age)) })];
        Assert.Equal(
            [("under 2 years", 1), ("2 to 11 years", 2), ("12 to 17 years", 2), ("18 years and over", 1)],
            Subgroup.Of(new(cases), s_half, s_options).Select(group => (group.Name, group.Cases)));
    }

    [Fact]
    public void Named_groups_and_thirds_of_counts_are_there()
    {
        ScoredCase[] cases = [.. Enumerable.Range(0, 9).Select(i => new ScoredCase($"C{i}", $"P{i}", i % 2 == 0, 0, 0.5f)
        {
            Facts = Facts.Of(("Counts", 1000 * (i + 1)), ("Camera", i < 4 ? "A" : "B"), ("Country", "one")),
        })];
        IReadOnlyList<Subgroup> groups = Subgroup.Of(new(cases), s_half, s_options);
        Assert.Equal([("lowest third", 3), ("middle third", 3), ("highest third", 3), ("A", 4), ("B", 5)], groups.Select(group => (group.Name, group.Cases)));
    }

    [Theory]
    [InlineData(4, 30, "fewer than 5 abnormal kidneys")]
    [InlineData(30, 4, "fewer than 5 normal kidneys")]
    [InlineData(5, 5, null)]
    public void A_group_with_fewer_than_five_of_a_class_prints_no_figure(int positives, int negatives, string? reason)
    {
        IEnumerable<ScoredCase> Group(string name, int ones, int zeros) => Enumerable.Range(0, ones + zeros).Select(i =>
            new ScoredCase($"{name}{i}", $"{name}{i}", i < ones, 0, i % 3 / 3f) { Facts = Facts.Of(("Camera", name)) });
        Subgroup small = Subgroup.Of(new(Group("A", positives, negatives).Concat(Group("B", 20, 20))), s_half, s_options).Single(group => group.Name == "A");
        Assert.All(small.Metrics, entry => Assert.Equal(reason is null ? null : $"too few, {reason}", entry.Metric.UndefinedReason));
    }
}

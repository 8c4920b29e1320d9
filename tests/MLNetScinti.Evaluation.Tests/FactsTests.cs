using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class FactsTests
{
    [Fact]
    public void Facts_are_found_by_name_and_kept_in_order()
    {
        Facts facts = Facts.Of(("Side", "left"), ("Age", 7.5)).With("Age", 8).WithKnown("Dose", double.NaN).WithKnown("Camera", "").WithKnown("Centre", "A");
        Assert.Equal(["Side", "Age", "Centre"], facts.Names);
        Assert.Equal((8d, "left", null, null), (facts.Number("Age")!.Value, facts.Text("Side"), facts.Number("Side"), facts["Dose"]));
        Assert.Equal("Side left, Age 8, Centre A", facts.ToString());
        Assert.Equal(facts, Facts.Of(("Age", 8), ("Centre", "A"), ("Side", "left")));
        Assert.NotEqual(facts, facts.With("Age", "8"));
        Assert.Equal(new ScoredCase("C", "P", true, 0, 0.5f) { Facts = facts }, new ScoredCase("C", "P", true, 0, 0.5f) { Facts = facts.With("Age", 8) });
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Contains("'Age' is there twice", Assert.Throws<ArgumentException>(() => Facts.Of(("Age", 1), ("Age", 2))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Facts.Of((" ", 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fact.Of(double.NaN));
    }

    [Fact]
    public void A_fact_survives_json() => Prop.ForAll<string, double>((text, number) =>
    {
        Fact[] facts = [text ?? "", double.IsFinite(number) ? number : 0];
        Assert.Equal(facts, JsonSerializer.Deserialize<Fact[]>(JsonSerializer.Serialize(facts)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ranges_ascend_to_infinity()
    {
        Assert.Contains("'Age'", Assert.Throws<ArgumentException>(() => Grouping.ByRange("Age", "Age", (2, "a"), (1, "b"), (double.PositiveInfinity, "c"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Grouping.ByRange("Age", "Age", (2, "a")));
    }

    [Fact]
    public void Every_case_whose_fact_is_known_is_in_one_group() => Prop.ForAll(Gen.Choose(-5, 25).ArrayOf().ToArbitrary(), ages =>
    {
        EvaluatedCase[] cases = [.. ages.Select((age, i) => new ScoredCase($"C{i}", "P", true, 0, 0.5f) { Facts = Facts.None.WithKnown("Age", age < 0 ? null : age) })];
        foreach (Grouping grouping in (Grouping[])[Grouping.ByValue("Age", "Age"), Grouping.ByThirds("Age", "Age"), Grouping.ByRange("Age", "Age", (5, "young"), (double.PositiveInfinity, "old"))])
        {
            Assert.Equal(Enumerable.Range(0, ages.Length).Where(i => ages[i] >= 0), grouping.Split(cases).SelectMany(group => group.Cases).Order());
        }
    }).QuickCheckThrowOnFailure();
}

using System.Text.Json;
using MLNetScinti.Evaluation;
using MLNetScinti.Evaluation.Published;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Systems.Tests.SpectCtKidney;

/// <summary>The appendix of the SPECT/CT kidney paper: what its fifteen patients' values give, and what is printed instead.</summary>
public sealed class AppendixTests
{
    private static readonly JsonElement s_file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "SpectCtKidney", "appendix.json"))).RootElement;

    public static TheoryData<string, string> Rows() => new()
    {
        { "n1", "right" }, { "n1", "left" }, { "n2", "right" }, { "n2", "left" }, { "n3", "right" }, { "n3", "left" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void EveryStatisticIsThatOfItsValues(string network, string side)
    {
        JsonElement expected = s_file.GetProperty("statistics").GetProperty($"{network}.{side}");
        double[] printed = [.. Patients().Select(patient => patient.GetProperty(network).GetProperty($"{side}PctPrinted").GetDouble())];
        PartAgreement part = PairedAgreement.Of("Activity concentration", "", Pairs(network, side)).Parts.Single();
        BlandAltman ofPrinted = BlandAltman.Of(printed);
        TukeyBox box = TukeyBox.Of(printed);
        Dictionary<string, double> found = new(StringComparer.Ordinal)
        {
            ["meanPctPrinted"] = ofPrinted.Bias,
            ["sdPctPrinted"] = ofPrinted.Deviation,
            ["medianPctPrinted"] = box.Median,
            ["minPct"] = printed.Min(),
            ["maxPct"] = printed.Max(),
            ["meanPctRecomputed"] = part.Percent!.Bias,
            ["sdPctRecomputed"] = part.Percent.Deviation,
            ["meanDiff"] = part.Differences!.Bias,
            ["sdDiff"] = part.Differences.Deviation,
            ["pairedT"] = part.TTest!.Statistic,
            ["pairedTP"] = part.TTest.P,
            ["wilcoxonActivityW"] = part.Exact!.Statistic,
            ["wilcoxonActivityExactP"] = part.Exact.P,
            ["wilcoxonActivityNormalP"] = part.Normal!.P,
            ["wilcoxonPercentW"] = WilcoxonSignedRank.Of(printed, exact: true).Statistic,
            // Printed percents are tied where their values are not; the reference counts as if they were not tied.
            ["wilcoxonPercentExactP"] = WilcoxonSignedRank.Of(printed, exact: true, ignoreTies: true).P,
            ["q1"] = box.FirstQuartile,
            ["q3"] = box.ThirdQuartile,
            ["pearson"] = part.Correlation,
            ["loaLow"] = ofPrinted.LowerLimit,
            ["loaHigh"] = ofPrinted.UpperLimit,
        };
        Assert.Equal(expected.EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected.EnumerateObject(), one => Assert.Equal(one.Value.GetDouble(), found[one.Name], 1e-8));
    }

    /// <summary>Whose outliers its box plots have (Tukey's, of the printed percents).</summary>
    [Fact]
    public void TheOutliersAreTheseSix()
    {
        string[] outliers = [.. Rows().Select(row => string.Join(" ", TukeyBox.Of([.. Patients().Select(patient => patient.GetProperty((string)row[0]).GetProperty($"{row[1]}PctPrinted").GetDouble())]).Outliers.Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture))))];
        Assert.Equal(["14.77 15.09 19.42", "19.43", "-47.66", "", "", "26.66"], outliers);
    }

    /// <summary>By Holm's correction over the six tests, only the right kidneys of networks 2 and 3 differ.</summary>
    [Fact]
    public void OverSixTestsOnlyTwoSurvive()
    {
        PairedQuantity[] all = [.. Rows().SelectMany(row => Pairs((string)row[0], (string)row[1]).Select(pair => pair with { Part = $"{row[0]}.{row[1]}" }))];
        PairedAgreement agreement = PairedAgreement.Of("Activity concentration", "", all);
        Assert.Equal(["n2.right", "n3.right"], agreement.Parts.Where(part => part.AdjustedExact < 0.05).Select(part => part.Part));
        Assert.Equal(["n2.right", "n3.right"], agreement.Parts.Where(part => part.AdjustedT < 0.05).Select(part => part.Part));
    }

    /// <summary>What the command says of the paper: its p values, which it calls Wilcoxon's, are those of paired t-tests.</summary>
    [Fact]
    public void ThePrintedPValuesAreThoseOfPairedTTests()
    {
        IReadOnlyList<ClaimFinding> findings = PublishedClaims.Of(PublishedClaims.Read(Path.Combine(TestData.Repository, "pipelines", "papers", "spect-ct-kidney-gothenburg.csv")));
        ClaimFinding[] tests = [.. findings.Where(one => one.Claim.Kind == ClaimKind.P)];
        Assert.Equal(["0.094", "0.036", "0.716"], tests.Select(one => one.Claim.Printed.Text));
        Assert.All(tests, one => Assert.False(one.Holds));
        Assert.All(tests, one => Assert.Contains("is that of a paired t-test, not of the Wilcoxon signed-rank test that is named", one.Sentence, StringComparison.Ordinal));
        Assert.Contains("Wilcoxon 0.1205 exactly and 0.1118 by the normal distribution", tests[0].Sentence, StringComparison.Ordinal);
        // The deviations are those of all patients; the means beside them are single patients' values; the exclusions do not add up.
        Assert.All(findings.Where(one => one.Claim.Kind == ClaimKind.Sd), one => Assert.True(one.Holds, one.Sentence));
        Assert.All(findings.Where(one => one.Claim.Kind == ClaimKind.Mean), one => Assert.False(one.Holds, one.Sentence));
        ClaimFinding excluded = Assert.Single(findings, one => one.Claim.Kind == ClaimKind.Sum);
        Assert.False(excluded.Holds);
        Assert.Equal("6 + 6 + 65 is 77, printed is 87", excluded.Sentence);
    }

    private static IEnumerable<JsonElement> Patients() => s_file.GetProperty("patients").EnumerateArray();

    private static IEnumerable<PairedQuantity> Pairs(string network, string side) => Patients().Select(patient => new PairedQuantity(
        $"{patient.GetProperty("id")}", $"{patient.GetProperty("id")}", side, patient.GetProperty(side == "right" ? "manualRight" : "manualLeft").GetDouble(), patient.GetProperty(network).GetProperty(side).GetDouble()));
}

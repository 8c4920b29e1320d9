using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class ExplanationTests
{
    private static readonly EvaluationReport s_plain = SampleReport.Make();
    private static readonly EvaluationReport s_report = s_plain with { Explanation = Section(Agreement()) };

    /// <summary>
    /// Three hits in four cases of chances 1/2, 1/4, 1/10 and 2/5: by hand, four hits have 0.005 and exactly three
    /// 0.5 * 0.25 * 0.1 * 0.6 + 0.5 * 0.25 * 0.9 * 0.4 + 0.5 * 0.75 * 0.1 * 0.4 + 0.5 * 0.25 * 0.1 * 0.4 = 0.0725.
    /// </summary>
    [Fact]
    public void Hits_chance_and_their_probability_are_those_worked_out_by_hand()
    {
        ExplanationAgreement agreement = Agreement();
        Assert.Equal(0.75, agreement.HitRate.Value, 1e-12);
        Assert.Equal(MLNetScinti.Evaluation.Statistics.BinomialInterval.WilsonClustered([(2, 2), (1, 1), (0, 1)], 0.95), agreement.HitRate.Interval);
        Assert.Equal((0.3125, 4, 3), (agreement.Chance.Value, agreement.HitRate.Cases, agreement.HitRate.Patients));
        Assert.Equal(0.0775, agreement.P.Value, 1e-12);
        Assert.Equal(1, agreement.Empty);
        Assert.Equal(
            ["under 1 ml: 2 of 2", "1 to 3 ml: 1 of 1", "10 ml and over: 0 of 1"],
            agreement.Groups.Select(group => $"{group.Name}: {group.HitRate.Value * group.HitRate.Cases:0} of {group.HitRate.Cases}"));
        Assert.Equal(0.3, agreement.Groups[0].Chance.Value, 1e-12);
    }

    [Fact]
    public void Where_nothing_is_known_everything_is_undefined_with_the_reason()
    {
        foreach (ExplanationAgreement agreement in (ExplanationAgreement[])[ExplanationAgreement.Undefined("Map", 10, "no masks"), ExplanationAgreement.Of("Map", 10, [])])
        {
            Assert.All((Metric[])[agreement.HitRate, agreement.Chance, agreement.P], metric => Assert.False(metric.IsDefined));
            EvaluationReport report = s_plain with { Explanation = Section(agreement) };
            string json = MetricsJson.Text(report);
            Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, json));
            Assert.Equal(agreement.HitRate.UndefinedReason, (string?)JsonNode.Parse(json)!["explanation"]!["agreements"]![0]!["hitRate"]!["undefined"]);
            Assert.Contains($"cannot be said: {agreement.HitRate.UndefinedReason}", Part(report).Value, StringComparison.Ordinal);
            Assert.Contains("Map: undefined", ConsoleReport.Text(report), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_json_holds_the_figures_and_keeps_to_its_schema()
    {
        string text = MetricsJson.Text(s_report);
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, text));
        JsonNode agreement = JsonNode.Parse(text)!["explanation"]!["agreements"]![0]!;
        Assert.Equal(0.75, (double)agreement["hitRate"]!["value"]!);
        Assert.Equal(0.3125, (double)agreement["chance"]!["value"]!);
        Assert.Equal((10d, 1, 4), ((double)agreement["toleranceMm"]!, (int)agreement["emptyMaps"]!, agreement["cases"]!.AsArray().Count));
        Assert.Null(agreement["cases"]![3]!["distanceMm"]);
        Assert.Equal("T0001-L", (string?)JsonNode.Parse(text)!["explanation"]!["pictured"]![0]);
        Assert.NotEmpty(SchemaChecks.Violations(MetricsJson.Schema, text.Replace("\"toleranceMm\"", "\"tolerance\"", StringComparison.Ordinal)));
        Assert.Null(JsonNode.Parse(MetricsJson.Text(s_plain))!["explanation"]);
    }

    [Fact]
    public void The_page_says_what_the_maps_are_worth_and_shows_them()
    {
        XElement part = Part(s_report);
        Assert.Contains("In 3 of 4 abnormal kidneys (75 %) the map is hottest at a true defect, or within 10 mm of one", part.Value.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains("cannot be told from chance", part.Value, StringComparison.Ordinal);
        Assert.Contains("also where the model said normal", part.Value, StringComparison.Ordinal);
        Assert.Contains("A method <in> words.", part.Value, StringComparison.Ordinal);
        Assert.Contains("Wrongly called normal", part.Value, StringComparison.Ordinal);
        Assert.Contains("Rightly called abnormal", part.Value, StringComparison.Ordinal);
        XElement[] images = [.. part.Descendants("img")];
        Assert.Equal(2, images.Length);
        Assert.All(images, image => Assert.Equal("The map, in words", (string?)image.Attribute("alt")));
        Assert.All(images, image => Assert.StartsWith("data:image/png;base64,iVBOR", (string?)image.Attribute("src"), StringComparison.Ordinal));
        Assert.Contains("#explanation", HtmlReport.Text(s_report), StringComparison.Ordinal);
        Assert.DoesNotContain("#explanation", HtmlReport.Text(s_plain), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30, 0.1, "more often than chance")]
    [InlineData(12, 0.5, "no better than chance")]
    public void The_words_follow_the_figures(int hits, double chance, string expected)
    {
        PointedCase[] cases = [.. Enumerable.Range(0, 40).Select(i => new PointedCase($"T{i}", $"P{i}", i < hits, chance, 3))];
        EvaluationReport report = s_plain with { Explanation = Section(ExplanationAgreement.Of("Map", 10, cases)) };
        Assert.Contains(expected, Part(report).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_console_has_one_line()
    {
        string line = Assert.Single(ConsoleReport.Text(s_report).Split('\n'), line => line.Contains("hottest", StringComparison.Ordinal));
        Assert.StartsWith("Class activation: hottest within 10 mm of a true defect in 3 of 4 kidneys (75 %; ", line, StringComparison.Ordinal);
        Assert.EndsWith("; chance 31 %, p 0.078)", line, StringComparison.Ordinal);
    }

    private static ExplanationAgreement Agreement() => ExplanationAgreement.Of("Class activation", 10,
    [
        new("T0001-L", "P1", true, 0.5, 0) { Facts = Facts.Of(("Defects", 0.5)) },
        new("T0001-R", "P1", true, 0.25, 4.5) { Facts = Facts.Of(("Defects", 2)) },
        new("T0002-L", "P2", true, 0.1, 9) { Facts = Facts.Of(("Defects", 0.9)) },
        new("T0003-L", "P3", false, 0.4, null) { Facts = Facts.Of(("Defects", 12)) },
    ], new() { Words = SampleReport.Words, Groupings = SampleReport.Groupings });

    private static ExplanationSection Section(ExplanationAgreement agreement)
    {
        byte[] png = PngEncoder.Encode(new PngImage(1, 1, 1, [9]));
        CasePicture picture = new("T0001-L", png, "Class activation", "The map, in words");
        return new()
        {
            Methods = ["A method <in> words."],
            Agreements = [agreement],
            Cases =
            [
                new ExplainedCase("T0001-L", "abnormal", "normal", 0.2, [picture], ["Hottest 4 mm from the largest defect."]),
                new ExplainedCase("T0001-R", "abnormal", "abnormal", 0.9, [picture], []),
            ],
        };
    }

    private static XElement Part(EvaluationReport report)
    {
        string page = HtmlReport.Text(report);
        int start = page.IndexOf("<section id=\"explanation\"", StringComparison.Ordinal);
        int end = page.IndexOf("</section>", start, StringComparison.Ordinal) + "</section>".Length;
        return XElement.Parse(Regex.Replace(page[start..end], "<img([^>]*)>", "<img$1/>"));
    }
}

using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class HtmlReportTests
{
    private static readonly EvaluationReport s_report = SampleReport.Make();
    private static readonly string s_page = HtmlReport.Text(s_report);

    [Fact]
    public void It_is_well_formed_and_loads_nothing()
    {
        XElement body = Body(s_page);
        Assert.Empty(body.Descendants("script"));
        Assert.Empty(body.Descendants("link"));
        Assert.Empty(body.Descendants("iframe"));
        Assert.All(body.Descendants("img"), image => Assert.StartsWith("data:image/png;base64,", (string?)image.Attribute("src"), StringComparison.Ordinal));
        Assert.All(body.Descendants("a"), link => Assert.StartsWith("#", (string?)link.Attribute("href"), StringComparison.Ordinal));
        Assert.DoesNotContain("url(", s_page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", s_page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", s_page, StringComparison.Ordinal);
        Assert.DoesNotContain(body.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
    }

    [Fact]
    public void Whoever_cannot_see_or_point_finds_their_way()
    {
        XElement body = Body(s_page);
        string[] ids = [.. body.DescendantsAndSelf().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(body.Descendants("a"), link => Assert.Contains(((string)link.Attribute("href")!)[1..], ids));
        Assert.All(body.Descendants("img"), image => Assert.False(string.IsNullOrWhiteSpace((string?)image.Attribute("alt"))));
        Assert.All(
            body.Descendants().Where(element => element.Name.LocalName == "svg" && (string?)element.Attribute("role") == "img"),
            drawing => Assert.All(((string)drawing.Attribute("aria-labelledby")!).Split(' '), id => Assert.Contains(id, ids)));
        Assert.All(body.Descendants("section"), section => Assert.Contains((string)section.Attribute("aria-labelledby")!, ids));
        Assert.Single(body.Descendants("h1"));
        Assert.Single(body.Descendants("main"));
        Assert.All(body.Descendants("th").Where(head => head.Value.Length > 0), head => Assert.NotNull(head.Attribute("scope")));
    }

    [Fact]
    public void Decisions_against_the_paper_stand_in_one_section_of_page_and_JSON()
    {
        Assert.DoesNotContain(Body(s_page).Descendants("section"), section => (string?)section.Attribute("id") == "decisions");
        EvaluationReport report = s_report with
        {
            Model = s_report.Model with { Decisions = [new("Placement", "As it lay.", "Centred in a cube of 64 voxels."), new("Threshold", "Optimal.", "Youden's index & validation patients.")] },
        };
        XElement section = Assert.Single(Body(HtmlReport.Text(report)).Descendants("section"), section => (string?)section.Attribute("id") == "decisions");
        Assert.Contains("Decisions against the paper", section.Value, StringComparison.Ordinal);
        Assert.Equal(["Placement", "As it lay.", "Centred in a cube of 64 voxels.", "Threshold", "Optimal.", "Youden's index & validation patients."], section.Descendants("tbody").Descendants().Where(cell => cell.Name.LocalName is "th" or "td").Select(cell => cell.Value));
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(MetricsJson.Text(report));
        System.Text.Json.JsonElement[] decisions = [.. json.RootElement.GetProperty("model").GetProperty("decisions").EnumerateArray()];
        Assert.Equal(["Placement", "Threshold"], decisions.Select(one => one.GetProperty("subject").GetString()));
        Assert.Equal("Centred in a cube of 64 voxels.", decisions[0].GetProperty("here").GetString());
    }

    [Fact]
    public void Plain_words_come_first()
    {
        XElement first = Body(s_page).Descendants("section").First();
        Assert.Equal("summary", (string?)first.Attribute("id"));
        string text = first.Value;
        Assert.Contains("40 kidneys of 20 patients (simulated) were judged: 20 abnormal and 20 normal.", text, StringComparison.Ordinal);
        Assert.Contains("The patients are simulated.", text, StringComparison.Ordinal);
        Assert.Contains("Research use only.", text, StringComparison.Ordinal);
        Assert.Contains("That is better than chance.", text, StringComparison.Ordinal);
        Assert.Contains("optimistic", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrongly_called_cases_are_shown_with_their_pictures()
    {
        XElement errors = Body(s_page).Descendants("section").Single(section => (string?)section.Attribute("id") == "errors");
        Assert.Equal(s_report.Binary().Misjudged.Select(wrong => wrong.Case.CaseId), errors.Descendants("h3").Select(head => head.Value));
        Assert.Equal(3 * s_report.Binary().Misjudged.Count, errors.Descendants("img").Count());
    }

    [Fact]
    public void Text_from_outside_never_becomes_markup()
    {
        const string Evil = "<script>alert('x')</script>\"&";
        EvaluationReport report = s_report with
        {
            Title = Evil,
            Evaluation = SampleReport.Make(options => options with { Model = Evil, Words = new() { Case = Evil, Cases = Evil, Positive = Evil, Negative = Evil, Finding = Evil, Findings = Evil }, BootstrapReplicates = 0 }).Evaluation,
            Run = s_report.Run with { Command = Evil, Hardware = Evil, Versions = new Dictionary<string, string>(StringComparer.Ordinal) { [Evil] = Evil } },
            Data = s_report.Data with { Description = Evil, Skipped = [new(Evil, Evil)], Warnings = [new(Evil, 3)], Facts = [new(Evil, Evil)], Splits = [new(Evil, 1, 1, new ClassCount(Evil, 1))] },
            Model = s_report.Model with { Name = Evil, Network = Evil, Limits = [Evil], Settings = [new(Evil, Evil)], IntendedUse = Evil },
            Pictures = [.. s_report.Pictures.Select(picture => picture with { Caption = Evil, AlternativeText = Evil })],
        };
        XElement body = Body(HtmlReport.Text(report));
        Assert.Empty(body.Descendants("script"));
        Assert.Contains(Evil, body.Descendants("h1").Single().Value, StringComparison.Ordinal);
        Assert.Contains(body.Descendants("img"), image => (string?)image.Attribute("alt") == Evil);
    }

    [Fact]
    public void A_test_set_of_one_class_is_told_in_words()
    {
        TestScores normal = new(s_report.Binary().Test.Cases.Where(one => !one.Label));
        EvaluationReport report = s_report with { Evaluation = BinaryEvaluation.Of(normal, DecisionThreshold.Fixed(0.5f), new() { Words = SampleReport.Words }), History = null };
        string page = HtmlReport.Text(report);
        Assert.Contains("No curves can be drawn: the test set holds no abnormal case.", Body(page).Value, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"training\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_test_set_still_makes_a_page()
    {
        EvaluationReport report = s_report with { Evaluation = BinaryEvaluation.Of(new TestScores([]), DecisionThreshold.Fixed(0.5f)) };
        string page = HtmlReport.Text(report);
        Assert.Contains("the test set is empty", Body(page).Value, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_test_set_still_makes_a_page_that_a_phone_opens()
    {
        ScoredCase[] cases = [.. Enumerable.Range(0, 5000).Select(i => new ScoredCase($"C{i}", $"P{i / 2}", i % 3 == 0, 0, (i * 7919 % 5000) / 5000f))];
        EvaluationReport report = s_report with
        {
            Evaluation = BinaryEvaluation.Of(new TestScores(cases), DecisionThreshold.Fixed(0.5f), new() { BootstrapReplicates = 20 }),
            Pictures = [.. cases.Select(one => new CasePicture(one.CaseId, new byte[1000], "a", "b"))],
        };
        string page = HtmlReport.Text(report);
        Assert.InRange(page.Length, 50_000, 500_000);
        Assert.Contains("the first 30 are shown, metrics.json has all", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_in_drawings_are_numbers()
    {
        Assert.DoesNotContain("NaN", s_page, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", s_page, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(@"\d,\d+[LMHV]"), s_page);
    }

    /// <summary>The page's body, read by a parser of XML: what it accepts has every element closed and every text escaped.</summary>
    private static XElement Body(string page)
    {
        string body = page[page.IndexOf("<body>", StringComparison.Ordinal)..(page.IndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)];
        string closed = Regex.Replace(body, "<img([^>]*)>", "<img$1/>").Replace(" xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal);
        return XElement.Parse(closed);
    }

    [Fact]
    public void What_was_read_with_a_warning_is_on_the_data_card_of_every_form()
    {
        Assert.DoesNotContain("Read with a warning", HtmlReport.Text(s_report), StringComparison.Ordinal);
        EvaluationReport report = s_report with { Data = s_report.Data with { Warnings = [new("Counts Accumulated says #, the pixels add up to #.", 17)] } };
        Assert.Contains("<td>Counts Accumulated says #, the pixels add up to #.</td><td class=\"number\">17</td>", HtmlReport.Text(report), StringComparison.Ordinal);
        Assert.Contains("! In 17 inputs: Counts Accumulated says #", ConsoleReport.Text(report), StringComparison.Ordinal);
        Assert.Contains("\"warning\": \"Counts Accumulated says #, the pixels add up to #.\"", MetricsJson.Text(report), StringComparison.Ordinal);
    }
}

using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Evaluation.Statistics;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

public sealed class ComparisonReportTests
{
    private static readonly ComparisonReport s_report = SampleComparison.Make();
    private static readonly string s_page = ComparisonHtml.Text(s_report);

    [Fact]
    public void The_verdict_comes_first_in_every_form()
    {
        string verdict = s_report.Comparison.Verdict;
        Assert.Contains("40 kidneys of 20 patients does not support any ranking of the 6 models", verdict, StringComparison.Ordinal);
        Assert.EndsWith("Do not rank them.", verdict, StringComparison.Ordinal);
        XElement section = Body(s_page).Descendants("section").First();
        Assert.Equal("summary", (string?)section.Attribute("id"));
        Assert.Equal(verdict, section.Descendants("p").First().Value);
        string text = ConsoleReport.Text(s_report).ReplaceLineEndings(" ");
        Assert.InRange(text.IndexOf(verdict.Replace('\u00A0', ' '), StringComparison.Ordinal), 0, 200);
        JsonNode json = JsonNode.Parse(ComparisonJson.Text(s_report))!;
        Assert.Equal(verdict, (string?)json["verdict"]!["ranking"]);
        Assert.False((bool)json["verdict"]!["anySupported"]!);
    }

    [Fact]
    public void What_was_done_to_the_models_is_said_in_every_form()
    {
        Assert.Contains(WebUtility.HtmlEncode(s_report.Protocol), s_page, StringComparison.Ordinal);
        Assert.Contains(s_report.Protocol, ConsoleReport.Text(s_report).ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(s_report.Protocol, (string?)JsonNode.Parse(ComparisonJson.Text(s_report))!["protocol"]);
        Assert.Contains("12 epochs, preset quick", s_page, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_patients_tell_the_best_network_from_the_baseline()
    {
        ComparisonReport large = SampleComparison.Make(patients: 400, baseline: 0.5);
        string sentence = Assert.Single(large.AgainstBaselines());
        Assert.StartsWith("Against the baseline: dmsa-2.5d is better than features (areas ", sentence, StringComparison.Ordinal);
        Assert.Contains("p < 0.001", sentence, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(sentence), ComparisonHtml.Text(large), StringComparison.Ordinal);
        Assert.StartsWith("Against the baseline: this test cannot tell ", Assert.Single(SampleComparison.Make(baseline: 2).AgainstBaselines()), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_model_shows_its_figures_the_optimistic_ones_and_the_published_ones()
    {
        XElement table = Body(s_page).Descendants("table").First();
        XElement[] groups = [.. table.Elements("tbody")];
        Assert.Equal(6, groups.Length);
        Assert.Equal([4, 4, 4, 4, 4, 2], groups.Select(group => group.Elements("tr").Count()));
        XElement published = groups[1].Elements("tr").Last();
        Assert.Equal("published: 2.5D MIPs, optimistic", published.Element("th")!.Value);
        Assert.Equal(["18", "2", "1", "19"], published.Elements("td").Take(4).Select(cell => cell.Value));
        Assert.Equal(
            ["0.940", "0.925", "0.900", "0.950", "0.947", "0.905", "0.923", "0.850"],
            published.Elements("td").Skip(4).Select(cell => cell.Element("b")!.Value));
        Assert.Equal("0.801–0.974", published.Elements("td").ElementAt(5).Element("span")!.Value);
        OperatingPoint own = s_report.Models[1].Evaluation.OperatingPoint;
        Assert.Equal(own.Counts.TruePositives.ToString(CultureInfo.InvariantCulture), groups[1].Elements("tr").ElementAt(1).Elements("td").First().Value);
        Assert.Equal("paper's protocol, optimistic", groups[0].Elements("tr").ElementAt(2).Element("th")!.Value);
        Assert.Contains("baseline", groups[5].Value, StringComparison.Ordinal);
    }

    /// <summary>Sensitivity and specificity of twenty kidneys each determine the counts; these must give back every printed figure.</summary>
    [Fact]
    public void The_published_rows_agree_with_themselves()
    {
        Assert.All(s_report.Models.Select(model => model.Published).OfType<PublishedResult>(), row =>
        {
            IReadOnlyDictionary<string, double> derived = row.FiguresOfCounts();
            Assert.All(row.Figures.Where(figure => derived.ContainsKey(figure.Key)), figure => Assert.Equal(figure.Value, derived[figure.Key], 0.00051));
            Assert.Equal(6, row.Figures.Keys.Count(derived.ContainsKey));
        });
    }

    [Fact]
    public void Lines_are_told_apart_without_colour()
    {
        XElement drawing = Body(s_page).Descendants("svg").First(svg => (string?)svg.Attribute("aria-labelledby") == "rocs-t rocs-d");
        string[] lines = [.. drawing.Elements("path").Select(path => (string?)path.Attribute("class") ?? "").Where(name => name.StartsWith("line ", StringComparison.Ordinal))];
        Assert.Equal(6, lines.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(["1", "2", "3", "4", "5", "6"], drawing.Elements("text").Where(text => (string?)text.Attribute("class") == "line-number").Select(text => text.Value));
        string[] dashes = [.. lines.Select(line => line[5..]).Select(name => s_page.Split($".{name} {{")[1].Split('}')[0].Split("dasharray:")[^1])];
        Assert.Equal(6, dashes.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Json_keeps_to_its_schema_and_reads_back_to_the_same_bits()
    {
        string text = ComparisonJson.Text(s_report);
        Assert.Empty(SchemaChecks.Violations(ComparisonJson.Schema, text));
        JsonNode json = JsonNode.Parse(text)!;
        ModelPair pair = s_report.Comparison.Pairs[3];
        Assert.Equal(pair.Areas.P, (double)json["pairs"]![3]!["deLongP"]!);
        Assert.Equal(pair.AdjustedP, (double)json["pairs"]![3]!["holmP"]!);
        Assert.Equal(15, json["pairs"]!.AsArray().Count);
        Assert.Equal(s_report.Models.Select(model => model.Name), json["models"]!.AsArray().Select(model => (string)model!["model"]!));
        Assert.Equal([false, false, false, false, false, true], json["models"]!.AsArray().Select(model => (bool)model!["baseline"]!));
        Assert.True((bool)json["models"]![0]!["paperProtocol"]!["threshold"]!["optimistic"]!);
        Assert.NotEmpty(SchemaChecks.Violations(ComparisonJson.Schema, text.Replace("\"baseline\": true", "\"baseline\": 1", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_comparisons_of_one_seed_are_equal_apart_from_times()
    {
        ComparisonReport again = SampleComparison.Make();
        again = again with { Run = again.Run with { Durations = [], Threads = 1 } };
        Assert.NotEqual(ComparisonJson.Text(s_report), ComparisonJson.Text(again));
        Assert.Equal(MetricsJson.WithoutRun(ComparisonJson.Text(s_report)), MetricsJson.WithoutRun(ComparisonJson.Text(again)));
    }

    [Fact]
    public void The_console_shows_the_table_of_the_best_and_every_model_with_intervals()
    {
        string[] lines = ConsoleReport.Text(s_report).Split('\n');
        Assert.Contains(lines, line => line.StartsWith("|1    dmsa-2.5d ", StringComparison.Ordinal) && line.Contains(" 210.0 |", StringComparison.Ordinal));
        int published = Array.FindIndex(lines, line => line.StartsWith("  published *", StringComparison.Ordinal) && line.Contains("0.925", StringComparison.Ordinal));
        Assert.Contains("[.80,.97]", lines[published + 1], StringComparison.Ordinal);
        Assert.Contains("features (baseline; L-BFGS)", lines);
        Assert.Contains(lines, line => line.StartsWith("|Total number of models explored: 6 ", StringComparison.Ordinal));
        Assert.Single(lines.Where(line => line.StartsWith('|')).Select(line => line.Length).Distinct());
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 190));
    }

    [Fact]
    public void Kidneys_of_one_patient_are_not_taken_for_independent_without_a_word()
    {
        Assert.Contains("The verdict allows for patients with several kidneys (Obuchowski's variance)", s_report.Comparison.VerdictByPatient, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(s_report.Comparison.VerdictByPatient), s_page, StringComparison.Ordinal);
        double[] byPatient = HolmCorrection.Adjust([.. s_report.Comparison.Pairs.Select(pair => pair.AreasByPatient.DecidingP)]);
        Assert.Equal(byPatient, s_report.Comparison.Pairs.Select(pair => pair.AdjustedPByPatient));
    }

    [Fact]
    public void Text_from_outside_never_becomes_markup()
    {
        const string Evil = "<script>alert('x')</script>\"&";
        ComparisonReport report = s_report with
        {
            Title = Evil,
            Protocol = Evil,
            Models = [.. s_report.Models.Select(model => model with { Description = Evil, Training = Evil, ReportLink = Evil, Published = model.Published is null ? null : model.Published with { Name = Evil, Source = Evil } })],
        };
        XElement body = Body(ComparisonHtml.Text(report));
        Assert.Empty(body.Descendants("script"));
        Assert.Contains(body.Descendants("a"), link => (string?)link.Attribute("href") == Evil);
    }

    private static XElement Body(string page)
    {
        int from = page.IndexOf("<body>", StringComparison.Ordinal), to = page.IndexOf("</body>", StringComparison.Ordinal);
        return XElement.Parse(WellFormed(page[from..(to + "</body>".Length)]));
    }

    private static string WellFormed(string html) => System.Text.RegularExpressions.Regex.Replace(html, "<(img|meta|br)([^>]*)>", "<$1$2/>")
        .Replace(" xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal);

    [Fact]
    public void Paired_shares_and_the_contrast_are_in_every_form()
    {
        ComparisonReport sample = SampleComparison.Make();
        ComparisonReport report = ComparisonReport.Of(sample.Title, sample.Models, sample.Data, sample.Run, new("dmsa-2.5d", "dmsa-3d"));
        string page = ComparisonHtml.Text(report), json = ComparisonJson.Text(report), console = ConsoleReport.Text(report);
        Assert.Empty(SchemaChecks.Violations(ComparisonJson.Schema, json));
        Assert.Contains("Tango's score interval", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("<small>primary contrast</small>", page, StringComparison.Ordinal);
        Assert.Contains("The primary contrast, named beforehand: ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No contrast was named beforehand", page, StringComparison.Ordinal);
        Assert.Contains("No contrast was named beforehand", ComparisonHtml.Text(sample), StringComparison.Ordinal);
        Assert.Contains("mid-p", console, StringComparison.Ordinal);
        Assert.Contains("primary contrast, not corrected", console, StringComparison.Ordinal);
        System.Text.Json.Nodes.JsonNode pair = System.Text.Json.Nodes.JsonNode.Parse(json)!["pairs"]!.AsArray().Single(one => (bool)one!["primary"]!)!;
        Assert.Equal(3, pair["shares"]!.AsArray().Count);
        Assert.Equal("Tango", (string)pair["shares"]![0]!["tango"]!["method"]!);
    }
}

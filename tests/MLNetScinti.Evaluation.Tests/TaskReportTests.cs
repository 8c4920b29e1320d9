using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>The report of every task, in all three forms, also where there is nothing to report.</summary>
public sealed class TaskReportTests
{
    private static readonly Dictionary<string, Lazy<EvaluationReport>> s_reports = new(StringComparer.Ordinal)
    {
        ["multiclass"] = new(() => SampleTasks.Report(SampleTasks.Multiclass())),
        ["multilabel"] = new(() => SampleTasks.Report(SampleTasks.MultiLabel())),
        ["segmentation"] = new(() => SampleTasks.Report(SampleTasks.Segmentation()) with { MaskComparison = SegmentationComparison.Of([SampleTasks.Segmentation(), SampleTasks.Segmentation("other", 1.5)]) }),
        ["regression"] = new(() => SampleTasks.Report(SampleTasks.Regression())),
        ["multiclass, nothing"] = new(() => SampleTasks.Report(MulticlassEvaluation.Of(SampleTasks.Classes, [], SampleTasks.Options("none")))),
        ["multilabel, nothing"] = new(() => SampleTasks.Report(MultiLabelEvaluation.Of(["a", "b"], new TestScores<MultiLabelCase>([]), [DecisionThreshold.Fixed(0.5f), DecisionThreshold.Fixed(0.5f)], SampleTasks.Options("none")))),
        ["segmentation, nothing"] = new(() => SampleTasks.Report(SegmentationEvaluation.Of(["a"], new TestScores<SegmentedCase>([]), SampleTasks.Options("none")))),
        ["regression, nothing"] = new(() => SampleTasks.Report(RegressionEvaluation.Of("dose", "", new TestScores<QuantifiedCase>([]), SampleTasks.Options("none")))),
        ["multiclass, one case"] = new(() => SampleTasks.Report(MulticlassEvaluation.Of(SampleTasks.Classes, SampleTasks.MulticlassCases("T")[..1], SampleTasks.Options("one")))),
        ["segmentation, empty masks"] = new(() => SampleTasks.Report(SegmentationEvaluation.Of(["a"], new TestScores<SegmentedCase>([new("C", "P", [MaskMeasures.Of(new bool[4], new bool[4], new(2, 2), [1, 1])])]), SampleTasks.Options("one")))),
        ["regression, one case"] = new(() => SampleTasks.Report(RegressionEvaluation.Of("dose", "Gy", new TestScores<QuantifiedCase>([new("C", "P", 0, 1)]), SampleTasks.Options("one")))),
    };

    public static TheoryData<string> Names { get; } = [.. s_reports.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_is_well_formed_and_complete(string name)
    {
        string page = HtmlReport.Text(s_reports[name].Value);
        XElement body = Body(page);
        string[] ids = [.. body.DescendantsAndSelf().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(body.Descendants("a"), link => Assert.Contains(((string)link.Attribute("href")!)[1..], ids));
        Assert.All(body.Descendants("section"), section => Assert.Contains((string)section.Attribute("aria-labelledby")!, ids));
        Assert.All(body.Descendants("th").Where(head => head.Value.Length > 0), head => Assert.NotNull(head.Attribute("scope")));
        Assert.Empty(body.Descendants("script"));
        Assert.All((string[])["summary", "figures", "data", "model", "reproduce", "curves"], id => Assert.Contains(id, ids));
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", page, StringComparison.Ordinal);
        Assert.InRange(page.Length, 20_000, 400_000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_json_keeps_to_its_schema_and_names_its_task(string name)
    {
        string text = MetricsJson.Text(s_reports[name].Value);
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, text));
        Assert.Equal(name.Split(',')[0], (string?)JsonNode.Parse(text)!["evaluation"]!["task"]);
        string task = $"\"task\": \"{name.Split(',')[0]}\"";
        Assert.Contains(task, text, StringComparison.Ordinal);
        Assert.NotEmpty(SchemaChecks.Violations(MetricsJson.Schema, text.Replace(task, "\"task\": \"binary\"", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_text_has_mlnets_banner_and_mamls_tables(string name)
    {
        EvaluationReport report = s_reports[name].Value;
        string text = ConsoleReport.Text(report);
        Assert.Contains($"*       Metrics for {FigureText.Task(report.Evaluation)} model: {report.Evaluation.Model}\n", text, StringComparison.Ordinal);
        Assert.Contains("OVERALL RESULTS\n---------------------------------------\n", text, StringComparison.Ordinal);
        Assert.Contains("ML.NET ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u00A0', text);
        string header = ConsoleReport.TrialHeaderOf(report.Evaluation), row = ConsoleReport.TrialRowOf(1, report.Evaluation, TimeSpan.FromSeconds(3));
        Assert.Equal(header.Length, row.Length);
    }

    [Fact]
    public void Mlnets_figures_are_printed_under_mamls_names()
    {
        string classes = ConsoleReport.Text(s_reports["multiclass"].Value), doses = ConsoleReport.Text(s_reports["regression"].Value);
        Assert.Matches(@"OVERALL RESULTS\n-{39}\nAccuracy\(micro-avg\): 0\.\d{6}\nAccuracy\(macro-avg\): 0\.\d{6}\nLog-loss:           0\.\d{6}\nLog-loss reduction: 0\.\d{6}\n", classes);
        Assert.Matches(@"L1\(avg\):            \d\.\d{6}\nL2\(avg\):            \d\.\d{6}\nRMS\(avg\):           \d\.\d{6}\nLoss-fn\(avg\):       \d\.\d{6}\nR Squared:          0\.\d{6}\n", doses);
        Assert.Equal("|     Trainer                              MicroAccuracy  MacroAccuracy  Duration |", ConsoleReport.TrialHeaderOf(s_reports["multiclass"].Value.Evaluation));
    }

    [Fact]
    public void Drawings_say_what_they_show_and_differ_without_colour()
    {
        XElement classes = Body(HtmlReport.Text(s_reports["multiclass"].Value)), masks = Body(HtmlReport.Text(s_reports["segmentation"].Value)), doses = Body(HtmlReport.Text(s_reports["regression"].Value));
        XElement curves = Drawing(classes, "rocs");
        Assert.Equal(3, curves.Elements("path").Count(path => ((string?)path.Attribute("class"))?.StartsWith("line ", StringComparison.Ordinal) == true));
        Assert.Contains("focal uptake, area 0.", curves.Element("desc")!.Value, StringComparison.Ordinal);
        Assert.Equal(2, Drawing(masks, "dice-boxes").Elements("rect").Count(box => (string?)box.Attribute("class") == "box"));
        Assert.Equal(60, Drawing(doses, "agreement").Elements("circle").Count());
        Assert.Matches(@"Bias \d", Drawing(doses, "agreement").Element("desc")!.Value);

        static XElement Drawing(XElement body, string id) => body.Descendants("svg").Single(svg => (string?)svg.Attribute("aria-labelledby") == $"{id}-t {id}-d");
    }

    [Fact]
    public void Text_from_outside_never_becomes_markup()
    {
        const string Evil = "<script>alert('x')</script>\"&";
        EvaluationOptions options = SampleTasks.Options(Evil, 0) with { Words = new() { Case = Evil, Cases = Evil }, Groupings = [Grouping.ByValue(Evil, "Camera")] };
        IEvaluation[] evaluations =
        [
            MulticlassEvaluation.Of([Evil, "b", "c"], SampleTasks.MulticlassCases("T"), options),
            MultiLabelEvaluation.Of([Evil, "b"], new TestScores<MultiLabelCase>(SampleTasks.MultiLabelCases("T")), [DecisionThreshold.Fixed(0.5f, Evil), DecisionThreshold.Fixed(0.5f)], options),
            SegmentationEvaluation.Of([Evil, "b"], new TestScores<SegmentedCase>(SampleTasks.SegmentedCases(1)), options),
            RegressionEvaluation.Of(Evil, Evil, new TestScores<QuantifiedCase>(SampleTasks.QuantifiedCases()), options),
        ];
        Assert.All(evaluations, evaluation =>
        {
            XElement body = Body(HtmlReport.Text(SampleTasks.Report(evaluation)));
            Assert.Empty(body.Descendants("script"));
            Assert.Contains(Evil, body.Value, StringComparison.Ordinal);
        });
    }

    /// <summary>The page's body, read by a parser of XML: what it accepts has every element closed and every text escaped.</summary>
    private static XElement Body(string page)
    {
        string body = page[page.IndexOf("<body>", StringComparison.Ordinal)..(page.IndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)];
        string closed = Regex.Replace(body, "<img([^>]*)>", "<img$1/>").Replace(" xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal);
        return XElement.Parse(closed);
    }
}

using System.Text.Json.Nodes;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;
using Xunit;

namespace MLNetScinti.Evaluation.Tests;

/// <summary>Audits as a page, as JSON, on the console, and as a section of a run's report.</summary>
public sealed class AuditReportTests
{
    private static readonly AuditFinding s_found = new()
    {
        Audit = "shortcut",
        Question = "Does the class go with <how> images were taken?",
        IsFound = true,
        Sentences = ["The class goes with how images were taken.", "Most by the camera."],
        Effect = new("area", "Area under the ROC curve", "by patient", Metric.Of(0.81, 80, 40, new ConfidenceInterval(0.7, 0.9, "bootstrap by patient"))),
        P = 0.00625,
        Alarm = 0.025,
        FoundHalfTheTime = 0.62,
        FoundHalfTheTimeWords = "an area of 0.620",
        Figures = [new("areaByNoise", "By the noise", "", Metric.Of(0.5, 80, 40))],
    };

    private static readonly AuditFinding s_nothing = new()
    {
        Audit = "missing-view",
        Question = "Are views missing?",
        IsFound = false,
        Sentences = ["No view is missing."],
        Effect = new("area", "Area under the ROC curve", "", Metric.Undefined("there is nothing to tell classes by")),
    };

    private static readonly AuditReport s_report = Make();

    [Fact]
    public void JsonKeepsToItsSchema()
    {
        string text = AuditJson.Text(s_report);
        Assert.Empty(SchemaChecks.Violations(AuditJson.Schema, text));
        JsonNode first = JsonNode.Parse(text)!["audits"]![0]!;
        Assert.Equal((true, 0.81, 0.00625, 0.62), ((bool)first["found"]!, (double)first["effect"]!["value"]!, (double)first["p"]!, (double)first["foundHalfTheTime"]!));
        Assert.Equal("there is nothing to tell classes by", (string?)JsonNode.Parse(text)!["audits"]![1]!["effect"]!["undefined"]);
    }

    [Fact]
    public void ThePageSaysTheVerdictFirstAndWhatWouldBeFound()
    {
        string page = AuditHtml.Text(s_report);
        Assert.Contains("Shortcut: found", page, StringComparison.Ordinal);
        Assert.Contains("Missing view: not found", page, StringComparison.Ordinal);
        Assert.Contains("&lt;how&gt;", page, StringComparison.Ordinal);
        Assert.Contains("Found half the time with as many patients: an area of 0.620.", page, StringComparison.Ordinal);
        Assert.Contains("""<p class="lead">The class goes with how images were taken.</p>""", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunsReportHasThemAsASection()
    {
        EvaluationReport plain = SampleReport.Make(), audited = plain with { Audits = [s_found, s_nothing] };
        Assert.Contains("""<section id="audits" """, HtmlReport.Text(audited), StringComparison.Ordinal);
        Assert.DoesNotContain("""id="audits" """, HtmlReport.Text(plain), StringComparison.Ordinal);
        Assert.Contains("Audit shortcut: The class goes with how images were taken. Most by the camera.", ConsoleReport.Text(audited), StringComparison.Ordinal);
        Assert.Empty(SchemaChecks.Violations(MetricsJson.Schema, MetricsJson.Text(audited)));
        Assert.Equal(2, JsonNode.Parse(MetricsJson.Text(audited))!["audits"]!.AsArray().Count);
        Assert.Null(JsonNode.Parse(MetricsJson.Text(plain))!["audits"]);
    }

    private static AuditReport Make()
    {
        EvaluationReport sample = SampleReport.Make();
        return new AuditReport { Title = "small: shortcut, missing-view", Findings = [s_found, s_nothing], Data = sample.Data, Run = sample.Run, Options = sample.Evaluation.Options };
    }
}

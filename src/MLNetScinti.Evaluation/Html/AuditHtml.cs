using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Html;

/// <summary>Audits as one HTML page, in the manner of <see cref="HtmlReport"/>.</summary>
public static class AuditHtml
{
    /// <summary>The page.</summary>
    public static string Text(AuditReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        CardSections cards = new(report.Options, report.Data, report.Run) { JsonName = "audit.json", Intervals = "the bootstrap by patient; the control is not trained anew for each draw" };
        return HtmlPage.Text(
            "Audit",
            report.Title,
            report.Data.Origin,
            [.. report.Findings.Select(finding => $"{finding.Audit}: {(finding.IsFound ? "found" : "not found")}")],
            [
                Section(report.Findings),
                new("data", "Data", cards.Data()),
                new("reproduce", "Do it again", cards.Reproduce()),
            ],
            report.Options.Words.Cases);
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(AuditReport report, string path) => AtomicFile.Write(path, Text(report));

    /// <summary>Audits as a section of a page; empty where there are none.</summary>
    internal static ReportSection Section(IReadOnlyList<AuditFinding> findings) => findings.Count == 0 ? new("audits", "Audits", Markup.Empty) : ReportSection.Of("audits", "Audits", "What else may give the answers away", Markup.Of($"""
        <p>An audit asks what a model could use beside what it is to learn. It judges by a simple control, not by the model; what it does not find may be there all the same, and how much may be there is said too.</p>
        {Markup.Each(findings, Finding)}
        """));

    private static Markup Finding(AuditFinding finding) => Markup.Of($"""
        <h3>{FigureText.Capital(finding.Audit.Replace('-', ' '))}: {(finding.IsFound ? "found" : "not found")}</h3>
        <p class="soft">{finding.Question}</p>
        <p class="lead">{finding.Sentences[0]}</p>{Markup.Each(finding.Sentences.Skip(1), sentence => Markup.Of($"<p>{sentence}</p>"))}
        {TaskSections.Scroller($"Figures of the audit {finding.Audit}", FigureTable.Table([finding.Effect, .. finding.Figures], Caption(finding)))}
        """);

    private static string Caption(AuditFinding finding) =>
        (finding.P is { } p ? $"Chance alone gives as large an effect with probability {(p < 0.01 ? FigureText.Number(p) : FigureText.Number(p, 2))}{(finding.Alarm is { } alarm ? $"; the alarm is raised at {FigureText.Number(alarm, 4)} and below" : "")}. " : "")
        + (finding.FoundHalfTheTimeWords.Length > 0 ? $"Found half the time with as many patients: {finding.FoundHalfTheTimeWords}." : "");
}

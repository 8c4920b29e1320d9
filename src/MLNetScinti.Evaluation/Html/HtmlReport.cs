using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Evaluation.Html;

/// <summary>
/// The report as one HTML page: nothing is loaded from a network, no script is needed, it is read on a phone, on paper, in light
/// and dark, with a keyboard or a screen reader. All text is escaped; identifiers are the pseudonyms it was given.
/// </summary>
public static class HtmlReport
{
    /// <summary>The page.</summary>
    public static string Text(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        IEvaluation evaluation = report.Evaluation;
        CardSections cards = new(evaluation.Options, report.Data, report.Run) { Intervals = Intervals(evaluation) };
        return HtmlPage.Text(
            "Evaluation report",
            report.Title,
            report.Data.Origin,
            [evaluation.Model, $"{FigureText.Patients(evaluation.Test.PatientIds.Count)}, {FigureText.Cases(evaluation.Options, evaluation.Test.Cases.Count)} in the test set"],
            [
                .. OfTask(report),
                AgreementSections.Of(report),
                new("baseline", "Baseline", BaselineSections.Of(report.Baseline)),
                new("explanation", "What it looked at", new ExplanationSections(report).Explanation()),
                new("generated", "Generated images", GenerationSections.Of(report.Generation)),
                AuditHtml.Section(report.Audits),
                CohortSections.Trend(report),
                new("training", "Training", CardSections.Training(report.History)),
                new("data", "Data", cards.Data()),
                new("model", "Model", CardSections.Model(report.Model)),
                new("decisions", "Against the paper", CardSections.Decisions(report.Model)),
                new("reproduce", "Do it again", cards.Reproduce()),
                ChecklistSection.Of(report),
            ],
            evaluation.Options.Words.Cases);
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(EvaluationReport report, string path) => AtomicFile.Write(path, Text(report));

    private static IEnumerable<ReportSection> OfTask(EvaluationReport report) => report.Evaluation switch
    {
        BinaryEvaluation binary => new BinarySections(report, binary).All(),
        MulticlassEvaluation classes => new MulticlassSections(report, classes).All(),
        MultiLabelEvaluation labels => new MultiLabelSections(report, labels).All(),
        SegmentationEvaluation masks => new SegmentationSections(report, masks).All(),
        RegressionEvaluation quantities => new RegressionSections(report, quantities).All(),
        _ => throw new ArgumentException($"An evaluation of type {report.Evaluation.GetType().Name} has no page.", nameof(report)),
    };

    internal static string Intervals(IEvaluation evaluation) => evaluation switch
    {
        SegmentationEvaluation => "the bootstrap by patient for all means",
        RegressionEvaluation => "Bland and Altman (1999) for bias and limits of agreement where there is no bootstrap",
        _ => "Wilson (1927) for proportions; DeLong (1988) on the logit scale for the area under the ROC curve",
    };
}

/// <summary>The style of pages, and the part of it that figures carry with them: saved by itself, a figure looks as it does on its page.</summary>
internal static class ReportStyle
{
    private static readonly Lazy<string> s_page = new(() =>
    {
        using Stream stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("report.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    private static readonly Lazy<string> s_figures = new(() =>
    {
        const string From = "/* figures */", To = "/* end of figures */";
        string page = Page;
        int from = page.IndexOf(From, StringComparison.Ordinal) + From.Length;
        string[] colours = [.. System.Text.RegularExpressions.Regex.Matches(page, @":root \{([^}]*)\}").Select(match => match.Groups[1].Value)];
        string rules = $".chart {{ font-family: system-ui, sans-serif; {colours[0]} }} @media (prefers-color-scheme: dark) {{ .chart {{ {colours[1]} }} }} @media print {{ .chart {{ {colours[2]} }} }} {page[from..page.IndexOf(To, StringComparison.Ordinal)]}";
        return string.Join(' ', rules.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    });

    /// <summary>The whole style of a page.</summary>
    public static string Page => s_page.Value;

    /// <summary>The colours and the rules of figures.</summary>
    public static string OfFigures => s_figures.Value;
}

/// <summary>The frame of every page: head, style, title, navigation and footer.</summary>
internal static class HtmlPage
{
    /// <summary>A whole page.</summary>
    /// <param name="kind">What kind of report it is, in two words.</param>
    /// <param name="title">Its title.</param>
    /// <param name="origin">Where the images come from.</param>
    /// <param name="tags">Facts to show under the title.</param>
    /// <param name="sections">The sections in order; those without content are left out.</param>
    /// <param name="casesNoun">What cases are called.</param>
    public static string Text(string kind, string title, DataOrigin origin, IReadOnlyList<string> tags, IReadOnlyList<ReportSection> sections, string casesNoun) => Markup.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <meta name="robots" content="noindex">
        <title>{title}</title>
        <style>
        {new Markup(ReportStyle.Page)}</style>
        </head>
        <body>
        <a class="skip" href="#main">To the content</a>
        <header class="top"><div class="wrap">
        <p class="kicker">{kind}</p>
        <h1>{title}</h1>
        <ul class="tags"><li class="loud">Research use only</li><li class="{(origin == DataOrigin.Real ? "" : "loud")}">{FigureText.Capital(FigureText.Origin(origin))}</li>{Markup.Each(tags, tag => Markup.Of($"<li>{tag}</li>"))}</ul>
        <nav aria-label="Sections"><ul>{Markup.Each(sections.Where(part => !part.IsEmpty), part => Markup.Of($"""<li><a href="#{part.Id}">{part.Name}</a></li>"""))}</ul></nav>
        </div></header>
        <main id="main" class="wrap">
        {Markup.Each(sections, section => section.Content)}
        </main>
        <footer><div class="wrap">Made by MLNetScinti. Research use only; not a medical device. Patients and {casesNoun} appear under pseudonyms.</div></footer>
        </body>
        </html>

        """).Html;
}

/// <summary>A section of a page.</summary>
/// <param name="Id">What links lead to.</param>
/// <param name="Name">Its name in the navigation.</param>
/// <param name="Content">The section element; empty where there is nothing to say.</param>
internal sealed record ReportSection(string Id, string Name, Markup Content)
{
    public bool IsEmpty => Content.Html.Length == 0;

    /// <summary>A section with its head.</summary>
    public static ReportSection Of(string id, string name, string head, Markup content) => new(id, name, Markup.Of($"""
        <section id="{id}" aria-labelledby="{id}-h">
        <h2 id="{id}-h">{head}</h2>
        {content}
        </section>
        """));
}

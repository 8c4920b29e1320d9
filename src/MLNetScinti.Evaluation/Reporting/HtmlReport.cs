namespace MLNetScinti.Evaluation.Reporting;

/// <summary>
/// The report as one HTML page: nothing is loaded from a network, no script is needed, it is read on a phone, on paper, in light
/// and dark, with a keyboard or a screen reader. All text is escaped; identifiers are the pseudonyms it was given.
/// </summary>
public static class HtmlReport
{
    private static readonly Lazy<string> s_style = new(() =>
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    /// <summary>The page.</summary>
    public static string Text(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ReportSections figures = new(report);
        CardSections cards = new(report);
        GroupSections groups = new(report);
        Markup training = cards.Training(), subgroups = groups.Subgroups(), comparison = groups.Comparison();
        (string Id, string Name)[] parts =
        [
            ("summary", "In plain words"), ("curves", "Curves"), ("figures", "All figures"), ("errors", "Called wrongly"),
            .. Where(subgroups, "groups", "Groups"), .. Where(comparison, "comparison", "Other models"), .. Where(training, "training", "Training"),
            ("data", "Data"), ("model", "Model"), ("reproduce", "Do it again"),
        ];
        return Markup.Of($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <meta name="robots" content="noindex">
            <title>{report.Title}</title>
            <style>
            {new Markup(s_style.Value)}</style>
            </head>
            <body>
            <a class="skip" href="#main">To the content</a>
            <header class="top"><div class="wrap">
            <p class="kicker">Evaluation report</p>
            <h1>{report.Title}</h1>
            <ul class="tags"><li class="loud">Research use only</li><li class="{(report.Data.Origin == DataOrigin.Real ? "" : "loud")}">{Capital(FigureText.Origin(report.Data.Origin))}</li><li>{report.Evaluation.Model}</li><li>{FigureText.Patients(report.Evaluation.Test.PatientCount)}, {FigureText.Cases(report.Evaluation.Options, report.Evaluation.Test.Count)} in the test set</li></ul>
            <nav aria-label="Sections"><ul>{Markup.Each(parts, part => Markup.Of($"""<li><a href="#{part.Id}">{part.Name}</a></li>"""))}</ul></nav>
            </div></header>
            <main id="main" class="wrap">
            {figures.Summary()}{figures.Curves()}{figures.Figures()}{figures.Errors()}{subgroups}{comparison}{training}{cards.Data()}{cards.Model()}{cards.Reproduce()}
            </main>
            <footer><div class="wrap">Made by MLNetScinti. Research use only; not a medical device. Patients and {report.Evaluation.Options.CasesNoun} appear under pseudonyms.</div></footer>
            </body>
            </html>

            """).Html;
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(EvaluationReport report, string path) => AtomicFile.Write(path, Text(report));

    private static (string, string)[] Where(Markup section, string id, string name) => section.Html.Length > 0 ? [(id, name)] : [];

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

namespace MLNetScinti.Evaluation.Reporting;

/// <summary>The frame of every page: head, style, title, navigation and footer.</summary>
internal static class HtmlPage
{
    private static readonly Lazy<string> s_style = new(() =>
    {
        using Stream stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("report.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    /// <summary>A whole page.</summary>
    /// <param name="kind">What kind of report it is, in two words.</param>
    /// <param name="title">Its title.</param>
    /// <param name="origin">Where the images come from.</param>
    /// <param name="tags">Facts to show under the title.</param>
    /// <param name="parts">The sections that the navigation leads to.</param>
    /// <param name="sections">The sections.</param>
    /// <param name="casesNoun">What cases are called.</param>
    public static string Text(string kind, string title, DataOrigin origin, IReadOnlyList<string> tags, IReadOnlyList<(string Id, string Name)> parts, IReadOnlyList<Markup> sections, string casesNoun) => Markup.Of($"""
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
        {new Markup(s_style.Value)}</style>
        </head>
        <body>
        <a class="skip" href="#main">To the content</a>
        <header class="top"><div class="wrap">
        <p class="kicker">{kind}</p>
        <h1>{title}</h1>
        <ul class="tags"><li class="loud">Research use only</li><li class="{(origin == DataOrigin.Real ? "" : "loud")}">{Capital(FigureText.Origin(origin))}</li>{Markup.Each(tags, tag => Markup.Of($"<li>{tag}</li>"))}</ul>
        <nav aria-label="Sections"><ul>{Markup.Each(parts, part => Markup.Of($"""<li><a href="#{part.Id}">{part.Name}</a></li>"""))}</ul></nav>
        </div></header>
        <main id="main" class="wrap">
        {Markup.Join(sections)}
        </main>
        <footer><div class="wrap">Made by MLNetScinti. Research use only; not a medical device. Patients and {casesNoun} appear under pseudonyms.</div></footer>
        </body>
        </html>

        """).Html;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLNetScinti.Evaluation.Html;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Interactive;

/// <summary>
/// The report's drawings as pictures of their own: an SVG file inside an image tag, with its style inside. Names and styles of
/// several drawings in one notebook cannot get into each other's way.
/// </summary>
internal static partial class Chart
{
    // What lies behind the drawing is not known: it brings its own paper.
    private const string Paper = "svg { background: var(--card); font-family: system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif; }\n";

    private static readonly Lazy<string> s_report = new(() =>
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    /// <summary>A figure with the drawing in it; the picture's alternative text is the drawing's title and description.</summary>
    /// <param name="drawing">An SVG element with a title and a description.</param>
    /// <param name="caption">How to read it.</param>
    /// <param name="width">Its width, in em.</param>
    public static Markup Figure(Markup drawing, string caption, int width = 26)
    {
        XElement svg = XElement.Parse(drawing.Html);
        string Inner(string name) => svg.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";
        string alternative = $"{Inner("title")}. {Inner("desc")}";
        svg.AddFirst(new XElement(svg.Name.Namespace + "style", StyleOf(svg)));
        string data = Convert.ToBase64String(Encoding.UTF8.GetBytes(svg.ToString(SaveOptions.DisableFormatting)));
        return Markup.Of($"""<figure style="margin: 0 0 1em; width: {width}em; max-width: 100%"><img src="data:image/svg+xml;base64,{data}" alt="{alternative}" style="width: 100%; height: auto"><figcaption>{caption}</figcaption></figure>""");
    }

    /// <summary>Figures beside each other, where there is room.</summary>
    public static Markup Row(params Markup[] figures) => Markup.Of($"""<div style="display: flex; flex-wrap: wrap; gap: 1.5em">{Markup.Join(figures)}</div>""");

    /// <summary>The report's colours, light and dark, and its rules for the classes that a drawing uses; the page's own layout stays behind.</summary>
    private static string StyleOf(XElement svg)
    {
        HashSet<string> used = [.. svg.DescendantsAndSelf().SelectMany(element => ((string?)element.Attribute("class") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        return Paper
            + string.Concat(Colours().Matches(s_report.Value).Select(rule => rule.Value))
            + string.Concat(Rules().Matches(s_report.Value)
                .Where(rule => ClassNames().Matches(rule.Groups["selector"].Value).Any(name => used.Contains(name.Groups["name"].Value)))
                .Select(rule => rule.Value));
    }

    [GeneratedRegex(@"^:root \{[^}]*\}\n|^@media \(prefers-color-scheme: dark\) \{\n  :root \{[^}]*\}\n\}\n", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colours();

    [GeneratedRegex(@"^(?<selector>(?:svg)?\.[^{}@]*)\{[^}]*\}\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rules();

    [GeneratedRegex(@"\.(?<name>[a-z][a-z0-9-]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ClassNames();
}

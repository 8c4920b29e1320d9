using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MLNetScinti.Evaluation.Reporting;

namespace MLNetScinti.Interactive;

/// <summary>
/// The report's drawings as pictures of their own: an SVG file inside an image tag, with its style inside. Names and styles of
/// several drawings in one notebook cannot get into each other's way.
/// </summary>
internal static partial class Chart
{
    private static readonly Lazy<string> s_style = new(() =>
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using StreamReader reader = new(stream);
        string report = reader.ReadToEnd();
        // What lies behind the drawing is not known: it brings its own paper.
        return "svg { background: var(--card); font-family: system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif; }\n"
            + string.Concat(StyleRules().Matches(report).Select(rule => rule.Value));
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
        svg.AddFirst(new XElement(svg.Name.Namespace + "style", s_style.Value));
        string data = Convert.ToBase64String(Encoding.UTF8.GetBytes(svg.ToString(SaveOptions.DisableFormatting)));
        return Markup.Of($"""<figure style="margin: 0 0 1em; width: {width}em; max-width: 100%"><img src="data:image/svg+xml;base64,{data}" alt="{alternative}" style="width: 100%; height: auto"><figcaption>{caption}</figcaption></figure>""");
    }

    /// <summary>Figures beside each other, where there is room.</summary>
    public static Markup Row(params Markup[] figures) => Markup.Of($"""<div style="display: flex; flex-wrap: wrap; gap: 1.5em">{Markup.Join(figures)}</div>""");

    // The colours with their dark version, and the rules of single-class selectors that drawings use; the page's own layout stays behind.
    [GeneratedRegex(@"^:root \{[^}]*\}\n|^@media \(prefers-color-scheme: dark\) \{\n  :root \{[^}]*\}\n\}\n|^\.(?:grid|axis|tick|label|row-name|note|chance|curve|band|bar|whisker|point|paper-point|dot|threshold|case)\b[^{]*\{[^}]*\}\n", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StyleRules();
}

using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;

namespace MLNetScinti.Notebooks;

/// <summary>
/// A notebook as one HTML page: nothing is loaded from a network, no script runs, pictures are inside. For who has no Jupyter,
/// on a phone, on paper, with a keyboard or a screen reader.
/// </summary>
public static class NotebookPage
{
    private static readonly Lazy<string> s_style = new(() =>
    {
        using Stream stream = typeof(NotebookPage).Assembly.GetManifestResourceStream("notebook.css")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    });

    // HTML inside of Markdown stays text: what a page shows is what its author wrote in Markdown, or what a cell showed.
    private static readonly MarkdownPipeline s_markdown = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).DisableHtml().Build();

    /// <summary>The page.</summary>
    /// <param name="notebook">The notebook, with its outputs.</param>
    /// <param name="name">What the page is called where the notebook has no heading.</param>
    public static string Text(NotebookDocument notebook, string name)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(name);
        string? heading = notebook.Cells.Where(cell => cell.Kind == "markdown")
            .SelectMany(cell => cell.Source.Split('\n')).FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim();
        StringBuilder page = new();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n")
            .Append("<title>").Append(Escape(heading ?? name)).Append("</title>\n<style>\n").Append(s_style.Value).Append("</style>\n</head>\n<body>\n<main>\n");
        if (heading is null)
        {
            page.Append("<h1>").Append(Escape(name)).Append("</h1>\n");
        }

        foreach (NotebookCell cell in notebook.Cells)
        {
            Write(page, cell);
        }

        page.Append("</main>\n<footer>Made from a notebook by MLNetScinti. Research use only; not a medical device.</footer>\n</body>\n</html>\n");
        return page.ToString();
    }

    /// <summary>Writes the page; the file appears whole or not at all.</summary>
    public static void Write(NotebookDocument notebook, string name, string path) => NotebookDocument.WriteText(path, Text(notebook, name));

    private static string Html(string markdown)
    {
        try
        {
            return Markdown.ToHtml(markdown, s_markdown);
        }
        catch (ArgumentException)
        {
            // Nested more deeply than the library follows: it stands there as it was written.
            return $"<pre>{Escape(markdown)}</pre>";
        }
    }

    private static void Write(StringBuilder page, NotebookCell cell)
    {
        if (cell.Kind == "markdown")
        {
            page.Append(Html(cell.Source));
            return;
        }

        if (cell.Kind != "code")
        {
            page.Append("<pre>").Append(Escape(cell.Source)).Append("</pre>\n");
            return;
        }

        string number = cell.ExecutionCount is { } count ? string.Create(CultureInfo.InvariantCulture, $"Cell {count}") : "Cell that did not run";
        page.Append("<section class=\"cell\" aria-label=\"").Append(number).Append("\">\n<p class=\"number\">").Append(number).Append("</p>\n")
            .Append("<pre class=\"code\" tabindex=\"0\" aria-label=\"").Append(number).Append(": code\"><code>").Append(Escape(cell.Source)).Append("</code></pre>\n");
        int output = 0;
        foreach (JsonObject shown in cell.Outputs.OfType<JsonObject>())
        {
            output++;
            string label = string.Create(CultureInfo.InvariantCulture, $"{number}: output {output}");
            Write(page, shown, label);
        }

        page.Append("</section>\n");
    }

    private static void Write(StringBuilder page, JsonObject output, string label)
    {
        bool isError = NotebookCell.Text(output["output_type"]) == "error";
        page.Append("<div class=\"output").Append(isError ? " problem" : "").Append("\" tabindex=\"0\" role=\"group\" aria-label=\"").Append(label).Append("\">");
        if (isError)
        {
            string lines = string.Join('\n', (output["traceback"] as JsonArray ?? []).Select(NotebookCell.Text));
            page.Append("<p><strong>").Append(Escape(NotebookCell.Text(output["ename"]))).Append("</strong>: ").Append(Escape(NotebookCell.Text(output["evalue"])))
                .Append("</p><pre>").Append(Escape(lines)).Append("</pre>");
        }
        else if (output["data"] is JsonObject data)
        {
            page.Append(Form(data));
        }
        else
        {
            page.Append("<pre>").Append(Escape(NotebookCell.Text(output["text"]))).Append("</pre>");
        }

        page.Append("</div>\n");
    }

    private static string Form(JsonObject data)
    {
        string plain = NotebookCell.Text(data["text/plain"]);
        if (data["text/html"] is { } html)
        {
            return NotebookCell.Text(html);
        }

        if (data["image/png"] is { } picture)
        {
            string alternative = plain.Length > 0 ? plain : "picture without a description";
            return $"<img src=\"data:image/png;base64,{NotebookCell.Text(picture).Replace("\n", "", StringComparison.Ordinal)}\" alt=\"{Escape(alternative)}\">";
        }

        return data["text/markdown"] is { } markdown ? Html(NotebookCell.Text(markdown)) : $"<pre>{Escape(plain)}</pre>";
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}

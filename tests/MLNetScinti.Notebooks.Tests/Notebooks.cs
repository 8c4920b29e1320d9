using System.Text.Json.Nodes;
using Xunit;

namespace MLNetScinti.Notebooks.Tests;

/// <summary>Small notebooks, and what is in them after a run.</summary>
internal static class Notebooks
{
    /// <summary>A notebook of code cells; a text that starts with # and a blank is a Markdown cell, one that starts with "parameters:" is tagged so.</summary>
    public static string Json(params IEnumerable<string> cells) => new JsonObject
    {
        ["cells"] = new JsonArray([.. cells.Select((text, index) => (JsonNode)Cell(text, index))]),
        ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" } },
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    }.ToJsonString();

    public static NotebookDocument Of(params IEnumerable<string> cells) => NotebookDocument.Parse(Json(cells));

    public static NotebookRun Run(NotebookDocument notebook, NotebookRunOptions? options = null) =>
        new NotebookRunner(options ?? new NotebookRunOptions { Folder = AppContext.BaseDirectory }).RunAsync(notebook).GetAwaiter().GetResult();

    /// <summary>Runs cells and gives the outputs of the last one.</summary>
    public static JsonArray Last(params string[] cells)
    {
        NotebookDocument notebook = Of(cells);
        Assert.Null(Run(notebook).Failure);
        return Outputs(notebook, cells.Length - 1);
    }

    public static JsonArray Outputs(NotebookDocument notebook, int cell) =>
        JsonNode.Parse(notebook.ToJson())!["cells"]![cell]!["outputs"]!.AsArray();

    /// <summary>A multi-line text of an output.</summary>
    public static string Text(JsonNode? lines) => string.Concat(lines!.AsArray().Select(line => line!.GetValue<string>()));

    public static string Plain(JsonNode? output) => Text(output!["data"]!["text/plain"]);

    private static JsonObject Cell(string text, int index)
    {
        if (text.StartsWith("# ", StringComparison.Ordinal))
        {
            return new JsonObject { ["cell_type"] = "markdown", ["id"] = $"cell-{index}", ["metadata"] = new JsonObject(), ["source"] = new JsonArray(text) };
        }

        bool parameters = text.StartsWith("parameters:", StringComparison.Ordinal);
        JsonObject metadata = parameters ? new JsonObject { ["tags"] = new JsonArray("parameters") } : [];
        return new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["id"] = $"cell-{index}",
            ["metadata"] = metadata,
            ["outputs"] = new JsonArray(),
            ["source"] = new JsonArray(parameters ? text["parameters:".Length..] : text),
        };
    }
}

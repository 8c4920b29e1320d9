using System.Text.Json;
using System.Text.Json.Nodes;
using MLNetScinti.Imaging;

namespace MLNetScinti.Notebooks;

/// <summary>
/// A notebook file (.ipynb, nbformat 4). What a run does not touch is written back as it stood: sources, metadata and what
/// this runner does not know, in the same order.
/// </summary>
public sealed class NotebookDocument
{
    private static readonly string[] s_kernels = [".net-csharp", "polyglot-notebook"];

    private readonly JsonObject _json;

    private NotebookDocument(JsonObject json, IReadOnlyList<NotebookCell> cells)
    {
        _json = json;
        Cells = cells;
    }

    /// <summary>The cells, in order.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="NotebookException">The file is no C# notebook; the message is one line.</exception>
    public static NotebookDocument Read(string path) =>
        File.Exists(path) ? Parse(InputFile.ReadAllText(path), path) : throw new FileNotFoundException($"{path}: {InputFile.Missing(path, "notebook")}.", path);

    /// <summary>Reads a notebook from its text.</summary>
    /// <param name="text">The content of an .ipynb file.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="NotebookException">The text is no C# notebook; the message is one line.</exception>
    public static NotebookDocument Parse(string text, string name = "notebook")
    {
        ArgumentNullException.ThrowIfNull(text);
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            // Texts are decoded when they are asked for; half a letter among them is found out here.
            _ = node is null ? "" : NotebookJson.Write(node);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            string where = problem is JsonException { LineNumber: { } line } ? $" at line {line + 1}" : "";
            throw new NotebookException($"{name}: expected a notebook (.ipynb), found text that is no JSON{where}.", problem);
        }

        if (node is not JsonObject json || json["cells"] is not JsonArray cells)
        {
            throw new NotebookException($"{name}: expected a notebook (.ipynb) with a list of cells, found JSON without one.");
        }

        if (json["nbformat"] is not JsonValue format || !format.TryGetValue(out int version) || version != 4)
        {
            throw new NotebookException($"{name}: expected nbformat 4, found {PlainText.Short(json["nbformat"]?.ToJsonString() ?? "none")}; save the notebook with a recent Jupyter.");
        }

        string kernel = NotebookCell.Text(((json["metadata"] as JsonObject)?["kernelspec"] as JsonObject)?["name"]);
        if (kernel.Length > 0 && !s_kernels.Contains(kernel, StringComparer.Ordinal))
        {
            throw new NotebookException($"{name}: expected a C# notebook (kernel .net-csharp), found one for the kernel {PlainText.Short(kernel)}.");
        }

        return new NotebookDocument(json, [.. cells.Select((cell, index) => Cell(cell, index, name))]);
    }

    /// <summary>Has the notebook say that a cell ended the run, where nothing else is known of it: no cell has an output but this one.</summary>
    /// <param name="failure">The number of the cell among those of code, from 1, and what became of it.</param>
    public void Fail(CellFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        int number = 0;
        foreach (NotebookCell cell in Cells)
        {
            bool isIt = cell.IsCode && ++number == failure.Cell;
            CellOutputs outputs = new(static text => text);
            if (isIt)
            {
                outputs.Error(failure);
            }

            cell.Put(isIt ? number : null, outputs.ToJson());
        }
    }

    /// <summary>The notebook's text, as it is written to a file.</summary>
    public string ToJson() => NotebookJson.Write(_json);

    /// <summary>Writes the notebook: under another name first, then moved into place.</summary>
    public void Write(string path) => WriteText(path, ToJson());

    internal static void WriteText(string path, string text) => AtomicFile.Write(path, text);

    private static NotebookCell Cell(JsonNode? node, int index, string name) =>
        node is JsonObject json && json["cell_type"] is JsonValue kind && kind.TryGetValue(out string? _) && node["source"] is JsonArray or JsonValue
            ? new NotebookCell(json)
            : throw new NotebookException($"{name}: expected cell {index + 1} to have a cell_type and a source, found one without.");
}

/// <summary>A cell of a notebook: a view of its place in the document.</summary>
public sealed class NotebookCell
{
    private readonly JsonObject _json;

    internal NotebookCell(JsonObject json)
    {
        _json = json;
        Kind = Text(json["cell_type"]);
        Source = Text(json["source"]);
        JsonObject? metadata = json["metadata"] as JsonObject;
        Tags = metadata?["tags"] is JsonArray tags ? [.. tags.Select(Text)] : [];
        // Where a notebook says nothing else, a code cell is C#.
        Language = Text((metadata?["polyglot_notebook"] as JsonObject)?["kernelName"] ?? (metadata?["dotnet_interactive"] as JsonObject)?["language"]) is { Length: > 0 } language
            ? language
            : "csharp";
    }

    /// <summary>"code", "markdown" or "raw".</summary>
    public string Kind { get; }

    /// <summary>The text of the cell.</summary>
    public string Source { get; }

    /// <summary>The cell's tags.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The language of a code cell, as .NET Interactive names its kernels.</summary>
    public string Language { get; }

    /// <summary>Whether it is code that this runner runs.</summary>
    public bool IsCode => Kind == "code" && Language is "csharp" or "c#" or "C#";

    /// <summary>The number that the cell got in the run, from 1; null where it did not run.</summary>
    public int? ExecutionCount => _json["execution_count"] is JsonValue value && value.TryGetValue(out int count) ? count : null;

    internal JsonArray Outputs => _json["outputs"] as JsonArray ?? [];

    internal static string Text(JsonNode? node) => node switch
    {
        JsonArray lines => string.Concat(lines.Select(Text)),
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => "",
    };

    /// <summary>A text as nbformat keeps it: a list of lines, each with its end.</summary>
    internal static JsonArray Lines(string text)
    {
        JsonArray lines = [];
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start);
            int next = end < 0 ? text.Length : end + 1;
            lines.Add((JsonNode)text[start..next]);
            start = next;
        }

        return lines;
    }

    internal void Put(int? executionCount, JsonArray outputs)
    {
        if (Kind == "code")
        {
            _json["execution_count"] = executionCount;
            _json["outputs"] = outputs;
        }
    }
}

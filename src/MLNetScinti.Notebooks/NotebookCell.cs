using System.Text.Json.Nodes;

namespace MLNetScinti.Notebooks;

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

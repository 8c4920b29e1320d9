using System.Text.Json.Nodes;

namespace MLNetScinti.Notebooks;

/// <summary>What a cell has shown so far, in order. May be written to by several threads.</summary>
internal sealed class CellOutputs(Func<string, string> scrub)
{
    private readonly Lock _lock = new();
    private readonly List<Output> _outputs = [];

    private sealed class Output
    {
        public string Stream { get; init; } = "";

        public System.Text.StringBuilder Text { get; } = new();

        public Func<JsonObject>? Make { get; set; }
    }

    public void Print(string stream, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_outputs.Count == 0 || _outputs[^1].Stream != stream)
            {
                _outputs.Add(new Output { Stream = stream });
            }

            _outputs[^1].Text.Append(text);
        }
    }

    public int Show(MimeBundle bundle)
    {
        lock (_lock)
        {
            _outputs.Add(new Output { Make = () => Display(bundle) });
            return _outputs.Count - 1;
        }
    }

    public void Replace(int place, MimeBundle bundle)
    {
        lock (_lock)
        {
            _outputs[place].Make = () => Display(bundle);
        }
    }

    public void Result(MimeBundle bundle, int executionCount)
    {
        lock (_lock)
        {
            _outputs.Add(new Output
            {
                Make = () => new JsonObject
                {
                    ["data"] = bundle.ToJson(scrub),
                    ["execution_count"] = executionCount,
                    ["metadata"] = new JsonObject(),
                    ["output_type"] = "execute_result",
                },
            });
        }
    }

    public void Error(CellFailure failure)
    {
        lock (_lock)
        {
            _outputs.Add(new Output
            {
                Make = () => new JsonObject
                {
                    ["ename"] = failure.Name,
                    ["evalue"] = scrub(failure.Message),
                    ["output_type"] = "error",
                    ["traceback"] = new JsonArray([.. failure.Traceback.Select(line => (JsonNode)scrub(line))]),
                },
            });
        }
    }

    public JsonArray ToJson()
    {
        lock (_lock)
        {
            return [.. _outputs.Select(output => (JsonNode)(output.Make?.Invoke() ?? Printed(output)))];
        }
    }

    private JsonObject Display(MimeBundle bundle) => new()
    {
        ["data"] = bundle.ToJson(scrub),
        ["metadata"] = new JsonObject(),
        ["output_type"] = "display_data",
    };

    private JsonObject Printed(Output output) => new()
    {
        ["name"] = output.Stream,
        ["output_type"] = "stream",
        ["text"] = NotebookCell.Lines(scrub(output.Text.ToString().ReplaceLineEndings("\n"))),
    };
}

/// <summary>One value in several formats, as a notebook keeps it. Pictures are base64.</summary>
internal sealed class MimeBundle(IEnumerable<KeyValuePair<string, string>> forms)
{
    private readonly SortedDictionary<string, string> _forms = new(forms.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);

    public MimeBundle(string mimeType, string content)
        : this([new(mimeType, content)])
    {
    }

    public JsonObject ToJson(Func<string, string> scrub)
    {
        JsonObject data = [];
        foreach ((string mimeType, string content) in _forms)
        {
            bool isText = mimeType.StartsWith("text/", StringComparison.Ordinal) || mimeType.EndsWith("+xml", StringComparison.Ordinal) || mimeType.EndsWith("json", StringComparison.Ordinal);
            data[mimeType] = isText ? NotebookCell.Lines(scrub(content)) : content;
        }

        return data;
    }
}

/// <summary>A value that is shown under a cell, and can be replaced by another one: for progress.</summary>
public sealed class DisplayedValue
{
    private readonly CellOutputs _outputs;
    private readonly int _place;

    internal DisplayedValue(CellOutputs outputs, int place)
    {
        _outputs = outputs;
        _place = place;
    }

    /// <summary>Shows another value in the same place.</summary>
    public void Update(object? updatedValue) => _outputs.Replace(_place, ValueFormatting.Bundle(updatedValue));
}

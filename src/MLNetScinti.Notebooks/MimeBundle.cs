using System.Text.Json.Nodes;

namespace MLNetScinti.Notebooks;

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

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MLNetScinti.Notebooks;

/// <summary>
/// Writes JSON as Jupyter's own nbformat does: one blank a level, one element a line, everything but control characters as it
/// is, keys in the order in which they stand. A notebook that Jupyter wrote keeps its bytes where nothing changed.
/// </summary>
internal static class NotebookJson
{
    public static string Write(JsonNode node)
    {
        StringBuilder text = new();
        Write(text, node, 0);
        return text.Append('\n').ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, int level)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject map:
                Sequence(text, '{', '}', level, map, entry =>
                {
                    String(text, entry.Key);
                    text.Append(": ");
                    Write(text, entry.Value, level + 1);
                });
                break;
            case JsonArray list:
                Sequence(text, '[', ']', level, list, item => Write(text, item, level + 1));
                break;
            case JsonValue value when value.TryGetValue(out string? content):
                String(text, content);
                break;
            default:
                // Numbers, true and false: as they stood.
                text.Append(node.ToJsonString());
                break;
        }
    }

    private static void Sequence<T>(StringBuilder text, char open, char close, int level, ICollection<T> items, Action<T> write)
    {
        text.Append(open);
        bool first = true;
        foreach (T item in items)
        {
            text.Append(first ? "\n" : ",\n").Append(' ', level + 1);
            write(item);
            first = false;
        }

        if (!first)
        {
            text.Append('\n').Append(' ', level);
        }

        text.Append(close);
    }

    private static void String(StringBuilder text, string content)
    {
        text.Append('"');
        foreach (char letter in content)
        {
            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => text.Append(letter),
            };
        }

        text.Append('"');
    }
}

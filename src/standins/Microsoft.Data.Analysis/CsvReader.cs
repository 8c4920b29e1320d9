using System.Text;

namespace Microsoft.Data.Analysis;

/// <summary>Splits delimited text into lines of fields; quoted fields may hold separators, doubled quotes and line ends.</summary>
internal static class CsvReader
{
    /// <summary>Empty lines are skipped, and fields that are not quoted are trimmed.</summary>
    public static IEnumerable<string[]> ReadLines(TextReader reader, char separator)
    {
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            int first = number;
            string[] fields;
            while (!TrySplit(line, separator, first, out fields))
            {
                // An open quote goes on in the next line.
                string next = reader.ReadLine() ?? throw Malformed(first);
                number++;
                line += "\n" + next;
            }
            yield return fields;
        }
    }

    private static bool TrySplit(string line, char separator, int number, out string[] fields)
    {
        var found = new List<string>();
        fields = null;
        int at = 0;
        while (true)
        {
            int start = at;
            while (start < line.Length && line[start] != separator && char.IsWhiteSpace(line[start]))
                start++;
            if (start < line.Length && line[start] == '"')
            {
                var text = new StringBuilder();
                at = start + 1;
                while (true)
                {
                    int quote = line.IndexOf('"', at);
                    if (quote < 0)
                        return false;
                    text.Append(line, at, quote - at);
                    at = quote + 1;
                    if (at >= line.Length || line[at] != '"')
                        break;
                    text.Append('"');
                    at++;
                }
                while (at < line.Length && line[at] != separator)
                {
                    if (!char.IsWhiteSpace(line[at++]))
                        throw Malformed(number);
                }
                found.Add(text.ToString());
            }
            else
            {
                int end = line.IndexOf(separator, at);
                end = end < 0 ? line.Length : end;
                found.Add(line[at..end].Trim());
                at = end;
            }
            if (at >= line.Length)
                break;
            at++;
        }
        fields = [.. found];
        return true;
    }

    private static FormatException Malformed(int line) => new($"Line {line} cannot be parsed with the current Delimiters.");
}

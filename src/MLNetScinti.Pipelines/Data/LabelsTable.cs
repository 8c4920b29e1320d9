using System.Globalization;
using Microsoft.Data.Analysis;

namespace MLNetScinti.Pipelines.Data;

/// <summary>
/// The truth about kidneys, from a CSV file: one line a kidney with the columns File (relative to the folder of studies),
/// Side (L or R) and Label (normal or abnormal); Age, LargestDefectMl and Counts are read where they are there. A column
/// <c>Group.Name</c> (camera, centre) divides the kidneys into groups whose figures are reported by themselves; so do a simulated
/// cohort's KidneyVariants and ScanVariants.
/// </summary>
public sealed class LabelsTable
{
    private readonly Dictionary<(string File, string Side), KidneyLabel> _rows;

    private LabelsTable(Dictionary<(string File, string Side), KidneyLabel> rows) => _rows = rows;

    /// <summary>The number of kidneys in the table.</summary>
    public int Count => _rows.Count;

    /// <summary>The truth about one kidney, or null where the table does not know it.</summary>
    /// <param name="file">The study's file, relative to the folder, with forward slashes.</param>
    /// <param name="side">L or R.</param>
    public KidneyLabel? Find(string file, string side) => _rows.GetValueOrDefault((file, side));

    /// <summary>Reads a table.</summary>
    /// <exception cref="LabelsTableException">Names file, line and column, what was expected and what was found.</exception>
    public static LabelsTable Read(string path)
    {
        string name = Path.GetFileName(path);
        DataFrame table;
        try
        {
            string[] header = File.ReadLines(path).FirstOrDefault()?.Split(',') ?? [];
            if (header.CountBy(column => column.Trim(), StringComparer.Ordinal).FirstOrDefault(column => column.Value > 1) is { Value: > 1 } twice)
            {
                throw new LabelsTableException($"{name}:1: the column {twice.Key} is in the table twice; keep one.");
            }

            // All columns as text: what a column holds is decided here, not guessed from its first lines.
            // Opened for reading only, since the table may lie on a disk that cannot be written, or be open in another program.
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            table = DataFrame.LoadCsv(stream, dataTypes: [.. header.Select(_ => typeof(string))]);
        }
        catch (Exception problem) when (problem is ArgumentException or IndexOutOfRangeException)
        {
            throw new LabelsTableException($"{name}: a line has more fields than the header has columns; quote fields that hold a comma.", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new LabelsTableException($"{path}: the labels table cannot be read: {problem.Message}", problem);
        }

        Dictionary<string, DataFrameColumn> columns = table.Columns.ToDictionary(column => column.Name.Trim(), StringComparer.Ordinal);
        foreach (string needed in (string[])["File", "Side", "Label"])
        {
            if (!columns.ContainsKey(needed))
            {
                throw new LabelsTableException($"{name}:1: expected a column {needed}, found {string.Join(", ", columns.Keys)}.");
            }
        }

        Dictionary<(string File, string Side), KidneyLabel> rows = [];
        for (long row = 0; row < table.Rows.Count; row++)
        {
            string Text(string column) => columns.TryGetValue(column, out DataFrameColumn? found) ? (found[row] as string ?? "").Trim() : "";
            float Number(string column)
            {
                string text = Text(column);
                return text.Length == 0 ? float.NaN
                    : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) ? value
                    : throw new LabelsTableException($"{name}:{row + 2}: {column}: expected a number, found '{text}'.");
            }

            string side = Text("Side") switch
            {
                "L" or "left" or "Left" => "L",
                "R" or "right" or "Right" => "R",
                string other => throw new LabelsTableException($"{name}:{row + 2}: Side: expected L or R, found '{other}'."),
            };
            bool abnormal = Text("Label") switch
            {
                "abnormal" => true,
                "normal" => false,
                string other => throw new LabelsTableException($"{name}:{row + 2}: Label: expected normal or abnormal, found '{other}'."),
            };
            KidneyLabel label = new(abnormal, Number("Age"), Number("LargestDefectMl"), Number("Counts"), Groups(columns.Keys, Text));
            if (!rows.TryAdd((Text("File").Replace('\\', '/'), side), label))
            {
                throw new LabelsTableException($"{name}:{row + 2}: this file and side are in the table twice.");
            }
        }

        return new LabelsTable(rows);
    }

    private static string Groups(IEnumerable<string> columns, Func<string, string> text)
    {
        const string Prefix = "Group.";
        // Lobulated and flattened outlines are how most kidneys look; the other variants are what readers are fooled by.
        string[] outlines = ["Lobulated", "Flattened"];
        List<string> groups = [];
        foreach (string column in columns.Order(StringComparer.Ordinal))
        {
            string value = text(column).Replace(';', ',').Replace('=', ' ');
            if (column.StartsWith(Prefix, StringComparison.Ordinal) && column.Length > Prefix.Length)
            {
                groups.Add($"{column[Prefix.Length..].Replace(';', ',').Replace('=', ' ')}={(value.Length == 0 ? "unknown" : value)}");
            }
            else if (column == "KidneyVariants")
            {
                groups.Add(value.Split(',', StringSplitOptions.RemoveEmptyEntries).Except(outlines, StringComparer.Ordinal).Any() ? "Kidney=variant" : "Kidney=usual");
            }
            else if (column == "ScanVariants")
            {
                groups.Add(value.Length > 0 ? "Scan=disturbed" : "Scan=undisturbed");
            }
        }

        return string.Join(';', groups);
    }
}

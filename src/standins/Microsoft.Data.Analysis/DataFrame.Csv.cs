using System.Collections;
using System.Globalization;
using System.Text;

namespace Microsoft.Data.Analysis;

public partial class DataFrame
{
    public static DataFrame LoadCsv(
        string filename,
        char separator = ',',
        bool header = true,
        string[] columnNames = null,
        Type[] dataTypes = null,
        int numRows = -1,
        int guessRows = 10,
        bool addIndexColumn = false,
        Encoding encoding = null,
        bool renameDuplicatedColumns = false,
        CultureInfo cultureInfo = null)
    {
        using var stream = new FileStream(filename, FileMode.Open);
        return LoadCsv(stream, separator, header, columnNames, dataTypes, numRows, guessRows, addIndexColumn, encoding, renameDuplicatedColumns, cultureInfo);
    }

    public static DataFrame LoadCsv(
        Stream csvStream,
        char separator = ',',
        bool header = true,
        string[] columnNames = null,
        Type[] dataTypes = null,
        long numberOfRowsToRead = -1,
        int guessRows = 10,
        bool addIndexColumn = false,
        Encoding encoding = null,
        bool renameDuplicatedColumns = false,
        CultureInfo cultureInfo = null,
        Func<IEnumerable<string>, Type> guessTypeFunction = null)
    {
        if (!csvStream.CanSeek)
            throw new ArgumentException("Expected a seekable stream", nameof(csvStream));
        using var reader = new StreamReader(csvStream, encoding ?? Encoding.UTF8, leaveOpen: true);
        return Load(reader, separator, header, columnNames, dataTypes, numberOfRowsToRead, guessRows, addIndexColumn, renameDuplicatedColumns, cultureInfo, guessTypeFunction);
    }

    public static DataFrame LoadCsvFromString(
        string csvString,
        char separator = ',',
        bool header = true,
        string[] columnNames = null,
        Type[] dataTypes = null,
        long numberOfRowsToRead = -1,
        int guessRows = 10,
        bool addIndexColumn = false,
        bool renameDuplicatedColumns = false,
        CultureInfo cultureInfo = null,
        Func<IEnumerable<string>, Type> guessTypeFunction = null)
    {
        using var reader = new StringReader(csvString);
        return Load(reader, separator, header, columnNames, dataTypes, numberOfRowsToRead, guessRows, addIndexColumn, renameDuplicatedColumns, cultureInfo, guessTypeFunction);
    }

    public static void SaveCsv(
        DataFrame dataFrame, string path, char separator = ',', bool header = true, Encoding encoding = null, CultureInfo cultureInfo = null)
    {
        using var stream = new FileStream(path, FileMode.Create);
        SaveCsv(dataFrame, stream, separator, header, encoding, cultureInfo);
    }

    /// <summary>Writes the table as text; without an encoding it is ASCII, as the genuine package writes it.</summary>
    public static void SaveCsv(
        DataFrame dataFrame, Stream csvStream, char separator = ',', bool header = true, Encoding encoding = null, CultureInfo cultureInfo = null)
    {
        cultureInfo ??= CultureInfo.CurrentCulture;
        if (cultureInfo.NumberFormat.NumberDecimalSeparator == separator.ToString())
            throw new ArgumentException("Decimal separator cannot match the column separator");
        using var writer = new StreamWriter(csvStream, encoding ?? Encoding.ASCII, leaveOpen: true);
        if (dataFrame is null)
            return;
        if (header)
            writer.WriteLine(string.Join(separator, dataFrame.Columns.Select(column => Quoted(column.Name, separator))));
        foreach (DataFrameRow row in dataFrame.Rows)
            writer.WriteLine(Record(row, separator, cultureInfo));
    }

    private static DataFrame Load(
        TextReader reader,
        char separator,
        bool header,
        string[] columnNames,
        Type[] dataTypes,
        long numberOfRowsToRead,
        int guessRows,
        bool addIndexColumn,
        bool renameDuplicatedColumns,
        CultureInfo culture,
        Func<IEnumerable<string>, Type> guessType)
    {
        if (dataTypes is null && guessRows <= 0)
            throw new ArgumentException($"Expected either {nameof(guessRows)} or {nameof(dataTypes)} to be provided");
        culture ??= CultureInfo.CurrentCulture;

        List<string[]> lines = [.. CsvReader.ReadLines(reader, separator)];
        if (lines.Count == 0)
            throw new FormatException("Empty file");
        if (renameDuplicatedColumns)
            RenameDuplicates(lines[0]);
        // The header counts among the lines that are looked at to guess types.
        int looked = Math.Min(lines.Count, Math.Max(1, guessRows));
        if (header)
        {
            columnNames ??= lines[0];
            lines.RemoveAt(0);
            looked--;
        }
        if (numberOfRowsToRead >= 0 && numberOfRowsToRead < lines.Count)
            lines.RemoveRange((int)numberOfRowsToRead, lines.Count - (int)numberOfRowsToRead);
        List<string[]> sample = lines.GetRange(0, Math.Min(looked, lines.Count));

        int width = Math.Max(dataTypes?.Length ?? 0, sample.Select(line => line.Length).DefaultIfEmpty().Max());
        var columns = new List<DataFrameColumn>(width);
        for (int i = 0; i < width; i++)
        {
            string name = columnNames is null || string.IsNullOrEmpty(columnNames[i]) ? $"Column{i}" : columnNames[i];
            columns.Add(NewColumn(dataTypes is null ? GuessType(i, sample, header, culture, guessType) : dataTypes[i], name));
        }

        var table = new DataFrame(columns);
        foreach (string[] line in lines)
            table.Append(line, inPlace: true, culture);
        if (addIndexColumn)
            table.Columns.Insert(0, new Int64DataFrameColumn("IndexColumn", Enumerable.Range(0, lines.Count).Select(row => (long)row)));
        return table;
    }

    private static void RenameDuplicates(string[] names)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (seen.TryGetValue(names[i], out int times))
            {
                seen[names[i]] = times + 1;
                names[i] = $"{names[i]}.{times}";
            }
            else
            {
                seen.Add(names[i], 1);
            }
        }
    }

    /// <summary>Boolean, float or time if every value that is not missing reads as one; else text.</summary>
    private static Type GuessType(int column, List<string[]> lines, bool header, CultureInfo culture, Func<IEnumerable<string>, Type> guessType)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].Length <= column)
                throw new FormatException($"Line {i + (header ? 2 : 1)} has less columns than expected");
        }
        if (guessType is not null)
            return guessType(lines.Select(line => line[column]));
        Type guess = null;
        foreach (string value in lines.Select(line => line[column]))
        {
            if (value.Length == 0 || value.Equals("null", StringComparison.OrdinalIgnoreCase))
                continue;
            Type own = bool.TryParse(value, out _) ? typeof(bool)
                : float.TryParse(value, NumberStyles.Float | NumberStyles.AllowThousands, culture, out _) ? typeof(float)
                : DateTime.TryParse(value, culture, out _) ? typeof(DateTime)
                : typeof(string);
            guess = guess is null || guess == own ? own
                : own == typeof(string) || guess == typeof(string) ? typeof(string)
                : own == typeof(float) || guess == typeof(float) ? typeof(float)
                : typeof(bool);
        }
        return guess ?? typeof(string);
    }

    private static DataFrameColumn NewColumn(Type type, string name) =>
        type == typeof(string) ? new StringDataFrameColumn(name)
        : type == typeof(bool) ? new BooleanDataFrameColumn(name)
        : type == typeof(float) ? new SingleDataFrameColumn(name)
        : type == typeof(double) ? new DoubleDataFrameColumn(name)
        : type == typeof(int) ? new Int32DataFrameColumn(name)
        : type == typeof(long) ? new Int64DataFrameColumn(name)
        : type == typeof(DateTime) ? new DateTimeDataFrameColumn(name)
        : throw new NotSupportedException("kind");

    private static string Record(IEnumerable values, char separator, CultureInfo culture) =>
        string.Join(separator, values.Cast<object>().Select(value => value switch
        {
            null => "",
            string text => Quoted(text, separator),
            float number => number.ToString("G9", culture),
            double number => number.ToString("G17", culture),
            DateTime time => time.ToString(culture),
            bool truth => truth.ToString(culture),
            _ => value.ToString(),
        }));

    private static string Quoted(string text, char separator) =>
        text.AsSpan().IndexOfAny(separator, '\n', '"') < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
}

using System.Globalization;
using MLNetScinti.Imaging;
using nietras.SeparatedValues;

namespace MLNetScinti.Evaluation.Published;

/// <summary>A figure as it is printed: the numbers that round to it.</summary>
/// <param name="Text">As it stands.</param>
/// <param name="Least">The smallest number that is printed so.</param>
/// <param name="Most">The largest number that is printed so.</param>
public readonly record struct PrintedFigure(string Text, double Least, double Most)
{
    /// <summary>Reads a share: ".7230", "0.7230" or "72.30 %". Its last digit says how it was rounded.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static PrintedFigure Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string number = text.Trim();
        double unit = 1;
        if (number.EndsWith('%'))
        {
            (number, unit) = (number[..^1].TrimEnd(), 100);
        }

        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal value))
        {
            throw new FormatException($"expected a share such as .7230 or 72.30 %, found '{PlainText.Short(text)}'");
        }

        int point = number.IndexOf('.', StringComparison.Ordinal);
        int digits = point < 0 ? 0 : number.Length - point - 1;
        double half = 0.5 * Math.Pow(10, -digits);
        return new PrintedFigure(text.Trim(), ((double)value - half) / unit, ((double)value + half) / unit);
    }

    /// <summary>As it was printed.</summary>
    public override string ToString() => Text;
}

/// <summary>One line of a table of results: the figures of a model over all classes, or of one class.</summary>
public sealed record PublishedRow
{
    /// <summary>The line in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Where it is printed: "Table 5".</summary>
    public string Table { get; init; } = "";

    /// <summary>What was judged; the rows of one experiment have the same table and name.</summary>
    public required string Name { get; init; }

    /// <summary>The class whose figures these are; empty for means over all classes.</summary>
    public string Class { get; init; } = "";

    /// <summary>The number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>How many cases each class has in the test set, in the classes' order; empty where that is not printed.</summary>
    public IReadOnlyList<int> Cases { get; init; } = [];

    /// <summary>How many cases the row's own class has; null where that is not printed.</summary>
    public int? ClassCases { get; init; }

    /// <summary>Over how many runs the figures are averaged.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>The figures, by column: Accuracy, Precision, Recall, Specificity, F1, AUC.</summary>
    public IReadOnlyDictionary<string, PrintedFigure> Figures { get; init; } = new Dictionary<string, PrintedFigure>(StringComparer.Ordinal);

    /// <summary>A figure, or null where it is not printed.</summary>
    public PrintedFigure? Figure(string name) => Figures.TryGetValue(name, out PrintedFigure figure) ? figure : null;

    /// <summary>What the row is called in messages.</summary>
    public string Title => string.Join(", ", new[] { Table, Name, Class }.Where(part => part.Length > 0));
}

/// <summary>
/// Printed results as a CSV file (commas or semicolons): columns Name and Classes, and as many of Table, Class, Cases (numbers
/// with blanks between them), ClassCases, Runs, Accuracy, Precision, Recall, Specificity, F1 and AUC as there are. Other columns
/// (Source, Note) are for readers.
/// </summary>
public static class PublishedTable
{
    /// <summary>The columns that hold figures.</summary>
    internal static readonly string[] FigureColumns = ["Accuracy", "Precision", "Recall", "Specificity", "F1", "AUC"];

    /// <summary>Reads a table.</summary>
    /// <exception cref="PublishedTableException">Names file, line and column, what was expected and what was found.</exception>
    public static IReadOnlyList<PublishedRow> Read(string path)
    {
        string name = Path.GetFileName(path);
        List<PublishedRow> rows = [.. Lines(path, "Name", "Classes").Select(line => RowOf(line.Cells, string.Create(CultureInfo.InvariantCulture, $"{name}:{line.Line}"), line.Line))];
        return rows.Count > 0 ? rows : throw new PublishedTableException($"{name}: expected a header and a line of figures at least, found none.");
    }

    /// <summary>Whether a table has a column.</summary>
    /// <exception cref="PublishedTableException">It cannot be read.</exception>
    internal static bool HasColumn(string path, string column)
    {
        bool found = false;
        Open(path, reader =>
        {
            foreach (SepReader.Row row in reader)
            {
                for (int i = 0; i < row.ColCount; i++)
                {
                    found |= row[i].ToString().Trim().TrimStart('\uFEFF') == column;
                }

                break;
            }
        });
        return found;
    }

    /// <summary>The cells that hold something, by column, of each line behind the header.</summary>
    internal static List<(int Line, Dictionary<string, string> Cells)> Lines(string path, params string[] needed)
    {
        List<(int, Dictionary<string, string>)> lines = [];
        Open(path, reader => Read(reader, Path.GetFileName(path), needed, lines));
        return lines;
    }

    private static void Open(string path, Action<SepReader> read)
    {
        try
        {
            using FileStream stream = InputFile.Open(path);
            using StreamReader text = new(stream);
            using SepReader reader = Sep.Reader(options => options with { Unescape = true, HasHeader = false, DisableColCountCheck = true }).From(text);
            read(reader);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new PublishedTableException($"{path}: the table cannot be read: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    private static void Read(SepReader reader, string name, string[] needed, List<(int, Dictionary<string, string>)> lines)
    {
        string[]? header = null;
        foreach (SepReader.Row row in reader)
        {
            string[] cells = new string[row.ColCount];
            for (int column = 0; column < cells.Length; column++)
            {
                cells[column] = row[column].ToString().Trim();
            }

            if (header is null)
            {
                cells[0] = cells[0].TrimStart('\uFEFF');
                header = cells;
                string? missing = Array.Find(needed, column => !header.Contains(column, StringComparer.Ordinal));
                if (missing is not null || header.Distinct(StringComparer.Ordinal).Count() != header.Length)
                {
                    throw new PublishedTableException($"{name}:1: expected different columns with {string.Join(" and ", needed)} among them, found {string.Join(", ", header)}.");
                }

                continue;
            }

            if (cells is [""])
            {
                continue;
            }

            if (cells.Length > header.Length)
            {
                throw new PublishedTableException(string.Create(CultureInfo.InvariantCulture, $"{name}:{row.LineNumberFrom}: expected {header.Length} fields, as the header has columns, found {cells.Length}; quote fields that hold the separator."));
            }

            lines.Add((row.LineNumberFrom, header.Zip(cells).Where(cell => cell.Second.Length > 0).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal)));
        }
    }

    private static PublishedRow RowOf(Dictionary<string, string> byColumn, string place, int line)
    {
        Dictionary<string, PrintedFigure> figures = new(StringComparer.Ordinal);
        foreach (string column in FigureColumns)
        {
            if (byColumn.TryGetValue(column, out string? text))
            {
                try
                {
                    figures[column] = PrintedFigure.Parse(text);
                }
                catch (FormatException problem)
                {
                    throw new PublishedTableException($"{place}: {column}: {problem.Message}.", problem);
                }
            }
        }

        int classes = Whole("Classes", byColumn.GetValueOrDefault("Classes", ""), 2);
        int[] cases = [.. byColumn.GetValueOrDefault("Cases", "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => Whole("Cases", text, 1))];
        if (cases.Length > 0 && cases.Length != classes)
        {
            throw new PublishedTableException($"{place}: Cases: expected {classes} numbers, one for each class, found {cases.Length}.");
        }

        return new PublishedRow
        {
            Line = line,
            Table = byColumn.GetValueOrDefault("Table", ""),
            Name = byColumn.GetValueOrDefault("Name") ?? throw new PublishedTableException($"{place}: Name: expected what was judged, found nothing."),
            Class = byColumn.GetValueOrDefault("Class", ""),
            Classes = classes,
            Cases = cases,
            ClassCases = byColumn.TryGetValue("ClassCases", out string? own) ? Whole("ClassCases", own, 1) : null,
            Runs = byColumn.TryGetValue("Runs", out string? runs) ? Whole("Runs", runs, 1) : 1,
            Figures = figures,
        };

        int Whole(string column, string text, int least) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= 100_000_000
                ? value
                : throw new PublishedTableException($"{place}: {column}: expected a whole number of at least {least}, found '{text}'.");
    }
}

/// <summary>A table of printed figures that cannot be read. The message names file, line and column.</summary>
public sealed class PublishedTableException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public PublishedTableException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public PublishedTableException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>An exception that says what is wrong and what caused it.</summary>
    public PublishedTableException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

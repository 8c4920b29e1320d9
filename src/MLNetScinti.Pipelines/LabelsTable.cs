using System.Globalization;
using MLNetScinti.Evaluation;
using MLNetScinti.Imaging;
using nietras.SeparatedValues;

namespace MLNetScinti.Pipelines;

/// <summary>A labels table that cannot be used. The message is one line: file, line and column, what was expected and what was found.</summary>
public sealed class LabelsTableException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public LabelsTableException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public LabelsTableException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

/// <summary>What a labels table of a system has beside File and Label.</summary>
/// <param name="Task">What a label may say.</param>
/// <param name="PartColumn">The column that tells the cases of one study apart, such as Side; null where a study is one case.</param>
/// <param name="Parts">The words of that column and the part that each stands for.</param>
/// <param name="Numbers">Columns that hold numbers where they are there.</param>
public sealed record LabelsLayout(
    LearningTask Task, string? PartColumn = null, IReadOnlyDictionary<string, string>? Parts = null, params IReadOnlyList<string> Numbers);

/// <summary>One line of a labels table.</summary>
public sealed class LabelRow
{
    private readonly IReadOnlyDictionary<string, string> _cells;
    private readonly string _place;
    private readonly string _folder;
    private readonly bool _decimalComma;

    internal LabelRow(Target target, IReadOnlyDictionary<string, string> cells, string place, string folder, bool decimalComma = false)
    {
        Target = target;
        _folder = folder;
        _cells = cells;
        _place = place;
        _decimalComma = decimalComma;
    }

    /// <summary>What is true of the case.</summary>
    public Target Target { get; }

    /// <summary>The label map that the row names, for an image of the case: of the image's extents and, for a volume, at its place.</summary>
    /// <param name="image">The image that the mask was drawn on.</param>
    /// <param name="labels">The highest label that there may be.</param>
    /// <exception cref="LeaveOutException">The file is not there, is no label map, or belongs to another image.</exception>
    /// <exception cref="InvalidOperationException">The row's label is not the file of a mask.</exception>
    public MaskTarget Mask(CaseImage image, int labels)
    {
        ArgumentNullException.ThrowIfNull(image);
        NiftiLabels read = ReadMask();
        ImageShape expected = image.Shape.IsVolume ? image.Shape : new ImageShape(1, image.Shape.Rows, image.Shape.Columns);
        if (read.Shape != expected)
        {
            throw new LeaveOutException("OtherMask", $"its mask ({_place}): expected {expected}, as the image is, found {read.Shape}; draw it on this image.");
        }

        if (image is { Shape.IsVolume: true, Geometry: { } place } && read.Geometry is { } drawn)
        {
            double away = new[] { (0, 0, 0), (place.Columns - 1, place.Rows - 1, place.Sections - 1) }
                .Max(corner => (place.PositionOf(corner.Item1, corner.Item2, corner.Item3) - drawn.PositionOf(corner.Item1, corner.Item2, corner.Item3)).Length);
            if (away > 0.5 * Math.Min(place.ColumnSpacing, Math.Min(place.RowSpacing, place.SectionSpacing)))
            {
                throw new LeaveOutException("OtherMask", string.Create(CultureInfo.InvariantCulture, $"its mask ({_place}) lies up to {away:0.#} mm away from the image; draw it on this image, or resample it."));
            }
        }

        byte most = read.Labels.Max();
        return most <= labels
            ? new MaskTarget(image.Shape, read.Labels)
            : throw new LeaveOutException("OtherMask", $"its mask ({_place}): expected labels from 0 to {labels}, found {most}.");
    }

    /// <summary>
    /// The label map that the row names, on another grid than it was drawn on: each voxel gets the label that more than half of it
    /// has. Where a grid's voxels are no larger than the map's, that is the nearest one's.
    /// </summary>
    /// <param name="grid">The grid.</param>
    /// <param name="labels">The highest label that there may be.</param>
    /// <exception cref="LeaveOutException">The file is not there, is no label map, says not where it lies, or lies elsewhere altogether.</exception>
    /// <exception cref="InvalidOperationException">The row's label is not the file of a mask.</exception>
    public MaskTarget MaskOn(ImageGeometry grid, int labels)
    {
        ArgumentNullException.ThrowIfNull(grid);
        NiftiLabels read = ReadMask();
        byte most = read.Labels.Max();
        if (most > labels)
        {
            throw new LeaveOutException("OtherMask", $"its mask ({_place}): expected labels from 0 to {labels}, found {most}.");
        }

        ImageGeometry drawn = read.Geometry ?? throw new LeaveOutException("OtherMask", $"its mask ({_place}) does not say where it lies; write it with the coordinates of its image.");
        byte[] result = MaskResampling.ToGrid(read.Labels, drawn, grid);
        return most == 0 || result.AsSpan().ContainsAnyExcept((byte)0) ? new MaskTarget(grid.Shape, result)
            : throw new LeaveOutException("OtherMask", $"its mask ({_place}) lies outside of the image; draw it on this image.");
    }

    /// <summary>A cell's text without blanks around it; empty where the table has no such column.</summary>
    public string Text(string column) => _cells.GetValueOrDefault(column, "");

    /// <summary>Whether the table has a column.</summary>
    public bool Has(string column) => _cells.ContainsKey(column);

    /// <summary>
    /// A cell's number; null where it is empty, or the table has no such column. A decimal comma is one where commas do not separate the cells: a
    /// spreadsheet that writes one writes semicolons between cells too.
    /// </summary>
    /// <exception cref="LabelsTableException">The cell holds no number.</exception>
    public double? Number(string column)
    {
        string text = Text(column);
        if (_decimalComma && text.Count(',') == 1 && !text.Contains('.', StringComparison.Ordinal))
        {
            text = text.Replace(',', '.');
        }

        return text.Length == 0 ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
            : throw new LabelsTableException($"{_place}: {column}: expected a number, found '{PlainText.Short(text)}'.");
    }

    /// <summary>The groups that the case belongs to: the columns <c>Group.Name</c>, "unknown" where a cell is empty.</summary>
    public Facts Groups => new(_cells.Where(cell => cell.Key.StartsWith(GroupPrefix, StringComparison.OrdinalIgnoreCase) && !string.IsNullOrWhiteSpace(cell.Key[GroupPrefix.Length..]))
        .OrderBy(cell => cell.Key, StringComparer.Ordinal)
        .Select(cell => KeyValuePair.Create(cell.Key[GroupPrefix.Length..], Fact.Of(cell.Value.Length > 0 ? cell.Value : "unknown"))));

    private NiftiLabels ReadMask()
    {
        // A file's name may say whose it is: sentences name the line of the table.
        string file = Target is MaskFileTarget mask ? mask.File : throw new InvalidOperationException($"{_place}: the label of this row is not the file of a mask.");
        try
        {
            using FileStream stream = InputFile.Open(Path.Combine(_folder, file));
            return NiftiLabels.Decode(stream);
        }
        catch (NiftiException problem)
        {
            throw new LeaveOutException("MaskUnreadable", $"its mask ({_place}): {problem.Message}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new LeaveOutException("MaskUnreadable", $"its mask ({_place}) {(problem is FileNotFoundException or DirectoryNotFoundException ? "is not there" : "cannot be opened")}; put it where the labels table says.");
        }
    }

    private const string GroupPrefix = "Group.";
}

/// <summary>What a line of a labels table calls its study: the columns that are filled in.</summary>
/// <param name="File">The file, relative to the folder of studies; the study's, or one of its files.</param>
/// <param name="SeriesUid">Series Instance UID.</param>
/// <param name="StudyUid">Study Instance UID.</param>
/// <param name="Accession">Accession Number.</param>
/// <param name="PatientId">Patient ID.</param>
internal readonly record struct LabelKeys(string File, string SeriesUid, string StudyUid, string Accession, string PatientId)
{
    /// <summary>The columns' names, the one that tells most first, and how each may be written besides: letters and digits alone, in any case.</summary>
    public static IReadOnlyList<(string Column, string[] Spellings)> Columns { get; } =
    [
        ("File", ["file", "filename", "path"]), ("SeriesInstanceUID", ["seriesinstanceuid", "seriesuid"]), ("StudyInstanceUID", ["studyinstanceuid", "studyuid"]),
        ("AccessionNumber", ["accessionnumber", "accession", "accessionno", "accno"]), ("PatientID", ["patientid", "patid"]),
    ];

    /// <summary>The keys with the words for them, the one that tells most first; empty ones are left out.</summary>
    public IEnumerable<(LabelKey Key, string Words, string Value)> Filled =>
        ((LabelKey, string, string)[])[(LabelKey.File, "file", File), (LabelKey.SeriesUid, "series UID", SeriesUid), (LabelKey.StudyUid, "study UID", StudyUid), (LabelKey.Accession, "accession number", Accession), (LabelKey.PatientId, "patient ID", PatientId)]
            is var all ? all.Where(key => key.Item3.Length > 0) : [];
}

/// <summary>By what a line of a labels table names its study.</summary>
internal enum LabelKey
{
    /// <summary>The file's name.</summary>
    File,

    /// <summary>Series Instance UID.</summary>
    SeriesUid,

    /// <summary>Study Instance UID.</summary>
    StudyUid,

    /// <summary>Accession Number.</summary>
    Accession,

    /// <summary>Patient ID.</summary>
    PatientId,
}

/// <summary>
/// The truth about cases, from a CSV file (commas, semicolons or tabs): what a study is called (File, relative to the folder of studies,
/// SeriesInstanceUID, StudyInstanceUID, AccessionNumber or PatientID), Label and, where a study gives several cases, what tells them apart. A column
/// <c>Group.Name</c> (camera, centre) divides the cases into groups whose figures are reported by themselves; a system may read further
/// columns. A line whose label is empty is one that is not filled in yet: it labels nothing.
/// </summary>
public sealed class LabelsTable
{
    /// <summary>Bytes of a table: a million lines have some fifty million, and a device has no end.</summary>
    private const long MostBytes = 1L << 30;

    private readonly Dictionary<(string File, string Part), LabelRow> _rows;
    private readonly IReadOnlyList<Line> _lines;

    private readonly HashSet<string> _known;

    private LabelsTable(Dictionary<(string File, string Part), LabelRow> rows, IReadOnlyList<Line> lines, LabelsLayout layout)
    {
        (_rows, _lines, Layout) = (rows, lines, layout);
        _known = new(rows.Keys.Select(row => row.File), StringComparer.Ordinal);
    }

    /// <summary>One line: what it calls its study, which case of that it means, and what is true of it; null where it is not filled in.</summary>
    internal sealed record Line(LabelKeys Keys, string Part, LabelRow? Row, string Place);

    /// <summary>The lines, in their order.</summary>
    internal IReadOnlyList<Line> Lines => _lines;

    /// <summary>Whether some line names its study by something that only the studies' headers tell.</summary>
    internal bool NeedsHeaders => _lines.Any(line => line.Keys.File.Length == 0);

    /// <summary>Whether it has a column.</summary>
    internal bool Has(string column) => _lines.Any(line => line.Row is { } row && row.Has(column));

    /// <summary>Whether it says something of a case of a file.</summary>
    internal bool Knows(string file) => _known.Contains(file);

    /// <summary>The same table with each line's study known by its file.</summary>
    internal LabelsTable With(Dictionary<(string File, string Part), LabelRow> rows) => new(rows, _lines, Layout);

    /// <summary>What the table says.</summary>
    public LabelsLayout Layout { get; }

    /// <summary>The names of the groups that the table divides cases into.</summary>
    public IReadOnlyList<string> Groups => [.. _lines.Select(line => line.Row).OfType<LabelRow>().Take(1).SelectMany(row => row.Groups.Names)];

    /// <summary>The files of masks that it names.</summary>
    internal IEnumerable<string> MaskFiles => _lines.Select(line => line.Row?.Target).OfType<MaskFileTarget>().Select(mask => mask.File);

    /// <summary>The number of cases in the table that have a label.</summary>
    public int Count => _lines.Count(line => line.Row is not null);

    /// <summary>The truth about one case, or null where the table does not know it.</summary>
    /// <param name="file">The study's file, relative to the folder, with forward slashes.</param>
    /// <param name="part">What tells the cases of one study apart.</param>
    public LabelRow? Find(string file, string part = "") => _rows.GetValueOrDefault((file, part));

    /// <summary>Reads a table.</summary>
    /// <exception cref="LabelsTableException">Names file, line and column, what was expected and what was found.</exception>
    public static LabelsTable Read(string path, LabelsLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        string name = Path.GetFileName(path);
        try
        {
            // For reading only, since the table may lie on a disk that cannot be written, or be open in another program.
            char? told = ToldSeparator(path);
            using FileStream stream = InputFile.Open(path);
            using StreamReader text = new(new BoundedStream(stream, MostBytes));
            int before = 0;
            if (told is not null)
            {
                text.ReadLine();
                before = 1;
            }

            using SepReader reader = Sep.Reader(options => options with { Sep = told is { } sign ? new Sep(sign) : null, Unescape = true, HasHeader = false, DisableColCountCheck = true }).From(text);
            return Read(reader, name, Path.GetDirectoryName(Path.GetFullPath(path))!, layout, before);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new LabelsTableException($"{path}: the labels table cannot be read: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    // Excel's own first line, "sep=;", says what separates the cells.
    private static char? ToldSeparator(string path)
    {
        using FileStream stream = InputFile.Open(path);
        using StreamReader text = new(stream);
        char[] start = new char[8];
        int length = text.Read(start);
        return new string(start, 0, length).TrimStart('\uFEFF').ToLowerInvariant() is ['s', 'e', 'p', '=', (';' or ',' or '\t') and var sign, '\r' or '\n', ..] ? sign : null;
    }

    private static LabelsTable Read(SepReader reader, string name, string folder, LabelsLayout layout, int before)
    {
        string[]? header = null;
        // The name of a file is what it is called; all else is shown to people.
        int file = -1;
        Dictionary<(string File, string Part), LabelRow> rows = [];
        HashSet<(LabelKeys Keys, string Part)> known = [];
        List<Line> lines = [];
        foreach (SepReader.Row row in reader)
        {
            string[] cells = new string[row.ColCount];
            for (int column = 0; column < cells.Length; column++)
            {
                string cell = row[column].ToString().Trim();
                cells[column] = column == file ? cell : PlainText.OneLine(cell);
            }

            string place = string.Create(CultureInfo.InvariantCulture, $"{name}:{row.LineNumberFrom + before}");
            if (header is null)
            {
                cells[0] = cells[0].TrimStart('\uFEFF');
                header = [.. cells.Select(Canonical)];
                CheckHeader(header, string.Create(CultureInfo.InvariantCulture, $"{name}:{1 + before}"), layout);
                file = Array.IndexOf(header, "File");
                continue;
            }

            // A spreadsheet writes the separators of rows that were emptied.
            if (cells.All(cell => cell.Length == 0))
            {
                continue;
            }

            if (cells.Length > header.Length)
            {
                throw new LabelsTableException($"{place}: expected {header.Length} fields, as the header has columns, found {cells.Length}; quote fields that hold the separator.");
            }

            // A header's empty columns are a spreadsheet's.
            Dictionary<string, string> byColumn = header.Zip(cells).Where(pair => pair.First.Length > 0).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.OrdinalIgnoreCase);
            string part = Part(byColumn, place, layout);
            string told = byColumn.GetValueOrDefault("Label", "");
            LabelRow? label = null;
            if (told.Length > 0)
            {
                try
                {
                    label = new LabelRow(layout.Task.Parse(told), byColumn, place, folder, decimalComma: reader.Spec.Sep.Separator != ',');
                }
                catch (FormatException problem)
                {
                    throw new LabelsTableException($"{place}: Label: {PlainText.Short(problem.Message, 300)}", problem);
                }

                foreach (string column in layout.Numbers)
                {
                    _ = label.Number(column);
                }
            }

            string Cell(string column) => byColumn.GetValueOrDefault(column, "");
            LabelKeys keys = new(Cell("File").Replace('\\', '/'), Cell("SeriesInstanceUID"), Cell("StudyInstanceUID"), Cell("AccessionNumber"), Cell("PatientID"));
            if (!keys.Filled.Any())
            {
                throw new LabelsTableException($"{place}: {string.Join(" or ", LabelKeys.Columns.Select(one => one.Column).Where(one => header.Contains(one, StringComparer.Ordinal)))}: expected what the study is called, found nothing.");
            }

            if (!known.Add((keys.File.Length > 0 ? new LabelKeys(keys.File, "", "", "", "") : keys, part)))
            {
                throw new LabelsTableException($"{place}: {(layout.PartColumn is { } column ? $"this {keys.Filled.First().Words} and {column.ToLowerInvariant()} are" : $"this {keys.Filled.First().Words} is")} in the table twice.");
            }

            lines.Add(new Line(keys, part, label, place));
            if (label is not null && keys.File.Length > 0)
            {
                rows.Add((keys.File, part), label);
            }
        }

        return header is null ? throw new LabelsTableException($"{name}:1: expected a header with the columns {string.Join(", ", Needed(layout))}, found an empty file.")
            : lines.Count > 0 && lines.All(line => line.Row is null) ? throw new LabelsTableException($"{name}: no line has a label yet: fill in the column Label with {layout.Task.Expected}.")
            : new LabelsTable(rows, lines, layout);
    }

    private static IEnumerable<string> Needed(LabelsLayout layout) => layout.PartColumn is { } part ? ["File", part, "Label"] : ["File", "Label"];

    // Headers are typed by people: "accession no." is the accession number.
    private static string Canonical(string header)
    {
        string letters = string.Concat(header.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return LabelKeys.Columns.FirstOrDefault(one => one.Spellings.Contains(letters, StringComparer.Ordinal)).Column ?? (letters == "label" ? "Label" : header);
    }

    private static void CheckHeader(string[] header, string place, LabelsLayout layout)
    {
        if (header.Where(column => column.Length > 0).CountBy(column => column, StringComparer.OrdinalIgnoreCase).FirstOrDefault(column => column.Value > 1) is { Value: > 1 } twice)
        {
            throw new LabelsTableException($"{place}: the column {PlainText.Short(twice.Key)} is in the table twice; keep one.");
        }

        foreach (string needed in Needed(layout))
        {
            if (needed == "File" ? !LabelKeys.Columns.Any(one => header.Contains(one.Column, StringComparer.Ordinal)) : !header.Contains(needed, StringComparer.OrdinalIgnoreCase))
            {
                string others = needed == "File" ? $" (or {string.Join(", ", LabelKeys.Columns.Skip(1).Select(one => one.Column))})" : "";
                throw new LabelsTableException($"{place}: expected a column {needed}{others}, found {PlainText.Short(string.Join(", ", header), 200)}; cells are separated by commas, semicolons or tabs.");
            }
        }
    }

    private static string Part(Dictionary<string, string> cells, string place, LabelsLayout layout)
    {
        if (layout.PartColumn is not { } column)
        {
            return "";
        }

        string word = cells.GetValueOrDefault(column, "");
        return layout.Parts is null ? word
            : layout.Parts.FirstOrDefault(one => string.Equals(one.Key, word, StringComparison.OrdinalIgnoreCase)).Value is { } part ? part
            : throw new LabelsTableException($"{place}: {column}: expected {string.Join(" or ", layout.Parts.Values.Distinct(StringComparer.Ordinal))}, found '{PlainText.Short(word)}'.");
    }
}

/// <summary>A stream that ends in an error where it goes on longer than it may: what is no file on a disk does not say how long it is.</summary>
internal sealed class BoundedStream(Stream stream, long most) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read = stream.Read(buffer);
        _read += read;
        return _read <= most ? read : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it is longer than {most >> 20} MiB."));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

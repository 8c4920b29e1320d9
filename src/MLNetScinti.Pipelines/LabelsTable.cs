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

    internal LabelRow(Target target, IReadOnlyDictionary<string, string> cells, string place, string folder)
    {
        Target = target;
        _folder = folder;
        _cells = cells;
        _place = place;
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

    /// <summary>A cell's number; null where it is empty, or the table has no such column.</summary>
    /// <exception cref="LabelsTableException">The cell holds no number.</exception>
    public double? Number(string column)
    {
        string text = Text(column);
        return text.Length == 0 ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
            : throw new LabelsTableException($"{_place}: {column}: expected a number, found '{PlainText.Short(text)}'.");
    }

    /// <summary>The groups that the case belongs to: the columns <c>Group.Name</c>, "unknown" where a cell is empty.</summary>
    public Facts Groups => new(_cells.Where(cell => cell.Key.StartsWith(GroupPrefix, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(cell.Key[GroupPrefix.Length..]))
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

/// <summary>
/// The truth about cases, from a CSV file (commas or semicolons): File (relative to the folder of studies), Label and, where a
/// study gives several cases, what tells them apart. A column <c>Group.Name</c> (camera, centre) divides the cases into groups whose
/// figures are reported by themselves; a system may read further columns.
/// </summary>
public sealed class LabelsTable
{
    /// <summary>Bytes of a table: a million lines have some fifty million, and a device has no end.</summary>
    private const long MostBytes = 1L << 30;

    private readonly Dictionary<(string File, string Part), LabelRow> _rows;

    private LabelsTable(Dictionary<(string File, string Part), LabelRow> rows, LabelsLayout layout) => (_rows, Layout) = (rows, layout);

    /// <summary>What the table says.</summary>
    public LabelsLayout Layout { get; }

    /// <summary>The names of the groups that the table divides cases into.</summary>
    public IReadOnlyList<string> Groups => [.. _rows.Values.Take(1).SelectMany(row => row.Groups.Names)];

    /// <summary>The files of masks that it names.</summary>
    internal IEnumerable<string> MaskFiles => _rows.Values.Select(row => row.Target).OfType<MaskFileTarget>().Select(mask => mask.File);

    /// <summary>The number of cases in the table.</summary>
    public int Count => _rows.Count;

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
            using FileStream stream = InputFile.Open(path);
            using StreamReader text = new(new BoundedStream(stream, MostBytes));
            using SepReader reader = Sep.Reader(options => options with { Unescape = true, HasHeader = false, DisableColCountCheck = true }).From(text);
            return new LabelsTable(Read(reader, name, Path.GetDirectoryName(Path.GetFullPath(path))!, layout), layout);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw new LabelsTableException($"{path}: the labels table cannot be read: {problem.Message.ReplaceLineEndings(" ")}", problem);
        }
    }

    private static Dictionary<(string File, string Part), LabelRow> Read(SepReader reader, string name, string folder, LabelsLayout layout)
    {
        string[]? header = null;
        // The name of a file is what it is called; all else is shown to people.
        int file = -1;
        Dictionary<(string File, string Part), LabelRow> rows = [];
        foreach (SepReader.Row row in reader)
        {
            string[] cells = new string[row.ColCount];
            for (int column = 0; column < cells.Length; column++)
            {
                string cell = row[column].ToString().Trim();
                cells[column] = column == file ? cell : PlainText.OneLine(cell);
            }

            string place = string.Create(CultureInfo.InvariantCulture, $"{name}:{row.LineNumberFrom}");
            if (header is null)
            {
                cells[0] = cells[0].TrimStart('\uFEFF');
                header = cells;
                CheckHeader(header, $"{name}:1", layout);
                file = Array.IndexOf(header, "File");
                continue;
            }

            if (cells is [""])
            {
                continue;
            }

            if (cells.Length > header.Length)
            {
                throw new LabelsTableException($"{place}: expected {header.Length} fields, as the header has columns, found {cells.Length}; quote fields that hold the separator.");
            }

            Dictionary<string, string> byColumn = header.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            string part = Part(byColumn, place, layout);
            Target target;
            try
            {
                target = layout.Task.Parse(byColumn.GetValueOrDefault("Label", ""));
            }
            catch (FormatException problem)
            {
                throw new LabelsTableException($"{place}: Label: {PlainText.Short(problem.Message, 300)}", problem);
            }

            LabelRow label = new(target, byColumn, place, folder);
            foreach (string column in layout.Numbers)
            {
                _ = label.Number(column);
            }

            if (byColumn.GetValueOrDefault("File", "") is not { Length: > 0 } studied)
            {
                throw new LabelsTableException($"{place}: File: expected the name of a file, found nothing.");
            }

            if (!rows.TryAdd((studied.Replace('\\', '/'), part), label))
            {
                throw new LabelsTableException($"{place}: {(layout.PartColumn is { } column ? $"this file and {column.ToLowerInvariant()} are" : "this file is")} in the table twice.");
            }
        }

        return header is null ? throw new LabelsTableException($"{name}:1: expected a header with the columns {string.Join(", ", Needed(layout))}, found an empty file.") : rows;
    }

    private static IEnumerable<string> Needed(LabelsLayout layout) => layout.PartColumn is { } part ? ["File", part, "Label"] : ["File", "Label"];

    private static void CheckHeader(string[] header, string place, LabelsLayout layout)
    {
        if (header.CountBy(column => column, StringComparer.Ordinal).FirstOrDefault(column => column.Value > 1) is { Value: > 1 } twice)
        {
            throw new LabelsTableException($"{place}: the column {PlainText.Short(twice.Key)} is in the table twice; keep one.");
        }

        foreach (string needed in Needed(layout))
        {
            if (!header.Contains(needed, StringComparer.Ordinal))
            {
                throw new LabelsTableException($"{place}: expected a column {needed}, found {PlainText.Short(string.Join(", ", header), 200)}.");
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
            : layout.Parts.TryGetValue(word, out string? part) ? part
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

using System.Globalization;
using MLNetScinti.Evaluation.Statistics;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Annotations;

/// <summary>What is said of a picture of which no reading is shared by more than half of its readers.</summary>
public enum TieRule
{
    /// <summary>Nothing: it is left out, and named.</summary>
    LeaveOut,

    /// <summary>Each finding that more than half of the readers gave, whatever else they gave; the class without findings where there is none.</summary>
    EachFinding,

    /// <summary>What the first reader says.</summary>
    FirstReader,
}

/// <summary>What readers' labels mean.</summary>
/// <param name="Classes">The classes: the first one is that of pictures without a region.</param>
public sealed record AnnotationCodes(IReadOnlyList<string> Classes)
{
    private static readonly char[] s_separators = [' ', '-', '_', ':', '/', '@', ','];

    /// <summary>Codes that stand for a class.</summary>
    public IReadOnlyDictionary<string, string> Codes { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The class that a label names, and the part of the body behind it ("M-rib"): a code or a class's name, then perhaps a part.</summary>
    /// <exception cref="AnnotationException">It begins with no code and no class.</exception>
    public (int Class, string Part) Of(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        string text = label.Trim();
        if (ClassOf(text) is { } whole)
        {
            return (whole, "");
        }

        int end = text.IndexOfAny(s_separators);
        return end > 0 && ClassOf(text[..end]) is { } before
            ? (before, text[end..].Trim([.. s_separators, '(', ')']))
            : throw new AnnotationException($"'{PlainText.Short(label)}': expected one of {string.Join(", ", Classes.Concat(Codes.Keys))}, and behind it perhaps a part of the body.");
    }

    private int? ClassOf(string word)
    {
        string name = Codes.TryGetValue(word, out string? meant) ? meant : word;
        int index = Classes.ToList().FindIndex(one => string.Equals(one, name, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : index;
    }
}

/// <summary>A picture as one reader annotated it.</summary>
/// <param name="File">The annotations.</param>
/// <param name="Classes">The classes that it has, the lowest first; the one without findings where nothing was drawn.</param>
/// <param name="Regions">For each region its class and the part of the body that the reader named.</param>
public sealed record Reading(LabelMeFile File, IReadOnlyList<int> Classes, IReadOnlyList<(int Class, string Part)> Regions);

/// <summary>A file that was left out, or a part of one.</summary>
/// <param name="Reader">Whose it is.</param>
/// <param name="File">Its name.</param>
/// <param name="Sentence">Why.</param>
public sealed record AnnotationFault(string Reader, string File, string Sentence);

/// <summary>What comes of a picture that was read by several.</summary>
/// <param name="Name">The picture's name, without an extension.</param>
/// <param name="Readings">Each reader's, in the readers' order; null where one gave none.</param>
/// <param name="Classes">What is taken for true; null where it was left open.</param>
/// <param name="IsTie">Whether no reading was shared by more than half of the readers.</param>
/// <param name="Report">The text that lies beside the picture; empty for none.</param>
public sealed record ReadPicture(string Name, IReadOnlyList<Reading?> Readings, IReadOnlyList<int>? Classes, bool IsTie, string Report);

/// <summary>
/// The annotations of several readers, a folder each, with files of the same names. What most of those who read a picture say of
/// it is taken for true; where no reading is shared by more than half of them, a stated rule decides.
/// </summary>
public sealed class ReaderConsensus
{
    private const long MostReportBytes = 1 << 20;

    private ReaderConsensus(AnnotationCodes codes, IReadOnlyList<string> readers, TieRule ties, IReadOnlyList<ReadPicture> pictures, IReadOnlyList<AnnotationFault> faults) =>
        (Codes, Readers, Ties, Pictures, Faults) = (codes, readers, ties, pictures, faults);

    /// <summary>What labels mean.</summary>
    public AnnotationCodes Codes { get; }

    /// <summary>The readers' names: those of their folders.</summary>
    public IReadOnlyList<string> Readers { get; }

    /// <summary>What decides where readers do not.</summary>
    public TieRule Ties { get; }

    /// <summary>The pictures, by name.</summary>
    public IReadOnlyList<ReadPicture> Pictures { get; }

    /// <summary>What was left out.</summary>
    public IReadOnlyList<AnnotationFault> Faults { get; }

    /// <summary>The distinct readings that there are, as lists of classes.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Patterns =>
        [.. Pictures.SelectMany(picture => picture.Readings).OfType<Reading>().Select(reading => reading.Classes).DistinctBy(PatternKey).OrderBy(pattern => pattern.Count).ThenBy(PatternKey, StringComparer.Ordinal)];

    /// <summary>How far the readers agree about whole pictures; null where there are fewer than two readers or readings to tell apart.</summary>
    public ReaderAgreement? Agreement()
    {
        List<string> patterns = [.. Patterns.Select(PatternKey)];
        return Readers.Count < 2 || patterns.Count < 2 ? null : new ReaderAgreement(
            [.. Enumerable.Range(0, Readers.Count).Select(reader => (IReadOnlyList<int>)[.. Pictures.Select(picture => picture.Readings[reader] is { } reading ? patterns.IndexOf(PatternKey(reading.Classes)) : -1)])],
            patterns.Count);
    }

    /// <summary>Classes in words: "first+second".</summary>
    public string Words(IReadOnlyList<int> classes) => string.Join('+', classes.Select(index => Codes.Classes[index]));

    /// <summary>
    /// The label map of a picture: 0, or the number of the class whose regions hold the pixel for more than half of its readers; where
    /// two classes do, that of more readers, and the earlier one of two alike.
    /// </summary>
    /// <exception cref="ArgumentException">Nobody read the picture.</exception>
    public (byte[] Labels, ImageShape Shape) Mask(ReadPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        Reading[] readings = [.. picture.Readings.OfType<Reading>()];
        ImageShape shape = readings.Length > 0 ? readings[0].File.Shape : throw new ArgumentException("Nobody read the picture.", nameof(picture));
        byte[] labels = new byte[shape.Length];
        int[] most = new int[shape.Length];
        for (int index = 1; index < Codes.Classes.Count; index++)
        {
            int[] votes = new int[shape.Length];
            foreach (Reading reading in readings)
            {
                bool[] own = MaskOf(reading, index);
                for (int i = 0; i < own.Length; i++)
                {
                    votes[i] += own[i] ? 1 : 0;
                }
            }

            for (int i = 0; i < votes.Length; i++)
            {
                if (2 * votes[i] > readings.Length && votes[i] > most[i])
                {
                    (most[i], labels[i]) = (votes[i], (byte)index);
                }
            }
        }

        return (labels, shape);
    }

    /// <summary>Each reader's regions in a colour of its own, which mix where they overlap: what all drew is white. The first three readers.</summary>
    public static PngImage Draw(ReadPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ImageShape shape = picture.Readings.OfType<Reading>().First().File.Shape;
        byte[] samples = new byte[shape.Length * 3];
        for (int reader = 0; reader < Math.Min(3, picture.Readings.Count); reader++)
        {
            bool[] mask = picture.Readings[reader]?.File.Mask(_ => true) ?? [];
            for (int i = 0; i < mask.Length; i++)
            {
                samples[(3 * i) + reader] = mask[i] ? (byte)255 : (byte)0;
            }
        }

        return new PngImage(shape.Columns, shape.Rows, 3, samples);
    }

    /// <summary>Reads the folders; files that cannot be used are named and left out.</summary>
    /// <param name="folders">A folder for each reader.</param>
    /// <param name="codes">What labels mean.</param>
    /// <param name="ties">What decides where no reading is shared by more than half of the readers.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is not there.</exception>
    /// <exception cref="InvalidDataException">No folder holds a file that can be used.</exception>
    public static ReaderConsensus Read(IReadOnlyList<string> folders, AnnotationCodes codes, TieRule ties = TieRule.LeaveOut)
    {
        ArgumentNullException.ThrowIfNull(folders);
        ArgumentNullException.ThrowIfNull(codes);
        string[] readers = [.. folders.Select(folder => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))];
        List<AnnotationFault> faults = [];
        Dictionary<string, Reading>[] read = [.. folders.Select((folder, reader) => ReadFolder(folder, readers[reader], codes, faults))];
        List<ReadPicture> pictures = [];
        foreach (string name in read.SelectMany(one => one.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Reading?[] readings = [.. read.Select(one => one.GetValueOrDefault(name))];
            ImageShape shape = readings.OfType<Reading>().First().File.Shape;
            for (int reader = 0; reader < readings.Length; reader++)
            {
                if (readings[reader] is { } other && other.File.Shape != shape)
                {
                    faults.Add(new(readers[reader], name, $"the picture is {other.File.Shape} here and {shape} for another reader; annotate the same picture."));
                    readings[reader] = null;
                }
            }

            (IReadOnlyList<int>? classes, bool tie) = Decide(readings, ties);
            pictures.Add(new ReadPicture(name, readings, classes, tie, ReportBeside(folders, name)));
        }

        return pictures.Count > 0
            ? new ReaderConsensus(codes, readers, ties, pictures, faults)
            : throw new InvalidDataException($"{string.Join(", ", folders)}: expected LabelMe files (.json or .xml), found none that can be used{(faults.Count > 0 ? $": {faults[0].File}: {faults[0].Sentence}" : ".")}");
    }

    private static (IReadOnlyList<int>? Classes, bool Tie) Decide(IReadOnlyList<Reading?> readings, TieRule ties)
    {
        Reading[] given = [.. readings.OfType<Reading>()];
        if (given.GroupBy(reading => PatternKey(reading.Classes)).FirstOrDefault(group => 2 * group.Count() > given.Length) is { } most)
        {
            return (most.First().Classes, false);
        }

        int[] shared = [.. given.SelectMany(reading => reading.Classes).Where(index => index > 0).CountBy(index => index).Where(count => 2 * count.Value > given.Length).Select(count => count.Key).Order()];
        return (ties switch
        {
            TieRule.EachFinding => shared.Length > 0 ? shared : [0],
            TieRule.FirstReader => readings[0]?.Classes,
            _ => null,
        }, true);
    }

    private static Dictionary<string, Reading> ReadFolder(string folder, string reader, AnnotationCodes codes, List<AnnotationFault> faults)
    {
        Dictionary<string, Reading> readings = new(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            string file = Path.GetFileName(path), name = Path.GetFileNameWithoutExtension(path);
            if (Path.GetExtension(path).ToLowerInvariant() is not (".json" or ".xml"))
            {
                continue;
            }

            try
            {
                LabelMeFile annotations = LabelMeFile.Read(path);
                (int Class, string Part)[] regions = [.. annotations.Regions.Select(region => codes.Of(region.Label))];
                int[] findings = [.. regions.Select(region => region.Class).Concat(annotations.Flags.Select(flag => codes.Of(flag).Class)).Where(index => index > 0).Distinct().Order()];
                Reading reading = new(annotations, findings.Length > 0 ? findings : [0], regions);
                faults.AddRange(annotations.Notes.Select(note => new AnnotationFault(reader, file, note)));
                if (!readings.TryAdd(name, reading))
                {
                    faults.Add(new(reader, file, "the same picture has another file of annotations, which was taken; keep one."));
                }
            }
            catch (AnnotationException problem)
            {
                faults.Add(new(reader, file, problem.Message));
            }
        }

        return readings;
    }

    // The report's text lies beside the picture, under the same name.
    private static string ReportBeside(IReadOnlyList<string> folders, string name)
    {
        foreach (FileInfo file in folders.Select(folder => new FileInfo(Path.Combine(folder, name + ".txt"))))
        {
            if (file is { Exists: true, Length: <= MostReportBytes })
            {
                return PlainText.Lines(File.ReadAllText(file.FullName)).Trim();
            }
        }

        return "";
    }

    private static bool[] MaskOf(Reading reading, int index)
    {
        bool[] mask = new bool[reading.File.Shape.Length];
        foreach ((AnnotatedRegion region, (int Class, _)) in reading.File.Regions.Zip(reading.Regions))
        {
            if (Class == index)
            {
                RegionOutline.Fill(region.Outline, mask, reading.File.Shape);
            }
        }

        return mask;
    }

    private static string PatternKey(IReadOnlyList<int> classes) => string.Join('+', classes.Select(index => index.ToString("D3", CultureInfo.InvariantCulture)));
}

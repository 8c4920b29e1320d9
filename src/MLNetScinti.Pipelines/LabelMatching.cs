using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines;

/// <summary>
/// A line of a labels table that labels no study, and why. It may hold an accession number or the name of a file: it is for the console of whoever
/// has the table, as are the names of files that were left out.
/// </summary>
/// <param name="Place">The table's name and the line's number.</param>
/// <param name="Sentence">What was found and what to do.</param>
public sealed record UnusedLabelLine(string Place, string Sentence)
{
    /// <summary>Most lines that are told of one by one.</summary>
    public const int MostTold = 200;

    /// <summary>Place and sentence, on one line.</summary>
    public string OnConsole() => PlainText.OneLine($"{Place}: {Sentence}");
}

/// <summary>
/// Finds the study that each line of a labels table means. The key of a line that tells most decides (file, series UID, study UID, accession number, patient ID),
/// and the others must not contradict it. A line that means several studies, or none, labels nothing and is named.
/// </summary>
internal sealed class LabelMatching
{
    private readonly Dictionary<LabelKey, Dictionary<string, SortedSet<string>>> _exact = [], _lenient = [];
    private readonly Dictionary<string, SortedSet<string>> _files = new(StringComparer.Ordinal);
    private readonly string _folder;

    /// <summary>Begins with no study.</summary>
    /// <param name="folder">The folder of the studies.</param>
    public LabelMatching(string folder) => _folder = folder;

    /// <summary>Adds a file of a study: all files of one study are added under the name of the study.</summary>
    /// <param name="study">The study.</param>
    /// <param name="file">The file, relative to the folder.</param>
    /// <param name="header">What it says.</param>
    public void Add(string study, string file, ImageHeader header)
    {
        Add(study, file);
        Add(LabelKey.SeriesUid, header.SeriesUid, study);
        Add(LabelKey.StudyUid, header.StudyUid, study);
        Add(LabelKey.Accession, header.AccessionNumber, study);
        Add(LabelKey.PatientId, header.Identity.Reveal().PatientId, study);
    }

    /// <summary>Adds a file of which nothing but its name is known.</summary>
    public void Add(string study, string file)
    {
        Add(LabelKey.File, file, study);
        (_files.TryGetValue(study, out SortedSet<string>? files) ? files : _files[study] = new(StringComparer.Ordinal)).Add(file);
    }

    /// <summary>The table with each line's study known by each of its files, and the lines that label none.</summary>
    public (LabelsTable Table, IReadOnlyList<UnusedLabelLine> Unused, IReadOnlySet<string> NotFilledIn) Match(LabelsTable table)
    {
        Dictionary<(string File, string Part), LabelRow> rows = [];
        Dictionary<(string Study, string Part), LabelsTable.Line> taken = [];
        HashSet<(string Study, string Part)> contested = [];
        HashSet<string> notFilledIn = new(StringComparer.Ordinal);
        List<UnusedLabelLine> unused = [];
        foreach (LabelsTable.Line line in table.Lines)
        {
            (IReadOnlyCollection<string> studies, string problem) = StudiesOf(line.Keys);
            if (studies.Count != 1)
            {
                // A line that nobody has filled in yet may name what it likes.
                if (line.Row is not null)
                {
                    unused.Add(new(line.Place, problem));
                }

                continue;
            }

            string study = studies.First();
            if (line.Row is null)
            {
                notFilledIn.UnionWith(_files[study]);
                continue;
            }

            if (!taken.TryAdd((study, line.Part), line))
            {
                // Two lines for one case: where they agree one is enough.
                LabelsTable.Line other = taken[(study, line.Part)];
                if (table.Layout.Task.Describe(other.Row!.Target) != table.Layout.Task.Describe(line.Row.Target) || line.Row.Target is MaskFileTarget && line.Row.Target != other.Row.Target)
                {
                    contested.Add((study, line.Part));
                    unused.Add(new(line.Place, $"it says something else of the same study than {other.Place}; neither is used: correct one of them."));
                }

                continue;
            }

            foreach (string file in _files[study])
            {
                rows[(file, line.Part)] = line.Row;
            }
        }

        foreach ((string study, string part) in contested)
        {
            foreach (string file in _files[study])
            {
                rows.Remove((file, part));
            }
        }

        return (table.With(rows), unused, notFilledIn);
    }

    private (IReadOnlyCollection<string> Studies, string Problem) StudiesOf(LabelKeys keys)
    {
        SortedSet<string>? found = null;
        string first = "", named = "";
        foreach ((LabelKey key, string words, string value) in keys.Filled)
        {
            SortedSet<string> here = Of(key, value);
            if (found is null)
            {
                if (here.Count == 0)
                {
                    string shortened = key != LabelKey.File && value.Contains("E+", StringComparison.OrdinalIgnoreCase) ? ", and looks like a number that a spreadsheet has shortened" : "";
                    return ([], $"its {words} '{PlainText.Short(value)}' is that of no study here{shortened}; correct it, or take the line out.");
                }

                (found, first, named) = (here, words, value);
            }
            else if (here.Count > 0)
            {
                // What only some of the studies have tells them apart; what none of them has contradicts.
                SortedSet<string> both = new(found.Where(here.Contains), StringComparer.Ordinal);
                if (both.Count == 0)
                {
                    return ([], $"its {first} '{PlainText.Short(named)}' and its {words} '{PlainText.Short(value)}' are those of different studies; correct one of them.");
                }

                found = both;
            }
        }

        return found is null ? ([], "") : found.Count == 1 ? (found, "")
            : (found, string.Create(CultureInfo.InvariantCulture, $"its {first} '{PlainText.Short(named)}' is that of {found.Count} images ({string.Join(", ", found.Take(3).Select(study => _files[study].Min!))}{(found.Count > 3 ? ", ..." : "")}); name one of them in the column File."));
    }

    private SortedSet<string> Of(LabelKey key, string value)
    {
        if (key == LabelKey.File)
        {
            // As another program may write it: with the folder before it, or from here.
            string file = value.StartsWith("./", StringComparison.Ordinal) ? value[2..] : value;
            if (!Known(file) && Path.IsPathRooted(value))
            {
                file = Path.GetRelativePath(Path.GetFullPath(_folder), value).Replace('\\', '/');
            }

            return _exact.GetValueOrDefault(key)?.GetValueOrDefault(file) ?? [];
        }

        return _exact.GetValueOrDefault(key)?.GetValueOrDefault(value) ?? _lenient.GetValueOrDefault(key)?.GetValueOrDefault(OneSpelling(value)) ?? [];
    }

    private bool Known(string file) => _exact.GetValueOrDefault(LabelKey.File)?.ContainsKey(file) ?? false;

    private void Add(LabelKey key, string value, string study)
    {
        if (value.Length > 0)
        {
            Add(_exact, key, value, study);
            if (key != LabelKey.File)
            {
                Add(_lenient, key, OneSpelling(value), study);
            }
        }
    }

    private static void Add(Dictionary<LabelKey, Dictionary<string, SortedSet<string>>> map, LabelKey key, string value, string study)
    {
        Dictionary<string, SortedSet<string>> values = map.TryGetValue(key, out Dictionary<string, SortedSet<string>>? there) ? there : map[key] = new(StringComparer.Ordinal);
        (values.TryGetValue(value, out SortedSet<string>? studies) ? studies : values[value] = new(StringComparer.Ordinal)).Add(study);
    }

    // A spreadsheet takes a number's leading zeros, a table that was written for one may hold an apostrophe, and people write letters as they like.
    private static string OneSpelling(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant().TrimStart('\'').TrimStart('0');
}

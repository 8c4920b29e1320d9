using System.Globalization;

namespace MLNetScinti.Dicom;

/// <summary>Which images make up one study.</summary>
public enum StudyBoundary
{
    /// <summary>One examination: a Study Instance UID, such as a SPECT and its CT.</summary>
    Examination,

    /// <summary>Everything of one patient, whatever the date: time points of a therapy, a scan and its follow-up.</summary>
    Patient,
}

/// <summary>How a folder becomes studies.</summary>
public sealed record StudyIndexOptions
{
    /// <summary>What files to accept and how to name patients.</summary>
    public DicomReadOptions Reading { get; init; } = new();

    /// <summary>Which images belong together.</summary>
    public StudyBoundary Boundary { get; init; } = StudyBoundary.Examination;

    /// <summary>Names of files, relative to the folder and with slashes, that are not looked at, such as a table of labels.</summary>
    public IReadOnlySet<string> Ignored { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>
/// What is in a folder: its studies, each put together once, and the files that are part of none, with the reason. Made
/// in one pass over the headers, in which every file is opened once; whoever reads images afterwards takes them from
/// here and decides nothing again. It keeps a few facts of each file and no pixels.
/// </summary>
public sealed class StudyIndex
{
    private StudyIndex(string folder, IReadOnlyList<Study> studies, IReadOnlyList<SkippedFile> leftOut, int files)
    {
        Folder = folder;
        Studies = studies;
        LeftOut = leftOut;
        FileCount = files;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The studies, in the order in which their first files come in the folder.</summary>
    public IReadOnlyList<Study> Studies { get; }

    /// <summary>The files that are part of no study, by relative name, in the folder's order.</summary>
    public IReadOnlyList<SkippedFile> LeftOut { get; }

    /// <summary>Number of files that were looked at.</summary>
    public int FileCount { get; }

    /// <summary>Number of series over all studies.</summary>
    public int SeriesCount => Studies.Sum(study => study.Series.Count);

    /// <summary>Looks at every file of a folder and of the folders in it.</summary>
    /// <param name="folder">The folder, or a single file.</param>
    /// <param name="options">How; null for every image and one study an examination.</param>
    /// <param name="visited">Told of each file as it is looked at; null for nobody.</param>
    /// <param name="cancel">Ends the pass.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static StudyIndex Build(string folder, StudyIndexOptions? options = null, Action<ScannedFile>? visited = null, CancellationToken cancel = default)
    {
        options ??= new();
        string root = File.Exists(folder) ? Path.GetDirectoryName(Path.GetFullPath(folder))! : folder;
        List<SkippedFile> leftOut = [];
        List<List<ImageFacts>> groups = [];
        Dictionary<string, List<ImageFacts>> byStudy = new(StringComparer.Ordinal);
        Dictionary<string, string> instances = new(StringComparer.Ordinal);
        // Names that thousands of files share are kept once.
        Dictionary<string, string> shared = new(StringComparer.Ordinal);
        int files = 0;
        foreach (ScannedFile scanned in DicomFolder.Scan(folder, options.Reading))
        {
            cancel.ThrowIfCancellationRequested();
            if (options.Ignored.Contains(scanned.RelativePath))
            {
                continue;
            }

            files++;
            ScannedFile file = scanned;
            if (file.Header is ImageHeader header && header.InstanceUid.Length > 0 && !instances.TryAdd(header.InstanceUid, file.RelativePath))
            {
                file = new ScannedFile(file.File, file.RelativePath, null, SkippedFile.Repetition(file.File, instances[header.InstanceUid]));
            }

            visited?.Invoke(file);
            if (file.Header is ImageHeader image)
            {
                ImageFacts facts = ImageFacts.Of(image, file.RelativePath, shared);
                string which = Boundary(facts, options.Boundary);
                if (!byStudy.TryGetValue(which, out List<ImageFacts>? group))
                {
                    groups.Add(byStudy[which] = group = []);
                }

                group.Add(facts);
            }
            else
            {
                leftOut.Add(file.Skipped! with { File = file.RelativePath });
            }
        }

        Study[] studies = [.. groups.Select(group => Study.Of(root, group, options.Reading, leftOut))];
        leftOut.Sort((a, b) => string.CompareOrdinal(a.File, b.File));
        return new StudyIndex(root, studies, leftOut, files);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Studies.Count} studies, {SeriesCount} series, {LeftOut.Count} of {FileCount} files left out");

    private static string Boundary(ImageFacts facts, StudyBoundary boundary) => boundary switch
    {
        StudyBoundary.Patient => facts.Patient.Pseudonym,
        // Without an identifier, what was acquired on one day belongs together.
        _ when facts.StudyUid.Length == 0 => string.Create(CultureInfo.InvariantCulture, $"{facts.Patient.Pseudonym}|day|{facts.AcquiredOn:yyyyMMdd}"),
        _ => $"{facts.Patient.Pseudonym}|{facts.StudyUid}",
    };
}

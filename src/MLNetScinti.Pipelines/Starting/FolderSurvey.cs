using System.ComponentModel;
using System.Globalization;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Starting;

/// <summary>An image of a folder, or the sections that are one: how it was taken, and nothing of whose it is.</summary>
public sealed record SurveyedSeries
{
    /// <summary>What the image is.</summary>
    public required ImageKind Kind { get; init; }

    /// <summary>Modality ("NM").</summary>
    public required string Modality { get; init; }

    /// <summary>Number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Sections, or frames where they are none.</summary>
    public required int Sections { get; init; }

    /// <summary>Millimetres between columns, rows and, of a volume, sections; empty where the file does not say.</summary>
    public IReadOnlyList<double> Spacing { get; init; } = [];

    /// <summary>Symbols of the radionuclides ("Tc-99m"); none where nothing tells.</summary>
    public IReadOnlyList<string> Nuclides { get; init; } = [];

    /// <summary>Name of the radiopharmaceutical; empty where there is none.</summary>
    public string Agent { get; init; } = "";

    /// <summary>From where planar frames look.</summary>
    public IReadOnlyList<DetectorView> Views { get; init; } = [];

    /// <summary>What the values count.</summary>
    public ImageUnit Unit { get; init; }

    /// <summary>Manufacturer and model.</summary>
    public string Camera { get; init; } = "";

    /// <summary>Collimators, each once.</summary>
    public string Collimator { get; init; } = "";

    /// <summary>Body Part Examined.</summary>
    public string BodyPart { get; init; } = "";

    /// <summary>Number of files.</summary>
    public int Files { get; init; } = 1;

    /// <summary>Series Instance UID.</summary>
    [Browsable(false)]
    public string SeriesUid { get; init; } = "";

    /// <summary>The first file, relative to the folder.</summary>
    [Browsable(false)]
    public string File { get; init; } = "";

    /// <summary>Whether a word is in the name of the radiopharmaceutical; letters' case and signs do not matter.</summary>
    public bool AgentHas(params IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        string letters = string.Concat(Agent.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        return words.Any(word => letters.Contains(word.ToUpperInvariant(), StringComparison.Ordinal));
    }

    /// <summary>Extents and, where they are known, millimetres: "128 x 128 x 128 of 1.75 x 1.75 x 1.75 mm".</summary>
    public string SizeText
    {
        get
        {
            string extents = string.Create(CultureInfo.InvariantCulture, $"{Columns} x {Rows}{(Sections > 1 ? $" x {Sections}" : "")}");
            return Spacing.Count == 0 ? $"{extents}, pixel size not in the file" : $"{extents} of {string.Join(" x ", Spacing.Select(value => value.ToString("0.##", CultureInfo.InvariantCulture)))} mm";
        }
    }

    internal static SurveyedSeries Of(ImageSeries series, ImageHeader header)
    {
        ImageGeometry? geometry = series.Geometry;
        return new SurveyedSeries
        {
            Kind = series.Kind,
            Modality = series.Modality,
            Columns = header.Columns,
            Rows = header.Rows,
            Sections = geometry?.Sections ?? series.Files.Sum(file => file.Frames),
            Spacing = header.SpacingIsAssumed ? [] : geometry is { } place ? [place.ColumnSpacing, place.RowSpacing, place.SectionSpacing] : [header.ColumnSpacing, header.RowSpacing],
            Nuclides = [.. header.Radionuclides.Select(one => one.Radionuclide.Symbol).Distinct(StringComparer.Ordinal)],
            Agent = header.Radiopharmaceutical,
            Views = [.. series.Files.SelectMany(file => file.Views).Distinct().Order()],
            Unit = header.Unit,
            Camera = header.Camera,
            Collimator = string.Join(", ", header.Detectors.Select(detector => detector.Collimator).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal)),
            BodyPart = header.BodyPart,
            Files = series.Files.Count,
            SeriesUid = header.SeriesUid,
            File = series.Files[0].File,
        };
    }
}

/// <summary>An examination of a folder.</summary>
/// <param name="Patient">The patient's pseudonym.</param>
/// <param name="StudyUid">Study Instance UID.</param>
/// <param name="Accession">Accession Number; empty where there is none.</param>
/// <param name="Day">The day of the acquisition, or null.</param>
/// <param name="Series">Its images.</param>
/// <param name="IsSimulated">Whether its files say that the patient was simulated.</param>
public sealed record SurveyedStudy(
    string Patient, [property: Browsable(false)] string StudyUid, [property: Browsable(false)] string Accession, DateOnly? Day, IReadOnlyList<SurveyedSeries> Series, bool IsSimulated)
{
    /// <summary>The images of some kinds.</summary>
    public IReadOnlyList<SurveyedSeries> OfKind(params ImageKind[] kinds) => [.. Series.Where(series => kinds.Contains(series.Kind))];

    /// <summary>How many images it has, and nothing of whose.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Series.Count} series");
}

/// <summary>What a system makes of an examination: the images that it would use, or why there are none.</summary>
/// <param name="Images">The images; none where the examination does not suit.</param>
/// <param name="WhyNot">Why there are none, in a few words; empty where there are some.</param>
public readonly record struct StudyFit(IReadOnlyList<SurveyedSeries> Images, string WhyNot)
{
    /// <summary>It suits with these images.</summary>
    public static StudyFit With(IReadOnlyList<SurveyedSeries> images) => new(images, "");

    /// <summary>It does not suit.</summary>
    public static StudyFit Not(string why) => new([], why);
}

/// <summary>What is in a folder of studies: one look at every header.</summary>
public sealed class FolderSurvey
{
    private FolderSurvey(string folder, IReadOnlyList<SurveyedStudy> studies, IReadOnlyList<SkippedFile> leftOut, int files) => (Folder, Studies, LeftOut, FileCount) = (folder, studies, leftOut, files);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The examinations, in the order in which their first files come.</summary>
    public IReadOnlyList<SurveyedStudy> Studies { get; }

    /// <summary>The files that are part of none, with the reason.</summary>
    public IReadOnlyList<SkippedFile> LeftOut { get; }

    /// <summary>Number of files.</summary>
    public int FileCount { get; }

    /// <summary>Number of patients.</summary>
    public int PatientCount => Studies.Select(study => study.Patient).Distinct(StringComparer.Ordinal).Count();

    /// <summary>A folder of which somebody else knows what is in it.</summary>
    internal static FolderSurvey Of(string folder, IReadOnlyList<SurveyedStudy> studies) => new(folder, studies, [], studies.Sum(study => study.Series.Sum(series => series.Files)));

    /// <summary>Looks at a folder.</summary>
    /// <param name="folder">The folder; its subfolders count too.</param>
    /// <param name="reading">How files are read; null for every image.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="NoStudyException">There is no image in it.</exception>
    public static FolderSurvey Of(string folder, DicomReadOptions? reading = null, CancellationToken cancel = default)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: {InputFile.Missing(folder, "folder")}.");
        }

        // Of sections in thousands of files the first of a series speaks for all.
        Dictionary<string, ImageHeader> byFile = new(StringComparer.Ordinal), bySeries = new(StringComparer.Ordinal);
        StudyIndex index = StudyIndex.Build(folder, new StudyIndexOptions { Reading = (reading ?? new()).StoppedBy(cancel) }, file =>
        {
            if (file.Header is { } header)
            {
                bool isSection = header.Kind is ImageKind.Ct or ImageKind.Pet && header.SeriesUid.Length > 0;
                _ = isSection ? bySeries.TryAdd(header.SeriesUid, header) : byFile.TryAdd(file.RelativePath, header);
            }
        }, cancel);
        List<SurveyedStudy> studies = [];
        foreach (Study study in index.Studies)
        {
            ImageHeader HeaderOf(ImageFacts file) => byFile.TryGetValue(file.File, out ImageHeader? header) ? header : bySeries[file.SeriesUid];
            ImageHeader[] headers = [.. study.Series.Select(series => HeaderOf(series.Files[0]))];
            studies.Add(new SurveyedStudy(study.Patient.Pseudonym, headers[0].StudyUid, headers.Select(header => header.AccessionNumber).FirstOrDefault(number => number.Length > 0) ?? "",
                study.Days.Count > 0 ? study.Days[0] : null, [.. study.Series.Zip(headers, SurveyedSeries.Of)], study.Patient.IsSimulated));
        }

        return studies.Count > 0 ? new FolderSurvey(folder, studies, index.LeftOut, index.FileCount)
            : throw new NoStudyException(index.FileCount == 0 ? $"{folder}: expected studies in DICOM files, found no file."
                : $"{folder}: expected studies in DICOM files, found {index.FileCount} files and none of them is an image that is read here: {Counted(index.LeftOut.Select(file => file.Reason.ToString()))}.");
    }

    /// <summary>What there is, a line each, the commonest first.</summary>
    /// <param name="withDays">Whether the days of the first and the last acquisition are told: they are dates of patients, and for the console.</param>
    public IReadOnlyList<string> Lines(bool withDays = true)
    {
        SurveyedSeries[] all = [.. Studies.SelectMany(study => study.Series)];
        DateOnly[] days = [.. Studies.Select(study => study.Day).OfType<DateOnly>().Order()];
        List<(string Name, string Value)> lines =
        [
            ("images", Counted(all.Select(series => $"{series.Modality} {series.Kind}"))),
            ("sizes", Counted(all.GroupBy(series => (series.Kind, Size: (series with { Sections = 1 }).SizeText)).SelectMany(group => group.Select(_ => SizesOf(group.Key.Kind, [.. group]))))),
            ("nuclides", Counted(all.Where(series => series.Modality is "NM" or "PT").Select(series => series.Nuclides.Count > 0 ? string.Join(" and ", series.Nuclides) : "not told"))),
            ("agents", Counted(all.Where(series => series.Agent.Length > 0).Select(series => series.Agent))),
            ("views", Counted(all.Where(series => series.Views.Count > 0 && series.Spacing.Count < 3).Select(series => string.Join(" and ", series.Views).ToLowerInvariant()))),
            ("cameras", Counted(all.Where(series => series.Camera.Length > 0).Select(series => series.Camera))),
            ("collimators", Counted(all.Where(series => series.Collimator.Length > 0).Select(series => series.Collimator))),
            ("days", !withDays || days.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{days[0]:yyyy-MM-dd} to {days[^1]:yyyy-MM-dd}")),
            ("left out", Counted(LeftOut.Select(file => file.Reason.ToString()))),
        ];
        string simulated = Studies.Any(study => study.IsSimulated) ? Studies.All(study => study.IsSimulated) ? " (simulated)" : " (some simulated)" : "";
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"{Studies.Count} studies of {PatientCount} patients{simulated}, {all.Length} images in {FileCount} files"),
            .. lines.Where(line => line.Value.Length > 0).Select(line => $"  {line.Name,-12} {line.Value}"),
        ];
    }

    // Series differ in their sections: from the fewest to the most.
    private static string SizesOf(ImageKind kind, SurveyedSeries[] alike)
    {
        int least = alike.Min(series => series.Sections), most = alike.Max(series => series.Sections);
        return least == most ? $"{kind} {alike[0].SizeText}"
            : $"{kind} {(alike[0] with { Sections = least }).SizeText.Replace(string.Create(CultureInfo.InvariantCulture, $" x {least} of"), string.Create(CultureInfo.InvariantCulture, $" x {least} to {most} of"), StringComparison.Ordinal)}";
    }

    internal static string Counted(IEnumerable<string> words)
    {
        const int most = 8;
        KeyValuePair<string, int>[] counts = [.. words.CountBy(word => word, StringComparer.Ordinal).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
        return string.Join(", ", counts.Take(most).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} {PlainText.Short(pair.Key, 80)}")))
            + (counts.Length > most ? string.Create(CultureInfo.InvariantCulture, $" and {counts.Length - most} others") : "");
    }
}

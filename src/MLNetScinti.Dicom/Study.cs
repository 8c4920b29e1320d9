using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>What an index keeps of a file: who, when, what and where, without frames and pixels.</summary>
public sealed record ImageFacts
{
    /// <summary>The file, relative to the index's folder, with slashes.</summary>
    [Browsable(false)]
    public required string File { get; init; }

    /// <summary>What the image is.</summary>
    public required ImageKind Kind { get; init; }

    /// <summary>Modality ("NM").</summary>
    public required string Modality { get; init; }

    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Number of frames.</summary>
    public required int Frames { get; init; }

    /// <summary>Where the sections are; null for planar images and projections.</summary>
    public ImageGeometry? Geometry { get; init; }

    /// <summary>What was assumed about the geometry; empty where nothing was.</summary>
    public string GeometryNote { get; init; } = "";

    /// <summary>Why its frames make no volume by themselves; empty where they do, and where they are not sections.</summary>
    public string VolumeRefusal { get; init; } = "";

    /// <summary>Spacing Between Slices in mm with its sign, or null.</summary>
    public double? SpacingBetweenSlices { get; init; }

    /// <summary>From where the frames look at the patient, each view once.</summary>
    public IReadOnlyList<DetectorView> Views { get; init; } = [];

    /// <summary>When the acquisition began; null where the file lacks the day or the time.</summary>
    public DateTime? AcquiredAt { get; init; }

    /// <summary>The day on which it began, or null.</summary>
    public DateOnly? AcquiredOn { get; init; }

    /// <summary>What the values count.</summary>
    public ImageUnit Unit { get; init; }

    /// <summary>The radionuclide's symbol, or those of several ("Tc-99m + I-123"); empty where nobody knows.</summary>
    public string Radionuclide { get; init; } = "";

    /// <summary>What a careful reader would want to know of the header; the pixels were not looked at.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Series Description.</summary>
    [Browsable(false)]
    public string Description { get; init; } = "";

    /// <summary>Body Part Examined.</summary>
    public string BodyPart { get; init; } = "";

    /// <summary>Study Instance UID.</summary>
    [Browsable(false)]
    public string StudyUid { get; init; } = "";

    /// <summary>Series Instance UID.</summary>
    [Browsable(false)]
    public string SeriesUid { get; init; } = "";

    /// <summary>Frame Of Reference UID: images of one lie in the same coordinates.</summary>
    [Browsable(false)]
    public string SpaceUid { get; init; } = "";

    /// <summary>Instance Number, or null.</summary>
    public int? InstanceNumber { get; init; }

    /// <summary>Of PET: how many sections the file says that its volume has, or null.</summary>
    public int? SectionsOfVolume { get; init; }

    /// <summary>What may be known about the patient.</summary>
    public required PatientFacts Patient { get; init; }

    /// <summary>What the image is, and nothing of whose.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Modality} {Kind}, {Columns} x {Rows} x {Frames}");

    /// <summary>The facts of a header.</summary>
    /// <param name="header">The header.</param>
    /// <param name="file">The file's relative name.</param>
    /// <param name="shared">Texts that were kept before: equal ones are kept once. Null to keep each for itself.</param>
    internal static ImageFacts Of(ImageHeader header, string file, Dictionary<string, string>? shared = null)
    {
        string Kept(string text)
        {
            if (shared is null)
            {
                return text;
            }

            ref string? kept = ref CollectionsMarshal.GetValueRefOrAddDefault(shared, text, out _);
            return kept ??= text;
        }

        return new ImageFacts
        {
            File = file,
            Kind = header.Kind,
            Modality = Kept(header.Modality),
            Rows = header.Rows,
            Columns = header.Columns,
            Frames = header.Frames.Count,
            Geometry = header.Geometry,
            GeometryNote = Kept(header.GeometryNote),
            VolumeRefusal = Kept(header.VolumeRefusal),
            SpacingBetweenSlices = header.SpacingBetweenSlices,
            Views = [.. header.Frames.Select(frame => frame.View).Where(view => view != DetectorView.Unknown).Distinct()],
            AcquiredAt = header.AcquiredAt,
            AcquiredOn = header.AcquiredOn,
            Unit = header.Unit,
            Radionuclide = Kept(string.Join(" + ", header.Radionuclides.Select(one => one.Radionuclide.Symbol))),
            Warnings = header.Warnings.Count == 0 ? [] : [.. header.Warnings.Select(Kept)],
            Description = Kept(header.SeriesDescription),
            BodyPart = Kept(header.BodyPart),
            StudyUid = Kept(header.StudyUid),
            SeriesUid = Kept(header.SeriesUid),
            SpaceUid = Kept(header.SpaceUid),
            InstanceNumber = header.InstanceNumber,
            SectionsOfVolume = header.SectionsOfVolume,
            Patient = header.Patient with { Pseudonym = Kept(header.Patient.Pseudonym) },
        };
    }
}

/// <summary>
/// Images that are one: a file of Nuclear Medicine, the planar views of one acquisition in as many files as its camera
/// wrote, or the sections of a CT or PET scan in the order in which they lie in the patient.
/// </summary>
public sealed class ImageSeries
{
    private readonly string _folder;
    private readonly DicomReadOptions _reading;

    // What reading the pixels found, besides what the headers say.
    private readonly List<string> _found = [];

    internal ImageSeries(string folder, IReadOnlyList<ImageFacts> files, AssembledSeries? sections, DicomReadOptions reading)
    {
        _folder = folder;
        _reading = reading;
        Files = files;
        Sections = sections;
    }

    /// <summary>The files, in the order of their sections or of their names.</summary>
    public IReadOnlyList<ImageFacts> Files { get; }

    /// <summary>How the sections lie, where each has its file; null otherwise.</summary>
    public AssembledSeries? Sections { get; }

    /// <summary>What the images are.</summary>
    public ImageKind Kind => Files[0].Kind;

    /// <summary>Modality ("NM").</summary>
    public string Modality => Files[0].Modality;

    /// <summary>Series Description.</summary>
    public string Description => Files[0].Description;

    /// <summary>Frame Of Reference UID: series of one lie in the same coordinates, such as a SPECT and its CT.</summary>
    public string SpaceUid => Files[0].SpaceUid;

    /// <summary>When the acquisition began, or null.</summary>
    public DateTime? AcquiredAt => Files.Min(file => file.AcquiredAt);

    /// <summary>The day on which the acquisition began, or null.</summary>
    public DateOnly? AcquiredOn => Files.Min(file => file.AcquiredOn);

    /// <summary>Where the sections are; null for planar images and projections.</summary>
    public ImageGeometry? Geometry => Sections?.Geometry ?? Files[0].Geometry;

    /// <summary>What a careful reader would want to know: what the headers say, how they go together, and of pixels that were read through this series what these show.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_found)
            {
                return [.. Files.SelectMany(file => file.Warnings).Concat(Sections?.Warnings ?? [.. Files.Select(file => file.GeometryNote).Where(note => note.Length > 0)]).Concat(_found).Distinct(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The path of one of the files.</summary>
    public string PathOf(ImageFacts file) => Path.Combine(_folder, file.File);

    /// <summary>Reads the image of a series of one file.</summary>
    /// <param name="reader">The reader; null for one that accepts everything.</param>
    /// <param name="reuse">The values of an image that is no longer needed, or null.</param>
    /// <exception cref="InvalidOperationException">The series has several files.</exception>
    /// <exception cref="DicomReadException">The file cannot be read.</exception>
    public ScintigraphyImage Read(DicomImageReader? reader = null, float[]? reuse = null) => Files.Count == 1
        ? Kept((reader ?? new DicomImageReader(_reading)).Read(PathOf(Files[0]), reuse))
        : throw new InvalidOperationException($"{Files[0].File}: the series has {Files.Count} files, expected one: read its images one by one, or its volume.");

    /// <summary>Reads the images of all files, one at a time, in the order of <see cref="Files"/>.</summary>
    /// <param name="reader">The reader; null for one that accepts everything.</param>
    /// <exception cref="DicomReadException">A file cannot be read.</exception>
    public IEnumerable<ScintigraphyImage> ReadAll(DicomImageReader? reader = null)
    {
        reader ??= new DicomImageReader(_reading);
        return Files.Select(file => Kept(reader.Read(PathOf(file))));
    }

    /// <summary>Reads the volume: the sections of one file or of all.</summary>
    /// <param name="reader">The reader; null for one that accepts everything.</param>
    /// <exception cref="InvalidOperationException">There are no sections, or some are missing.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or holds several volumes.</exception>
    public Volume ReadVolume(DicomImageReader? reader = null) => Sections is AssembledSeries sections ? sections.ReadVolume(reader ?? new DicomImageReader(_reading), _folder, image => Kept(image))
        : Files.Count > 1 && Files.FirstOrDefault(file => file.VolumeRefusal.Length > 0) is ImageFacts refused
        ? throw new DicomReadException(refused.File, SkipReason.InconsistentHeader, $"no volume can be made of its series: {refused.VolumeRefusal}; ask the source for another export.")
        : WithOneVolume(Read(reader)).ToVolume();

    /// <summary>An image that holds one volume: the first of several is as likely the wrong one.</summary>
    internal static ScintigraphyImage WithOneVolume(ScintigraphyImage image) => image.VolumeCount <= 1 ? image
        : throw new DicomReadException(image.Header.File, SkipReason.WrongKind, $"expected one volume, found {image.VolumeCount} (of energy windows, phases or times): give the one that is meant as a file of its own.");

    private ScintigraphyImage Kept(ScintigraphyImage image)
    {
        if (image.Header.Warnings.Count > 0)
        {
            lock (_found)
            {
                _found.AddRange(image.Header.Warnings.Where(warning => !_found.Contains(warning)));
            }
        }

        return image;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string views = Files.SelectMany(file => file.Views).Distinct().ToArray() is { Length: > 0 } seen && Geometry is null ? $", {string.Join(" and ", seen).ToLowerInvariant()}" : "";
        string extent = Geometry is ImageGeometry geometry ? $"{geometry.Columns} x {geometry.Rows} x {geometry.Sections}" : $"{Files[0].Columns} x {Files[0].Rows} x {Files.Sum(file => file.Frames)}";
        string missing = Sections is { IsComplete: false } incomplete ? $", {incomplete.MissingSections.Count} sections missing" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Modality} {Kind}, {extent}{views}, {Files.Count} {(Files.Count == 1 ? "file" : "files")}{missing}");
    }
}

/// <summary>The images of one patient that belong together, under a pseudonym.</summary>
public sealed class Study
{
    private Study(string id, IReadOnlyList<ImageSeries> series)
    {
        Id = id;
        Series = series;
    }

    /// <summary>Stands for the study in tables and reports: the same under the same key.</summary>
    public string Id { get; }

    /// <summary>What may be known about the patient, at the time of the first image.</summary>
    public PatientFacts Patient => Series[0].Files[0].Patient;

    /// <summary>The series, by the time of their acquisition and then by the names of their first files.</summary>
    public IReadOnlyList<ImageSeries> Series { get; }

    /// <summary>The days of acquisition, each once, in order.</summary>
    public IReadOnlyList<DateOnly> Days => [.. Series.Select(series => series.AcquiredOn).OfType<DateOnly>().Distinct().Order()];

    /// <summary>The series of some kinds.</summary>
    public IEnumerable<ImageSeries> OfKind(params ImageKind[] kinds) => Series.Where(series => kinds.Contains(series.Kind));

    /// <summary>The series that lie in the coordinates of another, such as the CT of a SPECT; none where the other names no coordinates.</summary>
    public IEnumerable<ImageSeries> Beside(ImageSeries other) =>
        Series.Where(series => !ReferenceEquals(series, other) && other.SpaceUid.Length > 0 && string.Equals(series.SpaceUid, other.SpaceUid, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => $"{Id} of {Patient.Pseudonym}: {string.Join("; ", Series)}";

    /// <summary>Puts the images of a study together.</summary>
    internal static Study Of(string folder, List<ImageFacts> images, DicomReadOptions reading, List<SkippedFile> leftOut)
    {
        List<ImageSeries> series = [];
        foreach (AssembledSeries sections in SeriesAssembler.Assemble(images))
        {
            leftOut.AddRange(sections.LeftOut);
            series.Add(new ImageSeries(folder, sections.Sections, sections, reading));
        }

        // Sections without a place are left out of a series that has others, and are one that makes no volume by themselves.
        HashSet<string> placed = [.. series.Select(one => one.Files[0].SeriesUid)];
        // Views of one acquisition may have a file each; any other image of Nuclear Medicine is whole in its own.
        IEnumerable<IGrouping<string, ImageFacts>> others = images
            .Where(image => !SeriesAssembler.IsSection(image) && !(SeriesAssembler.IsUnplaced(image) && placed.Contains(image.SeriesUid)))
            .GroupBy(image => image is { Kind: ImageKind.Static or ImageKind.WholeBody, SeriesUid.Length: > 0 } || SeriesAssembler.IsUnplaced(image) ? string.Create(CultureInfo.InvariantCulture, $"{image.SeriesUid}|{image.Kind}|{image.Rows}|{image.Columns}") : $"file|{image.File}", StringComparer.Ordinal);
        series.AddRange(others.Select(group => new ImageSeries(folder, [.. group.OrderBy(image => image.InstanceNumber ?? int.MaxValue).ThenBy(image => image.File, StringComparer.Ordinal)], null, reading)));

        ImageFacts first = images[0];
        PseudonymKey key = reading.PseudonymKey ?? (images.All(image => image.Patient.IsSimulated) ? PseudonymKey.Simulated : PseudonymKey.ForThisUser);
        string id = key.PseudonymOf($"study|{first.Patient.Pseudonym}|{string.Join('|', images.Select(image => image.StudyUid).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}");
        return new Study($"S{id[1..]}", [.. series.OrderBy(one => one.AcquiredOn ?? DateOnly.MaxValue).ThenBy(one => one.AcquiredAt ?? DateTime.MaxValue).ThenBy(one => one.Files[0].File, StringComparer.Ordinal)]);
    }
}

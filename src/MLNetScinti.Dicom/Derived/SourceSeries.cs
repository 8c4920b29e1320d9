using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>The image of one section: what objects that were made from it refer to (PS3.3 table 10-3).</summary>
/// <param name="ClassUid">SOP Class UID.</param>
/// <param name="InstanceUid">SOP Instance UID.</param>
/// <param name="Frame">The number of its frame, from 1, or null where the section is a file of its own.</param>
public readonly record struct SourceSection(string ClassUid, string InstanceUid, int? Frame);

/// <summary>
/// The sections of a series, from which contours, segmentations, doses and reports are made: where they lie, their identifiers, and of
/// whom and of which examination they are, which those objects take over so that an archive files them with the images.
/// </summary>
public sealed class SourceSeries
{
    // The Patient, Patient Study and General Study modules (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2), as far as objects need them.
    private static readonly DicomTag[] s_ofPatientAndStudy =
    [
        DicomTag.PatientName, DicomTag.PatientID, DicomTag.IssuerOfPatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.PatientAge, DicomTag.PatientSize, DicomTag.PatientWeight,
        DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.AccessionNumber, DicomTag.ReferringPhysicianName, DicomTag.StudyID, DicomTag.StudyDescription,
    ];

    // Type 2: there, though empty.
    private static readonly DicomTag[] s_neverAbsent =
    [
        DicomTag.PatientName, DicomTag.PatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.AccessionNumber, DicomTag.ReferringPhysicianName, DicomTag.StudyID,
    ];

    private readonly Dictionary<DicomTag, string> _ofPatientAndStudy;

    private SourceSeries(ImageHeader first, ImageGeometry geometry, IReadOnlyList<SourceSection> sections, Dictionary<DicomTag, string> ofPatientAndStudy, IReadOnlyList<string> warnings)
    {
        (Geometry, Sections, Patient, AcquiredAt, AcquiredOn, _ofPatientAndStudy, Warnings) = (geometry, sections, first.Patient, first.AcquiredAt, first.AcquiredOn, ofPatientAndStudy, warnings);
        (StudyUid, SeriesUid, Modality) = (first.StudyUid, first.SeriesUid, first.Modality);
        // Objects must say in which coordinates they are; where the images do not, those of this series are coordinates of their own.
        SpaceUid = first.SpaceUid.Length > 0 ? first.SpaceUid : DeterministicUid.From("space of series", first.SeriesUid);
        if (first.SpaceUid.Length == 0)
        {
            Warnings = [.. warnings, "The images name no frame of reference (0020,0052): objects made from them name one of this series alone."];
        }
    }

    /// <summary>Where the sections lie.</summary>
    public ImageGeometry Geometry { get; }

    /// <summary>The image of each section, in the geometry's order.</summary>
    public IReadOnlyList<SourceSection> Sections { get; }

    /// <summary>The images, each once.</summary>
    public IEnumerable<SourceSection> Images => Sections.Select(section => section with { Frame = null }).Distinct();

    /// <summary>Study Instance UID.</summary>
    public string StudyUid { get; }

    /// <summary>Series Instance UID.</summary>
    public string SeriesUid { get; }

    /// <summary>Frame of Reference UID.</summary>
    public string SpaceUid { get; }

    /// <summary>Modality ("CT").</summary>
    public string Modality { get; }

    /// <summary>What may be known about the patient.</summary>
    public PatientFacts Patient { get; }

    /// <summary>When the acquisition began, or null.</summary>
    public DateTime? AcquiredAt { get; }

    /// <summary>The day on which that was, or null.</summary>
    public DateOnly? AcquiredOn { get; }

    /// <summary>What a careful reader would want to know.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The source of a series of a study.</summary>
    /// <exception cref="DicomReadException">A file cannot be read, or the sections make no volume.</exception>
    public static SourceSeries Read(ImageSeries series, DicomReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        return Read([.. series.Files.Select(series.PathOf)], options);
    }

    /// <summary>The source of some files: the sections of one series, in any order, or one file of many frames.</summary>
    /// <param name="files">The files.</param>
    /// <param name="options">What to accept; null for everything.</param>
    /// <exception cref="ArgumentException">There are no files.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or the sections make no volume.</exception>
    public static SourceSeries Read(IReadOnlyList<string> files, DicomReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0)
        {
            throw new ArgumentException("A series needs files, found none.", nameof(files));
        }

        Opened[] opened = [.. files.Select(file => DicomImageReader.Guard(file, () => Open(file, options ?? new())))];
        ImageHeader first = opened[0].Header;
        if (files.Count == 1 && first.Frames.Count > 1)
        {
            if (first.Geometry is not ImageGeometry geometry || first.VolumeRefusal.Length > 0 || first.Volumes.Count == 0)
            {
                throw new DicomReadException(files[0], SkipReason.InconsistentHeader, $"expected sections of a volume, found an image that makes none{(first.VolumeRefusal.Length > 0 ? $": {first.VolumeRefusal}" : "")}: give reconstructed sections.");
            }

            return new(first, geometry, [.. first.Volumes[0].Select(frame => new SourceSection(opened[0].ClassUid, first.InstanceUid, frame + 1))], opened[0].OfPatientAndStudy, first.Warnings);
        }

        IReadOnlyList<AssembledSeries> series = SeriesAssembler.Assemble(opened.Select(one => one.Header));
        if (series is not [AssembledSeries only])
        {
            throw new DicomReadException(files[0], SkipReason.InconsistentHeader, $"expected the sections of one series, found {(series.Count == 0 ? "none that say where they lie" : $"{series.Count} stacks of sections")}: give the files of one.");
        }

        if (!only.IsComplete || only.VolumeRefusal.Length > 0)
        {
            throw new DicomReadException(files[0], SkipReason.InconsistentHeader, only.IsComplete
                ? $"its series makes no volume: {only.VolumeRefusal}; ask the source for a series of one stack."
                : $"{only.MissingSections.Count} of {only.Geometry.Sections} sections of its series are missing: fetch the whole series.");
        }

        Dictionary<string, Opened> byFile = opened.DistinctBy(one => one.Header.File, StringComparer.Ordinal).ToDictionary(one => one.Header.File, StringComparer.Ordinal);
        Opened lowest = byFile[only.Sections[0].File];
        return new(lowest.Header, only.Geometry, [.. only.Sections.Select(section => new SourceSection(byFile[section.File].ClassUid, byFile[section.File].Header.InstanceUid, null))], lowest.OfPatientAndStudy, only.Warnings);
    }

    /// <summary>Says in an object of whom and of which examination it is, and in which coordinates.</summary>
    internal void Begin(DicomDataset dataset)
    {
        dataset.AddOrUpdate(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        dataset.AddOrUpdate(DicomTag.StudyInstanceUID, StudyUid);
        dataset.AddOrUpdate(DicomTag.FrameOfReferenceUID, SpaceUid);
        dataset.AddOrUpdate(DicomTag.PositionReferenceIndicator, "");
        // Others' values are passed on as they are, however they were typed.
        dataset.NotValidated();
        foreach (DicomTag tag in s_ofPatientAndStudy)
        {
            if (_ofPatientAndStudy.TryGetValue(tag, out string? value))
            {
                dataset.AddOrUpdate(tag, value);
            }
        }

        dataset.Validated();
    }

    private static Opened Open(string file, DicomReadOptions options)
    {
        using OpenedFile opened = OpenedFile.Open(file);
        ImageHeader header = HeaderReading.Read(opened.File, file, options).Header;
        DicomDataset dataset = opened.Dataset;
        string classUid = dataset.Text(DicomTag.SOPClassUID);
        foreach ((string uid, string what) in new[] { (classUid, "SOP Class UID (0008,0016)"), (header.InstanceUid, "SOP Instance UID (0008,0018)"), (header.StudyUid, "Study Instance UID (0020,000D)"), (header.SeriesUid, "Series Instance UID (0020,000E)") })
        {
            if (!DatasetReading.IsIdentifier(uid))
            {
                throw new DicomReadException(file, SkipReason.InconsistentHeader, $"its {what} is missing or no identifier, and objects made from it must refer to it: ask its source for another export.");
            }
        }

        Dictionary<DicomTag, string> copied = [];
        foreach (DicomTag tag in s_ofPatientAndStudy)
        {
            string value = dataset.Text(tag);
            if (value.Length > 0 || Array.IndexOf(s_neverAbsent, tag) >= 0)
            {
                copied[tag] = value;
            }
        }

        return new Opened(header, classUid, copied);
    }

    private sealed record Opened(ImageHeader Header, string ClassUid, Dictionary<DicomTag, string> OfPatientAndStudy);
}

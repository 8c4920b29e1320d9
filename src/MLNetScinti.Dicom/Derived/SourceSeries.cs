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
public sealed class SourceSeries : SourceImages
{
    private SourceSeries(ImageHeader first, ImageGeometry geometry, IReadOnlyList<SourceSection> sections, Dictionary<DicomTag, string> ofPatientAndStudy, IReadOnlyList<string> warnings)
        : base(first, ofPatientAndStudy)
    {
        (Geometry, Sections, Warnings) = (geometry, sections, warnings);
        (SeriesUid, Modality) = (first.SeriesUid, first.Modality);
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

    /// <summary>Series Instance UID.</summary>
    public string SeriesUid { get; }

    /// <summary>Frame of Reference UID.</summary>
    public string SpaceUid { get; }

    /// <summary>Modality ("CT").</summary>
    public string Modality { get; }

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

    internal override IReadOnlyList<string> Identifiers => [StudyUid, SeriesUid, SpaceUid];

    internal override IEnumerable<string> Instances => Sections.Select(section => section.InstanceUid);

    internal override void Begin(DicomDataset dataset)
    {
        base.Begin(dataset);
        dataset.AddOrUpdate(DicomTag.FrameOfReferenceUID, SpaceUid);
        dataset.AddOrUpdate(DicomTag.PositionReferenceIndicator, "");
    }
}

using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>Images of one examination, whatever they are and wherever they lie: what reports and pictures of all of them are made from and refer to.</summary>
public sealed class SourceStudy : SourceImages
{
    private SourceStudy(ImageHeader first, Dictionary<DicomTag, string> ofPatientAndStudy, IReadOnlyList<(string SeriesUid, SourceSection Image)> images)
        : base(first, ofPatientAndStudy) => (Images, Modality) = (images, first.Modality);

    /// <summary>The images with their series, by their identifiers.</summary>
    public IReadOnlyList<(string SeriesUid, SourceSection Image)> Images { get; }

    /// <summary>Modality of the first image.</summary>
    public string Modality { get; }

    internal override IReadOnlyList<string> Identifiers => [StudyUid];

    internal override IEnumerable<string> Instances => Images.Select(image => image.Image.InstanceUid);

    /// <summary>The source of some files.</summary>
    /// <param name="files">Files of images of one examination, in any order.</param>
    /// <param name="options">What to accept; null for everything.</param>
    /// <exception cref="ArgumentException">There are no files.</exception>
    /// <exception cref="DicomReadException">A file cannot be read, or is of another examination.</exception>
    public static SourceStudy Read(IReadOnlyList<string> files, DicomReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0)
        {
            throw new ArgumentException("A study needs files, found none.", nameof(files));
        }

        Opened[] opened = [.. files.Select(file => DicomImageReader.Guard(file, () => Open(file, options ?? new()))).OrderBy(one => one.Header.InstanceUid, StringComparer.Ordinal)];
        // Which image is the first must not depend on the names of the files.
        Opened first = opened[0];
        return opened.FirstOrDefault(one => one.Header.StudyUid != first.Header.StudyUid) is { } other
            ? throw new DicomReadException(other.Header.File, SkipReason.InconsistentHeader, "expected images of one examination, found those of two: give the files of one.")
            : new(first.Header, first.OfPatientAndStudy, [.. opened.DistinctBy(one => one.Header.InstanceUid, StringComparer.Ordinal).Select(one => (one.Header.SeriesUid, new SourceSection(one.ClassUid, one.Header.InstanceUid, null)))]);
    }

    /// <summary>References to the images, series by series.</summary>
    internal IReadOnlyList<(string SeriesUid, DicomDataset[] References)> References() =>
        [.. Images.GroupBy(image => image.SeriesUid, StringComparer.Ordinal).Select(series => (series.Key, series.Select(image => DerivedObject.Reference(image.Image)).ToArray()))];
}

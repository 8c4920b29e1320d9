using System.ComponentModel;
using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.Segmentations;

/// <summary>A segment of a segmentation.</summary>
/// <param name="Number">Segment Number.</param>
/// <param name="Name">Segment Label.</param>
/// <param name="Mask">Its voxels, on the segmentation's grid.</param>
public sealed record Segment(int Number, string Name, bool[] Mask)
{
    /// <summary>What it is, or null.</summary>
    public CodedConcept? Type { get; init; }

    /// <summary>The side of the body, or null.</summary>
    public BodySide? Side { get; init; }

    /// <summary>Who or what made it, or null.</summary>
    public GenerationKind? Kind { get; init; }

    /// <summary>The algorithm that made it, or null.</summary>
    public AlgorithmIdentity? Algorithm { get; init; }

    /// <summary>The identifier of its finding in all objects; empty where it has none.</summary>
    [Browsable(false)]
    public string TrackingUid { get; init; } = "";
}

/// <summary>A Segmentation as it was read.</summary>
public sealed record Segmentation
{
    internal Segmentation()
    {
    }

    /// <summary>The file.</summary>
    [Browsable(false)]
    public required string File { get; init; }

    /// <summary>SOP Instance UID.</summary>
    [Browsable(false)]
    public required string InstanceUid { get; init; }

    /// <summary>Frame of Reference UID.</summary>
    [Browsable(false)]
    public string SpaceUid { get; init; } = "";

    /// <summary>The images that it was made from, by SOP Instance UID.</summary>
    [Browsable(false)]
    public IReadOnlyList<string> ImageUids { get; init; } = [];

    /// <summary>What may be known about the patient.</summary>
    public required PatientFacts Patient { get; init; }

    /// <summary>The grid: every section from the first frame to the last along the normal, also those without a frame, which are empty.</summary>
    public required ImageGeometry Geometry { get; init; }

    /// <summary>The segments, in the file's order.</summary>
    public required IReadOnlyList<Segment> Segments { get; init; }
}

/// <summary>Reads binary Segmentations (PS3.3 A.51), whoever wrote them. Whatever the file holds, the answer is a segmentation or a <see cref="DicomReadException"/>.</summary>
public static class SegmentationReader
{
    // As far as positions may be from multiples of their distance, as a share of it.
    private const double EvenWithin = 0.05;

    /// <summary>Reads a segmentation.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to name its patient, and how many voxels to hold; null for the usual.</param>
    /// <exception cref="DicomReadException">It is none, not a binary one, or it contradicts itself.</exception>
    public static Segmentation Read(string path, DicomReadOptions? options = null) => DicomImageReader.Guard(path, () =>
    {
        using OpenedFile opened = OpenedFile.Open(path);
        return Read(opened.Dataset, path, options ?? new());
    });

    private static Segmentation Read(DicomDataset dataset, string path, DicomReadOptions options)
    {
        if (!string.Equals(dataset.Text(DicomTag.SOPClassUID), DicomUID.SegmentationStorage.UID, StringComparison.Ordinal))
        {
            string name = StorageKind.Name(dataset);
            throw new DicomReadException(path, SkipReason.WrongKind, $"expected a Segmentation, found {(name.Length > 0 ? $"'{name}'" : "an object that does not say what it is")}: give a file of segments.");
        }

        string type = dataset.Text(DicomTag.SegmentationType);
        if (type != "BINARY" || dataset.Whole(DicomTag.BitsAllocated) is not 1)
        {
            throw new DicomReadException(path, SkipReason.UnsupportedPixelFormat, $"expected a binary segmentation of one bit a pixel, found {DatasetReading.Code(type)} of {dataset.Whole(DicomTag.BitsAllocated)}: ask its source for a binary one.");
        }

        if (dataset.InternalTransferSyntax.IsEncapsulated)
        {
            throw new DicomReadException(path, SkipReason.UnsupportedCodec, "its bits are compressed, which is not read here: ask its source for an uncompressed copy.");
        }

        IReadOnlyList<DicomDataset> frames = dataset.Items(DicomTag.PerFrameFunctionalGroupsSequence);
        int rows = dataset.Whole(DicomTag.Rows) ?? 0, columns = dataset.Whole(DicomTag.Columns) ?? 0, count = dataset.Whole(DicomTag.NumberOfFrames) ?? 0;
        if (rows < 1 || columns < 1 || count < 1 || frames.Count != count)
        {
            throw Contradiction(path, $"{frames.Count} of its {count} frames of {rows} x {columns} pixels are described");
        }

        DicomDataset? shared = dataset.FirstItem(DicomTag.SharedFunctionalGroupsSequence);
        (ImageGeometry geometry, int[] sections) = Geometry(frames, shared, rows, columns, path);
        IReadOnlyList<DicomDataset> items = dataset.Items(DicomTag.SegmentSequence);
        if ((long)geometry.Sections * rows * columns * items.Count > options.MaximumValues)
        {
            throw new DicomReadException(path, SkipReason.TooLarge, $"{items.Count} segments of {geometry.Sections} x {rows} x {columns} voxels are more than the {options.MaximumValues} values that are allowed: raise the limit, or ask its source for fewer.");
        }

        (PatientFacts patient, PatientIdentity identity) = PatientReading.Read(dataset, options.PseudonymKey);
        Dictionary<int, Segment> segments = [];
        foreach (DicomDataset item in items)
        {
            Segment segment = SegmentOf(item, geometry, path);
            segment = segment with { Name = identity.NameOf($"segment {segment.Number}", segment.Name, []) };
            if (!segments.TryAdd(segment.Number, segment))
            {
                throw Contradiction(path, $"two of its segments have the number {segment.Number}");
            }
        }

        byte[] bits = dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)?.Buffer.Data ?? [];
        long pixels = (long)rows * columns;
        if (bits.Length < ((pixels * count) + 7) / 8)
        {
            throw new DicomReadException(path, SkipReason.PixelDataTooShort, $"its {count} frames of {rows} x {columns} pixels need {((pixels * count) + 7) / 8} bytes, found {bits.Length}: copy it again from its source.");
        }

        for (int frame = 0; frame < count; frame++)
        {
            int? number = (frames[frame].FirstItem(DicomTag.SegmentIdentificationSequence) ?? shared?.FirstItem(DicomTag.SegmentIdentificationSequence))?.Whole(DicomTag.ReferencedSegmentNumber);
            if (number is not int which || !segments.TryGetValue(which, out Segment? segment))
            {
                throw Contradiction(path, number is null ? $"frame {frame + 1} belongs to no segment" : $"frame {frame + 1} is of segment {number}, which its list of segments does not have");
            }

            Span<bool> plane = segment.Mask.AsSpan(checked((int)(sections[frame] * pixels)), (int)pixels);
            long at = frame * pixels;
            for (int i = 0; i < plane.Length; i++, at++)
            {
                plane[i] |= (bits[at >> 3] >> (int)(at & 7) & 1) != 0;
            }
        }

        return new Segmentation
        {
            File = path,
            InstanceUid = dataset.Text(DicomTag.SOPInstanceUID),
            SpaceUid = dataset.Text(DicomTag.FrameOfReferenceUID),
            ImageUids = [.. dataset.Items(DicomTag.ReferencedSeriesSequence).SelectMany(series => series.Items(DicomTag.ReferencedInstanceSequence)).Select(image => image.Text(DicomTag.ReferencedSOPInstanceUID)).Where(uid => uid.Length > 0).Distinct(StringComparer.Ordinal)],
            Patient = patient,
            Geometry = geometry,
            Segments = [.. segments.Values],
        };
    }

    private static Segment SegmentOf(DicomDataset item, ImageGeometry geometry, string path)
    {
        if (item.Whole(DicomTag.SegmentNumber) is not int number)
        {
            throw Contradiction(path, "one of its segments has no number");
        }

        DicomDataset? type = item.FirstItem(DicomTag.SegmentedPropertyTypeCodeSequence);
        // Some write the side beside the type, as the standard once had it.
        CodedConcept? side = CodedConcept.Of(type?.FirstItem(DicomTag.SegmentedPropertyTypeModifierCodeSequence) ?? item.FirstItem(DicomTag.SegmentedPropertyTypeModifierCodeSequence));
        return new Segment(number, item.Text(DicomTag.SegmentLabel), new bool[geometry.Shape.Length])
        {
            Type = CodedConcept.Of(type),
            Side = CodedConcept.SideOf(side),
            Kind = item.Text(DicomTag.SegmentAlgorithmType) switch
            {
                "AUTOMATIC" => GenerationKind.Automatic,
                "SEMIAUTOMATIC" => GenerationKind.Semiautomatic,
                "MANUAL" => GenerationKind.Manual,
                _ => null,
            },
            Algorithm = AlgorithmIdentity.Of(item.FirstItem(DicomTag.SegmentationAlgorithmIdentificationSequence)),
            TrackingUid = item.Text(DicomTag.TrackingUID),
        };
    }

    /// <summary>The grid of the frames, and the section of each.</summary>
    private static (ImageGeometry Geometry, int[] Sections) Geometry(IReadOnlyList<DicomDataset> frames, DicomDataset? shared, int rows, int columns, string path)
    {
        DicomDataset? Group(DicomDataset frame, DicomTag tag) => frame.FirstItem(tag) ?? shared?.FirstItem(tag);
        DicomDataset? measures = Group(frames[0], DicomTag.PixelMeasuresSequence);
        if (Group(frames[0], DicomTag.PlaneOrientationSequence)?.Directions(DicomTag.ImageOrientationPatient) is not (Point3 row, Point3 column)
            || measures?.Numbers(DicomTag.PixelSpacing) is not [> 0 and < 1e6 and var rowSpacing, > 0 and < 1e6 and var columnSpacing])
        {
            throw Contradiction(path, "it does not say how its frames lie and how large its pixels are");
        }

        Point3[] positions = new Point3[frames.Count];
        for (int frame = 0; frame < frames.Count; frame++)
        {
            positions[frame] = Group(frames[frame], DicomTag.PlanePositionSequence)?.Point(DicomTag.ImagePositionPatient) ?? throw Contradiction(path, $"frame {frame + 1} does not say where it lies");
            if (Group(frames[frame], DicomTag.PlaneOrientationSequence)?.Directions(DicomTag.ImageOrientationPatient) is not (Point3 one, Point3 other) || one.Dot(row) < 0.9999 || other.Dot(column) < 0.9999)
            {
                throw Contradiction(path, $"frame {frame + 1} lies in another direction than the first");
            }
        }

        Point3 normal = row.Cross(column);
        double[] depths = [.. positions.Select(position => position.Dot(normal))];
        double[] levels = [.. depths.Order()];
        double told = measures.Number(DicomTag.SpacingBetweenSlices) is double spacing and not 0 ? Math.Abs(spacing) : measures.Number(DicomTag.SliceThickness) is double thickness and > 0 ? thickness : 1;
        double smallest = levels.Zip(levels.Skip(1), (a, b) => b - a).Where(step => step > 1e-3 * told).DefaultIfEmpty(told).Min();
        int lowest = Array.IndexOf(depths, levels[0]), highest = Array.IndexOf(depths, levels[^1]);
        double steps = Math.Round((levels[^1] - levels[0]) / smallest);
        if (!(steps < ushort.MaxValue))
        {
            throw Contradiction(path, string.Create(CultureInfo.InvariantCulture, $"its frames lie {levels[^1] - levels[0]:0} mm apart in steps of {smallest:0.####} mm"));
        }

        // Aside of the normal as well, where a tilted gantry shifts sections.
        Point3 step = steps > 0 ? (1 / steps) * (positions[highest] - positions[lowest]) : smallest * normal;
        ImageGeometry geometry = new()
        {
            Columns = columns,
            Rows = rows,
            Sections = (int)steps + 1,
            ColumnSpacing = columnSpacing,
            RowSpacing = rowSpacing,
            SectionSpacing = step.Length,
            RowDirection = row,
            ColumnDirection = column,
            SectionDirection = (1 / step.Length) * step,
            Origin = positions[lowest],
        };
        try
        {
            geometry = geometry.Checked();
        }
        catch (ArgumentException impossible)
        {
            throw new DicomReadException(path, SkipReason.InconsistentHeader, $"its frames make no grid: {impossible.Message.ReplaceLineEndings(" ")}", impossible);
        }

        int[] sections = new int[frames.Count];
        for (int frame = 0; frame < frames.Count; frame++)
        {
            (double x, double y, double section) = geometry.IndexOf(positions[frame]);
            sections[frame] = (int)Math.Clamp(Math.Round(section), 0, steps);
            if (Math.Abs(section - sections[frame]) > EvenWithin || Math.Abs(x) > EvenWithin || Math.Abs(y) > EvenWithin)
            {
                throw Contradiction(path, $"frame {frame + 1} lies between the places of the others");
            }
        }

        return (geometry, sections);
    }

    private static DicomReadException Contradiction(string path, string what) =>
        new(path, SkipReason.InconsistentHeader, $"{what}: ask its source for another export.");
}

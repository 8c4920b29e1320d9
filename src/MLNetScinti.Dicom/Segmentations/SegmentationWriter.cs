using FellowOakDicom;
using FellowOakDicom.IO.Buffer;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.Segmentations;

/// <summary>How a segmentation is written.</summary>
public sealed record SegmentationOptions
{
    /// <summary>Content Label: 1 to 16 capital letters, digits, blanks and underscores.</summary>
    public string Label { get; init; } = "AUTOMATIC";

    /// <summary>When it was made; null for when the images were, so that the same input gives the same file.</summary>
    public DateTime? CreatedAt { get; init; }
}

/// <summary>A segment as it was written.</summary>
/// <param name="Name">Segment Label.</param>
/// <param name="Number">Segment Number, from 1.</param>
/// <param name="TrackingUid">The identifier of its finding in all objects.</param>
/// <param name="Millilitres">The volume of its voxels.</param>
public sealed record WrittenSegment(string Name, int Number, string TrackingUid, double Millilitres);

/// <summary>A segmentation as it was written.</summary>
/// <param name="File">The file.</param>
/// <param name="InstanceUid">SOP Instance UID.</param>
/// <param name="SeriesUid">Series Instance UID.</param>
/// <param name="Segments">The segments, in the order of their numbers.</param>
public sealed record WrittenSegmentation(string File, string InstanceUid, string SeriesUid, IReadOnlyList<WrittenSegment> Segments);

/// <summary>
/// Writes binary Segmentations (PS3.3 A.51, C.8.20): a frame for each section of each segment, empty ones as well, so that frames and sections
/// go together one to one. The same input gives the same bytes.
/// </summary>
public static class SegmentationWriter
{
    /// <summary>Writes a segmentation.</summary>
    /// <param name="path">Where to. A file of that name is replaced.</param>
    /// <param name="source">The images that the structures were found in.</param>
    /// <param name="structures">The structures.</param>
    /// <param name="algorithm">What found them.</param>
    /// <param name="options">How; null for the usual.</param>
    /// <exception cref="ArgumentException">A mask has another size than the series, names are missing or the same, or there are more frames or pixels than a file can hold.</exception>
    public static WrittenSegmentation Write(string path, SourceSeries source, IReadOnlyList<DerivedStructure> structures, AlgorithmIdentity algorithm, SegmentationOptions? options = null)
    {
        options ??= new();
        DerivedObject.Check(source, structures);
        ArgumentNullException.ThrowIfNull(algorithm);
        if (options.Label.Length is 0 or > 16 || !options.Label.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter is ' ' or '_'))
        {
            throw new ArgumentException($"A segmentation's label has 1 to 16 capital letters, digits, blanks and underscores, found '{options.Label}'.", nameof(options));
        }

        ImageGeometry geometry = source.Geometry;
        if (geometry.Rows > ushort.MaxValue || geometry.Columns > ushort.MaxValue || structures.Count > ushort.MaxValue)
        {
            throw new ArgumentException($"A segmentation has at most 65535 segments of as many rows and columns, found {structures.Count} of {geometry.Rows} x {geometry.Columns}.", nameof(structures));
        }

        string[] tracking = [.. structures.Select(structure => DerivedUid.OfTracking(source, algorithm, structure))];
        string content = $"{options.Label}|{options.CreatedAt:O}|{DerivedUid.HashOf(structures)}|{string.Join('|', tracking)}";
        DicomDataset dataset = DerivedObject.Begin(source, algorithm, DicomTransferSyntax.ExplicitVRLittleEndian, DicomUID.SegmentationStorage, "SEG", content, options.CreatedAt);
        AddGeneral(dataset, source, options);
        dataset.AddOrUpdate(DicomTag.NumberOfFrames, checked(structures.Count * geometry.Sections));
        dataset.AddOrUpdate(DicomTag.Rows, (ushort)geometry.Rows);
        dataset.AddOrUpdate(DicomTag.Columns, (ushort)geometry.Columns);
        dataset.AddOrUpdate(DicomTag.SegmentsOverlap, Overlap(structures) ? "YES" : "NO");
        dataset.AddOrUpdate(new DicomSequence(DicomTag.SegmentSequence, [.. structures.Select((structure, i) => Segment(structure, i + 1, tracking[i], algorithm))]));
        AddDimensions(dataset, source, algorithm);
        AddFunctionalGroups(dataset, source, structures.Count);
        dataset.AddOrUpdate(new DicomOtherByte(DicomTag.PixelData, new MemoryByteBuffer(Packed(structures))));
        DerivedObject.Save(dataset, path);
        return new(path, dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID), dataset.GetSingleValue<string>(DicomTag.SeriesInstanceUID),
            [.. structures.Select((structure, i) => new WrittenSegment(structure.Name, i + 1, tracking[i], structure.Mask.Count(voxel => voxel) * geometry.VoxelVolume / 1000))]);
    }

    private static void AddGeneral(DicomDataset dataset, SourceSeries source, SegmentationOptions options)
    {
        (string date, string time) = DerivedObject.Moment(source, options.CreatedAt);
        dataset.AddOrUpdate(DicomTag.ImageType, "DERIVED", "PRIMARY");
        dataset.AddOrUpdate(DicomTag.InstanceNumber, 1);
        dataset.AddOrUpdate(DicomTag.ContentDate, date);
        dataset.AddOrUpdate(DicomTag.ContentTime, time);
        dataset.AddOrUpdate(DicomTag.ContentLabel, options.Label);
        dataset.AddOrUpdate(DicomTag.ContentDescription, "");
        dataset.AddOrUpdate(DicomTag.ContentCreatorName, "");
        dataset.AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)1);
        dataset.AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME2");
        dataset.AddOrUpdate(DicomTag.BitsAllocated, (ushort)1);
        dataset.AddOrUpdate(DicomTag.BitsStored, (ushort)1);
        dataset.AddOrUpdate(DicomTag.HighBit, (ushort)0);
        dataset.AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0);
        dataset.AddOrUpdate(DicomTag.LossyImageCompression, "00");
        dataset.AddOrUpdate(DicomTag.SegmentationType, "BINARY");
        dataset.AddOrUpdate(new DicomSequence(DicomTag.ReferencedSeriesSequence, new DicomDataset
        {
            { DicomTag.SeriesInstanceUID, source.SeriesUid },
            new DicomSequence(DicomTag.ReferencedInstanceSequence, [.. source.Images.Select(DerivedObject.Reference)]),
        }));
    }

    /// <summary>An item of the Segment Sequence (PS3.3 table C.8.20-4); the side is a modifier of the type.</summary>
    private static DicomDataset Segment(DerivedStructure structure, int number, string tracking, AlgorithmIdentity algorithm)
    {
        DicomDataset type = (structure.Type ?? CodedConcept.AnyStructure).ToItem();
        if (structure.Side is BodySide side)
        {
            type.AddOrUpdate(CodedConcept.Of(side).In(DicomTag.SegmentedPropertyTypeModifierCodeSequence));
        }

        DicomDataset segment = new()
        {
            { DicomTag.SegmentNumber, (ushort)number },
            { DicomTag.SegmentLabel, structure.Name },
            { DicomTag.SegmentAlgorithmType, algorithm.KindCode },
            structure.Category.In(DicomTag.SegmentedPropertyCategoryCodeSequence),
            new DicomSequence(DicomTag.SegmentedPropertyTypeCodeSequence, type),
            { DicomTag.TrackingID, structure.Name },
            { DicomTag.TrackingUID, tracking },
        };
        if (algorithm.Kind != GenerationKind.Manual)
        {
            segment.AddOrUpdate(DicomTag.SegmentAlgorithmName, algorithm.Name);
            segment.AddOrUpdate(new DicomSequence(DicomTag.SegmentationAlgorithmIdentificationSequence, algorithm.ToItem()));
        }

        return segment;
    }

    /// <summary>Frames are ordered by segment, then by section (PS3.3 C.7.6.17).</summary>
    private static void AddDimensions(DicomDataset dataset, SourceSeries source, AlgorithmIdentity algorithm)
    {
        string uid = DeterministicUid.From("dimensions", DerivedUid.OfSeries(source, algorithm, "SEG"));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.DimensionOrganizationSequence, new DicomDataset { { DicomTag.DimensionOrganizationUID, uid } }));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.DimensionIndexSequence,
            new DicomDataset { { DicomTag.DimensionOrganizationUID, uid }, { DicomTag.DimensionIndexPointer, DicomTag.ReferencedSegmentNumber }, { DicomTag.FunctionalGroupPointer, DicomTag.SegmentIdentificationSequence } },
            new DicomDataset { { DicomTag.DimensionOrganizationUID, uid }, { DicomTag.DimensionIndexPointer, DicomTag.ImagePositionPatient }, { DicomTag.FunctionalGroupPointer, DicomTag.PlanePositionSequence } }));
    }

    private static void AddFunctionalGroups(DicomDataset dataset, SourceSeries source, int segments)
    {
        ImageGeometry geometry = source.Geometry;
        // Along the normal, also where sections follow each other aside of it.
        string distance = DecimalString.From(geometry.SectionSpacing * Math.Abs(geometry.SectionDirection.Dot(ContourPlane.Of(geometry).Normal)));
        Point3 row = geometry.RowDirection, column = geometry.ColumnDirection;
        dataset.AddOrUpdate(new DicomSequence(DicomTag.SharedFunctionalGroupsSequence, new DicomDataset
        {
            new DicomSequence(DicomTag.PixelMeasuresSequence, new DicomDataset
            {
                { DicomTag.PixelSpacing, DecimalString.From([geometry.RowSpacing, geometry.ColumnSpacing]) },
                { DicomTag.SliceThickness, distance },
                { DicomTag.SpacingBetweenSlices, distance },
            }),
            new DicomSequence(DicomTag.PlaneOrientationSequence, new DicomDataset { { DicomTag.ImageOrientationPatient, DecimalString.From(row.X, row.Y, row.Z, column.X, column.Y, column.Z) } }),
        }));
        List<DicomDataset> frames = [];
        for (int segment = 1; segment <= segments; segment++)
        {
            for (int section = 0; section < geometry.Sections; section++)
            {
                frames.Add(Frame(source, segment, section));
            }
        }

        dataset.AddOrUpdate(new DicomSequence(DicomTag.PerFrameFunctionalGroupsSequence, [.. frames]));
    }

    private static DicomDataset Frame(SourceSeries source, int segment, int section)
    {
        Point3 position = source.Geometry.PositionOf(0, 0, section);
        DicomDataset image = DerivedObject.Reference(source.Sections[section]);
        image.AddOrUpdate(new CodedConcept("121322", "DCM", "Source image for image processing operation").In(DicomTag.PurposeOfReferenceCodeSequence));
        return new DicomDataset
        {
            new DicomSequence(DicomTag.DerivationImageSequence, new DicomDataset
            {
                new DicomSequence(DicomTag.SourceImageSequence, image),
                new CodedConcept("113076", "DCM", "Segmentation").In(DicomTag.DerivationCodeSequence),
            }),
            new DicomSequence(DicomTag.FrameContentSequence, new DicomDataset { { DicomTag.DimensionIndexValues, (uint)segment, (uint)section + 1 } }),
            new DicomSequence(DicomTag.PlanePositionSequence, new DicomDataset { { DicomTag.ImagePositionPatient, DecimalString.From(position.X, position.Y, position.Z) } }),
            new DicomSequence(DicomTag.SegmentIdentificationSequence, new DicomDataset { { DicomTag.ReferencedSegmentNumber, (ushort)segment } }),
        };
    }

    /// <summary>Bits one after the other, the first pixel in the lowest, without a break between frames (PS3.5 section 8.1.1).</summary>
    private static byte[] Packed(IReadOnlyList<DerivedStructure> structures)
    {
        long bits = structures.Sum(structure => (long)structure.Mask.Length);
        byte[] bytes = new byte[checked((int)((((bits + 7) / 8) + 1) & ~1L))];
        long at = 0;
        foreach (DerivedStructure structure in structures)
        {
            foreach (bool voxel in structure.Mask)
            {
                bytes[at >> 3] |= (byte)((voxel ? 1 : 0) << (int)(at & 7));
                at++;
            }
        }

        return bytes;
    }

    private static bool Overlap(IReadOnlyList<DerivedStructure> structures)
    {
        bool[] any = [.. structures[0].Mask];
        foreach (DerivedStructure structure in structures.Skip(1))
        {
            for (int i = 0; i < any.Length; i++)
            {
                if (any[i] && structure.Mask[i])
                {
                    return true;
                }

                any[i] |= structure.Mask[i];
            }
        }

        return false;
    }
}

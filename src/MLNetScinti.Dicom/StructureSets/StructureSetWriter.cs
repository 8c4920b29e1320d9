using System.Globalization;
using FellowOakDicom;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.StructureSets;

/// <summary>How a structure set is written.</summary>
public sealed record StructureSetOptions
{
    /// <summary>How holes are said. Many programs, and validators before 2019, know channels only.</summary>
    public HoleForm Holes { get; init; } = HoleForm.Keyhole;

    /// <summary>Structure Set Label, 1 to 16 characters: what workstations list.</summary>
    public string Label { get; init; } = "AUTOMATIC";

    /// <summary>When it was made; null for when the images were, so that the same input gives the same file.</summary>
    public DateTime? CreatedAt { get; init; }
}

/// <summary>A structure as it was written.</summary>
/// <param name="Name">ROI Name.</param>
/// <param name="Number">ROI Number.</param>
/// <param name="TrackingUid">The identifier of its finding in all objects.</param>
public sealed record WrittenStructure(string Name, int Number, string TrackingUid)
{
    /// <summary>The volume of the mask, ml: before.</summary>
    public double MaskMillilitres { get; init; }

    /// <summary>The volume that the contours enclose as they stand in the file, ml: after. Area of each section times the distance of sections.</summary>
    public double PolygonMillilitres { get; init; }

    /// <summary>Sections with contours.</summary>
    public int Sections { get; init; }

    /// <summary>Contours.</summary>
    public int Contours { get; init; }

    /// <summary>Islands, over all sections.</summary>
    public int Islands { get; init; }

    /// <summary>Holes, over all sections.</summary>
    public int Holes { get; init; }

    /// <summary>Sections without contours between others with.</summary>
    public int Gaps { get; init; }
}

/// <summary>A structure set as it was written.</summary>
/// <param name="File">The file.</param>
/// <param name="InstanceUid">SOP Instance UID.</param>
/// <param name="Structures">The structures, in the order of their numbers.</param>
public sealed record WrittenStructureSet(string File, string InstanceUid, IReadOnlyList<WrittenStructure> Structures);

/// <summary>
/// Writes RT Structure Sets (PS3.3 A.19, C.8.8.5, C.8.8.6, C.8.8.8): contours along the edges of the mask's pixels, in the coordinates of
/// the images, with a reference to each of them. The same input gives the same bytes.
/// </summary>
public static class StructureSetWriter
{
    /// <summary>The most that an element of explicit representation holds; a longer one would stand there as of unknown representation (PS3.5 section 6.2.2).</summary>
    internal const int LongestExplicit = 65534;

    // Told apart also by people who do not see all colours (Okabe and Ito).
    private static readonly (byte Red, byte Green, byte Blue)[] s_colours = [(230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167)];

    /// <summary>Writes a structure set.</summary>
    /// <param name="path">Where to. A file of that name is replaced.</param>
    /// <param name="source">The images that the structures were found in.</param>
    /// <param name="structures">The structures; one without voxels is written without contours.</param>
    /// <param name="algorithm">What found them.</param>
    /// <param name="options">How; null for channels to holes.</param>
    /// <exception cref="ArgumentException">A mask has another size than the series, names are missing or the same, or coordinates do not fit into decimal strings.</exception>
    public static WrittenStructureSet Write(string path, SourceSeries source, IReadOnlyList<DerivedStructure> structures, AlgorithmIdentity algorithm, StructureSetOptions? options = null)
    {
        options ??= new();
        DerivedObject.Check(source, structures);
        ArgumentNullException.ThrowIfNull(algorithm);
        if (options.Label.Length is 0 or > 16)
        {
            throw new ArgumentException($"A structure set's label has 1 to 16 characters, found '{options.Label}'.", nameof(options));
        }

        List<DicomDataset> contours = [];
        List<WrittenStructure> written = [];
        int longest = 0;
        foreach ((int i, DerivedStructure structure) in structures.Index())
        {
            (byte red, byte green, byte blue) = structure.Colour ?? s_colours[i % s_colours.Length];
            (DicomDataset[] items, WrittenStructure result, int length) = Contours(source, structure, options.Holes);
            DicomDataset region = new() { { DicomTag.ROIDisplayColor, (int)red, (int)green, (int)blue }, { DicomTag.ReferencedROINumber, i + 1 } };
            if (items.Length > 0)
            {
                region.AddOrUpdate(new DicomSequence(DicomTag.ContourSequence, items));
            }

            contours.Add(region);
            written.Add(result with { Number = i + 1, TrackingUid = DerivedUid.OfTracking(source, algorithm, structure) });
            longest = Math.Max(longest, length);
        }

        string content = $"{options.Holes}|{options.Label}|{options.CreatedAt:O}|{DerivedUid.HashOf(structures)}|{string.Join('|', written.Select(one => one.TrackingUid))}";
        DicomTransferSyntax syntax = longest > LongestExplicit ? DicomTransferSyntax.ImplicitVRLittleEndian : DicomTransferSyntax.ExplicitVRLittleEndian;
        DicomDataset dataset = DerivedObject.Begin(source, algorithm, syntax, DicomUID.RTStructureSetStorage, "RTSTRUCT", content, options.CreatedAt);
        AddStructureSet(dataset, source, algorithm, options);
        dataset.AddOrUpdate(new DicomSequence(DicomTag.StructureSetROISequence, [.. written.Select(one => Region(one, source, algorithm))]));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.ROIContourSequence, [.. contours]));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.RTROIObservationsSequence, [.. structures.Select((structure, i) => Observation(structure, i + 1))]));
        dataset.AddOrUpdate(DicomTag.ApprovalStatus, "UNAPPROVED");
        DerivedObject.Save(dataset, path);
        return new(path, dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID), written);
    }

    /// <summary>Structure Set module (PS3.3 table C.8-41): what it is, and every image that it was made on.</summary>
    private static void AddStructureSet(DicomDataset dataset, SourceSeries source, AlgorithmIdentity algorithm, StructureSetOptions options)
    {
        (string date, string time) = DerivedObject.Moment(source, options.CreatedAt);
        dataset.AddOrUpdate(DicomTag.OperatorsName, "");
        dataset.AddOrUpdate(DicomTag.InstanceNumber, 1);
        dataset.AddOrUpdate(DicomTag.StructureSetLabel, options.Label);
        dataset.AddOrUpdate(DicomTag.StructureSetDate, date);
        dataset.AddOrUpdate(DicomTag.StructureSetTime, time);
        dataset.AddOrUpdate(DicomTag.StructureSetDescription, $"{algorithm.Name} {algorithm.Version}{(algorithm.Parameters.Length > 0 ? $", {algorithm.Parameters}" : "")}. Contours follow the edges of pixels; not approved by anybody.");
        DicomDataset series = new()
        {
            { DicomTag.SeriesInstanceUID, source.SeriesUid },
            new DicomSequence(DicomTag.ContourImageSequence, [.. source.Images.Select(DerivedObject.Reference)]),
        };
        // The class of what is referred to was retired, and is what every program writes and expects here.
        DicomDataset study = DerivedObject.Reference(DicomUID.DetachedStudyManagementRETIRED.UID, source.StudyUid);
        study.AddOrUpdate(new DicomSequence(DicomTag.RTReferencedSeriesSequence, series));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.ReferencedFrameOfReferenceSequence, new DicomDataset
        {
            { DicomTag.FrameOfReferenceUID, source.SpaceUid },
            new DicomSequence(DicomTag.RTReferencedStudySequence, study),
        }));
    }

    private static DicomDataset Region(WrittenStructure structure, SourceSeries source, AlgorithmIdentity algorithm) => new()
    {
        { DicomTag.ROINumber, structure.Number },
        { DicomTag.ReferencedFrameOfReferenceUID, source.SpaceUid },
        { DicomTag.ROIName, structure.Name },
        { DicomTag.ROIDescription, $"{RegionOfInterest.TrackingWord} {structure.TrackingUid}" },
        { DicomTag.ROIVolume, DecimalString.From(structure.PolygonMillilitres) },
        { DicomTag.ROIGenerationAlgorithm, algorithm.KindCode },
        { DicomTag.ROIGenerationDescription, DerivedObject.Shortened($"{algorithm.Name} {algorithm.Version}", 64) },
        new DicomSequence(DicomTag.ROIDerivationAlgorithmIdentificationSequence, algorithm.ToItem()),
    };

    private static DicomDataset Observation(DerivedStructure structure, int number)
    {
        DicomDataset item = new()
        {
            { DicomTag.ObservationNumber, number },
            { DicomTag.ReferencedROINumber, number },
            { DicomTag.RTROIInterpretedType, structure.InterpretedType },
            { DicomTag.ROIInterpreter, "" },
        };
        if (structure.Type is { } type)
        {
            item.AddOrUpdate(type.In(DicomTag.RTROIIdentificationCodeSequence));
        }

        return item;
    }

    private static (DicomDataset[] Items, WrittenStructure Result, int Longest) Contours(SourceSeries source, DerivedStructure structure, HoleForm form)
    {
        ImageGeometry geometry = source.Geometry;
        ContourDecimals decimals = new(geometry);
        ContourPlane plane = ContourPlane.Of(geometry);
        double thickness = Math.Abs(geometry.SectionDirection.Dot(plane.Normal)) * geometry.SectionSpacing;
        IReadOnlyList<SectionContours> sections = MaskContours.Of(structure.Mask, geometry.Shape, form);
        List<DicomDataset> items = [];
        int longest = 0;
        double volume = 0;
        foreach (SectionContours section in sections)
        {
            List<IReadOnlyList<PlanePoint>> asWritten = [];
            foreach (IReadOnlyList<PlanePoint> polygon in section.Polygons)
            {
                string[] data = decimals.Of([.. polygon.Select(point => geometry.PositionOf(point.X, point.Y, section.Section))]);
                longest = Math.Max(longest, data.Sum(text => text.Length) + data.Length - 1);
                double[] numbers = Array.ConvertAll(data, text => double.Parse(text, CultureInfo.InvariantCulture));
                asWritten.Add([.. Enumerable.Range(0, polygon.Count).Select(i => plane.Flatten(new Point3(numbers[3 * i], numbers[(3 * i) + 1], numbers[(3 * i) + 2])))]);
                items.Add(new DicomDataset
                {
                    new DicomSequence(DicomTag.ContourImageSequence, DerivedObject.Reference(source.Sections[section.Section])),
                    { DicomTag.ContourGeometricType, form == HoleForm.ExclusiveOr ? RoiContour.ExclusiveOrTerm : RoiContour.ClosedTerm },
                    { DicomTag.NumberOfContourPoints, polygon.Count },
                    { DicomTag.ContourNumber, items.Count + 1 },
                    { DicomTag.ContourData, data },
                });
            }

            volume += thickness * PolygonRegions.Of(asWritten, form == HoleForm.ExclusiveOr ? PolygonCombination.ExclusiveOr : PolygonCombination.Union, StructureSetReader.LeastWidthOf(asWritten)).Area;
        }

        return ([.. items], new WrittenStructure(structure.Name, 0, "")
        {
            MaskMillilitres = structure.Mask.Count(voxel => voxel) * geometry.VoxelVolume / 1000,
            PolygonMillilitres = volume / 1000,
            Sections = sections.Count,
            Contours = items.Count,
            Islands = sections.Sum(section => section.Islands),
            Holes = sections.Sum(section => section.Holes),
            Gaps = sections.Count == 0 ? 0 : sections[^1].Section - sections[0].Section + 1 - sections.Count,
        }, longest);
    }
}

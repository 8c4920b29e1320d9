using FellowOakDicom;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom.Reports;

/// <summary>How a report is written.</summary>
public sealed record MeasurementReportOptions
{
    /// <summary>The procedure that is reported (PS3.16 CID 100); null for one that the images' modality says.</summary>
    public CodedConcept? Procedure { get; init; }

    /// <summary>When it was made; null for when the images were, so that the same input gives the same file.</summary>
    public DateTime? CreatedAt { get; init; }
}

/// <summary>
/// Writes measurements as Comprehensive 3D SR (PS3.3 A.35.13) by the template Measurement Report (PS3.16 TID 1500): a group for each structure
/// (TID 1411), which refers to its segment; each measurement with the algorithm behind it (TID 4019). The bounds of its interval are measurements
/// of the same concept, with their derivation. (As properties of the measurement, where one would look for them, validators refuse them.)
/// </summary>
public static class MeasurementReportWriter
{
    private static readonly CodedConcept s_derivation = new("121401", "DCM", "Derivation");

    /// <summary>Writes a report.</summary>
    /// <param name="path">Where to. A file of that name is replaced.</param>
    /// <param name="source">The images that the structures were found in.</param>
    /// <param name="segmentation">The segmentation of the structures.</param>
    /// <param name="structures">The structures, with one measurement or more each.</param>
    /// <param name="algorithm">What measured them, where a measurement names nothing else.</param>
    /// <param name="options">How; null for the usual.</param>
    /// <returns>SOP Instance UID.</returns>
    /// <exception cref="ArgumentException">There is nothing to report, a value is not finite, an interval does not go up, or a structure is in no segment of the segmentation.</exception>
    public static string Write(string path, SourceSeries source, WrittenSegmentation segmentation, IReadOnlyList<MeasuredStructure> structures, AlgorithmIdentity algorithm, MeasurementReportOptions? options = null)
    {
        options ??= new();
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(segmentation);
        ArgumentNullException.ThrowIfNull(structures);
        ArgumentNullException.ThrowIfNull(algorithm);
        Check(structures, segmentation);
        CodedConcept procedure = options.Procedure ?? source.Modality switch
        {
            "CT" => new("25045-6", "LN", "CT unspecified body region"),
            "PT" => new("44136-0", "LN", "PET unspecified body region"),
            _ => new("49118-3", "LN", "NM unspecified body region"),
        };
        string content = string.Join('|', [segmentation.InstanceUid, $"{options.CreatedAt:O}", procedure.ToString(), .. structures.Select(structure => $"{structure}{string.Join(';', structure.Measurements)}")]);
        DicomDataset dataset = DerivedObject.Begin(source, algorithm, DicomTransferSyntax.ExplicitVRLittleEndian, DicomUID.Comprehensive3DSRStorage, "SR", content, options.CreatedAt);
        // Reports are in no coordinates themselves.
        dataset.Remove(DicomTag.FrameOfReferenceUID, DicomTag.PositionReferenceIndicator);
        AddDocument(dataset, source, segmentation, options);
        DicomDataset root = Container(null, "126000", "Imaging Measurement Report", "1500",
        [
            Code("HAS CONCEPT MOD", new("121049", "DCM", "Language of Content Item and Descendants"), new("en", "RFC5646", "English")),
            Code("HAS OBS CONTEXT", new("121005", "DCM", "Observer Type"), new("121007", "DCM", "Device")),
            Uid("HAS OBS CONTEXT", new("121012", "DCM", "Device Observer UID"), DeterministicUid.From("device", algorithm.Name, algorithm.Version, algorithm.ModelHash)),
            Text("HAS OBS CONTEXT", new("121013", "DCM", "Device Observer Name"), algorithm.Name),
            Code("HAS CONCEPT MOD", new("121058", "DCM", "Procedure reported"), procedure),
            Container("CONTAINS", "126010", "Imaging Measurements", null, [.. structures.Select(structure => Group(structure, source, segmentation, algorithm))]),
        ]);
        dataset.AddOrUpdate(root);
        DerivedObject.Save(dataset, path);
        return dataset.GetSingleValue<string>(DicomTag.SOPInstanceUID);
    }

    private static void Check(IReadOnlyList<MeasuredStructure> structures, WrittenSegmentation segmentation)
    {
        if (structures.Count == 0)
        {
            throw new ArgumentException("There is nothing to report: give one structure or more.", nameof(structures));
        }

        foreach (MeasuredStructure structure in structures)
        {
            if (structure.Name.Length == 0 || !segmentation.Segments.Any(segment => segment.Number == structure.SegmentNumber && segment.TrackingUid == structure.TrackingUid))
            {
                throw new ArgumentException($"'{structure.Name}' is not the finding of segment {structure.SegmentNumber} of the segmentation: report what was segmented.", nameof(structures));
            }

            if (structure.Measurements.Count == 0 || structure.Measurements.Any(measurement => !double.IsFinite(measurement.Value)))
            {
                throw new ArgumentException($"'{structure.Name}' needs one finite measurement or more: leave out what could not be measured.", nameof(structures));
            }

            if (structure.Measurements.Any(measurement => measurement.Interval is (double low, double high) && !(double.IsFinite(low) && double.IsFinite(high) && low <= high)))
            {
                throw new ArgumentException($"An interval of '{structure.Name}' does not go from a finite bound to a higher one.", nameof(structures));
            }
        }
    }

    /// <summary>SR Document General module (PS3.3 table C.17-2): what the report is based on.</summary>
    private static void AddDocument(DicomDataset dataset, SourceSeries source, WrittenSegmentation segmentation, MeasurementReportOptions options)
    {
        (string date, string time) = DerivedObject.Moment(source, options.CreatedAt);
        dataset.AddOrUpdate(DicomTag.InstanceNumber, 1);
        dataset.AddOrUpdate(DicomTag.ContentDate, date);
        dataset.AddOrUpdate(DicomTag.ContentTime, time);
        dataset.AddOrUpdate(DicomTag.CompletionFlag, "COMPLETE");
        dataset.AddOrUpdate(DicomTag.VerificationFlag, "UNVERIFIED");
        dataset.AddOrUpdate(DicomTag.PreliminaryFlag, "PRELIMINARY");
        dataset.AddOrUpdate(new DicomSequence(DicomTag.ReferencedPerformedProcedureStepSequence));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.PerformedProcedureCodeSequence));
        dataset.AddOrUpdate(new DicomSequence(DicomTag.CurrentRequestedProcedureEvidenceSequence, new DicomDataset
        {
            { DicomTag.StudyInstanceUID, source.StudyUid },
            new DicomSequence(DicomTag.ReferencedSeriesSequence,
                new DicomDataset
                {
                    { DicomTag.SeriesInstanceUID, source.SeriesUid },
                    new DicomSequence(DicomTag.ReferencedSOPSequence, [.. source.Images.Select(DerivedObject.Reference)]),
                },
                new DicomDataset
                {
                    { DicomTag.SeriesInstanceUID, segmentation.SeriesUid },
                    new DicomSequence(DicomTag.ReferencedSOPSequence, DerivedObject.Reference(DicomUID.SegmentationStorage.UID, segmentation.InstanceUid)),
                }),
        }));
    }

    private static DicomDataset Group(MeasuredStructure structure, SourceSeries source, WrittenSegmentation segmentation, AlgorithmIdentity algorithm)
    {
        CodedConcept type = structure.Type ?? CodedConcept.AnyStructure;
        DicomDataset site = Code("HAS CONCEPT MOD", new("363698007", "SCT", "Finding Site"), type);
        if (structure.Side is BodySide side)
        {
            // Below the site that it modifies: beside it validators warn.
            site.AddOrUpdate(new DicomSequence(DicomTag.ContentSequence, Code("HAS CONCEPT MOD", new("272741003", "SCT", "Laterality"), CodedConcept.Of(side))));
        }

        DicomDataset segment = DerivedObject.Reference(DicomUID.SegmentationStorage.UID, segmentation.InstanceUid);
        segment.AddOrUpdate(DicomTag.ReferencedSegmentNumber, (ushort)structure.SegmentNumber);
        DicomDataset image = Item("CONTAINS", "IMAGE", new("121191", "DCM", "Referenced Segment"));
        image.AddOrUpdate(new DicomSequence(DicomTag.ReferencedSOPSequence, segment));
        return Container("CONTAINS", "125007", "Measurement Group", "1411",
        [
            Text("HAS OBS CONTEXT", new("112039", "DCM", "Tracking Identifier"), structure.Name),
            Uid("HAS OBS CONTEXT", new("112040", "DCM", "Tracking Unique Identifier"), structure.TrackingUid),
            Code("CONTAINS", new("121071", "DCM", "Finding"), type),
            site,
            image,
            Uid("CONTAINS", new("121232", "DCM", "Source series for segmentation"), source.SeriesUid),
            .. structure.Measurements.SelectMany(measurement => Numbers(measurement, measurement.Algorithm ?? algorithm)),
        ]);
    }

    private static IEnumerable<DicomDataset> Numbers(Measurement measurement, AlgorithmIdentity algorithm)
    {
        List<DicomDataset> behind =
        [
            Text("HAS CONCEPT MOD", new("111001", "DCM", "Algorithm Name"), algorithm.Name),
            Text("HAS CONCEPT MOD", new("111003", "DCM", "Algorithm Version"), algorithm.Version),
        ];
        if (algorithm.Parameters.Length > 0)
        {
            behind.Add(Text("HAS CONCEPT MOD", new("111002", "DCM", "Algorithm Parameters"), algorithm.Parameters));
        }

        yield return Number(measurement, measurement.Value, behind);
        if (measurement.Interval is (double low, double high))
        {
            yield return Number(measurement, low, [Code("HAS CONCEPT MOD", s_derivation, Measurement.LowerBound)]);
            yield return Number(measurement, high, [Code("HAS CONCEPT MOD", s_derivation, Measurement.UpperBound)]);
        }
    }

    private static DicomDataset Number(Measurement measurement, double value, IReadOnlyList<DicomDataset> below)
    {
        DicomDataset item = Item("CONTAINS", "NUM", measurement.Concept);
        item.AddOrUpdate(new DicomSequence(DicomTag.MeasuredValueSequence, new DicomDataset
        {
            { DicomTag.NumericValue, DecimalString.From(value) },
            measurement.Unit.In(DicomTag.MeasurementUnitsCodeSequence),
        }));
        item.AddOrUpdate(new DicomSequence(DicomTag.ContentSequence, [.. below]));
        return item;
    }

    private static DicomDataset Item(string? relationship, string type, CodedConcept concept)
    {
        DicomDataset item = new() { { DicomTag.ValueType, type }, concept.In(DicomTag.ConceptNameCodeSequence) };
        if (relationship is not null)
        {
            item.AddOrUpdate(DicomTag.RelationshipType, relationship);
        }

        return item;
    }

    private static DicomDataset Code(string relationship, CodedConcept concept, CodedConcept value)
    {
        DicomDataset item = Item(relationship, "CODE", concept);
        item.AddOrUpdate(value.In(DicomTag.ConceptCodeSequence));
        return item;
    }

    private static DicomDataset Text(string relationship, CodedConcept concept, string value)
    {
        DicomDataset item = Item(relationship, "TEXT", concept);
        item.AddOrUpdate(DicomTag.TextValue, value);
        return item;
    }

    private static DicomDataset Uid(string relationship, CodedConcept concept, string value)
    {
        DicomDataset item = Item(relationship, "UIDREF", concept);
        item.AddOrUpdate(DicomTag.UID, value);
        return item;
    }

    private static DicomDataset Container(string? relationship, string code, string meaning, string? template, DicomDataset[] content)
    {
        DicomDataset item = Item(relationship, "CONTAINER", new(code, "DCM", meaning));
        item.AddOrUpdate(DicomTag.ContinuityOfContent, "SEPARATE");
        if (template is not null)
        {
            item.AddOrUpdate(new DicomSequence(DicomTag.ContentTemplateSequence, new DicomDataset { { DicomTag.MappingResource, "DCMR" }, { DicomTag.TemplateIdentifier, template } }));
        }

        item.AddOrUpdate(new DicomSequence(DicomTag.ContentSequence, content));
        return item;
    }
}

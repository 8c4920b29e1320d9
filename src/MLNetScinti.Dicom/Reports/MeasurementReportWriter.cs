using FellowOakDicom;
using MLNetScinti.Dicom.Segmentations;
using MLNetScinti.Imaging;
using static MLNetScinti.Dicom.Reports.ReportContent;

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
        CodedConcept procedure = options.Procedure ?? ProcedureOf(source.Modality);
        string content = string.Join('|', [segmentation.InstanceUid, $"{options.CreatedAt:O}", procedure.ToString(), .. structures.Select(structure => $"{structure}{string.Join(';', structure.Measurements)}")]);
        DicomDataset dataset = DerivedObject.Begin(source, algorithm, DicomTransferSyntax.ExplicitVRLittleEndian, DicomUID.Comprehensive3DSRStorage, "SR", content, options.CreatedAt);
        // Reports are in no coordinates themselves.
        dataset.Remove(DicomTag.FrameOfReferenceUID, DicomTag.PositionReferenceIndicator);
        ReportContent.AddDocument(dataset, source, options.CreatedAt,
        [
            (source.SeriesUid, [.. source.Images.Select(DerivedObject.Reference)]),
            (segmentation.SeriesUid, [DerivedObject.Reference(DicomUID.SegmentationStorage.UID, segmentation.InstanceUid)]),
        ]);
        DicomDataset root = Root(algorithm, procedure,
        [
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
        yield return Number(measurement, measurement.Value, Behind(algorithm));
        if (measurement.Interval is (double low, double high))
        {
            yield return Number(measurement, low, [Code("HAS CONCEPT MOD", s_derivation, Measurement.LowerBound)]);
            yield return Number(measurement, high, [Code("HAS CONCEPT MOD", s_derivation, Measurement.UpperBound)]);
        }
    }
}

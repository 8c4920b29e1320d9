using System.ComponentModel;
using FellowOakDicom;

namespace MLNetScinti.Dicom.Reports;

/// <summary>A measurement report as it was read.</summary>
public sealed record MeasurementReport
{
    internal MeasurementReport()
    {
    }

    /// <summary>SOP Instance UID.</summary>
    [Browsable(false)]
    public required string InstanceUid { get; init; }

    /// <summary>The segmentation whose segments were measured, by SOP Instance UID; empty where it names none.</summary>
    [Browsable(false)]
    public string SegmentationUid { get; init; } = "";

    /// <summary>What may be known about the patient.</summary>
    public required PatientFacts Patient { get; init; }

    /// <summary>The structures, in the report's order.</summary>
    public required IReadOnlyList<MeasuredStructure> Structures { get; init; }

    /// <summary>What a careful reader would want to know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>
/// Reads measurement reports (PS3.16 TID 1500), whoever wrote them, in any of the classes of structured reports. Whatever the file holds,
/// the answer is a report or a <see cref="DicomReadException"/>.
/// </summary>
public static class MeasurementReportReader
{
    /// <summary>Reads a report.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to name its patient; null for this user's key.</param>
    /// <exception cref="DicomReadException">It is none, or a value of it is no number.</exception>
    public static MeasurementReport Read(string path, DicomReadOptions? options = null) => DicomImageReader.Guard(path, () =>
    {
        using OpenedFile opened = OpenedFile.Open(path);
        DicomDataset dataset = opened.Dataset;
        if (dataset.Text(DicomTag.Modality) != "SR" || Concept(dataset) != "126000")
        {
            string name = StorageKind.Name(dataset);
            throw new DicomReadException(path, SkipReason.WrongKind, $"expected a measurement report (TID 1500), found {(name.Length > 0 ? $"another '{name}'" : "an object that does not say what it is")}: give a report of measurements.");
        }

        if (opened.File.IsPartial)
        {
            throw new DicomReadException(path, SkipReason.Truncated, "the file does not end where its data set ends, so that measurements may be missing: copy it again from its source.");
        }

        List<string> warnings = [];
        HashSet<string> segmentations = new(StringComparer.Ordinal);
        MeasuredStructure[] structures = [.. Groups(dataset).Select(group => Structure(group, path, segmentations, warnings))];
        if (segmentations.Count > 1)
        {
            warnings.Add($"Its structures are segments of {segmentations.Count} segmentations.");
        }

        return new MeasurementReport
        {
            InstanceUid = dataset.Text(DicomTag.SOPInstanceUID),
            SegmentationUid = segmentations.FirstOrDefault() ?? "",
            Patient = PatientReading.Read(dataset, (options ?? new()).PseudonymKey).Facts,
            Structures = structures,
            Warnings = warnings,
        };
    });

    private static string Concept(DicomDataset item) => item.FirstItem(DicomTag.ConceptNameCodeSequence)?.Text(DicomTag.CodeValue) ?? "";

    private static IReadOnlyList<DicomDataset> Below(DicomDataset item) => item.Items(DicomTag.ContentSequence);

    /// <summary>The measurement groups, wherever they stand.</summary>
    private static IEnumerable<DicomDataset> Groups(DicomDataset item)
    {
        foreach (DicomDataset one in Below(item))
        {
            if (Concept(one) == "125007")
            {
                yield return one;
            }
            else
            {
                foreach (DicomDataset group in Groups(one))
                {
                    yield return group;
                }
            }
        }
    }

    private static MeasuredStructure Structure(DicomDataset group, string path, HashSet<string> segmentations, List<string> warnings)
    {
        IReadOnlyList<DicomDataset> items = Below(group);
        DicomDataset? Find(IReadOnlyList<DicomDataset> among, string code) => among.FirstOrDefault(item => Concept(item) == code);
        DicomDataset? site = Find(items, "363698007"), segment = Find(items, "121191")?.FirstItem(DicomTag.ReferencedSOPSequence);
        if (segment?.Text(DicomTag.ReferencedSOPInstanceUID) is { Length: > 0 } uid)
        {
            segmentations.Add(uid);
        }

        CodedConcept? Value(DicomDataset? item) => CodedConcept.Of(item?.FirstItem(DicomTag.ConceptCodeSequence));
        // Some write the side beside the site.
        DicomDataset? side = (site is null ? null : Find(Below(site), "272741003")) ?? Find(items, "272741003");
        string name = Find(items, "112039")?.Text(DicomTag.TextValue) ?? "";
        return new MeasuredStructure(name, Find(items, "112040")?.Text(DicomTag.UID) ?? "", segment?.Whole(DicomTag.ReferencedSegmentNumber) ?? 0)
        {
            Type = Value(site) ?? Value(Find(items, "121071")),
            Side = CodedConcept.SideOf(Value(side)),
            Measurements = Measurements(items, path, warnings),
        };
    }

    private static List<Measurement> Measurements(IReadOnlyList<DicomDataset> items, string path, List<string> warnings)
    {
        List<Measurement> found = [];
        List<(CodedConcept Concept, double Value, bool IsLow)> bounds = [];
        foreach (DicomDataset item in items.Where(item => item.Text(DicomTag.ValueType) == "NUM"))
        {
            if (CodedConcept.Of(item.FirstItem(DicomTag.ConceptNameCodeSequence)) is not { } concept)
            {
                warnings.Add("A number of it says nothing of what it counts: it was left out.");
                continue;
            }

            DicomDataset? measured = item.FirstItem(DicomTag.MeasuredValueSequence);
            if (measured is null)
            {
                warnings.Add($"{DatasetReading.Clean(concept.Meaning)} has no value: it could not be measured.");
                continue;
            }

            if (measured.Number(DicomTag.NumericValue) is not double value || CodedConcept.Of(measured.FirstItem(DicomTag.MeasurementUnitsCodeSequence)) is not { } unit)
            {
                throw new DicomReadException(path, SkipReason.InconsistentHeader, "a measurement of it is no number, or has no unit: ask its source for another export.");
            }

            CodedConcept? derivation = CodedConcept.Of(Below(item).FirstOrDefault(one => Concept(one) == "121401")?.FirstItem(DicomTag.ConceptCodeSequence));
            bool isLow = Measurement.LowerBound.IsCode(derivation);
            if (isLow || Measurement.UpperBound.IsCode(derivation))
            {
                bounds.Add((concept, value, isLow));
                continue;
            }

            string Text(string code) => Below(item).FirstOrDefault(one => Concept(one) == code)?.Text(DicomTag.TextValue) ?? "";
            found.Add(new Measurement(concept, value, unit)
            {
                Algorithm = Text("111001") is { Length: > 0 } algorithm ? new AlgorithmIdentity(algorithm, Text("111003")) { ModelHash = AlgorithmIdentity.HashOf(Text("111002")) } : null,
            });
        }

        for (int i = 0; i < found.Count; i++)
        {
            double[] lows = [.. bounds.Where(bound => bound.IsLow && bound.Concept.IsCode(found[i].Concept)).Select(bound => bound.Value)];
            double[] highs = [.. bounds.Where(bound => !bound.IsLow && bound.Concept.IsCode(found[i].Concept)).Select(bound => bound.Value)];
            // Of several values of one concept nobody knows whose bounds are whose.
            if (lows is [double low] && highs is [double high] && found.Count(one => one.Concept.IsCode(found[i].Concept)) == 1)
            {
                found[i] = found[i] with { Interval = new(low, high) };
            }
        }

        return found;
    }
}

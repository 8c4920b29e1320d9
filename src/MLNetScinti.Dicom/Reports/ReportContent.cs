using FellowOakDicom;

namespace MLNetScinti.Dicom.Reports;

/// <summary>What reports by the template Measurement Report (PS3.16 TID 1500) are made of.</summary>
internal static class ReportContent
{
    /// <summary>SR Document General module (PS3.3 table C.17-2): what the report is based on, series by series.</summary>
    public static void AddDocument(DicomDataset dataset, SourceImages source, DateTime? createdAt, IReadOnlyList<(string SeriesUid, DicomDataset[] References)> evidence)
    {
        (string date, string time) = DerivedObject.Moment(source, createdAt);
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
            new DicomSequence(DicomTag.ReferencedSeriesSequence, [.. evidence.Select(series => new DicomDataset
            {
                { DicomTag.SeriesInstanceUID, series.SeriesUid },
                new DicomSequence(DicomTag.ReferencedSOPSequence, series.References),
            })]),
        }));
    }

    /// <summary>The procedure that images of a modality are of, where nobody says more (PS3.16 CID 100).</summary>
    public static CodedConcept ProcedureOf(string modality) => modality switch
    {
        "CT" => new("25045-6", "LN", "CT unspecified body region"),
        "PT" => new("44136-0", "LN", "PET unspecified body region"),
        _ => new("49118-3", "LN", "NM unspecified body region"),
    };

    /// <summary>The report's root: in which language, by what, of which procedure, and what it contains.</summary>
    public static DicomDataset Root(AlgorithmIdentity algorithm, CodedConcept procedure, IReadOnlyList<DicomDataset> content) => Container(null, "126000", "Imaging Measurement Report", "1500",
    [
        Code("HAS CONCEPT MOD", new("121049", "DCM", "Language of Content Item and Descendants"), new("en", "RFC5646", "English")),
        Code("HAS OBS CONTEXT", new("121005", "DCM", "Observer Type"), new("121007", "DCM", "Device")),
        Uid("HAS OBS CONTEXT", new("121012", "DCM", "Device Observer UID"), DeterministicUid.From("device", algorithm.Name, algorithm.Version, algorithm.ModelHash)),
        Text("HAS OBS CONTEXT", new("121013", "DCM", "Device Observer Name"), algorithm.Name),
        Code("HAS CONCEPT MOD", new("121058", "DCM", "Procedure reported"), procedure),
        .. content,
    ]);

    /// <summary>The algorithm behind a value (TID 4019).</summary>
    public static IReadOnlyList<DicomDataset> Behind(AlgorithmIdentity algorithm) =>
    [
        Text("HAS CONCEPT MOD", new("111001", "DCM", "Algorithm Name"), algorithm.Name),
        Text("HAS CONCEPT MOD", new("111003", "DCM", "Algorithm Version"), algorithm.Version),
        .. algorithm.Parameters.Length > 0 ? (DicomDataset[])[Text("HAS CONCEPT MOD", new("111002", "DCM", "Algorithm Parameters"), algorithm.Parameters)] : [],
    ];

    public static DicomDataset Number(Measurement measurement, double value, IReadOnlyList<DicomDataset> below)
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

    public static DicomDataset Item(string? relationship, string type, CodedConcept concept)
    {
        DicomDataset item = new() { { DicomTag.ValueType, type }, concept.In(DicomTag.ConceptNameCodeSequence) };
        if (relationship is not null)
        {
            item.AddOrUpdate(DicomTag.RelationshipType, relationship);
        }

        return item;
    }

    public static DicomDataset Code(string relationship, CodedConcept concept, CodedConcept value)
    {
        DicomDataset item = Item(relationship, "CODE", concept);
        item.AddOrUpdate(value.In(DicomTag.ConceptCodeSequence));
        return item;
    }

    public static DicomDataset Text(string relationship, CodedConcept concept, string value)
    {
        DicomDataset item = Item(relationship, "TEXT", concept);
        item.AddOrUpdate(DicomTag.TextValue, value);
        return item;
    }

    public static DicomDataset Uid(string relationship, CodedConcept concept, string value)
    {
        DicomDataset item = Item(relationship, "UIDREF", concept);
        item.AddOrUpdate(DicomTag.UID, value);
        return item;
    }

    public static DicomDataset Container(string? relationship, string code, string meaning, string? template, DicomDataset[] content) => Container(relationship, new(code, "DCM", meaning), template, content);

    public static DicomDataset Container(string? relationship, CodedConcept concept, string? template, DicomDataset[] content)
    {
        DicomDataset item = Item(relationship, "CONTAINER", concept);
        item.AddOrUpdate(DicomTag.ContinuityOfContent, "SEPARATE");
        if (template is not null)
        {
            item.AddOrUpdate(new DicomSequence(DicomTag.ContentTemplateSequence, new DicomDataset { { DicomTag.MappingResource, "DCMR" }, { DicomTag.TemplateIdentifier, template } }));
        }

        item.AddOrUpdate(new DicomSequence(DicomTag.ContentSequence, content));
        return item;
    }
}

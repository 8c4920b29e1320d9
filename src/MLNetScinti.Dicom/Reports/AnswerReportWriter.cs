using System.Security.Cryptography;
using System.Text;
using FellowOakDicom;
using static MLNetScinti.Dicom.Reports.ReportContent;

namespace MLNetScinti.Dicom.Reports;

/// <summary>What a model says of one class or finding.</summary>
/// <param name="Name">The class, at most 40 characters.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="Threshold">From which probability on it is called; null where the most probable class is.</param>
public sealed record ReportedAnswer(string Name, double Probability, double? Threshold);

/// <summary>What a model says of one thing in a study: an organ, a side, the whole of it.</summary>
/// <param name="Name">What it is about (Tracking Identifier).</param>
/// <param name="Decision">What is called, in words.</param>
/// <param name="Answers">What stands behind that.</param>
/// <param name="Remarks">What else is to be said.</param>
public sealed record ReportedCase(string Name, string Decision, IReadOnlyList<ReportedAnswer> Answers, IReadOnlyList<string> Remarks);

/// <summary>
/// Writes a model's answers about a study as Comprehensive 3D SR by the template Measurement Report (PS3.16 TID 1500): a group for each case (TID 1501) with what is called as its Finding, probabilities
/// and thresholds; and where there is no answer, why.
/// </summary>
public static class AnswerReportWriter
{
    private static readonly CodedConcept s_evaluations = new("C0034375", "UMLS", "Qualitative Evaluations"), s_comment = new("121106", "DCM", "Comment"), s_noUnits = new("1", "UCUM", "no units");

    /// <summary>Writes what a model says.</summary>
    /// <param name="path">Where to. A file of that name is replaced.</param>
    /// <param name="source">The images.</param>
    /// <param name="cases">What it says; at least one.</param>
    /// <param name="algorithm">The model.</param>
    /// <exception cref="ArgumentException">There is nothing to report, or a probability is no number.</exception>
    public static void Write(string path, SourceStudy source, IReadOnlyList<ReportedCase> cases, AlgorithmIdentity algorithm)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count == 0 || cases.Any(one => one.Answers.Any(answer => !double.IsFinite(answer.Probability) || answer.Threshold is { } threshold && !double.IsFinite(threshold))))
        {
            throw new ArgumentException("A report needs one case or more, whose probabilities and thresholds are numbers.", nameof(cases));
        }

        DicomDataset[] remarks = [.. cases.SelectMany(one => one.Remarks.Select(remark => Text("CONTAINS", s_comment, $"{one.Name}: {remark}")))];
        Save(path, source, algorithm,
            [
                Container("CONTAINS", "126010", "Imaging Measurements", null, [.. cases.Select(one => Group(one, source, algorithm))]),
                // Beside the groups: within them validators know no texts.
                .. remarks.Length > 0 ? (DicomDataset[])[Container("CONTAINS", s_evaluations, null, remarks)] : [],
            ],
            string.Join('|', cases.Select(one => $"{one.Name}:{one.Decision}:{string.Join(';', one.Answers)}:{string.Join(';', one.Remarks)}")));
    }

    /// <summary>Writes why a model says nothing.</summary>
    /// <param name="path">Where to. A file of that name is replaced.</param>
    /// <param name="source">The images.</param>
    /// <param name="reason">Why, in a sentence.</param>
    /// <param name="algorithm">The model.</param>
    public static void WriteRefusal(string path, SourceStudy source, string reason, AlgorithmIdentity algorithm)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(reason);
        Save(path, source, algorithm, [Container("CONTAINS", s_evaluations, null, [Text("CONTAINS", s_comment, $"AI, research use: could not answer, because {reason}")])], reason);
    }

    private static void Save(string path, SourceStudy source, AlgorithmIdentity algorithm, IReadOnlyList<DicomDataset> content, string told)
    {
        DicomDataset dataset = DerivedObject.Begin(source, algorithm, DicomTransferSyntax.ExplicitVRLittleEndian, DicomUID.Comprehensive3DSRStorage, "SR", told, null);
        AddDocument(dataset, source, null, source.References());
        dataset.AddOrUpdate(Root(algorithm, ProcedureOf(source.Modality), content));
        DerivedObject.Save(dataset, path);
    }

    private static DicomDataset Group(ReportedCase one, SourceStudy source, AlgorithmIdentity algorithm) => Container("CONTAINS", "125007", "Measurement Group", "1501",
    [
        Text("HAS OBS CONTEXT", new("112039", "DCM", "Tracking Identifier"), one.Name),
        Uid("HAS OBS CONTEXT", new("112040", "DCM", "Tracking Unique Identifier"), DerivedUid.OfCase(source, algorithm, one.Name)),
        Code("CONTAINS", new("121071", "DCM", "Finding"), new($"CALL{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(one.Decision)), 0, 5)}", Measurement.Scheme, DerivedObject.Shortened(one.Decision, 64))),
        .. one.Answers.SelectMany((answer, place) => Numbers(answer, place + 1, algorithm)),
    ]);

    // Codes of our own, since no standard has one for a class of a model: the meaning says which it is.
    private static IEnumerable<DicomDataset> Numbers(ReportedAnswer answer, int place, AlgorithmIdentity algorithm)
    {
        CodedConcept Concept(string code, string meaning) => new(FormattableString.Invariant($"{code}{place}"), Measurement.Scheme, DerivedObject.Shortened($"{meaning} {answer.Name}", 64));
        yield return Number(new Measurement(Concept("PROB", "Probability of"), answer.Probability, s_noUnits), answer.Probability, Behind(algorithm));
        if (answer.Threshold is { } threshold)
        {
            yield return Number(new Measurement(Concept("THRESH", "Threshold of"), threshold, s_noUnits), threshold, Behind(algorithm));
        }
    }
}

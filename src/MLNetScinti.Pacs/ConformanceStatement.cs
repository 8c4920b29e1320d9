using System.Globalization;
using System.Text;
using FellowOakDicom;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pacs.Results;

namespace MLNetScinti.Pacs;

/// <summary>What a node speaks, for whoever connects it (in the order of PS3.2), made from what the code does.</summary>
public static class ConformanceStatement
{
    /// <summary>The statement as Markdown.</summary>
    /// <param name="version">The program's version.</param>
    public static string Text(string version)
    {
        StringBuilder text = new();
        void Line(string line = "") => text.Append(line).Append('\n');
        Line($"# DICOM conformance statement: MLNetScinti {version}, `scinti pacs`");
        Line();
        Line("Research use only. A node is a client of DICOMweb (PS3.18); it offers no service, and does not speak DIMSE (PS3.7): an archive or a router that does both stands between.");
        Line();
        Line("## Services, all as user agent");
        Line();
        Line("| service | resources | media types |");
        Line("|---|---|---|");
        Line($"| QIDO-RS | `studies?StudyDate=FROM-&includefield={DicomJson.StudyInstances}`, `studies/UID/series?includefield={DicomJson.Modality}`, `studies/UID/instances`, each with `limit` and `offset` | `application/dicom+json` |");
        Line("| WADO-RS | `studies/UID/series/UID` | `multipart/related; type=\"application/dicom\"; transfer-syntax=*` |");
        Line("| STOW-RS | `studies`, one object a request | `multipart/related; type=\"application/dicom\"`, answered by `application/dicom+json` |");
        Line();
        Line("An object counts as stored where the Referenced SOP Sequence (0008,1199) names it, and it alone, and the Failed SOP Sequence (0008,1198) is empty; the HTTP status alone counts for nothing. Redirections are not followed.");
        Line("Of Orthanc, `changes`, `studies/ID`, `series/ID` and `instances/ID` are asked too, where it is named as feed.");
        Line();
        Line("## Objects that are read");
        Line();
        Line($"Series of the modalities {string.Join(", ", RoutingRule.Taken)}; every other object of a study is left alone. Of classes and transfer syntaxes those that `scinti inspect` reads.");
        Line();
        Line("## Objects that are made");
        Line();
        Line("| object | SOP class | UID | where it is refused |");
        Line("|---|---|---|---|");
        foreach ((string kind, DicomUID of) in StudyAnswering.Kinds)
        {
            string others = ResultStoring.Fallbacks.TryGetValue(kind, out IReadOnlyList<DicomUID>? known) ? string.Join(", then ", known.Select(one => $"{one.Name} ({one.UID})")) : "it is left out, and the queue says so";
            Line($"| {kind} | {of.Name} | {of.UID} | {others} |");
        }

        Line();
        Line("- Transfer syntax: Explicit VR Little Endian (1.2.840.10008.1.2.1). Character set: ISO_IR 192.");
        Line("- Patient, Patient Study and General Study modules are those of the images; Study Instance UID is theirs.");
        Line("- Series and SOP Instance UIDs follow from the images' SOP Instance UIDs and the model's SHA-256: the same study and model give the same, on every machine, in every version; one object each. They are of the root 2.25.");
        Line("- Structured reports are Measurement Reports (PS3.16 TID 1500) with groups of TID 1411 or TID 1501; UNVERIFIED, PRELIMINARY. Codes of our own are of the scheme 99MLNETSCINTI.");
        Line("- A study that a rule is about and that the model does not answer gets a report whose Comment (121106, DCM) says why.");
        Line("- Series descriptions begin with \"AI, research use\", and the captures have it in their pixels.");
        Line();
        Line("## Limits");
        Line();
        ArchivePatience patience = new();
        Line(string.Create(CultureInfo.InvariantCulture, $"An answer begins within {patience.Timeout.TotalSeconds:0} s and goes on without longer pauses (archive.timeout); what may pass is asked again {patience.Retries} times at once, then by the queue. Answers in JSON: 64 MiB, 32 levels. A study: {new ArchiveSettings { Address = new Uri("http://localhost/") }.LargestStudy >> 30} GiB (archive.largest-study)."));
        Line();
        Line("## Security");
        Line();
        Line("TLS 1.2 and 1.3 as the operating system allows them; authorities of this machine, or those of a file alone. HTTP Basic and Bearer credentials, over https or to this machine itself unless the definition says otherwise.");
        return text.ToString();
    }
}

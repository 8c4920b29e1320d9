using FellowOakDicom;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Pacs.DicomWeb;

namespace MLNetScinti.Pacs.Results;

/// <summary>
/// Brings what was made of a study into the archive: what is there already is not sent again, and where a class is refused the same content goes as one that more archives know.
/// </summary>
internal sealed class ResultStoring(DicomWebClient client, Action<string> say)
{
    // Ours hold no coordinates in space, so that each of them is a report of these classes as well (PS3.3 A.35.3, A.35.2).
    private static readonly DicomUID[] s_reports = [DicomUID.ComprehensiveSRStorage, DicomUID.EnhancedSRStorage];

    /// <summary>Classes as which an object goes where its own is refused, in this order.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<DicomUID>> Fallbacks { get; } = new Dictionary<string, IReadOnlyList<DicomUID>>(StringComparer.Ordinal) { ["SR"] = s_reports };

    /// <summary>Stores the objects of a study.</summary>
    /// <param name="folder">Where their files are.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="there">SOP Instance UIDs that the archive has in the study.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>How many objects the archive has now, and what it refused for good.</returns>
    /// <exception cref="DicomWebException">The archive does not answer, or did not store an object for another reason than its class.</exception>
    public async Task<(int Stored, IReadOnlyList<string> Refused)> Store(string folder, IReadOnlyList<ResultObject> objects, IReadOnlySet<string> there, CancellationToken cancel)
    {
        int stored = 0;
        List<string> refused = [];
        foreach (ResultObject one in objects)
        {
            if (await Store(Path.Combine(folder, one.File), one, there, cancel).ConfigureAwait(false) is { } problem)
            {
                refused.Add($"{one.Kind}: {problem}");
            }
            else
            {
                stored++;
            }
        }

        return (stored, refused);
    }

    // Null where it is in the archive.
    private async Task<string?> Store(string file, ResultObject one, IReadOnlySet<string> there, CancellationToken cancel)
    {
        DicomUID[] others = [.. Fallbacks.GetValueOrDefault(one.Kind, [])];
        if (there.Contains(one.InstanceUid) || Array.Exists(others, other => there.Contains(UidAs(one, other))))
        {
            return null;
        }

        StoreAnswer answer = await client.Store(file, one.InstanceUid, cancel).ConfigureAwait(false);
        foreach (DicomUID other in others.TakeWhile(_ => answer.IsClassRefused))
        {
            say($"{one.Kind}: {answer.Reason}: it goes as {other.Name} instead");
            string uid = UidAs(one, other), twin = $"{file}.{other.UID}.dcm";
            DicomDataset dataset = DicomFile.Open(file, FileReadOption.ReadAll).Dataset;
            dataset.AddOrUpdate(DicomTag.SOPClassUID, other);
            dataset.AddOrUpdate(DicomTag.SOPInstanceUID, uid);
            AtomicFile.Write(twin, stream => new DicomFile(dataset).Save(stream));
            answer = await client.Store(twin, uid, cancel).ConfigureAwait(false);
        }

        if (!answer.IsStored && answer.IsClassRefused)
        {
            say($"{one.Kind}: {answer.Reason}: it is left out, and the rest goes on");
            return answer.Reason;
        }

        return answer.IsStored ? null : throw new DicomWebException(ArchiveFault.Refused, $"{one.Kind}: {answer.Reason}");
    }

    private static string UidAs(ResultObject one, DicomUID other) => DeterministicUid.From("as another class", one.InstanceUid, other.UID);
}

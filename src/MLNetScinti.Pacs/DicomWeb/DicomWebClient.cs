using System.ComponentModel;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;
using MLNetScinti.Imaging;

namespace MLNetScinti.Pacs.DicomWeb;

/// <summary>An object of a study, as an archive tells of it.</summary>
/// <param name="SeriesUid">Series Instance UID.</param>
/// <param name="InstanceUid">SOP Instance UID.</param>
/// <param name="Modality">Modality of its series; empty where the archive does not say.</param>
public sealed record ArchivedInstance([property: Browsable(false)] string SeriesUid, [property: Browsable(false)] string InstanceUid, string Modality);

/// <summary>What became of an object that was sent.</summary>
/// <param name="IsStored">Whether the archive says that it has just this object.</param>
/// <param name="Reason">Why not; empty where it has.</param>
/// <param name="Code">The archive's Failure Reason (0008,1197); null where it gave none.</param>
public sealed record StoreAnswer(bool IsStored, string Reason, int? Code = null)
{
    /// <summary>Whether the archive does not take objects of this class, or of this form of it.</summary>
    public bool IsClassRefused => Code is 0x0122 or (>= 0xA900 and <= 0xA9FF) or (>= 0xC000 and <= 0xCFFF);
}

/// <summary>
/// A client of DICOMweb (PS3.18): searches (QIDO-RS), fetches into files as they come (WADO-RS), and stores (STOW-RS). What an archive answers is read with suspicion: sizes are bounded,
/// identifiers are such before they become part of an address, and an object is stored where the archive says so of this object, whatever the status says.
/// </summary>
public sealed class DicomWebClient : IDisposable
{
    private const int Page = 1000, MostInstances = 100_000;

    // A line that is slower than this is taken for broken.
    private const double SlowestBytesPerSecond = 50_000;

    private readonly ArchiveSettings _settings;
    private readonly ArchiveConnection _connection;

    /// <summary>A client of an archive.</summary>
    public DicomWebClient(ArchiveSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _connection = new ArchiveConnection(settings);
    }

    /// <summary>The archive.</summary>
    public ArchiveSettings Settings => _settings;

    internal ArchiveConnection Connection => _connection;

    /// <summary>Whether the archive answers at all.</summary>
    public async Task<bool> IsThere(CancellationToken cancel)
    {
        try
        {
            _ = await _connection.Query(At("studies?limit=1"), cancel).ConfigureAwait(false);
            return true;
        }
        catch (DicomWebException problem)
        {
            return !problem.MayPass;
        }
    }

    /// <summary>Studies with the number of their objects, where the archive tells it.</summary>
    /// <param name="from">The first day; null for all.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="DicomWebException">The archive does not answer, or not as it should.</exception>
    public async Task<IReadOnlyList<(string StudyUid, int? Instances)>> Studies(DateOnly? from, CancellationToken cancel)
    {
        string days = from is { } day ? string.Create(CultureInfo.InvariantCulture, $"&StudyDate={day:yyyyMMdd}-") : "";
        IReadOnlyList<DicomJson> found = await All($"studies?includefield={DicomJson.StudyInstances}{days}", DicomJson.StudyUid, cancel).ConfigureAwait(false);
        return [.. found.Select(one => (one.Uid(DicomJson.StudyUid), one.Whole(DicomJson.StudyInstances)))];
    }

    /// <summary>All objects of a study.</summary>
    /// <returns>None where the archive has no such study.</returns>
    /// <exception cref="DicomWebException">The archive does not answer, or not as it should.</exception>
    public async Task<IReadOnlyList<ArchivedInstance>> Instances(string studyUid, CancellationToken cancel)
    {
        try
        {
            IReadOnlyList<DicomJson> series = await All($"studies/{Checked(studyUid)}/series?includefield={DicomJson.Modality}", DicomJson.SeriesUid, cancel).ConfigureAwait(false);
            Dictionary<string, string> modalities = series.ToDictionary(one => one.Uid(DicomJson.SeriesUid), one => one.Text(DicomJson.Modality), StringComparer.Ordinal);
            IReadOnlyList<DicomJson> instances = await All($"studies/{studyUid}/instances?includefield={DicomJson.SeriesUid}", DicomJson.InstanceUid, cancel).ConfigureAwait(false);
            return [.. instances.Select(one => new ArchivedInstance(one.Uid(DicomJson.SeriesUid), one.Uid(DicomJson.InstanceUid), modalities.GetValueOrDefault(one.Uid(DicomJson.SeriesUid), one.Text(DicomJson.Modality))))];
        }
        catch (DicomWebException problem) when (problem.Fault == ArchiveFault.NotFound)
        {
            return [];
        }
    }

    /// <summary>Fetches a series, each object as a file of its own.</summary>
    /// <param name="studyUid">Study Instance UID.</param>
    /// <param name="seriesUid">Series Instance UID.</param>
    /// <param name="folder">The folder for the files; it is empty.</param>
    /// <param name="count">How many objects it has: fewer are an answer that broke off.</param>
    /// <param name="most">The most bytes.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>The bytes that came.</returns>
    /// <exception cref="DicomWebException">The archive does not answer, not as it should, or with more than was allowed.</exception>
    public Task<long> Retrieve(string studyUid, string seriesUid, string folder, int count, long most, CancellationToken cancel)
    {
        Uri address = At($"studies/{Checked(studyUid)}/series/{Checked(seriesUid)}");
        // As it was stored: an archive that decodes may lose what its own decoder does not know.
        return _connection.Ask(() => ArchiveConnection.Get(address, "multipart/related; type=\"application/dicom\"; transfer-syntax=*"), TimeFor(most), async (response, stop) =>
        {
            // What an attempt before this one left.
            foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
            {
                File.Delete(file);
            }

            Directory.CreateDirectory(folder);
            MediaTypeHeaderValue? type = response.Content.Headers.ContentType;
            string boundary = type?.Parameters.FirstOrDefault(one => one.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"') ?? "";
            if (type?.MediaType is not "multipart/related" || boundary.Length is 0 or > 200)
            {
                throw Bad($"expected multipart/related, found '{PlainText.Short(type?.MediaType ?? "nothing", 60)}'");
            }

            await using Stream body = await _connection.Body(response, most, stop).ConfigureAwait(false);
            int parts = 0;
            try
            {
                MultipartReader reader = new(boundary, body, 1 << 16) { HeadersCountLimit = 32, HeadersLengthLimit = 1 << 14, BodyLengthLimit = most };
                while (await reader.ReadNextSectionAsync(stop).ConfigureAwait(false) is { } section)
                {
                    if (section.ContentType is { } kind && !kind.StartsWith("application/dicom", StringComparison.OrdinalIgnoreCase))
                    {
                        throw Bad($"expected parts of application/dicom, found '{PlainText.Short(kind, 60)}'");
                    }

                    if (++parts > MostInstances)
                    {
                        throw new DicomWebException(ArchiveFault.TooLarge, $"{_settings.Place}: a series has more than {MostInstances} objects.");
                    }

                    await using FileStream file = File.Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{parts:000000}.dcm")));
                    await section.Body.CopyToAsync(file, stop).ConfigureAwait(false);
                }
            }
            catch (InvalidDataException problem)
            {
                throw new DicomWebException(ArchiveFault.BadAnswer, $"{_settings.Place}: its answer is no multipart of the form that the standard has.", problem);
            }

            return parts >= count ? body.Position : throw new DicomWebException(ArchiveFault.Unreachable, $"{_settings.Place}: expected {count} objects of a series, found {parts}: its answer broke off, or the series became smaller.");
        }, cancel);
    }

    /// <summary>Stores an object.</summary>
    /// <param name="file">The file.</param>
    /// <param name="instanceUid">Its SOP Instance UID.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Whether the archive says that it has just this object; else why not.</returns>
    /// <exception cref="DicomWebException">The archive does not answer, or not as it should.</exception>
    public async Task<StoreAnswer> Store(string file, string instanceUid, CancellationToken cancel)
    {
        string boundary = $"scinti-{Guid.NewGuid():N}";
        HttpRequestMessage Request()
        {
            StreamContent part = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true));
            part.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
            MultipartContent content = new("related", boundary) { part };
            content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", "\"application/dicom\""));
            HttpRequestMessage request = new(HttpMethod.Post, At("studies")) { Content = content };
            request.Headers.TryAddWithoutValidation("Accept", "application/dicom+json");
            return request;
        }

        DicomJson answer;
        try
        {
            answer = await _connection.Send(Request, TimeFor(new FileInfo(file).Length), cancel).ConfigureAwait(false);
        }
        catch (DicomWebException problem) when (problem.Fault is ArchiveFault.Refused or ArchiveFault.TooLarge)
        {
            return new(false, problem.Message);
        }

        string[] stored = [.. answer.Items(DicomJson.Stored).Select(item => item.Uid(DicomJson.ReferencedInstance))];
        IReadOnlyList<DicomJson> failed = answer.Items(DicomJson.Failed);
        // A status of 200 says nothing: an archive was seen to give it and to store nothing.
        return stored is [string only] && only == instanceUid && failed.Count == 0 ? new(true, "")
            : failed.Count > 0 ? new(false, ReasonOf(failed[0].Whole(DicomJson.FailureReason)), failed[0].Whole(DicomJson.FailureReason))
            : stored.Length == 0 ? new(false, "the archive answered without an error, and names nothing that it stored (0008,1199)")
            : new(false, "the archive names other objects as stored (0008,1199) than the one that was sent");
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    // PS3.18 I.2.2, PS3.4 table B.2-1.
    private static string ReasonOf(int? code) => code switch
    {
        null => "the archive did not store it (0008,1198), and gives no reason",
        0x0110 => "the archive failed to process it (0110)",
        0x0122 => "the archive does not take objects of this class (0122)",
        0x0124 => "the archive does not allow it (0124)",
        >= 0xA700 and <= 0xA7FF => "the archive has no room for it (A700)",
        >= 0xA900 and <= 0xA9FF => "the archive says that it is not of its class (A900)",
        >= 0xC000 and <= 0xCFFF => "the archive cannot understand it (C000)",
        0x0111 => "the archive has an object of this identifier already, and does not replace it (0111)",
        { } other => string.Create(CultureInfo.InvariantCulture, $"the archive did not store it ({other:X4})"),
    };

    private TimeSpan TimeFor(long bytes) => _settings.Patience.Timeout + TimeSpan.FromSeconds(Math.Min(bytes / SlowestBytesPerSecond, 6 * 3600));

    private string Checked(string uid) => DicomJson.IsUid(uid) ? uid : throw Bad("expected an identifier of digits and dots, found something else");

    private DicomWebException Bad(string what) => new(ArchiveFault.BadAnswer, $"{_settings.Place}: {what}.");

    private Uri At(string rest) => new(_settings.Address, rest);

    // Page by page; an archive that does not know pages gives the same again, or all at once.
    private async Task<IReadOnlyList<DicomJson>> All(string query, string key, CancellationToken cancel)
    {
        List<DicomJson> all = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (true)
        {
            IReadOnlyList<DicomJson> page = await _connection.Query(At($"{query}&limit={Page}&offset={all.Count}"), cancel).ConfigureAwait(false);
            int before = all.Count;
            all.AddRange(page.Where(one => one.Uid(key) is { Length: > 0 } uid && seen.Add(uid)));
            if (page.Count < Page || all.Count == before)
            {
                return all;
            }

            if (all.Count > 50 * MostInstances)
            {
                throw new DicomWebException(ArchiveFault.TooLarge, $"{_settings.Place}: the archive's list does not end.");
            }
        }
    }
}

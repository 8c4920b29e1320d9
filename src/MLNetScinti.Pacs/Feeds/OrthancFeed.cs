using System.Globalization;
using System.Text.Json;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pacs.Queue;

namespace MLNetScinti.Pacs.Feeds;

/// <summary>
/// Orthanc's own list of changes, which has a number for each. A study is due when Orthanc says that it is at rest (StableStudy); an Orthanc that ended before it could say so never does,
/// and therefore everything that came counts: what was told of otherwise is due when it was left alone for a while.
/// </summary>
internal sealed class OrthancFeed(ArchiveConnection connection, Uri address) : StudyFeed
{
    private const int Page = 200;

    // Of series to their studies: what comes of one series comes together.
    private const int MostKept = 1000;

    private readonly Dictionary<string, string> _studyOf = new(StringComparer.Ordinal);
    private readonly string _place = address.GetLeftPart(UriPartial.Path).TrimEnd('/');

    public override string Name => $"orthanc {address.GetLeftPart(UriPartial.Path)}";

    public override async Task<string> Begin(bool fromBeginning, CancellationToken cancel) => fromBeginning ? "0" : Text(await Last(cancel).ConfigureAwait(false));

    public override async Task<FeedPage> Next(string position, CancellationToken cancel)
    {
        long since = long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out long known) ? known : 0;
        JsonElement answer = await connection.Rest(At(string.Create(CultureInfo.InvariantCulture, $"changes?since={since}&limit={Page}")), cancel).ConfigureAwait(false);
        if (Property(answer, "Changes") is not { ValueKind: JsonValueKind.Array } changes || Whole(answer, "Last") is not { } last)
        {
            throw new DicomWebException(ArchiveFault.BadAnswer, $"{_place}: expected Orthanc's list of changes, found something else: is feed.url the address of Orthanc itself, without /dicom-web?");
        }

        if (changes.GetArrayLength() == 0 && await Last(cancel).ConfigureAwait(false) < since)
        {
            // A data base that was set up anew begins with 1: whatever it has is new.
            return new([], "0", false);
        }

        Dictionary<string, bool> atRest = new(StringComparer.Ordinal);
        foreach (JsonElement change in changes.EnumerateArray())
        {
            string type = Word(change, "ChangeType"), id = Word(change, "ID");
            if (id.Length is 0 or > 100 || !id.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
            {
                continue;
            }

            string study = type switch
            {
                "StableStudy" or "NewStudy" => id,
                "NewSeries" => await StudyOfSeries(id, cancel).ConfigureAwait(false),
                "NewInstance" => await StudyOfInstance(id, cancel).ConfigureAwait(false),
                _ => "",
            };
            if (study.Length > 0)
            {
                // The last word counts.
                atRest[study] = type == "StableStudy";
            }
        }

        List<ToldStudy> told = [];
        foreach ((string study, bool rests) in atRest)
        {
            if (await Asked($"studies/{study}", cancel).ConfigureAwait(false) is { } found && Property(found, "MainDicomTags") is { } tags && Word(tags, "StudyInstanceUID") is var uid && DicomJson.IsUid(uid))
            {
                told.Add(new ToldStudy(uid, rests));
            }
        }

        return new(told, Text(Math.Max(last, since)), Property(answer, "Done") is not { ValueKind: JsonValueKind.False });
    }

    private async Task<long> Last(CancellationToken cancel) =>
        Whole(await connection.Rest(At("changes?last"), cancel).ConfigureAwait(false), "Last") ?? throw new DicomWebException(ArchiveFault.BadAnswer, $"{_place}: expected Orthanc's list of changes, found something else: is feed.url the address of Orthanc itself, without /dicom-web?");

    private async Task<string> StudyOfInstance(string instance, CancellationToken cancel) =>
        await Asked($"instances/{instance}", cancel).ConfigureAwait(false) is { } found && Word(found, "ParentSeries") is { Length: > 0 } series ? await StudyOfSeries(series, cancel).ConfigureAwait(false) : "";

    private async Task<string> StudyOfSeries(string series, CancellationToken cancel)
    {
        if (_studyOf.TryGetValue(series, out string? known))
        {
            return known;
        }

        string study = await Asked($"series/{series}", cancel).ConfigureAwait(false) is { } found ? Word(found, "ParentStudy") : "";
        if (_studyOf.Count >= MostKept)
        {
            _studyOf.Clear();
        }

        return _studyOf[series] = study;
    }

    // What was deleted meanwhile is gone, and no fault.
    private async Task<JsonElement?> Asked(string what, CancellationToken cancel)
    {
        try
        {
            return await connection.Rest(At(what), cancel).ConfigureAwait(false);
        }
        catch (DicomWebException problem) when (problem.Fault == ArchiveFault.NotFound)
        {
            return null;
        }
    }

    private Uri At(string rest) => new(address, rest);

    private static string Text(long position) => position.ToString(CultureInfo.InvariantCulture);

    private static JsonElement? Property(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement found) ? found : null;

    private static string Word(JsonElement of, string name) => Property(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() ?? "" : "";

    private static long? Whole(JsonElement of, string name) => Property(of, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long value) && value >= 0 ? value : null;
}

using System.Globalization;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pacs.Queue;

namespace MLNetScinti.Pacs.Feeds;

/// <summary>
/// Any archive's list of studies of the last days, asked again and again (QIDO-RS). A study is due when the number of its objects has not changed for a while; an archive that does not tell
/// the number tells of each study again each time, which then is looked at again each time.
/// </summary>
internal sealed class QidoFeed(DicomWebClient client, int days, TimeProvider clock) : StudyFeed
{
    public override string Name => $"qido {client.Settings.Place}";

    // Days are all that can be asked for: what came earlier today is taken too.
    public override Task<string> Begin(bool fromBeginning, CancellationToken cancel) =>
        Task.FromResult(fromBeginning ? "all" : DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public override async Task<FeedPage> Next(string position, CancellationToken cancel)
    {
        DateOnly from = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-days);
        if (DateOnly.TryParseExact(position, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly begun) && begun > from)
        {
            from = begun;
        }

        IReadOnlyList<(string StudyUid, int? Instances)> studies = await client.Studies(from, cancel).ConfigureAwait(false);
        return new([.. studies.Select(one => new ToldStudy(one.StudyUid, false, one.Instances) { IsRepeated = one.Instances is null })], position, true);
    }
}

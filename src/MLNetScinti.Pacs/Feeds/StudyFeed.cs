using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pacs.Queue;

namespace MLNetScinti.Pacs.Feeds;

/// <summary>What an archive told since it was asked last.</summary>
/// <param name="Studies">The studies that it told of.</param>
/// <param name="Position">How far its account was read: what to ask from next.</param>
/// <param name="IsEnd">Whether there is no more for now.</param>
internal sealed record FeedPage(IReadOnlyList<ToldStudy> Studies, string Position, bool IsEnd);

/// <summary>How a node learns which studies an archive got.</summary>
internal abstract class StudyFeed
{
    /// <summary>A word for it, kept beside the position: another feed begins anew.</summary>
    public abstract string Name { get; }

    /// <summary>Where to begin where nothing was read yet.</summary>
    /// <param name="fromBeginning">Whether with the archive's oldest; else with what comes from now on.</param>
    /// <param name="cancel">Ends it.</param>
    public abstract Task<string> Begin(bool fromBeginning, CancellationToken cancel);

    /// <summary>The next part of the archive's account.</summary>
    /// <exception cref="DicomWebException">The archive does not answer, or not as it should.</exception>
    public abstract Task<FeedPage> Next(string position, CancellationToken cancel);
}

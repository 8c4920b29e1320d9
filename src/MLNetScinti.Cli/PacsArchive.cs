using MLNetScinti.Pacs.Queue;
using MLNetScinti.Service;

namespace MLNetScinti.Cli;

/// <summary>The queue of a node at the archive, for the pages of the service.</summary>
/// <param name="queue">The queue; it lives as long as the service.</param>
internal sealed class PacsArchive(PacsQueue queue) : IArchiveQueue, IDisposable
{
    public Task<IReadOnlyList<ArchiveEntry>> List(ArchiveState state, int most, int skip) => Task.Run<IReadOnlyList<ArchiveEntry>>(() =>
        [.. queue.List(StateOf(state), most, skip).Select(entry => new ArchiveEntry(entry.Pseudonym, entry.Rule, entry.Attempts, entry.Changed, entry.Reason))]);

    // Another study than one that was given up is at its node, or done.
    public Task<bool> TryAgain(string study, string who) => Task.Run(() => queue.Find(study) is { State: PacsState.Dead } && queue.Retry(study));

    public void Dispose() => queue.Dispose();

    private static PacsState StateOf(ArchiveState state) => state switch
    {
        ArchiveState.Waiting => PacsState.Waiting,
        ArchiveState.Running => PacsState.Running,
        ArchiveState.Done => PacsState.Done,
        ArchiveState.Refused => PacsState.Refused,
        ArchiveState.NoRule => PacsState.NoRule,
        _ => PacsState.Dead,
    };
}

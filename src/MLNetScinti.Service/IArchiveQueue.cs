namespace MLNetScinti.Service;

/// <summary>Where a study of the archive stands.</summary>
public enum ArchiveState
{
    /// <summary>It waits for its turn, or for another attempt.</summary>
    Waiting,

    /// <summary>A node works on it.</summary>
    Running,

    /// <summary>Its results are in the archive.</summary>
    Done,

    /// <summary>The model could not answer; a report in the archive says why.</summary>
    Refused,

    /// <summary>No rule is about it.</summary>
    NoRule,

    /// <summary>It was given up after its attempts: a person has to look at it.</summary>
    Dead,
}

/// <summary>A study in the queue of the archive's node, without anything that names a patient.</summary>
/// <param name="Study">The study's pseudonym.</param>
/// <param name="Rule">The rule that sent it to a model; empty where that is not known yet.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="At">When something happened to it last.</param>
/// <param name="Reason">Why it is where it is, in words; empty for none.</param>
public sealed record ArchiveEntry(string Study, string Rule, int Attempts, DateTimeOffset At, string Reason);

/// <summary>The queue of the node at the archive, as pages show it. Where no such node is set up, there is no such page.</summary>
public interface IArchiveQueue
{
    /// <summary>Entries of a state, the newest first.</summary>
    /// <param name="state">The state.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="skip">How many of the newest are left out.</param>
    Task<IReadOnlyList<ArchiveEntry>> List(ArchiveState state, int most, int skip);

    /// <summary>Puts a study that was given up in the queue again.</summary>
    /// <param name="study">Its pseudonym.</param>
    /// <param name="who">Who asks for it.</param>
    /// <returns>Whether there was such a study among those that were given up.</returns>
    Task<bool> TryAgain(string study, string who);
}

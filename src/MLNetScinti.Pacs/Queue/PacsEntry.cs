using System.ComponentModel;

namespace MLNetScinti.Pacs.Queue;

/// <summary>Where a study stands.</summary>
public enum PacsState
{
    /// <summary>It is to be looked at, at its time.</summary>
    Waiting,

    /// <summary>A node works on it.</summary>
    Running,

    /// <summary>Its results are in the archive.</summary>
    Done,

    /// <summary>A rule matched, and the model could not answer: a report in the archive says why.</summary>
    Refused,

    /// <summary>No rule is about it.</summary>
    NoRule,

    /// <summary>It failed as often as it may: somebody has to look, and have it tried again.</summary>
    Dead,
}

/// <summary>A study of the queue, for whoever watches it: under a pseudonym.</summary>
/// <param name="Pseudonym">"S-" and 12 characters.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was tried since it last changed, without success.</param>
/// <param name="Added">When it was first seen, UTC.</param>
/// <param name="Changed">When its state last changed, UTC.</param>
public sealed record PacsEntry(string Pseudonym, PacsState State, int Attempts, DateTimeOffset Added, DateTimeOffset Changed)
{
    /// <summary>When it is due next, UTC; null where it waits for nothing.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Why it stands where it does: what went wrong last, or why there is no answer; empty where there is nothing to say.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The rule that is about it; empty where that is not known yet.</summary>
    public string Rule { get; init; } = "";

    /// <summary>The node that has it; empty for none.</summary>
    public string Node { get; init; } = "";

    /// <summary>How many objects were made of it and are in the archive.</summary>
    public int Results { get; init; }
}

/// <summary>A study that a node has taken.</summary>
/// <param name="StudyUid">Study Instance UID.</param>
/// <param name="Pseudonym">What it is called wherever something is written.</param>
/// <param name="Attempts">How often it was tried before.</param>
internal sealed record ClaimedStudy([property: Browsable(false)] string StudyUid, string Pseudonym, int Attempts)
{
    /// <summary>Where it stood.</summary>
    public PacsState State { get; init; }

    /// <summary>What it was made of when it was last concluded: a hash; empty where it never was.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>How often the archive has told of it: what comes while a node works on it is seen by that.</summary>
    public long Told { get; init; }
}

/// <summary>What is known of a study when a node has done with it.</summary>
/// <param name="State">Where it stands now.</param>
/// <param name="Reason">Why; empty where there is nothing to say.</param>
internal sealed record StudyEnd(PacsState State, string Reason)
{
    /// <summary>The hash of what it was made of.</summary>
    public string Inputs { get; init; } = "";

    /// <summary>The rule.</summary>
    public string Rule { get; init; } = "";

    /// <summary>Objects of it in the archive.</summary>
    public int Results { get; init; }
}

/// <summary>A study that an archive has told of.</summary>
/// <param name="StudyUid">Study Instance UID.</param>
/// <param name="IsAtRest">Whether the archive says that nothing more comes for now.</param>
/// <param name="Instances">How many objects it has, where the archive says so.</param>
public sealed record ToldStudy([property: Browsable(false)] string StudyUid, bool IsAtRest, int? Instances = null)
{
    /// <summary>Whether the archive tells of it each time, changed or not.</summary>
    public bool IsRepeated { get; init; }
}

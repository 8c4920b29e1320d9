using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Pacs.DicomWeb;
using MLNetScinti.Pacs.Feeds;
using MLNetScinti.Pipelines.Definitions;

namespace MLNetScinti.Pacs;

/// <summary>How a node learns of studies.</summary>
public enum FeedKind
{
    /// <summary>By Orthanc's list of changes.</summary>
    Orthanc,

    /// <summary>By asking for the studies of the last days again and again.</summary>
    Qido,
}

/// <summary>What a node does, as its file says: from which archive it takes studies, what it asks of which model, and where it keeps its queue.</summary>
public sealed record PacsDefinition
{
    /// <summary>The archive.</summary>
    public required ArchiveSettings Archive { get; init; }

    /// <summary>How the node learns of studies.</summary>
    public FeedKind Feed { get; init; }

    /// <summary>Orthanc's own address, where that is the feed.</summary>
    public Uri? FeedAddress { get; init; }

    /// <summary>How often the archive is asked.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a study must have been left alone of which the archive does not say that it is at rest.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether studies are taken too that the archive had before the node was first started.</summary>
    public bool FromBeginning { get; init; }

    /// <summary>Of how many days studies are asked for, where the archive's list is.</summary>
    public int Days { get; init; } = 2;

    /// <summary>The queue's file of SQLite, or the name of the environment variable with PostgreSQL's connection string.</summary>
    public string Queue { get; init; } = "";

    /// <summary>Whether <see cref="Queue"/> is the name of a variable.</summary>
    public bool IsShared { get; init; }

    /// <summary>How many studies at once.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>How often a study is tried that fails.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>How long is waited after the first failure; each next one waits twice as long, up to an hour.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What the process for a study has to keep to.</summary>
    public JobLimits Limits { get; init; } = new(0, TimeSpan.FromMinutes(30));

    /// <summary>The rules: the first one that is about a study counts.</summary>
    public required IReadOnlyList<RoutingRule> Rules { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DefinitionException">Names file, line and key, what was expected and what was found.</exception>
    public static PacsDefinition Read(string file)
    {
        DefinitionSection root = DefinitionSection.Read(file, null), feed = root.Section("feed"), work = root.Section("work"), queue = root.Section("queue");
        FeedKind kind = feed.Choice("kind", ["orthanc", "qido"]) == "orthanc" ? FeedKind.Orthanc : FeedKind.Qido;
        string variable = queue.Line("postgres-variable", "");
        PacsDefinition definition = new()
        {
            Archive = ArchiveSettings.Read(root.Section("archive")),
            Feed = kind,
            FeedAddress = kind == FeedKind.Orthanc ? ArchiveSettings.AddressIn(feed, "url") : null,
            Every = TimeSpan.FromSeconds(feed.Number("every", 5, least: 0.05, most: 3600)),
            Rest = TimeSpan.FromSeconds(feed.Number("at-rest", 60, least: 0, most: 86400)),
            FromBeginning = feed.Choice("from", ["now", "beginning"], "now") == "beginning",
            Days = kind == FeedKind.Qido ? feed.Whole("days", 2, least: 0, most: 3660) : 2,
            Queue = variable.Length > 0 ? variable : queue.Path("file", "pacs.sqlite"),
            IsShared = variable.Length > 0,
            Jobs = work.Whole("jobs", 1, least: 1, most: 100),
            Attempts = work.Whole("attempts", 5, least: 1, most: 100),
            Pause = TimeSpan.FromSeconds(work.Number("pause", 15, least: 0.05, most: 3600)),
            Limits = LimitsOf(work),
            Rules = [.. root.Sections("rules").Select(RoutingRule.Read)],
        };
        if (variable.Length > 0 && queue.Has("file"))
        {
            throw queue.Refuse("file", "a queue is kept in a file of SQLite or in PostgreSQL: leave out file or postgres-variable.");
        }

        foreach (DefinitionSection section in (DefinitionSection[])[feed, work, queue, root])
        {
            section.Done();
        }

        string[] names = [.. definition.Rules.Select(rule => rule.Name)];
        return names.Length == 0 ? throw root.Refuse("rules", "expected one rule or more, such as { name: spect, modality: [NM], model: artifacts/spect }.")
            : names.Distinct(StringComparer.Ordinal).Count() < names.Length ? throw root.Refuse("rules", "expected a name of its own for each rule.")
            : definition;
    }

    /// <summary>Reads the archive of a file that may hold nothing else.</summary>
    /// <exception cref="DefinitionException">Names file, line and key, what was expected and what was found.</exception>
    public static ArchiveSettings ReadArchive(string file) => ArchiveSettings.Read(DefinitionSection.Read(file, null).Section("archive"));

    /// <summary>Where the queue is kept.</summary>
    /// <exception cref="ScheduleException">The variable that was named holds no connection string.</exception>
    public ScheduleStore Store() => !IsShared ? ScheduleStore.Sqlite(Queue)
        : Environment.GetEnvironmentVariable(Queue) is { Length: > 0 } connection ? ScheduleStore.Postgres(connection, Queue)
        : throw new ScheduleException($"{PlainText.Short(Queue)}: the environment variable that queue.postgres-variable names is not set.");

    internal StudyFeed FeedOf(DicomWebClient client) => FeedAddress is { } address ? new OrthancFeed(client.Connection, address) : new QidoFeed(client, Days, TimeProvider.System);

    private static JobLimits LimitsOf(DefinitionSection work)
    {
        string key = "max-memory";
        try
        {
            long memory = work.Has(key) ? JobLimits.MemoryOf(work.Line(key)) : 0;
            key = "max-time";
            return new(memory, JobLimits.TimeOf(work.Line(key, "30m")));
        }
        catch (ScheduleException)
        {
            throw work.Refuse(key, key == "max-memory" ? "expected a size such as 8GB." : "expected a time such as 30m.");
        }
    }
}

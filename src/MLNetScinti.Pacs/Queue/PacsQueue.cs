using System.Data.Common;
using MLNetScinti.Dicom;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Scheduling;

namespace MLNetScinti.Pacs.Queue;

/// <summary>
/// The studies of an archive that are to be answered, were, or could not be, and how far the archive's own account of changes was read: in SQLite, or in PostgreSQL where several
/// machines work. Both take the same statements. It holds Study Instance UIDs and pseudonyms, and nothing else of a patient.
/// </summary>
public sealed class PacsQueue : IDisposable
{
    // What is done does not get longer than this in a list.
    private const int MostListed = 100_000;

    private const string Columns = "pseudonym, state, attempts, added, changed, due, reason, rule, owner, results";

    private static readonly string[] s_tables =
    [
        """
        CREATE TABLE IF NOT EXISTS pacs_study (
            study_uid TEXT NOT NULL PRIMARY KEY, pseudonym TEXT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, added BIGINT NOT NULL, changed BIGINT NOT NULL, due BIGINT,
            told BIGINT NOT NULL, instances BIGINT NOT NULL, inputs TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, results BIGINT NOT NULL, owner TEXT NOT NULL, lease BIGINT NOT NULL)
        """,
        "CREATE INDEX IF NOT EXISTS pacs_study_due ON pacs_study (due)",
        "CREATE INDEX IF NOT EXISTS pacs_study_pseudonym ON pacs_study (pseudonym)",
        "CREATE INDEX IF NOT EXISTS pacs_study_changed ON pacs_study (state, changed)",
        "CREATE TABLE IF NOT EXISTS pacs_feed (archive TEXT NOT NULL PRIMARY KEY, position TEXT NOT NULL)",
    ];

    private readonly ScheduleStore _store;
    private readonly DbDataSource _source;
    private readonly PseudonymKey _key;
    private readonly TimeProvider _clock;

    private PacsQueue(ScheduleStore store, DbDataSource source, PseudonymKey key, TimeProvider clock) => (_store, _source, _key, _clock) = (store, source, key, clock);

    /// <summary>Opens a queue, and makes what is missing of its tables.</summary>
    /// <param name="store">Where it is kept.</param>
    /// <param name="key">What pseudonyms are made from; null for this user's key.</param>
    /// <param name="clock">What time it is; null for this machine's clock.</param>
    /// <exception cref="ScheduleException">It cannot be reached or used.</exception>
    public static PacsQueue Open(ScheduleStore store, PseudonymKey? key = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        PacsQueue queue = new(store, store.Connections(), key ?? PseudonymKey.ForThisUser, clock ?? TimeProvider.System);
        try
        {
            queue.Ask(connection =>
            {
                foreach (string table in s_tables)
                {
                    _ = Run(connection, table);
                }

                return true;
            });
            return queue;
        }
        catch
        {
            queue.Dispose();
            throw;
        }
    }

    /// <summary>Studies, those that changed last first.</summary>
    /// <param name="state">Of one state; null for all.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="skip">How many to leave out before these, for the pages of a list.</param>
    public IReadOnlyList<PacsEntry> List(PacsState? state = null, int most = 1000, int skip = 0) => Ask(connection =>
    {
        using DbCommand command = Command(connection, $"SELECT {Columns} FROM pacs_study WHERE (@state = '' OR state = @state) ORDER BY changed DESC, pseudonym LIMIT @most OFFSET @skip",
            ("@state", state?.ToString() ?? ""), ("@most", (long)Math.Clamp(most, 0, MostListed)), ("@skip", (long)Math.Max(skip, 0)));
        return Entries(command);
    });

    /// <summary>A study by its pseudonym; null where there is none.</summary>
    public PacsEntry? Find(string pseudonym) => Ask(connection =>
    {
        using DbCommand command = Command(connection, $"SELECT {Columns} FROM pacs_study WHERE pseudonym = @pseudonym", ("@pseudonym", pseudonym));
        return Entries(command) is [PacsEntry only, ..] ? only : null;
    });

    /// <summary>How many studies stand where; states without studies are there with 0.</summary>
    public IReadOnlyDictionary<PacsState, int> Counts() => Ask(connection =>
    {
        Dictionary<PacsState, int> counts = Enum.GetValues<PacsState>().ToDictionary(state => state, _ => 0);
        using DbCommand command = Command(connection, "SELECT state, COUNT(*) FROM pacs_study GROUP BY state");
        using DbDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            counts[Enum.Parse<PacsState>(reader.GetString(0))] = (int)reader.GetInt64(1);
        }

        return counts;
    });

    /// <summary>Has a study tried again from the beginning, whatever became of it; what a node works on goes on.</summary>
    /// <returns>Whether there is one of that pseudonym which no node works on.</returns>
    public bool Retry(string pseudonym) => Ask(connection => Run(connection,
        "UPDATE pacs_study SET state = 'Waiting', attempts = 0, due = @now, inputs = '', changed = @now, told = told + 1 WHERE pseudonym = @pseudonym AND owner = ''",
        ("@now", Now()), ("@pseudonym", pseudonym)) > 0);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <summary>How far the account of an archive was read; empty where it was not.</summary>
    internal string Position(string archive) => Ask(connection =>
    {
        using DbCommand command = Command(connection, "SELECT position FROM pacs_feed WHERE archive = @archive", ("@archive", archive));
        return command.ExecuteScalar() as string ?? "";
    });

    /// <summary>Enters what an archive has told, and how far it was read: both or neither.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="position">How far its account was read.</param>
    /// <param name="studies">What it told of.</param>
    /// <param name="rest">How long a study must have been left alone of which the archive does not say that it is at rest.</param>
    internal void Enter(string archive, string position, IReadOnlyCollection<ToldStudy> studies, TimeSpan rest) => Ask(connection =>
    {
        using DbTransaction transaction = connection.BeginTransaction();
        long now = Now();
        foreach (ToldStudy study in studies)
        {
            // Where the archive counts, a study of which it has as many as before is the same; so it is told of without end, and costs nothing.
            _ = Run(connection, """
                INSERT INTO pacs_study (study_uid, pseudonym, state, attempts, added, changed, due, told, instances, inputs, rule, reason, results, owner, lease)
                VALUES (@uid, @pseudonym, 'Waiting', 0, @now, @now, @due, 1, @instances, '', '', '', 0, '', 0)
                ON CONFLICT (study_uid) DO UPDATE SET due = @due, told = pacs_study.told + 1, instances = @instances
                WHERE (@again = 1 AND pacs_study.due IS NULL) OR (@again = 0 AND (@instances < 0 OR pacs_study.instances <> @instances))
                """, ("@uid", study.StudyUid), ("@pseudonym", PseudonymOf(study.StudyUid)), ("@now", now), ("@due", study.IsAtRest ? now : now + (long)rest.TotalMilliseconds), ("@instances", (long)(study.Instances ?? -1)), ("@again", study.IsRepeated ? 1L : 0L));
        }

        _ = Run(connection, "INSERT INTO pacs_feed (archive, position) VALUES (@archive, @position) ON CONFLICT (archive) DO UPDATE SET position = @position", ("@archive", archive), ("@position", position));
        transaction.Commit();
        return true;
    });

    /// <summary>Lets go of what a node had that is no more: where a store has room for one node, whoever opens it is that node.</summary>
    internal int Release() => Ask(connection => Run(connection, "UPDATE pacs_study SET owner = '', lease = 0, state = CASE WHEN state = 'Running' THEN 'Waiting' ELSE state END WHERE owner <> ''"));

    /// <summary>Takes the study that is due longest.</summary>
    /// <param name="node">Who takes it.</param>
    /// <param name="lease">For how long; another node may have it then.</param>
    /// <returns>The study; null where none is due.</returns>
    internal ClaimedStudy? Claim(string node, TimeSpan lease) => Ask(connection =>
    {
        while (true)
        {
            long now = Now();
            ClaimedStudy? found = null;
            string owner = "";
            using (DbCommand command = Command(connection, "SELECT study_uid, pseudonym, attempts, state, inputs, told, owner FROM pacs_study WHERE due IS NOT NULL AND due <= @now AND (owner = '' OR lease < @now) ORDER BY due, study_uid LIMIT 1", ("@now", now)))
            using (DbDataReader reader = command.ExecuteReader())
            {
                if (!reader.Read())
                {
                    return null;
                }

                found = new(reader.GetString(0), reader.GetString(1), (int)reader.GetInt64(2)) { State = Enum.Parse<PacsState>(reader.GetString(3)), Inputs = reader.GetString(4), Told = reader.GetInt64(5) };
                owner = reader.GetString(6);
            }

            // Of several nodes that found it, one changes it.
            if (Run(connection, "UPDATE pacs_study SET owner = @node, lease = @lease WHERE study_uid = @uid AND told = @told AND owner = @owner AND (owner = '' OR lease < @now)",
                ("@node", node), ("@lease", now + (long)lease.TotalMilliseconds), ("@uid", found.StudyUid), ("@told", found.Told), ("@owner", owner), ("@now", now)) == 1)
            {
                return found;
            }
        }
    });

    /// <summary>Says that a node still works on a study.</summary>
    /// <returns>Whether it has it still.</returns>
    internal bool Renew(ClaimedStudy study, string node, TimeSpan lease) =>
        Ask(connection => Run(connection, "UPDATE pacs_study SET lease = @lease WHERE study_uid = @uid AND owner = @node", ("@lease", Now() + (long)lease.TotalMilliseconds), ("@uid", study.StudyUid), ("@node", node)) == 1);

    /// <summary>Says that the work on a study has begun.</summary>
    internal void Begin(ClaimedStudy study, string node, string rule) =>
        Ask(connection => Run(connection, "UPDATE pacs_study SET state = 'Running', rule = @rule, changed = @now WHERE study_uid = @uid AND owner = @node", ("@rule", rule), ("@now", Now()), ("@uid", study.StudyUid), ("@node", node)));

    /// <summary>Enters what became of a study. Where the archive told of it meanwhile, it is looked at once more.</summary>
    internal void End(ClaimedStudy study, string node, StudyEnd end) => Ask(connection => Run(connection, """
        UPDATE pacs_study SET state = @state, reason = @reason, inputs = @inputs, rule = @rule, results = @results, attempts = CASE WHEN @state = 'Dead' THEN attempts + 1 ELSE 0 END, changed = @now, owner = '', lease = 0,
            due = CASE WHEN told = @told THEN NULL ELSE due END
        WHERE study_uid = @uid AND owner = @node
        """, ("@state", end.State.ToString()), ("@reason", PlainText.Short(end.Reason, 500)), ("@inputs", end.Inputs), ("@rule", end.Rule), ("@results", (long)end.Results), ("@now", Now()), ("@told", study.Told), ("@uid", study.StudyUid), ("@node", node)));

    /// <summary>Leaves a study as it stands: there is nothing new about it.</summary>
    internal void Leave(ClaimedStudy study, string node) => Ask(connection => Run(connection,
        "UPDATE pacs_study SET owner = '', lease = 0, due = CASE WHEN told = @told THEN NULL ELSE due END WHERE study_uid = @uid AND owner = @node", ("@told", study.Told), ("@uid", study.StudyUid), ("@node", node)));

    /// <summary>Has a study looked at again later.</summary>
    /// <param name="study">The study.</param>
    /// <param name="node">Who has it.</param>
    /// <param name="wait">When.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isAttempt">Whether that was an attempt that failed; else nothing is counted.</param>
    internal void Postpone(ClaimedStudy study, string node, TimeSpan wait, string reason, bool isAttempt) => Ask(connection => Run(connection, """
        UPDATE pacs_study SET state = CASE WHEN state = 'Running' THEN 'Waiting' ELSE state END, reason = @reason, changed = @now, owner = '', lease = 0, due = @due,
            attempts = CASE WHEN told <> @told THEN 0 WHEN @counted = 1 THEN attempts + 1 ELSE attempts END
        WHERE study_uid = @uid AND owner = @node
        """, ("@reason", PlainText.Short(reason, 500)), ("@now", Now()), ("@due", Now() + (long)wait.TotalMilliseconds), ("@told", study.Told), ("@counted", isAttempt ? 1L : 0L), ("@uid", study.StudyUid), ("@node", node)));

    /// <summary>When the next study is due that nobody works on; null for never.</summary>
    internal DateTimeOffset? NextDue() => Ask(connection =>
    {
        using DbCommand command = Command(connection, "SELECT MIN(due) FROM pacs_study WHERE due IS NOT NULL");
        return command.ExecuteScalar() is long due ? Time(due) : (DateTimeOffset?)null;
    });

    internal string PseudonymOf(string studyUid) => $"S{_key.PseudonymOf($"study of an archive|{studyUid}")[1..]}";

    private static List<PacsEntry> Entries(DbCommand command)
    {
        using DbDataReader reader = command.ExecuteReader();
        List<PacsEntry> entries = [];
        while (reader.Read())
        {
            entries.Add(new(reader.GetString(0), Enum.Parse<PacsState>(reader.GetString(1)), (int)reader.GetInt64(2), Time(reader.GetInt64(3)), Time(reader.GetInt64(4)))
            {
                Due = reader.IsDBNull(5) ? null : Time(reader.GetInt64(5)),
                Reason = reader.GetString(6),
                Rule = reader.GetString(7),
                Node = reader.GetString(8),
                Results = (int)reader.GetInt64(9),
            });
        }

        return entries;
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static int Run(DbConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using DbCommand command = Command(connection, text, parameters);
        return command.ExecuteNonQuery();
    }

    private static DbCommand Command(DbConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        DbCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are those of this class.
        command.CommandText = text;
#pragma warning restore CA2100
        foreach ((string name, object value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private long Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private T Ask<T>(Func<DbConnection, T> question)
    {
        try
        {
            using DbConnection connection = _source.OpenConnection();
            return question(connection);
        }
        catch (DbException problem)
        {
            throw _store.Refuse(problem);
        }
    }
}

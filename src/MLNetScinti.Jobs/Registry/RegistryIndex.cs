using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using MLNetScinti.Pipelines;

namespace MLNetScinti.Jobs.Registry;

/// <summary>A version of a model in a registry.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">"v" and a number.</param>
/// <param name="Digest">What it is known by, whatever it is called.</param>
/// <param name="Stage">Where it stands: candidate, superseded, champion, retired, withdrawn.</param>
public sealed record ModelVersion(string Model, string Version, string Digest, string Stage)
{
    /// <summary>When it was added, as the index says; null where it does not.</summary>
    public DateTimeOffset? Added { get; init; }

    /// <summary>Bytes of all its files.</summary>
    public long Size { get; init; }

    /// <summary>What is asked of a case; empty where the model's card cannot be read.</summary>
    public string Task { get; init; } = "";

    /// <summary>The network in a word or two.</summary>
    public string Network { get; init; } = "";

    /// <summary>The key of the run that made it.</summary>
    public string RunKey { get; init; } = "";

    /// <summary>Whether it was trained on simulated patients.</summary>
    public bool Simulated { get; init; }

    /// <summary>"name:v3".</summary>
    public string Reference => $"{Model}:{Version}";
}

/// <summary>A model in a registry.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Versions">How many versions there are.</param>
/// <param name="Newest">The number of the newest.</param>
/// <param name="Champion">The version in use; null for none.</param>
/// <param name="Candidate">The newest that is not in use; null for none.</param>
public sealed record ModelSummary(string Model, int Versions, int Newest, string? Champion, string? Candidate);

/// <summary>
/// What a layout holds, in SQLite, so that listing it reads no manifest twice. It is never the truth: it names the index.json that it was made from,
/// is brought up to date where that is another one, and made anew where it is gone or damaged.
/// </summary>
internal sealed class RegistryIndex : IDisposable
{
    public const string FileName = "index.sqlite";

    private const int Form = 2;

    private const string Columns = "SELECT v.model, v.version, v.digest, v.stage, v.added, c.size, c.task, c.network, c.run_key, c.simulated FROM version v LEFT JOIN content c ON c.digest = v.digest ";

    private readonly SqliteConnection _connection;

    private RegistryIndex(SqliteConnection connection) => _connection = connection;

    /// <summary>The index of a layout as it is now.</summary>
    public static RegistryIndex Open(OciLayout layout, OciIndex index, string digest)
    {
        string file = Path.Combine(layout.Folder, FileName);
        for (bool again = false; ; again = true)
        {
            try
            {
                return Current(file, layout, index, digest);
            }
            catch (SqliteException damaged) when (!again && damaged.SqliteErrorCode is 11 or 26 or 1)
            {
                // Damaged, no database at all, or of another form: it is made anew.
                File.Delete(file);
            }
            catch (SqliteException)
            {
                // Where nothing can be written, or somebody else writes, it is made for this once.
                return Current(":memory:", layout, index, digest);
            }
        }
    }

    /// <summary>The versions of a model, or of all: by name, then by number.</summary>
    public IReadOnlyList<ModelVersion> Versions(string? model)
    {
        using SqliteCommand command = Command(Columns + "WHERE $model IS NULL OR v.model = $model ORDER BY v.model, v.number", ("$model", model));
        return Read(command);
    }

    /// <summary>The index as it was left, where it was made from a certain index.json; null where it was not.</summary>
    public static RegistryIndex? OpenKept(OciLayout layout, string digest)
    {
        string file = Path.Combine(layout.Folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10, Mode = SqliteOpenMode.ReadOnly }.ToString());
        try
        {
            connection.Open();
            RegistryIndex kept = new(connection);
            if (kept.State() == StateOf(digest))
            {
                return kept;
            }
        }
        catch (SqliteException)
        {
            // Whoever reads all of it mends it.
        }

        connection.Dispose();
        return null;
    }

    /// <summary>Versions of a model, the newest first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="before">Only those with a lower number; null for all.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<ModelVersion> Versions(string model, int? before, int most)
    {
        using SqliteCommand command = Command(Columns + "WHERE v.model = $model AND v.number < $before ORDER BY v.number DESC LIMIT $most", ("$model", model), ("$before", before ?? int.MaxValue), ("$most", most));
        return Read(command);
    }

    /// <summary>Models by name.</summary>
    /// <param name="after">Only those behind this name; null for all.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<ModelSummary> Models(string? after, int most)
    {
        using SqliteCommand command = Command("""
            SELECT m.model, m.versions, m.newest,
              (SELECT version FROM version v WHERE v.model = m.model AND v.stage = 'champion' LIMIT 1), (SELECT version FROM version v WHERE v.model = m.model AND v.stage = 'candidate' LIMIT 1)
            FROM (SELECT model, COUNT(*) AS versions, MAX(number) AS newest FROM version WHERE model > $after GROUP BY model ORDER BY model LIMIT $most) m ORDER BY m.model
            """, ("$after", after ?? ""), ("$most", most));
        using SqliteDataReader reader = command.ExecuteReader();
        List<ModelSummary> models = [];
        while (reader.Read())
        {
            models.Add(new(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4)));
        }

        return models;
    }

    public void Dispose() => _connection.Dispose();

    private static string StateOf(string digest) => string.Create(CultureInfo.InvariantCulture, $"{Form} {digest}");

    private string? State()
    {
        using SqliteCommand made = Command("SELECT value FROM state");
        return made.ExecuteScalar() as string;
    }

    private static List<ModelVersion> Read(SqliteCommand command)
    {
        using SqliteDataReader reader = command.ExecuteReader();
        List<ModelVersion> versions = [];
        while (reader.Read())
        {
            ModelVersion version = new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3))
            {
                Added = DateTimeOffset.TryParse(reader.GetString(4), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset added) ? added : null,
            };
            versions.Add(reader.IsDBNull(5) ? version : version with { Size = reader.GetInt64(5), Task = reader.GetString(6), Network = reader.GetString(7), RunKey = reader.GetString(8), Simulated = reader.GetBoolean(9) });
        }

        return versions;
    }

    private static RegistryIndex Current(string file, OciLayout layout, OciIndex index, string digest)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 10 }.ToString());
        try
        {
            connection.Open();
            RegistryIndex opened = new(connection);
            opened.Update(layout, index, digest);
            return opened;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Update(OciLayout layout, OciIndex index, string digest)
    {
        string state = StateOf(digest);
        using (SqliteCommand create = Command("CREATE TABLE IF NOT EXISTS state (value TEXT NOT NULL)"))
        {
            create.ExecuteNonQuery();
        }

        if (State() == state)
        {
            return;
        }

        using SqliteTransaction transaction = _connection.BeginTransaction();
        Execute("""
            CREATE TABLE IF NOT EXISTS content (digest TEXT PRIMARY KEY, size INTEGER NOT NULL, task TEXT NOT NULL, network TEXT NOT NULL, run_key TEXT NOT NULL, simulated INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS version (model TEXT NOT NULL, number INTEGER NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL, stage TEXT NOT NULL, added TEXT NOT NULL, PRIMARY KEY (model, number)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS version_stage ON version (model, stage);
            DELETE FROM version; DELETE FROM state;
            """);
        foreach (OciDescriptor tagged in index.Manifests)
        {
            if (ModelReference.Parse(tagged.Note(OciLayout.TagKey)) is { Number: { } number } reference)
            {
                Enter(layout, tagged);
                Execute("INSERT OR REPLACE INTO version VALUES ($model, $number, $version, $digest, $stage, $added)",
                    ("$model", reference.Model), ("$number", number), ("$version", reference.Tag), ("$digest", tagged.Digest), ("$stage", tagged.Note(ModelRegistry.StageKey)), ("$added", tagged.Note(OciLayout.CreatedKey)));
            }
        }

        Execute("INSERT INTO state VALUES ($state)", ("$state", state));
        transaction.Commit();
    }

    // What a digest names never changes, so it is read once.
    private void Enter(OciLayout layout, OciDescriptor tagged)
    {
        using SqliteCommand known = Command("SELECT 1 FROM content WHERE digest = $digest", ("$digest", tagged.Digest));
        if (known.ExecuteScalar() is not null)
        {
            return;
        }

        try
        {
            OciManifest manifest = layout.Manifest(tagged);
            BundleCard card = ModelRegistry.CardOf(layout, manifest);
            Execute("INSERT INTO content VALUES ($digest, $size, $task, $network, $key, $simulated)",
                ("$digest", tagged.Digest), ("$size", manifest.Config.Size + manifest.Layers.Sum(layer => layer.Size)), ("$task", card.Task), ("$network", card.Network), ("$key", card.RunKey), ("$simulated", card.Simulated));
        }
        catch (Exception problem) when (problem is RegistryException or JsonException or IOException)
        {
            // One that cannot be read is listed without what it would say; 'verify' names what is wrong.
        }
    }

    private void Execute(string sql, params IEnumerable<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = Command(sql, [.. parameters]);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params (string Name, object? Value)[] parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}

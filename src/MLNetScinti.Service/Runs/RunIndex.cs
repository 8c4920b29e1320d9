using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using MLNetScinti.Evaluation.Reporting;
using MLNetScinti.Imaging;

namespace MLNetScinti.Service.Runs;

/// <summary>A report that lies in a folder.</summary>
/// <param name="Key">The page's path below the folder of runs, with slashes: what names it in addresses.</param>
/// <param name="Kind">"run" or "comparison".</param>
/// <param name="Title">What the figures beside it call it; the folder's name where there are none.</param>
/// <param name="Started">When the run began, or the page was written: UTC, to the second.</param>
/// <param name="Origin">"simulated", "real", ...; empty where nothing says so.</param>
/// <param name="Summary">The main figure in a few words; empty for none.</param>
public sealed record RunEntry(string Key, string Kind, string Title, DateTimeOffset Started, string Origin, string Summary);

/// <summary>
/// The finished runs below a folder, in SQLite, so that a page of them costs the same whatever their number. It is no truth of its own: it is made from the folder, and
/// made anew where it is gone or damaged. A report is served only where it stands here, whatever an address says.
/// </summary>
internal sealed class RunIndex
{
    private const int Form = 1, MostDepth = 8, Batch = 500;
    private const long MostJson = 64L << 20;

    private static readonly string[] s_pages = ["report.html", "audit.html", "worklist.html", "retraining.html"];
    private static readonly EnumerationOptions s_walk = new() { RecurseSubdirectories = true, MaxRecursionDepth = MostDepth, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System };

    private readonly string _root, _connection;
    private readonly string[] _others;

    /// <summary>Opens an index, and makes its tables.</summary>
    /// <param name="root">The folder of runs.</param>
    /// <param name="file">The file of the index.</param>
    /// <param name="others">Folders below it that hold something else.</param>
    public RunIndex(string root, string file, params IEnumerable<string> others)
    {
        _root = Path.GetFullPath(root);
        _others = [.. others.Select(folder => Path.GetFullPath(folder) + Path.DirectorySeparatorChar)];
        _connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 10 }.ToString();
        try
        {
            Create();
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is 11 or 26)
        {
            SqliteConnection.ClearAllPools();
            File.Delete(file);
            Create();
        }
    }

    /// <summary>Entries of a kind, the newest first.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="after">Only those that come behind this one; null for the first.</param>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<RunEntry> List(string kind, RunPlace? after, int most)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = Command(connection, "SELECT key, kind, title, started, origin, summary FROM run WHERE kind = $kind AND (started, key) < ($started, $key) ORDER BY started DESC, key DESC LIMIT $most",
            ("$kind", kind), ("$started", after?.Started ?? "~"), ("$key", after?.Key ?? ""), ("$most", most));
        using SqliteDataReader reader = command.ExecuteReader();
        List<RunEntry> entries = [];
        while (reader.Read())
        {
            entries.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), DateTimeOffset.Parse(reader.GetString(3), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), reader.GetString(4), reader.GetString(5)));
        }

        return entries;
    }

    /// <summary>How many entries of a kind there are.</summary>
    public long Count(string kind)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = Command(connection, "SELECT COUNT(*) FROM run WHERE kind = $kind", ("$kind", kind));
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The file of a report; null where the index has none of this key, or no file of that name is there any more that is no link.</summary>
    public string? FileOf(string key)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = Command(connection, "SELECT key FROM run WHERE key = $key", ("$key", key));
        if (command.ExecuteScalar() is not string known)
        {
            return null;
        }

        // Somebody may have put a link in the place of a folder since it was looked through.
        string path = _root;
        foreach (string part in known.Split('/'))
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path) is var file && file.LinkTarget is not null)
            {
                return null;
            }
        }

        return File.Exists(path) ? path : null;
    }

    /// <summary>Looks through the folder: what is new or changed is read, what is gone goes.</summary>
    public void Sweep(CancellationToken cancel)
    {
        using SqliteConnection connection = Open();
        Dictionary<string, string> known = new(StringComparer.Ordinal);
        using (SqliteCommand all = Command(connection, "SELECT key, stamp FROM run"))
        using (SqliteDataReader reader = all.ExecuteReader())
        {
            while (reader.Read())
            {
                known.Add(reader.GetString(0), reader.GetString(1));
            }
        }

        foreach (FileInfo[] part in Pages().Chunk(Batch))
        {
            // A part at a time: what was read so far is shown meanwhile, and nobody waits for the rest.
            using SqliteTransaction transaction = connection.BeginTransaction();
            foreach (FileInfo page in part)
            {
                cancel.ThrowIfCancellationRequested();
                Enter(connection, page, known);
            }

            transaction.Commit();
        }

        using SqliteTransaction last = connection.BeginTransaction();
        foreach (string gone in known.Keys)
        {
            using SqliteCommand remove = Command(connection, "DELETE FROM run WHERE key = $key", ("$key", gone));
            remove.ExecuteNonQuery();
        }

        last.Commit();
    }

    private IEnumerable<FileInfo> Pages() => Directory.Exists(_root) ? new DirectoryInfo(_root).EnumerateFiles("*.html", s_walk).Where(IsOurs) : [];

    private void Enter(SqliteConnection connection, FileInfo page, Dictionary<string, string> known)
    {
        string key = Path.GetRelativePath(_root, page.FullName).Replace('\\', '/');
        FileInfo json = new(Path.Combine(page.DirectoryName!, page.Name == "report.html" ? "metrics.json" : Path.ChangeExtension(page.Name, ".json")));
        string stamp = string.Create(CultureInfo.InvariantCulture, $"{page.LastWriteTimeUtc.Ticks} {page.Length} {(json.Exists ? json.LastWriteTimeUtc.Ticks : 0)}");
        if (known.Remove(key, out string? before) && before == stamp)
        {
            return;
        }

        RunEntry entry = Read(key, page, json);
        using SqliteCommand put = Command(connection, "INSERT OR REPLACE INTO run (key, kind, title, started, origin, summary, stamp) VALUES ($key, $kind, $title, $started, $origin, $summary, $stamp)",
            ("$key", key), ("$kind", entry.Kind), ("$title", entry.Title), ("$started", RunPlace.Written(entry.Started)), ("$origin", entry.Origin), ("$summary", entry.Summary), ("$stamp", stamp));
        put.ExecuteNonQuery();
    }

    private static RunEntry Read(string key, FileInfo page, FileInfo json)
    {
        string folder = PlainText.Short(Path.GetFileName(page.DirectoryName!), 200);
        RunEntry plain = new(key, "run", folder, page.LastWriteTimeUtc, "", "");
        if (!json.Exists || json.LinkTarget is not null || json.Length > MostJson)
        {
            return plain;
        }

        try
        {
            using FileStream stream = InputFile.Open(json.FullName, 1 << 16);
            using JsonDocument document = JsonDocument.Parse(stream);
            JsonElement root = document.RootElement;
            string format = Text(root, "format");
            return plain with
            {
                Kind = format.StartsWith("mlnetscinti.comparison/", StringComparison.Ordinal) || format.StartsWith("mlnetscinti.task-comparison/", StringComparison.Ordinal) ? "comparison" : "run",
                Title = Text(root, "title") is { Length: > 0 } title ? title : folder,
                Origin = Text(At(root, "data"), "origin"),
                Started = DateTimeOffset.TryParse(Text(At(root, "run"), "started"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset started) ? started : plain.Started,
                Summary = Summary(root),
            };
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
        {
            return plain;
        }
    }

    private static string Summary(JsonElement root)
    {
        JsonElement? area = At(At(At(root, "evaluation"), "ranking"), "areaUnderRoc");
        return At(area, "value") is { ValueKind: JsonValueKind.Number } value
            ? $"AUC {FigureText.Number(value.GetDouble())}{(At(area, "interval") is { } limits && At(limits, "lower") is { ValueKind: JsonValueKind.Number } lower && At(limits, "upper") is { ValueKind: JsonValueKind.Number } upper ? string.Create(CultureInfo.InvariantCulture, $" ({FigureText.Number(lower.GetDouble())} to {FigureText.Number(upper.GetDouble())})") : "")}"
            : "";
    }

    private static JsonElement? At(JsonElement? element, string name) => element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out JsonElement value) ? value : null;

    private static string Text(JsonElement? element, string name) => At(element, name) is { ValueKind: JsonValueKind.String } value ? PlainText.Short(value.GetString()!, 200) : "";

    private bool IsOurs(FileInfo page) => s_pages.Contains(page.Name) && !_others.Any(folder => page.FullName.StartsWith(folder, StringComparison.Ordinal));

    private void Create()
    {
        using SqliteConnection connection = Open();
        using SqliteCommand form = Command(connection, "PRAGMA user_version");
        if ((long)form.ExecuteScalar()! != Form)
        {
            using SqliteCommand create = Command(connection, $"""
                PRAGMA journal_mode = WAL;
                DROP TABLE IF EXISTS run;
                CREATE TABLE run (key TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, started TEXT NOT NULL, origin TEXT NOT NULL, summary TEXT NOT NULL, stamp TEXT NOT NULL);
                CREATE INDEX run_order ON run (kind, started DESC, key DESC);
                PRAGMA user_version = {Form};
                """);
            create.ExecuteNonQuery();
        }
    }

    private SqliteConnection Open()
    {
        SqliteConnection connection = new(_connection);
        connection.Open();
        return connection;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}

/// <summary>A place in the order of runs, as addresses carry it.</summary>
/// <param name="Started">When the run began, as the index writes it.</param>
/// <param name="Key">Its key.</param>
internal sealed record RunPlace(string Started, string Key)
{
    private const int Longest = 4000;

    /// <summary>The place of an entry.</summary>
    public static RunPlace Of(RunEntry entry) => new(Written(entry.Started), entry.Key);

    /// <summary>A time as the index writes it, so that its order is that of texts.</summary>
    public static string Written(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> wrote; null where it is none.</summary>
    public static RunPlace? Parse(string? text)
    {
        try
        {
            return text is { Length: > 0 and < Longest } && Encoding.UTF8.GetString(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/'))).Split('\n') is [var started, var key] ? new(started, key) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Started}\n{Key}")).Replace('+', '-').Replace('/', '_');
}

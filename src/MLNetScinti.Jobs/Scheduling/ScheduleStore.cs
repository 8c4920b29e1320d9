using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MLNetScinti.Imaging;
using Npgsql;
using Quartz;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>
/// Where a schedule is kept: a file of SQLite for one machine, a PostgreSQL data base for several. Quartz keeps its tables there and creates those that are missing.
/// A connection string is never printed, logged, or handed to a job.
/// </summary>
public sealed class ScheduleStore
{
    /// <summary>Names the file of SQLite where no option does.</summary>
    public const string FileVariable = "SCINTI_SCHEDULE";

    /// <summary>Holds a connection string of PostgreSQL.</summary>
    public const string PostgresVariable = "SCINTI_SCHEDULE_POSTGRES";

    /// <summary>Names a file with a connection string of PostgreSQL, readable by its owner alone.</summary>
    public const string PostgresFileVariable = "SCINTI_SCHEDULE_POSTGRES_FILE";

    internal const string SchedulerName = "scinti";

    private readonly string _connection;

    private ScheduleStore(bool isShared, string connection, string place, string folder)
    {
        IsShared = isShared;
        _connection = connection;
        Place = place;
        Folder = folder;
    }

    /// <summary>Whether several machines can use it at once.</summary>
    public bool IsShared { get; }

    /// <summary>Where it is, in words that hold no secret.</summary>
    public string Place { get; }

    /// <summary>The folder beside it, for logs.</summary>
    public string Folder { get; }

    /// <summary>How often nodes say that they are there.</summary>
    public TimeSpan CheckIn { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long past a missed sign another node waits before it goes on with the jobs of one that is silent.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The store that options and environment name.</summary>
    /// <param name="file">The file of SQLite that the user named; null for none.</param>
    /// <exception cref="ScheduleException">They contradict each other, or a file with a connection string can be read by others.</exception>
    public static ScheduleStore Find(string? file) => Find(file, Environment.GetEnvironmentVariable);

    internal static ScheduleStore Find(string? file, Func<string, string?> environment)
    {
        string? text = environment(PostgresVariable), named = environment(PostgresFileVariable);
        if (file is null && text is { Length: > 0 } && named is { Length: > 0 })
        {
            throw new ScheduleException($"{PostgresVariable} and {PostgresFileVariable} are both set: unset one of them.");
        }

        return file is { Length: > 0 } ? Sqlite(file)
            : text is { Length: > 0 } ? Postgres(text, PostgresVariable)
            : named is { Length: > 0 } ? Postgres(SecretFile.Read(named, "the connection string"), named)
            : Sqlite(environment(FileVariable) is { Length: > 0 } kept ? kept : Path.Combine("artifacts", "schedule", "schedule.sqlite"));
    }

    /// <summary>A file of SQLite.</summary>
    public static ScheduleStore Sqlite(string file)
    {
        string path = Path.GetFullPath(file);
        return new(false, new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString(), path, Path.GetDirectoryName(path)!);
    }

    /// <summary>A data base of PostgreSQL.</summary>
    /// <param name="connection">The connection string.</param>
    /// <param name="source">What the string is from, for messages.</param>
    /// <exception cref="ScheduleException">It is none.</exception>
    public static ScheduleStore Postgres(string connection, string source)
    {
        try
        {
            NpgsqlConnectionStringBuilder parts = new(connection) { ApplicationName = SchedulerName };
            return string.IsNullOrEmpty(parts.Host) || string.IsNullOrEmpty(parts.Database)
                ? throw new ScheduleException($"{source}: expected a connection string with Host and Database, such as Host=db;Database=scinti;Username=scinti;Password=...")
                : new(true, parts.ConnectionString, $"PostgreSQL, {parts.Host}, {parts.Database}", Path.GetFullPath(Path.Combine("artifacts", "schedule")));
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            // What the driver says may hold a part of the string.
            throw new ScheduleException($"{source}: expected a connection string such as Host=db;Database=scinti;Username=scinti;Password=..., found something else.");
        }
    }

    /// <summary>Keeps other nodes from a store that has room for one; null where there is room for many.</summary>
    /// <exception cref="ScheduleException">There is a node already.</exception>
    public FileStream? TakeNode()
    {
        try
        {
            if (IsShared)
            {
                return null;
            }

            Directory.CreateDirectory(Folder);
            return new FileStream(Place + ".node", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ScheduleException($"{Place}: a node runs at this store already, or its folder cannot be written ({PlainText.Short(problem.Message, 150)}); a file of SQLite has room for one node: more --jobs, or PostgreSQL for several nodes.", problem);
        }
    }

    /// <summary>Opens connections for tables of others than the scheduler; a file that is not there yet is made, for its owner alone.</summary>
    /// <exception cref="ScheduleException">It cannot be made or opened.</exception>
    public DbDataSource Connections()
    {
        try
        {
            if (IsShared)
            {
                return NpgsqlDataSource.Create(_connection);
            }

            Directory.CreateDirectory(Folder);
            FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(Place, options).Dispose();
            Prepare().GetAwaiter().GetResult();
            return SqliteFactory.Instance.CreateDataSource(_connection);
        }
        catch (Exception problem) when (problem is DbException or IOException or UnauthorizedAccessException)
        {
            throw Refuse(problem);
        }
    }

    internal async Task<ServiceProvider> Open(string node, ILoggerFactory log, Action<IQuartzBuilder>? more = null)
    {
        if (!IsShared)
        {
            Directory.CreateDirectory(Folder);
            await Prepare().ConfigureAwait(false);
        }

        ServiceCollection services = new();
        services.AddSingleton(log);
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = SchedulerName;
                // A node at a file finds what the one before it left by this name; the lock keeps others away meanwhile.
                options.InstanceId = IsShared ? node : Environment.MachineName;
                options.IdleWaitTime = TimeSpan.FromSeconds(1);
                options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
                // One at a time: a node that takes several keeps them from others that are free.
                options.MaxBatchSize = 1;
            });
            quartz.UsePersistentStore(store =>
            {
                _ = IsShared ? store.UsePostgres(NpgsqlFactory.Instance, _connection) : store.UseSqlite(SqliteFactory.Instance, _connection);
                store.ProvisionSchema();
                store.UseExecutionHistory();
                store.ConfigureStore(options =>
                {
                    options.StoreJobDataAsStrings = true;
                    options.UseBackgroundThreads = true;
                    // A node that is told to end leaves its jobs to the others, or to its next start.
                    options.RecoverFiringsCancelledByShutdown = true;
                    options.DbRetryInterval = TimeSpan.FromSeconds(2);
                });
                if (IsShared)
                {
                    store.UseClustering(options =>
                    {
                        options.CheckinInterval = CheckIn;
                        options.CheckinMisfireThreshold = Silence;
                    });
                }
            });
            more?.Invoke(quartz);
        });
        services.Configure<ExecutionHistoryOptions>(options =>
        {
            options.Retention = TimeSpan.FromDays(3660);
            options.MaxEntriesPerScheduler = 1_000_000;
        });
        return services.BuildServiceProvider();
    }

    /// <summary>Turns what a data base says into one line.</summary>
    public ScheduleException Refuse(Exception problem)
    {
        Exception cause = problem;
        while (cause is not DbException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return new ScheduleException($"{Place}: what is kept there cannot be used ({PlainText.Short(cause.Message, 300)}).", problem);
    }

    // A writer and readers at once; it is a mark in the file and stays.
    private async Task Prepare()
    {
        await using SqliteConnection connection = new(_connection);
        await connection.OpenAsync().ConfigureAwait(false);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        _ = await command.ExecuteScalarAsync().ConfigureAwait(false);
    }
}

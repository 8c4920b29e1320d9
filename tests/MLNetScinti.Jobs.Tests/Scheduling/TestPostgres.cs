using MLNetScinti.Testing;

namespace MLNetScinti.Jobs.Tests.Scheduling;

/// <summary>A server of PostgreSQL in a folder of its own, reached by a socket in it; PostgreSQL does not run as root, so it is the user postgres then.</summary>
internal sealed class TestPostgres : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-pg-").FullName;

    public TestPostgres()
    {
        if (IsRoot)
        {
            Done(Peer.Run("chown", "postgres", _folder));
        }

        Done(Server("initdb", "-D", Data, "-A", "trust", "-U", "scinti", "--no-sync"));
        // Only the log has its output, so that nobody waits for what it may still write.
        Done(Server("pg_ctl", "-D", Data, "-o", $"-c listen_addresses='' -k {_folder} -c fsync=off", "-l", Path.Combine(_folder, "log"), "-w", "start"));
    }

    public string ConnectionString => $"Host={_folder};Database=postgres;Username=scinti";

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder, "data");

    public void Dispose()
    {
        _ = Server("pg_ctl", "-D", Data, "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    // Debian has its programs beside each other by version, and not on the path.
    private static (int Code, string Output, string Error) Server(string program, params string[] arguments)
    {
        string path = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin", program)).Last(File.Exists);
        return IsRoot ? Peer.Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments]) : Peer.Run(path, arguments);
    }

    private static void Done((int Code, string Output, string Error) run)
    {
        if (run.Code != 0)
        {
            throw new InvalidOperationException($"PostgreSQL: {run.Output}{run.Error}");
        }
    }
}

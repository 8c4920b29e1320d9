using System.Net;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Pipelines.Definitions;
using MLNetScinti.Service.Accounts;

namespace MLNetScinti.Service;

/// <summary>What the service shows, where it listens, and what it runs.</summary>
public sealed record ServiceSettings
{
    /// <summary>Where the service listens where nobody says otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>The folder below which runs are looked for.</summary>
    public required string Runs { get; init; }

    /// <summary>The registry's folder.</summary>
    public required string Registry { get; init; }

    /// <summary>Where the schedule is kept.</summary>
    public required ScheduleStore Schedule { get; init; }

    /// <summary>The service's own folder, of its user alone: accounts, keys, index, logs.</summary>
    public required string Data { get; init; }

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [DefaultUrl];

    /// <summary>The names under which it is called, beside those of this machine's own loopback; empty for any where it listens beyond that.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The certificate (PEM, with those above it); null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>The certificate's private key (PEM), readable by its owner alone.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>Addresses of proxies whose word about who asks, and whether by TLS, is taken.</summary>
    public IReadOnlyList<IPAddress> Proxies { get; init; } = [];

    /// <summary>How many scheduled jobs this host runs at once; 0 where nodes elsewhere do.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Which groups of work it takes; empty for all.</summary>
    public IReadOnlyList<TakenGroup> Takes { get; init; } = [];

    /// <summary>The program with its version, for the audit log.</summary>
    public string Program { get; init; } = "scinti";

    /// <summary>What jobs are run with; null where this host runs none.</summary>
    public NodeSettings? Node { get; init; }

    /// <summary>The queue of the node at the archive; null where there is none.</summary>
    public IArchiveQueue? Archive { get; init; }

    /// <summary>Attempts to sign in that one address has in a minute.</summary>
    internal int SignInsPerMinute { get; init; } = 10;

    /// <summary>Requests that one user or address has in ten seconds.</summary>
    internal int RequestsPerTenSeconds { get; init; } = 300;

    /// <summary>How often folders are looked through for new runs, and the audit log for changes.</summary>
    internal TimeSpan Look { get; init; } = TimeSpan.FromSeconds(15);

    internal string AccountsFile => Path.Combine(Data, AccountStore.FileName);

    /// <summary>Reads what a user named.</summary>
    /// <param name="place">A folder of results, or a YAML file; null for <c>artifacts</c>.</param>
    /// <param name="registry">The registry's folder where neither names one; null for <c>registry</c> in the folder.</param>
    /// <exception cref="DefinitionException">The file is wrong.</exception>
    /// <exception cref="ScheduleException">The schedule's store cannot be used.</exception>
    /// <exception cref="ServiceException">There is no such folder.</exception>
    public static ServiceSettings Of(string? place, string? registry)
    {
        place ??= "artifacts";
        return File.Exists(place) ? Read(place, registry)
            : Directory.Exists(place) || place == "artifacts" ? OfFolder(Path.GetFullPath(place), registry)
            : throw new ServiceException($"{place}: expected a folder of results or a YAML file, found nothing: check the path.");
    }

    private static ServiceSettings OfFolder(string folder, string? registry) => new()
    {
        Runs = folder,
        Registry = Path.GetFullPath(registry ?? Path.Combine(folder, "registry")),
        Schedule = Store(null, folder),
        Data = Path.Combine(folder, "service"),
    };

    private static ServiceSettings Read(string file, string? registry)
    {
        DefinitionSection root = DefinitionSection.Read(file, null);
        string folder = root.Path("runs", "artifacts");
        bool isOn = root.Flag("node", true);
        ServiceSettings settings = new()
        {
            Runs = Path.GetFullPath(folder),
            Registry = Path.GetFullPath(root.Has("registry") ? root.Path("registry") : registry ?? Path.Combine(folder, "registry")),
            Schedule = Store(root.Has("schedule") ? root.Path("schedule") : null, folder),
            Data = Path.GetFullPath(root.Has("data") ? root.Path("data") : Path.Combine(folder, "service")),
            Urls = root.Texts("urls", "a list of addresses such as http://127.0.0.1:5080", $"[\"{DefaultUrl}\"]"),
            Hosts = root.Texts("hosts", "a list of names such as scinti.hospital.example"),
            Certificate = root.Has("certificate") ? root.Path("certificate") : null,
            CertificateKey = root.Has("certificate-key") ? root.Path("certificate-key") : null,
            Proxies = [.. root.Texts("proxies", "a list of addresses such as 10.0.0.5").Select(text => IPAddress.TryParse(text, out IPAddress? address) ? address : throw root.Refuse("proxies", $"expected addresses such as 10.0.0.5, found '{PlainText.Short(text)}'."))],
            Jobs = isOn ? root.Whole("jobs", 1, least: 1, most: 1000) : 0,
            Takes = [.. root.Texts("take", "a list of groups such as gpu or score=2").Select(TakenGroup.Of)],
        };
        root.Done();
        return (settings.Certificate is null) == (settings.CertificateKey is null) ? settings
            : throw root.Refuse("certificate", "expected certificate and certificate-key together, found one of them.");
    }

    // What the environment names goes before the folder's own, as everywhere.
    private static ScheduleStore Store(string? file, string folder) =>
        file is null && Environment.GetEnvironmentVariable(ScheduleStore.FileVariable) is null or "" && Environment.GetEnvironmentVariable(ScheduleStore.PostgresVariable) is null or "" && Environment.GetEnvironmentVariable(ScheduleStore.PostgresFileVariable) is null or ""
            ? ScheduleStore.Sqlite(Path.Combine(folder, "schedule", "schedule.sqlite"))
            : ScheduleStore.Find(file);
}

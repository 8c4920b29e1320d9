using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Hosting;
using MLNetScinti.Service.Runs;

namespace MLNetScinti.Service.Tests;

/// <summary>The service on a free port of this machine's own loopback, with a folder of its own and an account of each role.</summary>
public sealed partial class RunningService : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly WebApplication _app;
    private readonly JobLog _log;

    private RunningService(WebApplication app, JobLog log, ServiceSettings settings)
    {
        (_app, _log, Settings) = (app, log, settings);
        Address = new Uri(ServiceHost.Addresses(app).Single());
    }

    public ServiceSettings Settings { get; }

    public Uri Address { get; }

    internal AccountStore Accounts => _app.Services.GetRequiredService<AccountStore>();

    /// <summary>Everything that the service logged.</summary>
    public string Log => File.ReadAllText(Path.Combine(Settings.Data, "logs", "test.jsonl"));

    /// <summary>All addresses that the service has, with the methods they take.</summary>
    public IEnumerable<Microsoft.AspNetCore.Routing.RouteEndpoint> Endpoints => ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>();

    /// <summary>Starts one; nothing of the folder has been looked through when it answers.</summary>
    public static async Task<RunningService> Start(string folder, Func<ServiceSettings, ServiceSettings>? change = null, bool withAccounts = true)
    {
        ServiceSettings settings = new()
        {
            Runs = Path.Combine(folder, "results"),
            Registry = Path.Combine(folder, "results", "registry"),
            Schedule = ScheduleStore.Sqlite(Path.Combine(folder, "results", "schedule", "schedule.sqlite")),
            Data = Path.Combine(folder, "results", "service"),
            Urls = ["http://127.0.0.1:0"],
            Jobs = 0,
            Program = "scinti test",
            SignInsPerMinute = 10_000,
            RequestsPerTenSeconds = 100_000,
            Look = TimeSpan.FromMilliseconds(100),
        };
        settings = change?.Invoke(settings) ?? settings;
        if (withAccounts)
        {
            // Hashed a few times only: how often is not what these tests are about.
            AccountStore accounts = new(settings.AccountsFile, null, iterations: 10);
            foreach (Role role in Enum.GetValues<Role>().Where(role => accounts.Find(Name(role)) is null))
            {
                accounts.Add(Name(role), role, Password);
            }
        }

        JobLog log = new(Path.Combine(settings.Data, "logs", "test.jsonl"));
        WebApplication app = ServiceHost.Build(settings, log, _ => { }, null);
        await app.StartAsync(CancellationToken.None);
        return new(app, log, settings);
    }

    /// <summary>The name of the account of a role.</summary>
    public static string Name(Role role) => $"the-{role.ToString().ToLowerInvariant()}";

    /// <summary>Looks through the folder of runs at once.</summary>
    public void Sweep() => _app.Services.GetRequiredService<RunIndex>().Sweep(CancellationToken.None);

    /// <summary>A reader who follows no redirects.</summary>
    public Visitor Visitor() => new(Address);

    /// <summary>Somebody who is signed in.</summary>
    public async Task<Visitor> SignedIn(Role role)
    {
        Visitor visitor = Visitor();
        using HttpResponseMessage answer = await visitor.SignIn(Name(role), Password);
        return answer.StatusCode == HttpStatusCode.SeeOther ? visitor : throw new InvalidOperationException($"Not signed in: {answer.StatusCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _log.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }
}

/// <summary>A browser without script, as a test drives it.</summary>
public sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _client;

    public Visitor(Uri address) => _client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = address };

    public CookieContainer Cookies { get; } = new();

    public Task<HttpResponseMessage> Get(string path) => _client.GetAsync(new Uri(path, UriKind.Relative));

    public async Task<string> Page(string path)
    {
        using HttpResponseMessage answer = await Get(path);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : throw new InvalidOperationException($"{path}: {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Sends a form with the token of a page, as a browser does.</summary>
    public async Task<HttpResponseMessage> Post(string path, string from, params (string Name, string Value)[] fields) => await PostForged(path, [.. fields, ("__RequestVerificationToken", await Token(from))]);

    /// <summary>Sends a form as it is.</summary>
    public Task<HttpResponseMessage> PostForged(string path, params (string Name, string Value)[] fields) =>
        _client.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public Task<HttpResponseMessage> SignIn(string name, string password, string target = "/") => Post("/sign-in", "/sign-in", ("name", name), ("password", password), ("returnUrl", target));

    public Task<HttpResponseMessage> Send(HttpRequestMessage request) => _client.SendAsync(request);

    public async Task<string> Token(string from) => TokenField().Match(await Page(from)).Groups[1].Value is { Length: > 0 } token ? token : throw new InvalidOperationException($"{from}: no form here.");

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex TokenField();
}

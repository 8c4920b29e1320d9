using System.Globalization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MLNetScinti.Imaging;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Pages;
using MLNetScinti.Service.Runs;

namespace MLNetScinti.Service.Hosting;

/// <summary>The host: pages, the schedule's node, and what looks through folders and logs meanwhile.</summary>
public static class ServiceHost
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs the service until it is told to end.</summary>
    /// <param name="settings">What it shows and runs.</param>
    /// <param name="say">Tells whoever watches.</param>
    /// <param name="cancel">Tells it to end: what is asked already is answered, jobs are stopped in good order and go on at the next start.</param>
    /// <exception cref="ServiceException">An address is taken, a folder or a certificate cannot be used.</exception>
    public static async Task Run(ServiceSettings settings, Action<string> say, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(say);
        AccountStore.MakePrivate(settings.Data);
        using JobLog log = new(Path.Combine(settings.Data, "logs", string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}.jsonl")));
        WebApplication app = Build(settings, log, say, null);
        await using (app.ConfigureAwait(false))
        {
            try
            {
                await app.StartAsync(cancel).ConfigureAwait(false);
            }
            catch (IOException problem)
            {
                throw new ServiceException($"--urls: it cannot listen there: {PlainText.Short(problem.Message, 200)}: give another address.", problem);
            }

            foreach (string warning in Listening.Warnings(Listening.Of(settings), settings))
            {
                log.Write("service", warning);
                say(warning);
            }

            foreach (string address in Addresses(app))
            {
                say($"Pages: {address}");
            }

            if (app.Services.GetRequiredService<AccountStore>().All.Count == 0)
            {
                say("Nobody can sign in yet: 'scinti serve user add NAME --role approver' makes an account.");
            }

            log.Write("service", $"{settings.Program} began, {string.Join(", ", Addresses(app))}");
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            log.Write("service", "ended");
        }
    }

    /// <summary>Where a host that was started listens.</summary>
    internal static IEnumerable<string> Addresses(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    /// <summary>Puts a host together.</summary>
    internal static WebApplication Build(ServiceSettings settings, JobLog log, Action<string> say, TimeProvider? time)
    {
        IReadOnlyList<Listening> all = Listening.Of(settings);
        // Without TLS a cookie may only go where nobody listens in between.
        bool isPlain = all.All(one => one.IsLoopback && !one.IsEncrypted) && settings.Proxies.Count == 0;
        string keys = Path.Combine(settings.Data, "keys");
        AccountStore.MakePrivate(settings.Data);
        AccountStore.MakePrivate(keys);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(ServiceHost).Assembly.GetName().Name, ContentRootPath = settings.Data });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = Protection.MostBody;
            server.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            server.Limits.MaxConcurrentConnections = 500;
            Listening.Apply(server, all, settings);
        });
        IServiceCollection services = builder.Services;
        services.AddSingleton<ILoggerFactory>(_ => new LibraryLog(log, "server"));
        services.AddSingleton(time ?? TimeProvider.System).AddSingleton(settings).AddSingleton(log).AddSingleton(say);
        services.AddSingleton(provider => new AccountStore(settings.AccountsFile, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SignInGuard>().AddSingleton<Problems>().AddSingleton<ScheduleDoor>();
        services.AddSingleton(new RegistryPages(settings.Registry));
        services.AddSingleton(new RunIndex(settings.Runs, Path.Combine(settings.Data, "runs.sqlite"), settings.Registry, settings.Data));
        services.AddSingleton<AuditWatch>().AddHostedService(provider => provider.GetRequiredService<AuditWatch>());
        services.AddHostedService<RunWatch>().AddHostedService<ScheduleWork>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = s_patience);
        services.AddDataProtection().SetApplicationName("scinti").PersistKeysToFileSystem(new DirectoryInfo(keys));
        services.AddRouting().AddRazorComponents();
        services.AddAntiforgery(options =>
        {
            SignIn.Guard(options.Cookie, "scinti-form", isPlain);
            options.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<FormOptions>(options =>
        {
            options.ValueCountLimit = 20;
            options.KeyLengthLimit = 100;
            options.ValueLengthLimit = 4 << 10;
            options.MultipartBodyLengthLimit = Protection.MostBody;
        });
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options => SignIn.Cookie(options, isPlain));
        services.AddAuthorization(SignIn.Policies);
        services.AddRateLimiter(options => Protection.Limit(options, settings));
        services.AddHostFiltering(options => options.AllowedHosts = [.. settings.Hosts.Count > 0 ? settings.Hosts.Concat(Listening.LoopbackNames) : all.All(one => one.IsLoopback) ? Listening.LoopbackNames : ["*"]]);
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = settings.Proxies.Count > 0 ? ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto : ForwardedHeaders.None;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (System.Net.IPAddress proxy in settings.Proxies)
            {
                options.KnownProxies.Add(proxy);
            }
        });
        Health.Add(services);
        if (settings.Archive is not null)
        {
            services.AddSingleton(settings.Archive);
        }


        WebApplication app = builder.Build();
        app.UseForwardedHeaders();
        app.Use(next => context => Protection.Headers(context, next));
        app.UseHostFiltering();
        app.UseStatusCodePages(Problems.Say);
        app.Use(next => context => app.Services.GetRequiredService<Problems>().Catch(context, next));
        app.Use(next => context => Protection.RequireEncryption(context, next));
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        Health.Map(app);
        SignIn.Map(app);
        ReadPages.Map(app);
        ActionPages.Map(app);
        return app;
    }
}

using System.Text.Json;
using Microsoft.Playwright;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Service;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Tests;
using Xunit;

namespace MLNetScinti.Browser.Tests;

/// <summary>A service with a few of everything, some of it named as nobody should, and a browser that is signed in.</summary>
public sealed class ServicePages : IAsyncLifetime
{
    private const string Odd = "<img src=x onerror=alert(1)> a-name-that-is-much-longer-than-a-telephone-is-wide-and-has-no-blank-in-it-anywhere";

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-service-").FullName;

    public RunningService Service { get; private set; } = null!;

    /// <summary>What there is to see: each page in each of the forms that it has.</summary>
    public static TheoryData<string> Names { get; } = ["/", "/runs", "/comparisons", "/models", "/schedule", "/schedule/history", "/audit", "/audit?before=3", "/users", "/archive", "/nowhere", "/runs?done=queued"];

    public async Task InitializeAsync()
    {
        Service = await RunningService.Start(_folder, settings => settings with { Archive = new Queue() });
        for (int i = 0; i < 60; i++)
        {
            string folder = Path.Combine(Service.Settings.Runs, i == 0 ? "odd <b>name" : $"run-{i}");
            Directory.CreateDirectory(folder);
            File.Copy(Path.Combine(Testing.TestData.Repository, "artifacts", "example", "report.html"), Path.Combine(folder, "report.html"));
            File.WriteAllText(Path.Combine(folder, "metrics.json"), JsonSerializer.Serialize(new { format = i % 10 == 0 ? "mlnetscinti.comparison/2" : "mlnetscinti.metrics/2", title = i < 2 ? Odd : $"Run {i}", data = new { origin = "simulated" } }));
        }

        ModelRegistry registry = new(Service.Settings.Registry, "scinti test", "somebody");
        for (int i = 0; i < 60; i++)
        {
            registry.Record(new AuditAct("note", "somebody", i == 58 ? Odd : "because", "demo"));
        }

        await using Schedule schedule = await Schedule.Open(Service.Settings.Schedule);
        await schedule.Add(new ScheduledJob("nightly", "run", Path.Combine(_folder, "demo.yaml"), [], _folder) { Cron = CronTime.Of("0 2 * * SUN", "Europe/Berlin"), Group = "gpu" }, replace: true);
        await schedule.Add(new ScheduledJob("on-call", "score", Path.Combine(_folder, "demo.yaml"), [], _folder), replace: true);
        await schedule.Now("on-call");
        Service.Sweep();
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Queue : IArchiveQueue
    {
        public Task<IReadOnlyList<ArchiveEntry>> List(ArchiveState state, int most, int skip) =>
            Task.FromResult<IReadOnlyList<ArchiveEntry>>([new("S-7", Odd, 5, DateTimeOffset.UnixEpoch, "the archive refused it")]);

        public Task<bool> TryAgain(string study, string who) => Task.FromResult(true);
    }
}

/// <summary>The service's pages in a real browser.</summary>
public sealed class ServicePageTests(Chromium chromium, ServicePages pages) : IClassFixture<Chromium>, IClassFixture<ServicePages>
{
    [BrowserTheory(withAxe: true)]
    [MemberData(nameof(ServicePages.Names), MemberType = typeof(ServicePages))]
    public async Task It_opens_quietly_fits_a_telephone_and_has_no_barrier(string path)
    {
        foreach ((ColorScheme scheme, int width) in new[] { (ColorScheme.Light, 1200), (ColorScheme.Dark, 390) })
        {
            await using IBrowserContext context = await SignedIn(Role.Approver, width, scheme, scripts: true);
            List<string> said = [], asked = [];
            context.Console += (_, message) => said.Add($"{message.Type}: {message.Text}");
            context.WebError += (_, error) => said.Add(error.Error);
            context.Request += (_, request) => asked.Add(request.Url);
            IPage page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(pages.Service.Address, path).AbsoluteUri, new() { WaitUntil = WaitUntilState.NetworkIdle });

            // A page that is not there says so on the console by itself.
            Assert.DoesNotContain(said, line => path != "/nowhere" || !line.Contains("404", StringComparison.Ordinal));
            Assert.Equal(2, asked.Count(url => !url.StartsWith("data:", StringComparison.Ordinal)));
            Assert.True(await page.EvaluateAsync<bool>("document.scrollingElement.scrollWidth <= innerWidth"), $"{path} is wider than {width} pixels");
            Assert.Equal(0, await page.Locator("script, iframe, img").CountAsync());
            await page.EvaluateAsync(AxeCore.Source + ";0");
            JsonElement found = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
            Assert.Empty(found.GetProperty("violations").EnumerateArray().Select(violation =>
                $"{scheme} {width}: {violation.GetProperty("id").GetString()}: {violation.GetProperty("help").GetString()} ({string.Join("; ", violation.GetProperty("nodes").EnumerateArray().Take(3).Select(node => node.GetProperty("html").GetString()))})"));
        }
    }

    [BrowserTheory]
    [InlineData(390)]
    public async Task The_keyboard_alone_signs_in_pauses_a_job_and_signs_out(int width)
    {
        await using IBrowserContext context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 800 }, JavaScriptEnabled = false });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(pages.Service.Address, "/schedule").AbsoluteUri);
        await Reach(page, "input#name");
        await page.Keyboard.TypeAsync(RunningService.Name(Role.Operator));
        await Reach(page, "input#password");
        await page.Keyboard.TypeAsync(RunningService.Password);
        await Leave(page, "Enter");
        Assert.EndsWith("/schedule", page.Url, StringComparison.Ordinal);
        await Reach(page, "button[aria-label='Pause: nightly']");
        await Leave(page, "Enter");
        Assert.Contains("The job is paused", await page.Locator("[role=status]").InnerTextAsync(), StringComparison.Ordinal);
        await Reach(page, "button[aria-label='Resume: nightly']");
        await Leave(page, "Space");
        Assert.Contains("The job waits for its times again", await page.Locator("[role=status]").InnerTextAsync(), StringComparison.Ordinal);
        await Reach(page, "nav button");
        await Leave(page, "Enter");
        Assert.EndsWith("/sign-in", page.Url, StringComparison.Ordinal);
    }

    [BrowserTheory]
    [InlineData("/reports/odd%20%3Cb%3Ename/report.html")]
    public async Task A_report_opens_quietly_in_its_sandbox(string path)
    {
        await using IBrowserContext context = await SignedIn(Role.Reader, 1200, ColorScheme.Light, scripts: false);
        List<string> said = [];
        context.Console += (_, message) => said.Add($"{message.Type}: {message.Text}");
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(pages.Service.Address, path).AbsoluteUri, new() { WaitUntil = WaitUntilState.NetworkIdle });
        Assert.Empty(said);
        Assert.Contains("Research use only", await page.Locator("body").InnerTextAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<IBrowserContext> SignedIn(Role role, int width, ColorScheme scheme, bool scripts)
    {
        using Visitor visitor = await pages.Service.SignedIn(role);
        IBrowserContext context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 800 }, ColorScheme = scheme, JavaScriptEnabled = scripts });
        await context.AddCookiesAsync(visitor.Cookies.GetAllCookies().Select(cookie => new Microsoft.Playwright.Cookie { Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = "/" }));
        return context;
    }

    // By Tab alone, and what is reached can be seen to be.
    private static async Task Reach(IPage page, string selector)
    {
        for (int i = 0; i < 100; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.Locator($"{selector}:focus-visible").CountAsync() > 0)
            {
                return;
            }
        }

        Assert.Fail($"{selector} is not reached by the keyboard.");
    }

    private static async Task Leave(IPage page, string key)
    {
        TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Loaded(object? sender, IPage there) => loaded.TrySetResult();
        page.Load += Loaded;
        await page.Keyboard.PressAsync(key);
        await loaded.Task.WaitAsync(TimeSpan.FromSeconds(30));
        page.Load -= Loaded;
    }
}

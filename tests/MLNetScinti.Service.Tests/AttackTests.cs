using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Jobs.Tests.Registry;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Service.Hosting;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Service.Tests;

/// <summary>Whoever may not, may not: no account, a lesser role, a forged form, an address that leads elsewhere, names that are markup.</summary>
public sealed class AttackTests(TrainedModels models) : IClassFixture<TrainedModels>, IDisposable
{
    private const string Markup = "<script>alert(1)</script>\"'&";

    private static readonly string[] s_open = ["/sign-in", "/style.css", "/favicon.ico", "/health/live", "/health/ready"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_an_account_every_page_leads_to_the_sign_in_and_every_form_is_refused()
    {
        await using RunningService service = await Start();
        using Visitor nobody = service.Visitor();
        RouteEndpoint[] all = [.. service.Endpoints.Where(endpoint => !s_open.Contains(Path(endpoint.RoutePattern)))];
        Assert.True(all.Length > 15, $"{all.Length} addresses");
        foreach (RouteEndpoint endpoint in all)
        {
            string path = Path(endpoint.RoutePattern);
            if (Methods(endpoint).Contains("POST"))
            {
                using HttpResponseMessage refused = await nobody.PostForged(path, ("model", "demo:v1"), ("why", "x"), ("job", "nightly"));
                Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, $"POST {path}: {refused.StatusCode}");
            }
            else
            {
                using HttpResponseMessage led = await nobody.Get(path);
                Assert.True(led.StatusCode == HttpStatusCode.Redirect, $"GET {path}: {led.StatusCode}");
                Assert.StartsWith("/sign-in?returnUrl=", led.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Every_form_asks_for_a_role_and_for_a_token()
    {
        await using RunningService service = await Start();
        using Visitor approver = await service.SignedIn(Role.Approver);
        RouteEndpoint[] forms = [.. service.Endpoints.Where(endpoint => Methods(endpoint).Contains("POST"))];
        Assert.True(forms.Length >= 8, $"{forms.Length} forms");
        byte[] before = State(service);
        foreach (RouteEndpoint endpoint in forms)
        {
            string path = Path(endpoint.RoutePattern);
            Assert.True(path == "/sign-in" || endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(), path);
            foreach ((string, string)[] forged in new[] { new[] { ("model", "demo:v1"), ("why", "x"), ("job", "nightly"), ("study", "S-7") }, [("__RequestVerificationToken", "AAAA"), ("model", "demo:v1"), ("why", "x"), ("job", "nightly")] })
            {
                using HttpResponseMessage refused = await approver.PostForged(path, forged);
                Assert.True(refused.StatusCode == HttpStatusCode.BadRequest, $"POST {path}: {refused.StatusCode}");
            }
        }

        Assert.Equal(before, State(service));
    }

    [Fact]
    public async Task A_token_of_one_is_none_of_another()
    {
        await using RunningService service = await Start();
        using Visitor approver = await service.SignedIn(Role.Approver), other = service.Visitor();
        string token = await other.Token("/sign-in");
        using HttpResponseMessage refused = await approver.PostForged("/models/promote", ("model", "demo:v1"), ("why", "x"), ("__RequestVerificationToken", token));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData(Role.Reader, "/schedule/now")]
    [InlineData(Role.Reader, "/schedule/pause")]
    [InlineData(Role.Reader, "/schedule/resume")]
    [InlineData(Role.Reader, "/archive/again")]
    [InlineData(Role.Reader, "/audit/look")]
    [InlineData(Role.Reader, "/models/promote")]
    [InlineData(Role.Reader, "/models/rollback")]
    [InlineData(Role.Operator, "/models/promote")]
    [InlineData(Role.Operator, "/models/rollback")]
    public async Task A_lesser_role_changes_nothing(Role role, string path)
    {
        await using RunningService service = await Start();
        using Visitor visitor = await service.SignedIn(role);
        byte[] before = State(service);
        using HttpResponseMessage refused = await visitor.Post(path, "/", ("model", "demo:v1"), ("why", "because"), ("job", "nightly"), ("study", "S-7"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("Your account may not do this. Nothing was changed.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, State(service));
        string page = await visitor.Page(path.StartsWith("/models", StringComparison.Ordinal) ? "/models/demo/v1" : "/schedule");
        Assert.DoesNotContain($"action=\"{path}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_an_account_is_for_approvers()
    {
        await using RunningService service = await Start();
        using Visitor one = await service.SignedIn(Role.Operator), approver = await service.SignedIn(Role.Approver);
        using HttpResponseMessage refused = await one.Get("/users");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.DoesNotContain("href=\"/users\"", await one.Page("/"), StringComparison.Ordinal);
        Assert.Contains("the-reader", await approver.Page("/users"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/runs", "/runs")]
    [InlineData("/models/demo?before=2", "/models/demo?before=2")]
    [InlineData("//evil.example/x", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/ok\r\nSet-Cookie: a=b", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("~/x", "/")]
    [InlineData("", "/")]
    public async Task Signing_in_leads_nowhere_else(string target, string expected)
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        using Visitor visitor = service.Visitor();
        string page = await visitor.Page("/sign-in?returnUrl=" + Uri.EscapeDataString(target));
        Assert.Contains($"name=\"returnUrl\" value=\"{WebUtility.HtmlEncode(expected)}\"", page, StringComparison.Ordinal);
        using HttpResponseMessage answer = await visitor.SignIn(RunningService.Name(Role.Reader), RunningService.Password, target);
        Assert.Equal((HttpStatusCode.SeeOther, expected), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.DoesNotContain(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("a=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_of_markup_stay_text()
    {
        await using RunningService service = await Start();
        WriteRun(service, "a<b>&'\"", Markup);
        new ModelRegistry(service.Settings.Registry, Markup, Markup).Record(new AuditAct("note", Markup, Markup + "\u0007\u202e", "demo"));
        service.Sweep();
        using Visitor visitor = await service.SignedIn(Role.Approver);
        foreach (string path in new[] { "/", "/runs", "/audit", "/schedule/history?job=" + Uri.EscapeDataString(Markup), "/models/demo", "/sign-in?returnUrl=/x" + Uri.EscapeDataString(Markup), "/runs?after=" + Uri.EscapeDataString(Markup), "/runs?done=" + Uri.EscapeDataString(Markup), "/nothing/" + Uri.EscapeDataString(Markup) })
        {
            using HttpResponseMessage answer = await visitor.Get(path);
            string page = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\u0007", page, StringComparison.Ordinal);
            Assert.DoesNotContain("\u202e", page, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", await visitor.Page("/audit"), StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", await visitor.Page("/runs"), StringComparison.Ordinal);
        Assert.Equal("<html>report</html>", await visitor.Page("/reports/a%3Cb%3E%26%27%22/report.html"));
    }

    [Fact]
    public async Task Only_reports_that_were_found_are_served()
    {
        await using RunningService service = await Start();
        WriteRun(service, "one", "One");
        string secret = System.IO.Path.Combine(_folder.Path, "secret.html"), beyond = System.IO.Path.Combine(_folder.Path, "beyond");
        File.WriteAllText(secret, "secret");
        Directory.CreateDirectory(beyond);
        File.WriteAllText(System.IO.Path.Combine(beyond, "report.html"), "secret");
        Directory.CreateSymbolicLink(System.IO.Path.Combine(service.Settings.Runs, "link"), beyond);
        Directory.CreateDirectory(System.IO.Path.Combine(service.Settings.Runs, "two"));
        File.CreateSymbolicLink(System.IO.Path.Combine(service.Settings.Runs, "two", "report.html"), secret);
        service.Sweep();
        using Visitor visitor = await service.SignedIn(Role.Approver);
        Assert.Equal("<html>report</html>", await visitor.Page("/reports/one/report.html"));
        foreach (string path in new[]
        {
            "/reports/../../secret.html", "/reports/..%2F..%2Fsecret.html", "/reports/%2e%2e/%2e%2e/secret.html", "/reports/..%5c..%5csecret.html", "/reports//etc/passwd", "/reports/%2Fetc%2Fpasswd", "/reports/one/../../secret.html",
            "/reports/one/metrics.json", "/reports/one/report.html%00", "/reports/link/report.html", "/reports/two/report.html", "/reports/service/accounts.json", "/models/..%2F../v1/report", "/models/demo/..%2Fv1/report",
        })
        {
            // As it stands: clients take dots out of addresses by themselves.
            using HttpResponseMessage answer = await visitor.Send(new(HttpMethod.Get, new Uri(service.Address.AbsoluteUri.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })));
            string page = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode is 404 or 400, $"{path}: {answer.StatusCode}");
            Assert.DoesNotContain("secret", page, StringComparison.Ordinal);
        }

        // A folder that became a link after it was looked through.
        Directory.Move(System.IO.Path.Combine(service.Settings.Runs, "one"), System.IO.Path.Combine(service.Settings.Runs, "three"));
        Directory.CreateSymbolicLink(System.IO.Path.Combine(service.Settings.Runs, "one"), beyond);
        using HttpResponseMessage moved = await visitor.Get("/reports/one/report.html");
        Assert.Equal(HttpStatusCode.NotFound, moved.StatusCode);
    }

    [Fact]
    public async Task Reports_may_do_nothing_and_pages_only_what_they_need()
    {
        await using RunningService service = await Start();
        WriteRun(service, "one", "One");
        service.Sweep();
        using Visitor visitor = await service.SignedIn(Role.Reader);
        using HttpResponseMessage report = await visitor.Get("/reports/one/report.html"), kept = await visitor.Get("/models/demo/v1/report"), page = await visitor.Get("/"), missing = await visitor.Get("/nowhere");
        foreach (HttpResponseMessage one in new[] { report, kept })
        {
            string policy = one.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("sandbox; default-src 'none';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("script", policy, StringComparison.Ordinal);
            Assert.Equal("text/html", one.Content.Headers.ContentType!.MediaType);
        }

        Assert.Equal("<html>report 1</html>", await kept.Content.ReadAsStringAsync());
        foreach (HttpResponseMessage one in new[] { page, missing })
        {
            Assert.Equal(Protection.PagePolicy, one.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("nosniff", one.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-referrer", one.Headers.GetValues("Referrer-Policy").Single());
            Assert.Contains("no-store", one.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
            Assert.False(one.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task A_tampered_report_of_the_registry_is_not_shown()
    {
        await using RunningService service = await Start();
        ModelRegistry registry = new(service.Settings.Registry, "test");
        File.AppendAllText(registry.FileOf(registry.Find("demo:v1"), "report.html")!, "!");
        using Visitor visitor = await service.SignedIn(Role.Reader);
        using HttpResponseMessage answer = await visitor.Get("/models/demo/v1/report");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        string page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("is not what was written", page, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_larger_than_a_form_is_refused()
    {
        await using RunningService service = await Start();
        using Visitor visitor = await service.SignedIn(Role.Approver);
        string token = await visitor.Token("/");
        byte[] before = State(service);
        using HttpResponseMessage large = await visitor.PostForged("/models/promote", ("why", new string('x', 100_000)), ("__RequestVerificationToken", token));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using HttpResponseMessage many = await visitor.PostForged("/models/promote", [.. Enumerable.Range(0, 200).Select(i => ($"f{i}", "x")), ("__RequestVerificationToken", token)]);
        Assert.Equal(HttpStatusCode.BadRequest, many.StatusCode);
        using HttpResponseMessage reason = await visitor.PostForged("/models/promote", ("model", "demo:v1"), ("why", new string('x', 501)), ("__RequestVerificationToken", token));
        Assert.Equal(HttpStatusCode.BadRequest, reason.StatusCode);
        using HttpResponseMessage body = await visitor.Send(new(HttpMethod.Post, new Uri("/models/promote", UriKind.Relative)) { Content = new StringContent("{}", Encoding.UTF8, "application/json") });
        Assert.Equal(HttpStatusCode.BadRequest, body.StatusCode);
        Assert.Equal(before, State(service));
    }

    [Fact]
    public async Task Another_host_name_gets_no_answer()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        using Visitor visitor = service.Visitor();
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri("/sign-in", UriKind.Relative));
        request.Headers.Host = "evil.example";
        using HttpResponseMessage answer = await visitor.Send(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_defect_is_told_by_a_number_and_logged_by_it()
    {
        await using RunningService service = await Start(new BrokenQueue());
        using Visitor visitor = await service.SignedIn(Role.Reader);
        using HttpResponseMessage answer = await visitor.Get("/archive");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        string page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("   at ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NotImplemented", page, StringComparison.Ordinal);
        string number = System.Text.RegularExpressions.Regex.Match(page, "under the number ([0-9a-f]{10})\\.").Groups[1].Value;
        Assert.NotEqual("", number);
        Assert.Contains(number + ": GET /archive: System.NotImplementedException", service.Log, StringComparison.Ordinal);
        Assert.Equal(Protection.PagePolicy, answer.Headers.GetValues("Content-Security-Policy").Single());
    }

    private static string Path(RoutePattern pattern) => "/" + pattern.RawText!.TrimStart('/').Replace("{**key}", "one/report.html", StringComparison.Ordinal).Replace("{model}", "demo", StringComparison.Ordinal).Replace("{version}", "v1", StringComparison.Ordinal);

    private static IReadOnlyList<string> Methods(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];

    // What an action could change: the registry's index, its log, and the schedule.
    private static byte[] State(RunningService service)
    {
        using System.Security.Cryptography.IncrementalHash hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        foreach (string file in new[] { "index.json", AuditLog.FileName })
        {
            hash.AppendData(File.ReadAllBytes(System.IO.Path.Combine(service.Settings.Registry, file)));
        }

        Schedule schedule = Schedule.Open(service.Settings.Schedule).GetAwaiter().GetResult();
        foreach (JobState job in schedule.List().GetAwaiter().GetResult())
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{job.Job.Name} {job.State} {job.Queued}\n"));
        }

        schedule.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return hash.GetHashAndReset();
    }

    private static void WriteRun(RunningService service, string name, string title)
    {
        string folder = System.IO.Path.Combine(service.Settings.Runs, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(System.IO.Path.Combine(folder, "report.html"), "<html>report</html>");
        File.WriteAllText(System.IO.Path.Combine(folder, "metrics.json"), System.Text.Json.JsonSerializer.Serialize(new { format = "mlnetscinti.metrics/2", title, data = new { origin = title }, run = new { started = "2026-11-28T16:39:32Z" } }));
    }

    private async Task<RunningService> Start(IArchiveQueue? archive = null)
    {
        RunningService service = await RunningService.Start(_folder.Path, settings => settings with { Archive = archive });
        ModelRegistry registry = new(service.Settings.Registry, "test", "somebody");
        _ = registry.Add(models.Bundle(1), null, "added");
        _ = registry.Add(models.Bundle(2), null, "added");
        _ = registry.Promote("demo:v2", "first");
        await using Schedule schedule = await Schedule.Open(service.Settings.Schedule);
        await schedule.Add(new ScheduledJob("nightly", "run", System.IO.Path.Combine(_folder.Path, "demo.yaml"), [], _folder.Path) { Cron = CronTime.Of("0 2 * * SUN", "UTC") }, replace: true);
        return service;
    }

    private sealed class BrokenQueue : IArchiveQueue
    {
        public Task<IReadOnlyList<ArchiveEntry>> List(ArchiveState state, int most, int skip) => throw new NotImplementedException("secret");

        public Task<bool> TryAgain(string study, string who) => throw new NotImplementedException("secret");
    }
}

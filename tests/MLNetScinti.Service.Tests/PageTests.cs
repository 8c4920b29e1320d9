using System.Net;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Jobs.Registry;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Jobs.Tests.Registry;
using MLNetScinti.Service.Accounts;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Service.Tests;

/// <summary>What the pages show, and what their forms do.</summary>
public sealed class PageTests(TrainedModels models) : IClassFixture<TrainedModels>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_empty_house_has_pages_too()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        using Visitor visitor = await service.SignedIn(Role.Approver);
        foreach (string path in new[] { "/", "/runs", "/comparisons", "/models", "/schedule", "/schedule/history", "/audit", "/users" })
        {
            Assert.Contains("<main id=\"main\"", await visitor.Page(path), StringComparison.Ordinal);
        }

        using HttpResponseMessage none = await visitor.Get("/archive");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.DoesNotContain("/archive", await visitor.Page("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approver_puts_models_in_use_and_back_and_the_log_has_who()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        ModelRegistry registry = new(service.Settings.Registry, "test", "somebody");
        _ = registry.Add(models.Bundle(1), null, "added");
        _ = registry.Add(models.Bundle(2), null, "added");
        using Visitor visitor = await service.SignedIn(Role.Approver);
        Assert.Contains("Tests only, number 1.", await visitor.Page("/models/demo/v1"), StringComparison.Ordinal);
        using HttpResponseMessage first = await visitor.Post("/models/promote", "/models/demo/v1", ("model", "demo:v1"), ("why", "the first"));
        Assert.Equal((HttpStatusCode.SeeOther, "/models/demo?done=promoted"), (first.StatusCode, first.Headers.Location!.OriginalString));
        using HttpResponseMessage second = await visitor.Post("/models/promote", "/models/demo/v2", ("model", "demo:v2"), ("why", "better"));
        Assert.Equal("demo:v2", registry.Find("demo:champion").Reference);
        using HttpResponseMessage same = await visitor.Post("/models/promote", "/models/demo/v1", ("model", "demo:v2"), ("why", "again"));
        Assert.Equal("/models/demo?done=same", same.Headers.Location!.OriginalString);
        using HttpResponseMessage back = await visitor.Post("/models/rollback", "/models/demo", ("model", "demo"), ("why", "worse"));
        Assert.Equal("/models/demo?done=rolled-back", back.Headers.Location!.OriginalString);
        Assert.Equal("demo:v1", registry.Find("demo:champion").Reference);

        AuditAct[] acts = [.. registry.Log().Select(entry => entry.Act).TakeLast(3)];
        Assert.All(acts, act => Assert.Equal("the-approver", act.Who));
        Assert.Equal(["promote v1 the first", "promote v2 better", "rollback v1 worse"], acts.Select(act => $"{act.What} {act.Subject} {act.Why}"));
        Assert.Null(registry.VerifyLog().Fault);
        string page = await visitor.Page("/models/demo?done=rolled-back");
        Assert.Contains("The version before is in use again; the audit log has the entry.", page, StringComparison.Ordinal);
        Assert.Contains("withdrawn", page, StringComparison.Ordinal);
        Assert.Contains("rollback", await visitor.Page("/audit"), StringComparison.Ordinal);

        using HttpResponseMessage none = await visitor.Post("/models/rollback", "/models/demo", ("model", "demo"), ("why", "more"));
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
        string said = await none.Content.ReadAsStringAsync();
        Assert.Contains("no version of demo was in use before v1", said, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Path, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_has_jobs_run_paused_and_resumed()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        await using Schedule schedule = await Schedule.Open(service.Settings.Schedule);
        await schedule.Add(new ScheduledJob("nightly", "run", Path.Combine(_folder.Path, "demo.yaml"), [], _folder.Path) { Cron = CronTime.Of("0 2 * * SUN", "UTC") }, replace: false);
        using Visitor visitor = await service.SignedIn(Role.Operator);
        Assert.Contains("0 2 * * SUN (UTC)", await visitor.Page("/schedule"), StringComparison.Ordinal);
        foreach ((string action, string done, string state) in new[] { ("pause", "paused", "paused"), ("resume", "resumed", "waiting"), ("now", "queued", "queued") })
        {
            using HttpResponseMessage answer = await visitor.Post($"/schedule/{action}", "/schedule", ("job", "nightly"));
            Assert.Equal($"/schedule?done={done}", answer.Headers.Location!.OriginalString);
            Assert.Equal(state, (await schedule.List()).Single().State);
        }

        Assert.Contains("the-operator paused nightly", service.Log, StringComparison.Ordinal);
        using HttpResponseMessage none = await visitor.Post("/schedule/now", "/schedule", ("job", "no-such"));
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
        Assert.Contains("there is no job no-such; there is nightly.", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_node_in_the_host_ran_stands_in_the_history()
    {
        string program = OperatingSystem.IsWindows() ? "cmd" : "/bin/sh", script = Path.Combine(_folder.Path, "job.sh");
        File.WriteAllText(script, "exit 0\n");
        await using RunningService service = await RunningService.Start(_folder.Path, settings => settings with
        {
            Jobs = 1,
            Node = new NodeSettings([program, script], code => new JobVerdict(code == 0, "done"), Path.Combine(_folder.Path, "logs"), _ => { }),
        });
        await using (Schedule schedule = await Schedule.Open(service.Settings.Schedule))
        {
            await schedule.Add(new ScheduledJob("once", "run", Path.Combine(_folder.Path, "demo.yaml"), [], _folder.Path), replace: false);
        }

        using Visitor visitor = await service.SignedIn(Role.Operator);
        using HttpResponseMessage queued = await visitor.Post("/schedule/now", "/schedule", ("job", "once"));
        string page = "";
        for (int i = 0; i < 200 && !page.Contains("exit code 0: done", StringComparison.Ordinal); i++)
        {
            await Task.Delay(100);
            page = await visitor.Page("/schedule/history?job=once");
        }

        Assert.Contains("exit code 0: done", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_archive_has_a_page_where_there_is_a_queue_and_its_dead_letters_are_tried_again()
    {
        Queue queue = new();
        await using RunningService service = await RunningService.Start(_folder.Path, settings => settings with { Archive = queue });
        using Visitor reader = await service.SignedIn(Role.Reader), visitor = await service.SignedIn(Role.Operator);
        Assert.DoesNotContain("Try again", await reader.Page("/archive"), StringComparison.Ordinal);
        string page = await visitor.Page("/archive?state=dead");
        Assert.Contains("S-7", page, StringComparison.Ordinal);
        using HttpResponseMessage again = await visitor.Post("/archive/again", "/archive", ("study", "S-7"));
        Assert.Equal("/archive?done=again", again.Headers.Location!.OriginalString);
        Assert.Equal([("S-7", "the-operator")], queue.Asked);
        using HttpResponseMessage none = await visitor.Post("/archive/again", "/archive", ("study", "S-8"));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task A_changed_audit_log_is_told_on_the_first_page()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        ModelRegistry registry = new(service.Settings.Registry, "test", "somebody");
        _ = registry.Add(models.Bundle(1), null, "added");
        _ = registry.Add(models.Bundle(2), null, "added");
        using Visitor visitor = await service.SignedIn(Role.Operator);
        using HttpResponseMessage sound = await visitor.Post("/audit/look", "/audit");
        Assert.Contains("2 entries, none changed, removed or inserted", await visitor.Page("/"), StringComparison.Ordinal);
        File.WriteAllText(registry.LogFile, File.ReadAllText(registry.LogFile).Replace("\"why\":\"added\"", "\"why\":\"Added\"", StringComparison.Ordinal));
        using HttpResponseMessage changed = await visitor.Post("/audit/look", "/audit");
        Assert.Contains("entry 1 was changed", await visitor.Page("/"), StringComparison.Ordinal);
        Assert.Contains("2 of these lines are no entries.", await visitor.Page("/audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_are_leafed_through_to_their_end()
    {
        await using RunningService service = await RunningService.Start(_folder.Path);
        for (int i = 0; i < 120; i++)
        {
            string folder = Path.Combine(service.Settings.Runs, $"run-{i:000}");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "report.html"), "<html></html>");
            File.WriteAllText(Path.Combine(folder, "metrics.json"), System.Text.Json.JsonSerializer.Serialize(new { format = $"mlnetscinti.{(i % 2 == 0 ? "metrics" : "comparison")}/2", title = $"T{i:000}", run = new { started = $"2026-01-{1 + (i / 30):00}T00:00:00Z" } }));
        }

        service.Sweep();
        using Visitor visitor = await service.SignedIn(Role.Reader);
        List<string> titles = [];
        string? next = "/runs";
        while (next is not null)
        {
            string page = await visitor.Page(next);
            titles.AddRange(System.Text.RegularExpressions.Regex.Matches(page, ">T([0-9]{3})<").Select(match => match.Groups[1].Value));
            next = System.Text.RegularExpressions.Regex.Match(page, "href=\"([^\"]*)\" rel=\"next\"") is { Success: true } link ? WebUtility.HtmlDecode(link.Groups[1].Value) : null;
        }

        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"{118 - (2 * i):000}"), titles);
        Assert.Contains("60 reports", await visitor.Page("/comparisons"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_went_go_and_those_that_changed_change()
    {
        await using RunningService service = await RunningService.Start(_folder.Path, settings => settings with { Look = TimeSpan.FromHours(1) });
        string folder = Path.Combine(service.Settings.Runs, "one"), metrics = Path.Combine(folder, "metrics.json");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "report.html"), "<html></html>");
        service.Sweep();
        using Visitor visitor = await service.SignedIn(Role.Reader);
        Assert.Contains(">one</a>", await visitor.Page("/runs"), StringComparison.Ordinal);
        File.WriteAllText(metrics, """{"format":"mlnetscinti.metrics/2","title":"Named","evaluation":{"ranking":{"areaUnderRoc":{"value":0.7919,"interval":{"lower":0.65,"upper":0.886}}}}}""");
        service.Sweep();
        string page = await visitor.Page("/runs");
        Assert.Contains(">Named</a>", page, StringComparison.Ordinal);
        Assert.Contains("AUC 0.792 (0.650 to 0.886)", page, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
        service.Sweep();
        Assert.Contains("0 reports", await visitor.Page("/runs"), StringComparison.Ordinal);
    }

    private sealed class Queue : IArchiveQueue
    {
        public List<(string, string)> Asked { get; } = [];

        public Task<IReadOnlyList<ArchiveEntry>> List(ArchiveState state, int most, int skip) =>
            Task.FromResult<IReadOnlyList<ArchiveEntry>>(state == ArchiveState.Dead ? [new("S-7", "dmsa", 5, DateTimeOffset.UnixEpoch, "the archive refused it")] : []);

        public Task<bool> TryAgain(string study, string who)
        {
            Asked.Add((study, who));
            return Task.FromResult(study == "S-7");
        }
    }
}

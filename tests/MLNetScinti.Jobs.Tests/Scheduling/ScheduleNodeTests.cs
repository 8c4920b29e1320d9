using System.Text.Json;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Scheduling;

/// <summary>Nodes with a program that stands in for ours: what it does is in the name of the file that it is given.</summary>
public sealed class ScheduleNodeTests : IDisposable
{
    private const string Program = """
        name=$(basename "$2")
        case "$name" in
          code-*) echo "says $1"; echo oops >&2; exit "${name#code-}";;
          turns-*) echo begin >> turns; sleep 0.1; echo end >> turns;;
          wait) echo begun >> begun; [ -e go ] && exit 0; read -r line; [ "$line" = stop ] && exit 143; exit 9;;
          far) printf '{"Percent":40,"Text":"epoch 4 of 10, 0:12 left"}' > "$SCINTI_JOB_STATE"; echo begun > begun; while [ ! -e go ]; do sleep 0.05; done;;
          large) mkfifo pipe; cat /dev/zero > pipe & exec tail -c 400000000 pipe;;
          secrets) env > environment;;
        esac
        """;

    private readonly TemporaryFolder _folder = new();

    public ScheduleNodeTests() => File.WriteAllText(_folder.File("program.sh"), Program);

    [Fact]
    public async Task EachRunIsInTheHistoryWithItsExitCodeAndItsLog()
    {
        await Queue("code-0", "code-4", "code-7");
        await Run(new NodeOptions { UntilIdle = true });
        IReadOnlyList<JobRun> history = await History();
        Assert.Equal(
            [("code-0", "done", "exit code 0: meaning 0"), ("code-4", "done", "exit code 4: meaning 4"), ("code-7", "failed", "exit code 7: meaning 7")],
            history.Select(run => (run.Job, run.Result, run.Summary)).Order());
        JobRun one = history.Single(run => run.Job == "code-7");
        Assert.Equal(("7", "False"), (one.Facts["exitCode"], one.Facts["recovered"]));
        JsonElement[] lines = [.. File.ReadLines(one.Facts["log"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Contains(lines, line => (line.GetProperty("source").GetString(), line.GetProperty("text").GetString()) == ("out", "says run"));
        Assert.Contains(lines, line => (line.GetProperty("source").GetString(), line.GetProperty("text").GetString()) == ("error", "oops"));
        Assert.All(lines, line => Assert.EndsWith("Z", line.GetProperty("at").GetString(), StringComparison.Ordinal));
        Assert.Equal(2, (await History("code-4", "code-0")).Count);
    }

    [Fact]
    public async Task OneJobRunsOnceAtATimeHoweverManyANodeTakes()
    {
        await Queue("turns-a", "turns-a", "turns-a");
        await Run(new NodeOptions { UntilIdle = true, Jobs = 3 });
        Assert.Equal(["begin", "end", "begin", "end", "begin", "end"], File.ReadAllLines(_folder.File("turns")));
        Assert.Equal(3, (await History()).Count);
    }

    [Fact]
    public async Task ANodeTakesTheGroupsThatItSays()
    {
        await Queue(job => job with { Group = "gpu" }, "code-0");
        await Queue(job => job with { Group = "score" }, "code-4");
        await Queue("code-8");
        await Run(new NodeOptions { UntilIdle = true, Takes = [TakenGroup.Of("score=1")] });
        Assert.Equal("code-4", Assert.Single(await History()).Job);
        await Run(new NodeOptions { UntilIdle = true, Takes = [TakenGroup.Of("default")] });
        Assert.Equal(["code-4", "code-8"], (await History()).Select(run => run.Job).Order());
        await Run(new NodeOptions { UntilIdle = true });
        Assert.Equal(3, (await History()).Count);
    }

    [Fact]
    public async Task ANodeForOneJobEndsBehindIt()
    {
        await Queue("code-0", "code-4");
        await Run(new NodeOptions { Once = true });
        Assert.Single(await History());
    }

    [Fact]
    public async Task AJobThatTakesTooMuchMemoryIsEnded()
    {
        await Queue(job => job with { Limits = new(50_000_000, null) }, "large");
        await Run(new NodeOptions { UntilIdle = true });
        JobRun run = Assert.Single(await History());
        Assert.Equal("failed", run.Result);
        Assert.Contains("and may hold 0.05 GB", run.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AJobThatTakesTooLongIsToldToEnd()
    {
        await Queue(job => job with { Limits = new(0, TimeSpan.FromSeconds(0.3)) }, "wait");
        await Run(new NodeOptions { UntilIdle = true });
        JobRun run = Assert.Single(await History());
        Assert.Equal(("failed", "exit code 143: it took longer than 00:00:00.3000000; stopped"), (run.Result, run.Summary));
    }

    [Fact]
    public async Task ANodeThatIsToldToEndLeavesItsJobToTheNext()
    {
        await Queue("wait");
        using CancellationTokenSource stop = new();
        Task node = Run(new NodeOptions(), stop.Token);
        await Until(() => File.Exists(_folder.File("begun")), stop.Token);
        await stop.CancelAsync();
        await node;
        File.WriteAllText(_folder.File("go"), "");
        await Run(new NodeOptions { UntilIdle = true }, CancellationToken.None);
        Assert.Equal(2, File.ReadAllLines(_folder.File("begun")).Length);
        JobRun last = (await History())[0];
        Assert.Equal(("done", "True"), (last.Result, last.Facts["recovered"]));
    }

    [Fact]
    public async Task HowFarAJobIsIsToldWhileItRuns()
    {
        await Queue("far");
        Task node = Run(new NodeOptions { UntilIdle = true });
        JobProgress? told = null;
        await Until(async () =>
        {
            await using Schedule schedule = await Open();
            told = Assert.Single(await schedule.List()).Running;
            return told?.Percent > 0;
        });
        File.WriteAllText(_folder.File("go"), "");
        await node;
        Assert.Equal((40, "epoch 4 of 10, 0:12 left"), (told!.Percent, told.Text));
    }

    [Fact]
    public async Task AFileOfSqliteHasRoomForOneNode()
    {
        using FileStream held = new(_folder.File("schedule.sqlite.node"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Contains("a node runs at this store already", (await Assert.ThrowsAsync<ScheduleException>(() => Run(new NodeOptions { UntilIdle = true }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProgramThatIsNotThereIsAFailureOfTheJob()
    {
        await Queue("code-0");
        await Run(new NodeOptions { UntilIdle = true }, program: ["/nowhere/scinti"]);
        Assert.Equal("failed", Assert.Single(await History()).Result);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task Until(Func<Task<bool>> condition, CancellationToken cancel = default)
    {
        for (int i = 0; i < 600 && !await condition(); i++)
        {
            await Task.Delay(50, cancel);
        }
    }

    private static Task Until(Func<bool> condition, CancellationToken cancel) => Until(() => Task.FromResult(condition()), cancel);

    private Task<Schedule> Open() => Schedule.Open(ScheduleStore.Sqlite(_folder.File("schedule.sqlite")));

    private Task Queue(params string[] names) => Queue(job => job, names);

    private async Task Queue(Func<ScheduledJob, ScheduledJob> change, params string[] names)
    {
        await using Schedule schedule = await Open();
        foreach (string name in names)
        {
            await schedule.Add(change(new ScheduledJob(name, "run", _folder.File(name), [], Path.GetDirectoryName(_folder.File(name))!)), replace: true);
            await schedule.Now(name);
        }
    }

    private Task Run(NodeOptions options, CancellationToken cancel = default, IReadOnlyList<string>? program = null) => ScheduleNode.Run(
        ScheduleStore.Sqlite(_folder.File("schedule.sqlite")),
        new NodeSettings(program ?? ["/bin/sh", _folder.File("program.sh")], code => new(code is 0 or 4 or 8, $"meaning {code}"), _folder.File("logs"), _ => { }),
        options,
        cancel);

    private async Task<IReadOnlyList<JobRun>> History(params string[] names)
    {
        await using Schedule schedule = await Open();
        return names.Length == 0 ? await schedule.History(null, 100) : [.. (await Task.WhenAll(names.Select(name => schedule.History(name, 100)))).SelectMany(runs => runs)];
    }
}

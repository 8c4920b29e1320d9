using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Scheduling;

public sealed class ScheduleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string StoreFile => _folder.File("schedule.sqlite");

    [Fact]
    public async Task AJobIsKeptAsItWasGiven()
    {
        ScheduledJob job = new("weekly", "run", "/x/demo.yaml", ["--preset", "a b"], "/x")
        {
            Group = "gpu",
            Limits = new(8_000_000_000, TimeSpan.FromHours(6)),
            Cron = CronTime.Of("0 2 * * SUN", "Europe/Berlin"),
            Misfire = MisfireRule.Skip,
        };
        await using (Schedule schedule = await Schedule.Open(ScheduleStore.Sqlite(StoreFile)))
        {
            await schedule.Add(job, replace: false);
        }

        await using Schedule again = await Schedule.Open(ScheduleStore.Sqlite(StoreFile));
        JobState kept = Assert.Single(await again.List());
        Assert.Equal(("waiting", 0, null), (kept.State, kept.Queued, kept.Running));
        Assert.Equal(job.Command, kept.Job.Command);
        Assert.Equal((job.Name, job.Folder, job.Group, job.Limits, job.Misfire), (kept.Job.Name, kept.Job.Folder, kept.Job.Group, kept.Job.Limits, kept.Job.Misfire));
        Assert.Equal(("0 2 * * SUN", "Europe/Berlin"), (kept.Job.Cron!.Text, kept.Job.Cron.Zone));
        Assert.Equal(job.Cron.Times(DateTimeOffset.UtcNow).First(), kept.Next);
    }

    [Fact]
    public async Task ANameAndACommandAreThereOnce()
    {
        await using Schedule schedule = await Schedule.Open(ScheduleStore.Sqlite(StoreFile));
        await schedule.Add(Job("a", "/x/a.yaml"), replace: false);
        Assert.Contains("--replace", (await Assert.ThrowsAsync<ScheduleException>(() => schedule.Add(Job("a", "/x/b.yaml"), replace: false))).Message, StringComparison.Ordinal);
        Assert.Contains("the job a does just this", (await Assert.ThrowsAsync<ScheduleException>(() => schedule.Add(Job("b", "/x/a.yaml"), replace: false))).Message, StringComparison.Ordinal);
        await schedule.Add(Job("a", "/x/b.yaml") with { Cron = CronTime.Of("@daily", "UTC") }, replace: true);
        JobState kept = Assert.Single(await schedule.List());
        Assert.Equal(("/x/b.yaml", "@daily"), (kept.Job.File, kept.Job.Cron?.Text));
        await schedule.Add(Job("a", "/x/b.yaml"), replace: true);
        Assert.Equal("on call", Assert.Single(await schedule.List()).State);
    }

    [Fact]
    public async Task AJobIsPausedResumedQueuedAndRemoved()
    {
        await using Schedule schedule = await Schedule.Open(ScheduleStore.Sqlite(StoreFile));
        await schedule.Add(Job("a", "/x/a.yaml") with { Cron = CronTime.Of("0 2 * * *", "UTC") }, replace: false);
        await schedule.Pause("a");
        Assert.Equal(("paused", null), await State());
        await schedule.Resume("a");
        Assert.Equal("waiting", (await State()).State);
        await schedule.Now("a");
        await schedule.Now("a");
        Assert.Equal(2, Assert.Single(await schedule.List()).Queued);
        Assert.Contains("there is no job b; there is a", (await Assert.ThrowsAsync<ScheduleException>(() => schedule.Pause("b"))).Message, StringComparison.Ordinal);
        await schedule.Remove("a");
        Assert.Empty(await schedule.List());

        async Task<(string State, DateTimeOffset? Next)> State() => Assert.Single(await schedule.List()) is var one ? (one.State, one.Next) : default;
    }

    [Fact]
    public void AConnectionStringIsNeverSaidAndItsFileIsItsOwners()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const string secret = "Host=db;Database=scinti;Username=u;Password=hunter2";
        string file = _folder.File("connection");
        File.WriteAllText(file, secret + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        ScheduleException open = Assert.Throws<ScheduleException>(() => Find(null, (ScheduleStore.PostgresFileVariable, file)));
        Assert.Contains("chmod 600", open.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ScheduleStore store = Find(null, (ScheduleStore.PostgresFileVariable, file));
        Assert.Equal((true, "PostgreSQL, db, scinti"), (store.IsShared, store.Place));
        Assert.Throws<ScheduleException>(() => Find(null, (ScheduleStore.PostgresFileVariable, file), (ScheduleStore.PostgresVariable, secret)));
        foreach (string wrong in (string[])["Passwort=hunter2", "Host=db;Password=hunter2", "hunter2"])
        {
            ScheduleException refused = Assert.Throws<ScheduleException>(() => Find(null, (ScheduleStore.PostgresVariable, wrong)));
            Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(StoreFile, Find(StoreFile, (ScheduleStore.PostgresVariable, secret)).Place);
        Assert.Equal(StoreFile, Find(null, (ScheduleStore.FileVariable, StoreFile)).Place);

        static ScheduleStore Find(string? file, params (string Name, string Value)[] environment) =>
            ScheduleStore.Find(file, name => environment.FirstOrDefault(one => one.Name == name).Value);
    }

    [Fact]
    public async Task AFileThatIsNoScheduleIsRefusedInOneLine()
    {
        File.WriteAllText(StoreFile, new string('x', 5000));
        ScheduleException refused = await Assert.ThrowsAsync<ScheduleException>(() => Schedule.Open(ScheduleStore.Sqlite(StoreFile)));
        Assert.StartsWith(StoreFile, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    public void Dispose() => _folder.Dispose();

    private static ScheduledJob Job(string name, string file) => new(name, "run", file, [], "/x");
}

using MLNetScinti.Dicom;
using MLNetScinti.Jobs.Scheduling;
using MLNetScinti.Jobs.Tests.Scheduling;
using MLNetScinti.Pacs.Queue;
using MLNetScinti.Testing;
using Xunit;

namespace MLNetScinti.Pacs.Tests.Queue;

/// <summary>The queue: in a file, and in PostgreSQL by the same statements.</summary>
public sealed class PacsQueueTests : IDisposable
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(60), s_lease = TimeSpan.FromSeconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("scinti-pacs-").FullName;
    private readonly Hands _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AStudyGoesItsWayInAFile()
    {
        ScheduleStore store = ScheduleStore.Sqlite(Path.Combine(_folder, "pacs.sqlite"));
        using PacsQueue queue = Opened(store);
        GoesItsWay(queue);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(store.Place));
        }
    }

    [PeerFact("pg_ctlcluster")]
    public void AStudyGoesItsWayInPostgres()
    {
        using TestPostgres server = new();
        using PacsQueue queue = Opened(ScheduleStore.Postgres(server.ConnectionString, "test"));
        GoesItsWay(queue);
    }

    /// <summary>What a node had that was killed is another's, and not before its time is over.</summary>
    [Fact]
    public void WhatANodeLeftIsTakenByAnother()
    {
        using PacsQueue queue = Opened(ScheduleStore.Sqlite(Path.Combine(_folder, "pacs.sqlite")));
        queue.Enter("a", "1", [new ToldStudy("1.2.3", true)], s_rest);
        ClaimedStudy study = queue.Claim("one", s_lease)!;
        queue.Begin(study, "one", "rule");
        Assert.Null(queue.Claim("two", s_lease));
        Assert.True(queue.Renew(study, "one", s_lease));
        _clock.Forward(TimeSpan.FromSeconds(101));
        Assert.NotNull(queue.Claim("two", s_lease));
        Assert.False(queue.Renew(study, "one", s_lease));
        // The one that lost it changes nothing.
        queue.End(study, "one", new(PacsState.Done, ""));
        Assert.Equal(PacsState.Running, Assert.Single(queue.List()).State);
        Assert.Equal(1, queue.Release());
        Assert.Equal(PacsState.Waiting, Assert.Single(queue.List()).State);
        Assert.NotNull(queue.Claim("one", s_lease));
    }

    [Fact]
    public void WhatComesWhileANodeWorksIsLookedAtOnceMore()
    {
        using PacsQueue queue = Opened(ScheduleStore.Sqlite(Path.Combine(_folder, "pacs.sqlite")));
        queue.Enter("a", "1", [new ToldStudy("1.2.3", true)], s_rest);
        ClaimedStudy study = queue.Claim("one", s_lease)!;
        queue.Enter("a", "2", [new ToldStudy("1.2.3", false)], s_rest);
        queue.End(study, "one", new(PacsState.Done, "") { Inputs = "x" });
        Assert.Null(queue.Claim("one", s_lease));
        _clock.Forward(s_rest);
        Assert.Equal("x", queue.Claim("one", s_lease)!.Inputs);
    }

    private PacsQueue Opened(ScheduleStore store) => PacsQueue.Open(store, new PseudonymKey(TestSecret.Of("pacs")), _clock);

    private void GoesItsWay(PacsQueue queue)
    {
        Assert.Equal("", queue.Position("a"));
        queue.Enter("a", "17", [new ToldStudy("1.2.3", false), new ToldStudy("1.2.4", true)], s_rest);
        Assert.Equal("17", queue.Position("a"));
        ClaimedStudy first = queue.Claim("one", s_lease)!;
        Assert.Equal("1.2.4", first.StudyUid);
        Assert.Null(queue.Claim("one", s_lease));
        queue.Begin(first, "one", "rule");
        queue.Postpone(first, "one", TimeSpan.FromSeconds(10), "no reason", isAttempt: true);
        PacsEntry entry = queue.Find(first.Pseudonym)!;
        Assert.Equal((PacsState.Waiting, 1, "no reason", "rule"), (entry.State, entry.Attempts, entry.Reason, entry.Rule));
        Assert.Matches("^S-[0-9A-Z]{12}$", entry.Pseudonym);
        _clock.Forward(TimeSpan.FromSeconds(11));
        first = queue.Claim("one", s_lease)!;
        Assert.Equal(1, first.Attempts);
        queue.End(first, "one", new(PacsState.Dead, "never") { Rule = "rule" });
        Assert.Equal(first.Pseudonym, Assert.Single(queue.List(PacsState.Dead)).Pseudonym);
        Assert.Equal((1, 1), (queue.Counts()[PacsState.Dead], queue.Counts()[PacsState.Waiting]));
        Assert.Null(queue.Claim("one", s_lease));

        Assert.True(queue.Retry(first.Pseudonym));
        Assert.False(queue.Retry("S-000000000000"));
        first = queue.Claim("one", s_lease)!;
        Assert.Equal(("1.2.4", 0), (first.StudyUid, first.Attempts));
        Assert.False(queue.Retry(first.Pseudonym));
        queue.End(first, "one", new(PacsState.Done, "") { Inputs = "x", Rule = "rule", Results = 4 });

        // The one that was not at rest is due when it was left alone, and from then on.
        _clock.Forward(s_rest);
        ClaimedStudy other = queue.Claim("one", s_lease)!;
        Assert.Equal("1.2.3", other.StudyUid);
        queue.End(other, "one", new(PacsState.NoRule, "none"));
        Assert.Null(queue.NextDue());

        // An archive that counts tells of it as often as it likes: as long as the number stays, nothing is due.
        queue.Enter("b", "", [new ToldStudy("1.2.5", false, 3)], TimeSpan.Zero);
        ClaimedStudy counted = queue.Claim("one", s_lease)!;
        queue.End(counted, "one", new(PacsState.Done, "") { Inputs = "y" });
        queue.Enter("b", "", [new ToldStudy("1.2.5", false, 3)], TimeSpan.Zero);
        Assert.Null(queue.Claim("one", s_lease));
        queue.Enter("b", "", [new ToldStudy("1.2.5", false, 4)], TimeSpan.Zero);
        counted = queue.Claim("one", s_lease)!;
        Assert.Equal((PacsState.Done, "y"), (counted.State, counted.Inputs));
        queue.Leave(counted, "one");
        Assert.Null(queue.Claim("one", s_lease));
        Assert.Equal(3, queue.List().Count);
    }

    private sealed class Hands : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

        public void Forward(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}

using System.Globalization;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Auditing;

/// <summary>A part of a log, found without reading the rest.</summary>
public sealed class AuditPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Log => _folder.File(AuditLog.FileName);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    public void Leafing_through_gives_every_entry_once_from_the_last_to_the_first(int most)
    {
        const int Entries = 700;
        Write(Entries, i => new string('x', i * 37 % 1900));
        List<long> seen = [];
        long? before = null;
        AuditPage page;
        do
        {
            page = AuditPage.Read(Log, before, most);
            Assert.True(page.Entries.Count <= most);
            Assert.Equal(0, page.Unreadable);
            seen.AddRange(page.Entries.Select(entry => entry.Entry));
            before = page.Entries[^1].Entry;
        }
        while (page.HasOlder);
        Assert.Equal(Enumerable.Range(1, Entries).Select(i => (long)i).Reverse(), seen);
    }

    [Fact]
    public void Any_number_is_found()
    {
        Write(300, i => new string('x', i % 500));
        foreach (long before in new long[] { 0, 1, 2, 3, 150, 299, 300, 301, 5000, long.MaxValue })
        {
            AuditPage page = AuditPage.Read(Log, before, 5);
            long last = Math.Min(before - 1, 300);
            Assert.Equal(Enumerable.Range(0, (int)Math.Clamp(last, 0, 5)).Select(i => last - i), page.Entries.Select(entry => entry.Entry));
            Assert.Equal(last > 5, page.HasOlder);
        }
    }

    [Fact]
    public void Lines_that_are_none_are_counted_and_none_behind_them_is_lost()
    {
        Write(40, _ => "why");
        string[] lines = File.ReadAllLines(Log);
        lines[20] = lines[20].Replace("why", "wHy", StringComparison.Ordinal);
        File.WriteAllText(Log, string.Join('\n', lines) + "\n" + new string('z', 300_000) + "\nhalf a li");
        AuditPage page = AuditPage.Read(Log, null, 100);
        Assert.Equal(Enumerable.Range(1, 40).Where(i => i != 21).Select(i => (long)i).Reverse(), page.Entries.Select(entry => entry.Entry));
        Assert.True(page.Unreadable >= 3);
        Assert.Equal([19L, 18L], AuditPage.Read(Log, 20, 2).Entries.Select(entry => entry.Entry));
    }

    [Fact]
    public void No_log_has_no_entries()
    {
        Assert.Equal((0, false), (AuditPage.Read(Log, null, 10).Entries.Count, AuditPage.Read(Log, 3, 10).HasOlder));
        File.WriteAllText(Log, "");
        Assert.Empty(AuditPage.Read(Log, null, 10).Entries);
    }

    private void Write(int entries, Func<int, string> why)
    {
        AuditHead head = AuditHead.None;
        List<string> lines = [];
        for (int i = 1; i <= entries; i++)
        {
            (string line, head) = AuditLog.Next(new AuditAct("note", "somebody", why(i) + i.ToString(CultureInfo.InvariantCulture), "demo"), DateTimeOffset.UnixEpoch.AddMinutes(i), head);
            lines.Add(line);
        }

        File.WriteAllText(Log, string.Join('\n', lines) + "\n");
    }
}

using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MLNetScinti.Jobs.Auditing;
using MLNetScinti.Systems.Tests.Cases;
using Xunit;

namespace MLNetScinti.Jobs.Tests.Auditing;

/// <summary>Whatever is done to a log, the first entry that it was done to is named.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheFirstOfTenThousandEntriesThatWasChangedRemovedOrInsertedIsNamed()
    {
        (byte[][] lines, AuditHead head) = Log(10_000);
        Assert.Equal((new AuditVerdict(head, null), 10_000), (Verify(lines, head), head.Entries));
        Random random = new(5);
        foreach (int at in (int[])[1, 10_000, .. Enumerable.Range(0, 2).Select(_ => random.Next(2, 9_998))])
        {
            // A byte; the words, with a hash that fits them.
            byte[] line = [.. lines[at - 1]];
            line[random.Next(line.Length)] ^= 1;
            Named(AuditFaultKind.Changed, at, Verify([.. lines[..(at - 1)], line, .. lines[at..]], head));
            Named(AuditFaultKind.Changed, at, Verify([.. lines[..(at - 1)], Forged(lines[at - 1]), .. lines[at..]], head));

            // Gone; put in (a copy from elsewhere, a forged one that chains on, no entry at all); two that changed places.
            Named(AuditFaultKind.Removed, at, Verify([.. lines[..(at - 1)], .. lines[at..]], head));
            Named(AuditFaultKind.Inserted, at, Verify([.. lines[..(at - 1)], Forged(lines[at - 1]), .. lines[(at - 1)..]], head), at);
            Named(AuditFaultKind.Inserted, at, Verify([.. lines[..(at - 1)], "{}"u8.ToArray(), .. lines[(at - 1)..]], head), at);
            AuditFault copied = Verify([.. lines[..at], lines[Math.Max(0, at - 5)], .. lines[at..]], head).Fault!;
            Assert.Equal((AuditFaultKind.Inserted, at + 1), (copied.Kind, copied.Line));
            if (at < 10_000)
            {
                Assert.Equal(at, Verify([.. lines[..(at - 1)], lines[at], lines[at - 1], .. lines[(at + 1)..]], head).Fault!.Line);
            }
        }

        // The end: whoever keeps the head apart sees it cut off, written anew, or gone on with.
        Named(AuditFaultKind.Removed, 9_991, Verify(lines[..9_990], head));
        Assert.Null(Verify(lines[..9_990], null).Fault);
        Assert.Equal(AuditFaultKind.Changed, Verify(Anew(lines, 4_000), head).Fault!.Kind);
        Assert.Null(Verify(Anew(lines, 4_000), null).Fault);
        (string more, _) = AuditLog.Next(Act(10_001), At(10_001), head);
        Named(AuditFaultKind.Inserted, 10_001, Verify([.. lines, Encoding.UTF8.GetBytes(more)], head));
        Assert.Null(AuditLog.Verify(Written([.. lines, Encoding.UTF8.GetBytes(more)]), head).Fault);
        Named(AuditFaultKind.Removed, 1, Verify([], head));
    }

    [Fact]
    public void AnyByteThatIsAnotherOneIsFoundInItsEntry()
    {
        (byte[][] lines, AuditHead head) = Log(12);
        byte[] whole = File.ReadAllBytes(Written(lines));
        int[] lineOf = new int[whole.Length];
        for (int i = 0, line = 1; i < whole.Length; line += whole[i++] == '\n' ? 1 : 0)
        {
            lineOf[i] = line;
        }

        Gen<(int At, int Flip)> changes = from at in Gen.Choose(0, whole.Length - 1) from flip in Gen.Choose(1, 255) select (at, flip);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(changes.ToArbitrary(), change =>
        {
            byte[] other = [.. whole];
            other[change.At] ^= (byte)change.Flip;
            string file = _folder.File("flipped");
            File.WriteAllBytes(file, other);
            return AuditLog.Verify(file, head, isLast: true).Fault is { Kind: AuditFaultKind.Changed } fault && fault.Entry == lineOf[change.At];
        }));
    }

    [Fact]
    public void AnEntryThatACrashLeftOutOrHalfWrittenIsPutBackAndNothingElseIs()
    {
        (byte[][] lines, AuditHead head) = Log(5);
        string last = Encoding.UTF8.GetString(lines[4]);
        foreach (int kept in (int[])[0, 1, 40, lines[4].Length])
        {
            string file = Written(lines[..4]);
            File.AppendAllText(file, last[..kept]);
            AuditLog.Complete(file, last);
            Assert.Equal(new AuditVerdict(head, null), AuditLog.Verify(file, head, isLast: true));
            AuditLog.Complete(file, last);
            Assert.Equal(5, AuditLog.Read(file).Count());
        }

        // More is missing than one, or something else stands there: that is no crash.
        foreach (byte[][] other in (byte[][][])[lines[..3], [.. lines[..3], Forged(lines[3])], [.. lines[..4], "{\"x"u8.ToArray()]])
        {
            string file = Written(other);
            byte[] before = File.ReadAllBytes(file);
            AuditLog.Complete(file, last);
            Assert.Equal(before, File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void AnEntrySaysWhoWhenWhatAndWhyAndHoldsOneLine()
    {
        AuditAct act = new("promote", "grete", "sensitivity\nholds \"in\" \u202Eall groups: ü", "demo") { Subject = "v2", From = "sha256:0", To = "sha256:1", Program = "scinti 1", Hashes = new Dictionary<string, string>(StringComparer.Ordinal) { ["report"] = "ab", ["bundle"] = "cd" } };
        (string line, AuditHead head) = AuditLog.Next(act, new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.FromHours(2)), AuditHead.None);
        Assert.DoesNotContain('\n', line);
        string file = _folder.File("one");
        AuditLog.Append(file, line);
        AuditEntry entry = Assert.Single(AuditLog.Read(file));
        Assert.Equal((1, new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), "grete", "sensitivity holds \"in\"  all groups: ü", head.Hash), (entry.Entry, entry.At, entry.Act.Who, entry.Act.Why, entry.Hash));
        Assert.Equal(["bundle", "report"], entry.Act.Hashes.Keys);
        Assert.Contains("2026-03-01T12:00:00.000Z", line, StringComparison.Ordinal);
        Assert.Equal(head, AuditHead.Parse(head.ToString()));
        Assert.All(["", "1", "1:xyz", "-1:" + head.Hash, "1:" + head.Hash.ToUpperInvariant()], text => Assert.Null(AuditHead.Parse(text)));
    }

    private static void Named(AuditFaultKind kind, int entry, AuditVerdict verdict, int? line = null)
    {
        Assert.NotNull(verdict.Fault);
        Assert.Equal((kind, (long)entry), (verdict.Fault.Kind, verdict.Fault.Entry));
        Assert.Contains($"{line ?? entry}", verdict.Fault.Sentence, StringComparison.Ordinal);
    }

    private static AuditAct Act(int number) => new(number % 3 == 0 ? "promote" : "add", "grete", $"reason {number}", "demo") { Subject = $"v{number}", Hashes = new Dictionary<string, string>(StringComparer.Ordinal) { ["bundle"] = $"{number:x64}" } };

    private static DateTimeOffset At(int number) => DateTimeOffset.UnixEpoch.AddMinutes(number);

    private static (byte[][] Lines, AuditHead Head) Log(int entries)
    {
        AuditHead head = AuditHead.None;
        byte[][] lines = new byte[entries][];
        for (int i = 0; i < entries; i++)
        {
            (string line, head) = AuditLog.Next(Act(i + 1), At(i + 1), head);
            lines[i] = Encoding.UTF8.GetBytes(line);
        }

        return (lines, head);
    }

    // Another reason, with a hash that fits it.
    private static byte[] Forged(byte[] line)
    {
        string text = Encoding.UTF8.GetString(line).Replace("reason", "excuse", StringComparison.Ordinal);
        text = text[..text.IndexOf(",\"hash\"", StringComparison.Ordinal)];
        return Encoding.UTF8.GetBytes($"{text},\"hash\":\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}\"}}");
    }

    private byte[][] Anew(byte[][] lines, int from)
    {
        string file = Written(lines[..(from - 1)]);
        AuditHead head = AuditLog.Verify(file).Head;
        List<byte[]> all = [.. lines[..(from - 1)]];
        for (int number = from; number <= lines.Length; number++)
        {
            (string line, head) = AuditLog.Next(Act(number) with { Why = number == from ? "another reason" : Act(number).Why }, At(number), head);
            all.Add(Encoding.UTF8.GetBytes(line));
        }

        return [.. all];
    }

    private AuditVerdict Verify(IReadOnlyList<byte[]> lines, AuditHead? head) => AuditLog.Verify(Written(lines), head, isLast: true);

    private string Written(IReadOnlyList<byte[]> lines)
    {
        string file = _folder.File("log.jsonl");
        using FileStream stream = new(file, FileMode.Create);
        foreach (byte[] line in lines)
        {
            stream.Write(line);
            stream.WriteByte((byte)'\n');
        }

        return file;
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Auditing;

/// <summary>What somebody did, as the log keeps it. It names people who work here and hashes of files, never a patient.</summary>
/// <param name="What">What was done: "add", "promote", "rollback", ...</param>
/// <param name="Who">Whose hand it was: the system's name of the user, or the service's of whoever is signed in.</param>
/// <param name="Why">Why, in words.</param>
/// <param name="Model">The model's name; empty where the act is about none.</param>
public sealed record AuditAct(string What, string Who, string Why, string Model)
{
    private const int Longest = 1000;

    /// <summary>The version or stage that is spoken of, such as "v3"; empty for none.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The digest that a stage pointed to before; empty for none.</summary>
    public string From { get; init; } = "";

    /// <summary>The digest that it points to now; empty for none.</summary>
    public string To { get; init; } = "";

    /// <summary>SHA-256 of what the act rests on, by name: bundle, report, definition, model, ...</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The program with its version.</summary>
    public string Program { get; init; } = "";

    /// <summary>Who runs this process, as the system says; whoever came by sudo is named too.</summary>
    public static string User => Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } behind && behind != Environment.UserName
        ? $"{Environment.UserName} ({behind} by sudo)"
        : Environment.UserName;

    internal AuditAct Cleaned() => this with { Who = Short(Who), Why = Short(Why), Model = Short(Model), Subject = Short(Subject), Program = Short(Program) };

    private static string Short(string text) => PlainText.Short(text, Longest);
}

/// <summary>One entry of the log.</summary>
/// <param name="Entry">Its number, from 1 on.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Act">What was done.</param>
/// <param name="Previous">The hash of the entry before; zeros for the first.</param>
/// <param name="Hash">SHA-256 of this entry's line up to its hash: it covers the hash of the entry before, and so all before it.</param>
public sealed record AuditEntry(long Entry, DateTimeOffset At, AuditAct Act, string Previous, string Hash);

/// <summary>Where a log ends: whoever keeps it elsewhere can tell whether anything before was changed, and whether the end was cut off.</summary>
/// <param name="Entries">The number of entries.</param>
/// <param name="Hash">The last one's hash; zeros where there is none.</param>
public sealed record AuditHead(long Entries, string Hash)
{
    /// <summary>The head of a log without entries.</summary>
    public static AuditHead None { get; } = new(0, AuditLog.NoHash);

    /// <summary>"12:" and the hash, as people write it down.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Entries}:{Hash}");

    /// <summary>Reads what <see cref="ToString"/> wrote; null where it is none.</summary>
    public static AuditHead? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(':') is [var number, var hash] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long entries) && AuditLog.IsHash(hash) ? new(entries, hash) : null;
    }
}

/// <summary>How a log differs from what was written.</summary>
public enum AuditFaultKind
{
    /// <summary>An entry does not say any more what it said.</summary>
    Changed,

    /// <summary>An entry is gone.</summary>
    Removed,

    /// <summary>An entry is there that was not written, or stands where it was not.</summary>
    Inserted,
}

/// <summary>The first place at which a log is not what was written.</summary>
/// <param name="Kind">How.</param>
/// <param name="Entry">The number of the entry.</param>
/// <param name="Line">The line of the file, from 1 on; where an entry is gone, the line at which it would be.</param>
/// <param name="Sentence">The same in words.</param>
public sealed record AuditFault(AuditFaultKind Kind, long Entry, long Line, string Sentence);

/// <summary>What a look through a log found.</summary>
/// <param name="Head">Where the log ends, as far as it is sound.</param>
/// <param name="Fault">The first fault; null where there is none.</param>
public sealed record AuditVerdict(AuditHead Head, AuditFault? Fault);

/// <summary>
/// A log that only grows: a line of JSON an entry, each with the hash of the one before and its own. Changing, removing or inserting an
/// entry breaks the chain at that place. Whoever may write the file could write all of it anew from some entry on; that, and a cut-off
/// end, is told by the <see cref="AuditHead"/> that is kept apart.
/// </summary>
public static class AuditLog
{
    /// <summary>The file's name in a registry.</summary>
    public const string FileName = "audit.jsonl";

    internal static readonly string NoHash = new('0', 64);

    internal const int LongestLine = 1 << 16;
    private const string HashField = ",\"hash\":\"", End = "\"}";

    // Letters of all languages stay readable; what could end a line or a text is escaped all the same.
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, RespectNullableAnnotations = true };

    /// <summary>Whether a text is a hash.</summary>
    public static bool IsHash(string text) => text is { Length: 64 } && text.All(letter => letter is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    /// <summary>Makes the line of the next entry; it is not written yet.</summary>
    /// <param name="act">What was done.</param>
    /// <param name="at">When.</param>
    /// <param name="before">Where the log ends now.</param>
    public static (string Line, AuditHead Head) Next(AuditAct act, DateTimeOffset at, AuditHead before)
    {
        ArgumentNullException.ThrowIfNull(act);
        ArgumentNullException.ThrowIfNull(before);
        act = act.Cleaned();
        LineForm form = new(before.Entries + 1, at.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), act.Who, act.What, act.Model, act.Subject, act.Why, act.From, act.To, new SortedDictionary<string, string>(act.Hashes.ToDictionary(), StringComparer.Ordinal), act.Program, before.Hash);
        string text = JsonSerializer.Serialize(form, s_json)[..^1];
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        string line = text + HashField + hash + End;
        return Encoding.UTF8.GetByteCount(line) < LongestLine ? (line, new(before.Entries + 1, hash)) : throw new ArgumentException($"An entry of the audit log has at most {LongestLine} bytes.", nameof(act));
    }

    /// <summary>Adds a line at the end of a file and has it on the disk before returning. A line that a crash left without its end is made whole by who calls.</summary>
    internal static void Append(string file, string line)
    {
        // Others may read meanwhile; who writes holds the registry's lock.
        using FileStream stream = new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        stream.Seek(-Math.Min(1, stream.Length), SeekOrigin.End);
        // Behind a line that somebody cut short, the next one stays an entry.
        string first = stream.Length > 0 && stream.ReadByte() != '\n' ? "\n" : "";
        stream.Write(Encoding.UTF8.GetBytes(first + line + "\n"));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Has the entry that a registry's index keeps as the last one stand at the end of the file, where a crash prevented that; anything else that is wrong stays as it is.</summary>
    /// <param name="file">The log.</param>
    /// <param name="line">The last entry's line as the index keeps it; empty for none.</param>
    internal static void Complete(string file, string line)
    {
        if (line.Length == 0)
        {
            return;
        }

        byte[] wanted = Encoding.UTF8.GetBytes(line + "\n");
        using FileStream stream = new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        byte[] end = new byte[Math.Min(stream.Length, 2 * LongestLine)];
        stream.Seek(-end.Length, SeekOrigin.End);
        stream.ReadExactly(end);
        if (end.AsSpan().EndsWith(wanted))
        {
            return;
        }

        // A write that broke off left the first bytes of the line.
        int begin = end.AsSpan().LastIndexOf((byte)'\n') + 1, half = end.Length - begin;
        if (half > 0 && !wanted.AsSpan().StartsWith(end.AsSpan(begin)))
        {
            return;
        }

        // Only behind the entry that it follows: a log with more missing is not mended.
        ReadOnlySpan<byte> last = begin > 1 ? LastLine(end.AsSpan(0, begin - 1)) : [];
        string before = last.IsEmpty ? NoHash : Split(last)?.Hash ?? "";
        if (Read(wanted.AsSpan(0, wanted.Length - 1)) is { } entry && entry.Previous == before)
        {
            stream.SetLength(stream.Length - half);
            stream.Seek(0, SeekOrigin.End);
            stream.Write(wanted);
            stream.Flush(flushToDisk: true);
        }
    }

    /// <summary>The entries of a log in order; lines that are none are left out: <see cref="Verify"/> says which.</summary>
    public static IEnumerable<AuditEntry> Read(string file)
    {
        foreach (byte[] line in Lines(file))
        {
            if (Read(line) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Looks through a log for the first entry that was changed, removed or inserted.</summary>
    /// <param name="file">The log; one that is not there has no entries.</param>
    /// <param name="head">Where it must end or have ended once, as kept elsewhere; null where nobody knows.</param>
    /// <param name="isLast">Whether nothing may follow the head.</param>
    public static AuditVerdict Verify(string file, AuditHead? head = null, bool isLast = false)
    {
        AuditHead reached = AuditHead.None;
        AuditFault? fault = null;
        using IEnumerator<AuditEntry?> all = Lines(file).Select(line => Read(line)).GetEnumerator();
        string headThere = head is null || head.Entries == 0 ? NoHash : "";
        (bool isLine, AuditEntry? entry) = Take(all);
        (bool isFollowed, AuditEntry? following) = Take(all);
        string before = NoHash;
        for (long number = 1; isLine && fault is null; number++)
        {
            bool isVouchedFor = entry is not null && (following?.Previous == entry.Hash || (!isFollowed && head?.Entries == entry.Entry && head.Hash == entry.Hash));
            fault = entry switch
            {
                null => following is { } after && after.Entry == number && after.Previous == reached.Hash
                    ? Fault(AuditFaultKind.Inserted, number, number, $"line {number} was inserted: it is no entry, and entry {number} follows it")
                    : Fault(AuditFaultKind.Changed, number, number, $"entry {number} was changed: its line does not have the hash that it names"),
                { Entry: var own } when own > number => Fault(AuditFaultKind.Removed, number, number, $"entry {number} was removed: entry {own} stands in its place"),
                { Entry: var own } when own == number - 1 && entry.Previous == before && entry.Hash != reached.Hash && isVouchedFor =>
                    Fault(AuditFaultKind.Inserted, own, number - 1, $"line {number - 1} was inserted: it passes for entry {own}, which follows it"),
                { Entry: var own } when own < number => Fault(AuditFaultKind.Inserted, own, number, $"line {number} was inserted: it passes for entry {own}, where entry {number} is expected"),
                _ when entry.Previous != reached.Hash => isVouchedFor && number > 1
                    ? Fault(AuditFaultKind.Changed, number - 1, number - 1, $"entry {number - 1} was changed: entry {number} names another hash for it")
                    : Fault(AuditFaultKind.Changed, number, number, $"entry {number} was changed: it does not follow entry {number - 1}"),
                _ => null,
            };
            if (fault is null)
            {
                (before, reached) = (reached.Hash, new(number, entry!.Hash));
                headThere = number == head?.Entries ? reached.Hash : headThere;
                (isLine, entry) = (isFollowed, following);
                (isFollowed, following) = Take(all);
            }
        }

        fault ??= head switch
        {
            null => null,
            { Entries: var wanted } when wanted > reached.Entries => Fault(AuditFaultKind.Removed, reached.Entries + 1, reached.Entries + 1, $"entry {reached.Entries + 1} was removed from the end: the head that is kept apart is entry {wanted}"),
            _ when headThere != head.Hash => Fault(AuditFaultKind.Changed, head.Entries, head.Entries, $"entry {head.Entries} or one before it was changed and all behind it written anew: the head that is kept apart has another hash"),
            { Entries: var wanted } when isLast && wanted < reached.Entries => Fault(AuditFaultKind.Inserted, wanted + 1, wanted + 1, $"entry {wanted + 1} was inserted at the end: the head that is kept apart is entry {wanted}"),
            _ => null,
        };
        return new(reached, fault);

        static (bool, AuditEntry?) Take(IEnumerator<AuditEntry?> lines) => lines.MoveNext() ? (true, lines.Current) : (false, null);

        static AuditFault Fault(AuditFaultKind kind, long entry, long line, FormattableString sentence) => new(kind, entry, line, sentence.ToString(CultureInfo.InvariantCulture));
    }

    private static ReadOnlySpan<byte> LastLine(ReadOnlySpan<byte> bytes) => bytes[(bytes.LastIndexOf((byte)'\n') + 1)..];

    // A last line without its end is a line: what it lacks is told by its hash, or by the head.
    private static IEnumerable<byte[]> Lines(string file)
    {
        if (!File.Exists(file))
        {
            yield break;
        }

        using FileStream stream = InputFile.Open(file, bufferSize: 0);
        byte[] buffer = new byte[4 * LongestLine];
        int kept = 0;
        while (stream.Read(buffer, kept, buffer.Length - kept) is > 0 and var read)
        {
            int begin = 0, end = kept + read;
            for (int feed = kept; (feed = Array.IndexOf(buffer, (byte)'\n', feed, end - feed)) >= 0; begin = ++feed)
            {
                yield return buffer[begin..feed];
            }

            // Of a line that is too long to be an entry the beginning will do.
            kept = Math.Min(end - begin, LongestLine);
            Array.Copy(buffer, begin, buffer, 0, kept);
        }

        if (kept > 0)
        {
            // Without its line feed it is not what was written.
            yield return [.. buffer[..kept], (byte)'?'];
        }
    }

    private static (int Text, string Hash)? Split(ReadOnlySpan<byte> line)
    {
        int length = HashField.Length + NoHash.Length + End.Length, text = line.Length - length;
        if (text <= 0 || !line[text..].StartsWith(Encoding.ASCII.GetBytes(HashField)) || !line.EndsWith(Encoding.ASCII.GetBytes(End)))
        {
            return null;
        }

        string hash = Encoding.ASCII.GetString(line.Slice(text + HashField.Length, NoHash.Length));
        return IsHash(hash) ? (text, hash) : null;
    }

    internal static AuditEntry? Read(ReadOnlySpan<byte> line)
    {
        if (Split(line) is not { } split || Convert.ToHexStringLower(SHA256.HashData(line[..split.Text])) != split.Hash)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<LineForm>([.. line[..split.Text], (byte)'}'], s_json) is { } form && DateTimeOffset.TryParse(form.At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
                ? new(form.Entry, at, new(form.What, form.Who, form.Why, form.Model) { Subject = form.Subject, From = form.From, To = form.To, Hashes = form.Hashes, Program = form.Program }, form.Previous, split.Hash)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record LineForm(
        [property: JsonPropertyOrder(0)] long Entry,
        [property: JsonPropertyOrder(1)] string At,
        [property: JsonPropertyOrder(2)] string Who,
        [property: JsonPropertyOrder(3)] string What,
        [property: JsonPropertyOrder(4)] string Model,
        [property: JsonPropertyOrder(5)] string Subject,
        [property: JsonPropertyOrder(6)] string Why,
        [property: JsonPropertyOrder(7)] string From,
        [property: JsonPropertyOrder(8)] string To,
        [property: JsonPropertyOrder(9)] SortedDictionary<string, string> Hashes,
        [property: JsonPropertyOrder(10)] string Program,
        [property: JsonPropertyOrder(11)] string Previous);
}

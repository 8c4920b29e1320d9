using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Auditing;

/// <summary>Some entries of a log, the newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Unreadable">Lines among them that are none: <see cref="AuditLog.Verify"/> says what is wrong.</param>
/// <param name="HasOlder">Whether there are older ones.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, int Unreadable, bool HasOlder)
{
    private const int Block = 2 * AuditLog.LongestLine;

    /// <summary>Reads some entries, without reading the others: their place in the file is looked for by halves.</summary>
    /// <param name="file">The log; one that is not there has no entries.</param>
    /// <param name="before">Only entries with a lower number; null for the last ones.</param>
    /// <param name="most">How many lines at most.</param>
    public static AuditPage Read(string file, long? before, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (!File.Exists(file))
        {
            return new([], 0, false);
        }

        using FileStream stream = InputFile.Open(file, bufferSize: 0);
        byte[] buffer = new byte[Block];
        long end = before is { } number ? Find(stream, buffer, number) : stream.Length;
        List<AuditEntry> entries = [];
        int unreadable = 0;
        while (end > 0 && entries.Count + unreadable < most)
        {
            int length = (int)Math.Min(end, Block);
            Fill(stream, buffer, end - length, length);
            ReadOnlySpan<byte> lines = buffer.AsSpan(0, length);
            end -= length;

            // From the back; the first line of a block is whole only where the file begins with it, or where it fills the block.
            while (lines.Length > 0 && entries.Count + unreadable < most)
            {
                ReadOnlySpan<byte> content = lines[^1] == '\n' ? lines[..^1] : lines;
                int feed = content.LastIndexOf((byte)'\n');
                if (feed < 0 && end > 0 && lines.Length < length)
                {
                    break;
                }

                if (AuditLog.Read(content[(feed + 1)..]) is { } entry)
                {
                    entries.Add(entry);
                }
                else
                {
                    unreadable++;
                }

                lines = lines[..(feed + 1)];
            }

            end += lines.Length;
        }

        return new(entries, unreadable, end > 0);
    }

    // The place of the first line behind which no entry has a lower number, in a log whose numbers rise.
    private static long Find(FileStream stream, byte[] buffer, long number)
    {
        long low = 0, high = stream.Length;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            (long begin, long end, long found)? line = FirstEntry(stream, buffer, middle, high);
            if (line is { } one && one.found < number)
            {
                low = one.end;
            }
            else
            {
                high = middle;
            }
        }

        return LineFrom(stream, buffer, low);
    }

    private static (long Begin, long End, long Number)? FirstEntry(FileStream stream, byte[] buffer, long from, long limit)
    {
        for (long begin = LineFrom(stream, buffer, from); begin < limit;)
        {
            int length = (int)Math.Min(stream.Length - begin, Block);
            Fill(stream, buffer, begin, length);
            int feed = buffer.AsSpan(0, length).IndexOf((byte)'\n');
            int line = feed < 0 ? length : feed;
            long end = begin + line + (feed < 0 ? 0 : 1);
            if (AuditLog.Read(buffer.AsSpan(0, line)) is { } entry)
            {
                return (begin, end, entry.Entry);
            }

            begin = end;
        }

        return null;
    }

    // Where the first line begins that does not begin before a place.
    private static long LineFrom(FileStream stream, byte[] buffer, long from)
    {
        for (long at = from - 1; at >= 0 && at < stream.Length; at += Block)
        {
            int length = (int)Math.Min(stream.Length - at, Block);
            Fill(stream, buffer, at, length);
            if (buffer.AsSpan(0, length).IndexOf((byte)'\n') is >= 0 and var feed)
            {
                return at + feed + 1;
            }
        }

        return from <= 0 ? 0 : stream.Length;
    }

    private static void Fill(FileStream stream, byte[] buffer, long from, int length)
    {
        stream.Seek(from, SeekOrigin.Begin);
        stream.ReadExactly(buffer, 0, length);
    }
}

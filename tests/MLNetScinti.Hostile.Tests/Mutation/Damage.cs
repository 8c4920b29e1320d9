using System.Buffers.Binary;
using System.Text;

namespace MLNetScinti.Hostile.Tests.Mutation;

/// <summary>What is done to a file: flipped bits, cut ends, spliced parts, lengths that lie, numbers of any size, nesting. The same random numbers do the same.</summary>
internal static class Damage
{
    private static readonly ulong[] s_numbers =
        [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF];

    private static readonly string[] s_words =
    [
        "1e999", "-1e999", "NaN", "-0", "2147483648", "-2147483649", "18446744073709551616", "1e-320", "0x41", "1_000", "1e30", "1e300", "2147483647", "4096", "-1", "0", "3.5",
        "true", "null", "~", "", " ", "\t", "\r", "\r\n", "\0", "\u001b]0;title\u0007", "\u001b[2J", "\u009b31m", "\u202e", "\u2028", "\ud800", "\ufeff", "\"", "'", "\\", "\\u0000", "\\ud800", "\\x00",
        "=cmd|' /C calc'!A1", "@SUM(1)", "../../../../etc/passwd", "/dev/zero", "/proc/self/mem", "%s%n", "<script>", "${x}", "!!python/object:os.system", "<<: *a", "? ", ": ", "- ", "# ", "---\n", "...\n",
    ];

    private static readonly (string Open, string Close)[] s_nests =
        [("[", "]"), ("{\"a\":", "}"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("(", ")"), ("> ", ""), ("**", "**"), ("![", "]()"), ("&a [*a, ", "]"), ("\"", "\""), ("<div>", "</div>"), ("* ", ""), ("`", "`")];

    /// <summary>Damages bytes one to four times.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="seed">The file.</param>
    /// <param name="others">Files that parts may come from.</param>
    /// <param name="isText">Whether words and nesting are put in, too.</param>
    public static byte[] Apply(Random random, byte[] seed, IReadOnlyList<byte[]> others, bool isText)
    {
        byte[] bytes = seed;
        for (int times = random.Next(1, 5); times > 0; times--)
        {
            bytes = isText && random.Next(2) == 0 ? Text(random, bytes) : Bytes(random, bytes, others[random.Next(others.Count)]);
        }

        return bytes;
    }

    private static byte[] Bytes(Random random, byte[] source, byte[] other)
    {
        // Half of the damage goes where it hurts: to the beginning, where headers are.
        int at = source.Length == 0 ? 0 : random.Next(random.Next(2) == 0 ? Math.Min(source.Length, 2048) : source.Length);
        int length = Math.Min(random.Next(1, 65), source.Length - at);
        byte[] copy = [.. source];
        switch (random.Next(10))
        {
            case 0:
                for (int flips = random.Next(1, 5); flips > 0 && copy.Length > 0; flips--)
                {
                    copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                }

                return copy;
            case 1:
                return copy[..at];
            case 2:
                return [.. copy[..at], .. copy[(at + length)..]];
            case 3:
                return [.. copy[..at], .. copy[at..(at + length)], .. copy[at..]];
            case 4:
                random.NextBytes(copy.AsSpan(at, length));
                return copy;
            case 5:
                int from = other.Length == 0 ? 0 : random.Next(other.Length);
                return [.. copy[..at], .. other.AsSpan(from, Math.Min(random.Next(1, 4097), other.Length - from)), .. copy[at..]];
            case 6:
                // The same piece many times over: deep nesting, long lists, bombs.
                int times = random.Next(2, 1 << random.Next(2, 13));
                byte[] piece = copy[at..(at + Math.Min(length, 32))];
                byte[] repeated = new byte[piece.Length * times];
                for (int i = 0; i < times; i++)
                {
                    piece.CopyTo(repeated, i * piece.Length);
                }

                return [.. copy[..at], .. repeated, .. copy[at..]];
            default:
                return Number(random, copy, at);
        }
    }

    private static byte[] Number(Random random, byte[] copy, int at)
    {
        ulong number = s_numbers[random.Next(s_numbers.Length)];
        Span<byte> place = copy.AsSpan(at);
        switch (random.Next(6))
        {
            case 0 when place.Length >= 2:
                BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)number);
                break;
            case 1 when place.Length >= 2:
                BinaryPrimitives.WriteUInt16BigEndian(place, (ushort)number);
                break;
            case 2 when place.Length >= 4:
                BinaryPrimitives.WriteUInt32LittleEndian(place, (uint)number);
                break;
            case 3 when place.Length >= 4:
                BinaryPrimitives.WriteUInt32BigEndian(place, (uint)number);
                break;
            case 4 when place.Length >= 8:
                BinaryPrimitives.WriteUInt64LittleEndian(place, number);
                break;
            default:
                if (place.Length > 0)
                {
                    place[0] = (byte)number;
                }

                break;
        }

        return copy;
    }

    private static byte[] Text(Random random, byte[] source)
    {
        string text = Encoding.UTF8.GetString(source);
        int at = text.Length == 0 ? 0 : random.Next(text.Length);
        string word = s_words[random.Next(s_words.Length)];
        switch (random.Next(5))
        {
            case 0:
                return Encoded(text.Insert(at, word));
            case 1:
                // A token gives way to a word.
                int start = at, end = at;
                while (start > 0 && char.IsLetterOrDigit(text[start - 1]))
                {
                    start--;
                }

                while (end < text.Length && char.IsLetterOrDigit(text[end]))
                {
                    end++;
                }

                return Encoded(string.Concat(text.AsSpan(0, start), word, text.AsSpan(end)));
            case 2:
                (string open, string close) = s_nests[random.Next(s_nests.Length)];
                int depth = 1 << random.Next(1, 15);
                return Encoded($"{text[..at]}{Repeated(open, depth)}{word}{Repeated(close, random.Next(2) * depth)}{text[at..]}");
            case 3:
                // A line twice, or gone.
                string[] lines = text.Split('\n');
                int line = random.Next(lines.Length);
                return Encoded(string.Join('\n', random.Next(2) == 0 ? [.. lines[..line], .. lines[(line + 1)..]] : [.. lines[..line], lines[line], .. lines[line..]]));
            default:
                return Encoded(string.Concat(text.AsSpan(0, at), Repeated(word.Length == 0 ? "x" : word, 1 << random.Next(4, 13)), text.AsSpan(at)));
        }
    }

    private static string Repeated(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    private static byte[] Encoded(string text) => Encoding.UTF8.GetBytes(text);
}

using System.Text;

namespace FellowOakDicom;

/// <summary>The character sets of PS3.3 section C.12.1.1.2, and the escape sequences by which texts go from one to another (PS3.5 section 6.1.2.5).</summary>
public static class DicomEncoding
{
    public static readonly Encoding Default = Encoding.ASCII;

    internal static readonly Encoding[] DefaultArray = [Default];

    private const byte Escape = 0x1B;

    // This one reads the escape sequences by itself.
    private const int Japanese = 50220;

    private static readonly Dictionary<string, int> s_pages = new(StringComparer.Ordinal)
    {
        ["13"] = 932,
        ["58"] = 936,
        ["87"] = Japanese,
        ["100"] = 28591,
        ["101"] = 28592,
        ["109"] = 28593,
        ["110"] = 28594,
        ["126"] = 28597,
        ["127"] = 28596,
        ["138"] = 28598,
        ["144"] = 28595,
        ["148"] = 28599,
        ["149"] = 20949,
        ["159"] = Japanese,
        ["166"] = 874,
        ["192"] = 65001,
    };

    public static Encoding GetEncoding(string charset)
    {
        string name = (charset ?? "").Trim().Replace("ISO IR", "ISO_IR", StringComparison.Ordinal).Replace("ISO-IR", "ISO_IR", StringComparison.Ordinal);
        int? page = name switch
        {
            "GBK" or "ISO 2022 GBK" => 936,
            "GB18030" => 54936,
            // Only with escape sequences, or only without.
            "ISO_IR 58" or "ISO_IR 87" or "ISO_IR 159" or "ISO 2022 IR 192" => null,
            _ when name.StartsWith("ISO_IR ", StringComparison.Ordinal) && s_pages.TryGetValue(name[7..], out int known) => known,
            _ when name.StartsWith("ISO 2022 IR ", StringComparison.Ordinal) && s_pages.TryGetValue(name[12..], out int known) => known,
            _ => null,
        };
        return page is int number ? Page(number) : Default;
    }

    public static Encoding[] GetEncodings(string[] charsets) => [.. charsets.Select(GetEncoding)];

    /// <summary>The text of a value.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes, Encoding[] encodings, bool isName)
    {
        Encoding first = encodings.Length > 0 ? encodings[0] : Default;
        if (encodings.Length < 2 || !bytes.Contains(Escape))
        {
            return first.GetString(bytes);
        }

        StringBuilder text = new();
        while (bytes.Length > 0)
        {
            int next = bytes[1..].IndexOf(Escape) + 1;
            ReadOnlySpan<byte> part = next > 0 ? bytes[..next] : bytes;
            Append(text, part, encodings, isName ? "^="u8 : "\r\n\t\f"u8);
            bytes = bytes[part.Length..];
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> part, Encoding[] encodings, ReadOnlySpan<byte> delimiters)
    {
        Encoding encoding = encodings[0];
        int skipped = 0;
        if (part[0] == Escape && part.Length > 2)
        {
            bool isLong = part[2] == ')' || (part[1] == '$' && part[2] == '(');
            encoding = Called(part[1..Math.Min(part.Length, isLong ? 4 : 3)]);
            encoding = encodings.Contains(encoding) ? encoding : Default;
            skipped = encoding.CodePage == Japanese ? 0 : Math.Min(part.Length, isLong ? 4 : 3);
        }

        ReadOnlySpan<byte> rest = part[skipped..];

        // A delimiter goes back to the first set.
        int end = encoding.CodePage == Japanese ? -1 : rest[..Math.Max(0, rest.Length - 1)].IndexOfAny(delimiters);
        text.Append(encoding.GetString(end < 0 ? rest : rest[..end]));
        if (end >= 0)
        {
            text.Append(encodings[0].GetString(rest[end..]));
        }
    }

    /// <summary>The set that an escape sequence calls, without its first byte.</summary>
    private static Encoding Called(ReadOnlySpan<byte> sequence) => Encoding.ASCII.GetString(sequence) switch
    {
        "-A" => Page(28591),
        "-B" => Page(28592),
        "-C" => Page(28593),
        "-D" => Page(28594),
        "-F" => Page(28597),
        "-G" => Page(28596),
        "-H" => Page(28598),
        "-L" => Page(28595),
        "-M" => Page(28599),
        "-T" => Page(874),
        "(J" or ")I" => Page(932),
        "$B" or "$(D" or "$)D" => Page(Japanese),
        "$)C" => Page(20949),
        "$)A" => Page(936),
        _ => Default,
    };

    private static Encoding Page(int number) => number switch
    {
        28591 => Encoding.Latin1,
        65001 => Encoding.UTF8,
        _ => CodePagesEncodingProvider.Instance.GetEncoding(number),
    };
}

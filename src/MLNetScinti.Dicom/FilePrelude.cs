using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>
/// What comes before the data set: preamble and meta information (PS3.10 section 7.1). It is walked here, element by
/// element, before a parser sees it: parsers follow sequences in it without a bound, although it has none, and unfold a
/// deflated data set without asking how large it becomes.
/// </summary>
internal readonly struct FilePrelude
{
    /// <summary>How much a deflated data set may unfold to, whatever its size.</summary>
    public const long AlwaysInflated = 64L << 20;

    /// <summary>How many times its size a deflated data set may unfold to; images of nothing but zeros reach a thousand.</summary>
    public const int LargestRatio = 64;

    /// <summary>What no deflated data set may exceed.</summary>
    public const long MostInflated = 1L << 30;

    private const int PreambleLength = 128;
    private const int Looked = 64 << 10;

    // What the meta information takes as a rule, many times over.
    private const int LookedFirst = 4 << 10;
    private const string Deflated = "1.2.840.10008.1.2.1.99";
    private const string DeflatedReferenced = "1.2.840.10008.1.2.4.95";
    private const string Implicit = "1.2.840.10008.1.2";
    private const string Explicit = "1.2.840.10008.1.2.1";
    private const string ExplicitBig = "1.2.840.10008.1.2.2";

    private static readonly Dictionary<string, string> s_codings = new(StringComparer.Ordinal)
    {
        [Implicit] = "implicit, little-endian",
        [Explicit] = "explicit, little-endian",
        [ExplicitBig] = "explicit, big-endian",
    };

    private FilePrelude(bool hasPreamble, bool isCut, string syntax, int end, string? coding, byte[]? corrected)
    {
        HasPreamble = hasPreamble;
        IsCut = isCut;
        Syntax = syntax;
        End = end;
        Coding = coding;
        Corrected = corrected;
    }

    /// <summary>The transfer syntax that the file names; empty where it names none.</summary>
    public string Syntax { get; }

    /// <summary>Whether the file says of itself that it is DICOM.</summary>
    public bool HasPreamble { get; }

    /// <summary>Whether the file ends within its meta information.</summary>
    public bool IsCut { get; }

    /// <summary>Where the data set begins.</summary>
    public int End { get; }

    /// <summary>How the data set is coded where its first elements show that it is not as the file says, in words; null where they agree.</summary>
    public string? Coding { get; }

    /// <summary>The file's beginning with the transfer syntax that its data set has, to be read in place of the first <see cref="End"/> bytes; null where the file's own says it.</summary>
    public byte[]? Corrected { get; }

    /// <summary>Walks through the beginning of a file.</summary>
    /// <exception cref="DicomReadException">It is made to do harm.</exception>
    public static FilePrelude Read(string path, Stream stream)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Looked);
        try
        {
            int length = stream.ReadAtLeast(rented.AsSpan(0, LookedFirst), LookedFirst, throwOnEndOfStream: false);
            bool hasPreamble = length >= PreambleLength + 4 && rented.AsSpan(PreambleLength, 4).SequenceEqual("DICM"u8);
            int start = hasPreamble ? PreambleLength + 4 : 0;
            (int end, string syntax, int syntaxAt, bool isWhole) = Walk(path, rented.AsSpan(0, length), start);
            if (!isWhole && length == LookedFirst)
            {
                length += stream.ReadAtLeast(rented.AsSpan(length, Looked - length), Looked - length, throwOnEndOfStream: false);
                (end, syntax, syntaxAt, isWhole) = Walk(path, rented.AsSpan(0, length), start);
            }

            if (!isWhole && stream.Length > length)
            {
                throw new DicomReadException(path, SkipReason.InconsistentHeader, $"the meta information is larger than {Looked >> 10} KiB, expected a few hundred bytes: the file is damaged or made to do harm, leave it out.");
            }

            if (syntax is Deflated or DeflatedReferenced)
            {
                stream.Position = end;
                CheckInflated(path, stream);
            }

            string? actual = isWhole && hasPreamble && syntaxAt > 0 ? Contradicting(syntax, rented.AsSpan(end, length - end)) : null;
            // Implicit elements in an explicit file of the same order of bytes are the library's own business.
            return new FilePrelude(hasPreamble, isCut: !isWhole, syntax, end, s_codings.GetValueOrDefault(actual ?? ""), actual is null || (actual == Implicit && syntax == Explicit) ? null : Correct(rented.AsSpan(0, end), syntaxAt, actual));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Where the meta information ends, the transfer syntax that it names, and whether all of it was there.</summary>
    private static (int End, string Syntax, int SyntaxAt, bool IsWhole) Walk(string path, ReadOnlySpan<byte> bytes, int at)
    {
        // Meta information is explicit and little-endian (PS3.10 7.1); writers got either wrong, and parsers let them: the first element tells.
        string syntax = "";
        int syntaxAt = 0;
        bool isBig = bytes.Length >= at + 2 && bytes[at] == 0;
        bool isExplicit = bytes.Length >= at + 8 && string.Equals(Letters(bytes[at..]), First(Word(bytes[(at + 2)..], isBig)).Code, StringComparison.Ordinal);
        int last = -1;
        while (bytes.Length - at >= 12 && Word(bytes[at..], isBig) == 2)
        {
            // Elements are in order: one that is not belongs to the data set, as does (0002,FFFF).
            ushort element = Word(bytes[(at + 2)..], isBig);
            if (element <= last || element == 0xFFFF)
            {
                break;
            }

            last = element;
            DicomVR? vr = !isExplicit ? null
                : string.IsNullOrWhiteSpace(Letters(bytes[at..])) ? First(element)
                : DicomVR.TryParse(Letters(bytes[at..]), out DicomVR told) ? told : null;
            (uint length, int header) = vr switch
            {
                null => (DoubleWord(bytes[(at + 4)..], isBig), 8),
                { Is16bitLength: true } => (Word(bytes[(at + 6)..], isBig), 8),
                // Written by some with a short length.
                { Code: "SV" or "UV" } when Word(bytes[(at + 6)..], isBig) is ushort shorter and > 0 => (shorter, 8),
                _ => (DoubleWord(bytes[(at + 8)..], isBig), 12),
            };
            if (length == uint.MaxValue || string.Equals(vr?.Code, "SQ", StringComparison.Ordinal))
            {
                throw new DicomReadException(path, SkipReason.InconsistentHeader, $"the meta information holds a sequence, (0002,{element:x4}), where it has none (PS3.10 7.1): the file is damaged or made to do harm, leave it out.");
            }

            at += header;
            if (length > bytes.Length - at)
            {
                return (at, syntax, 0, false);
            }

            if (element == 0x0010)
            {
                syntax = Encoding.ASCII.GetString(bytes.Slice(at, (int)length)).TrimEnd('\0', ' ');
                syntaxAt = isExplicit && !isBig && vr == DicomVR.UI ? at : 0;
            }

            at += (int)length;
        }

        return (at, syntax, syntaxAt, bytes.Length - at >= 12);
    }

    /// <summary>
    /// The transfer syntax of a data set whose first elements are not coded as the file says; null where they are, or where nothing can be told. The
    /// library looks at each element for implicit ones in an explicit file, and for nothing else: explicit elements in a file that calls itself
    /// implicit would give lengths of a gigabyte, and the other order of bytes other tags.
    /// </summary>
    private static string? Contradicting(string syntax, ReadOnlySpan<byte> data)
    {
        bool saysBig = syntax == ExplicitBig;
        if (syntax is not (Implicit or Explicit) && !saysBig)
        {
            return null;
        }

        // A data set begins with a group below 00FF as a rule (0008), so that the zero tells the order.
        bool isBig = data[0] == 0 && data[1] != 0;
        if (syntax != Implicit && !isBig && data[1] == 0 && !DicomVR.TryParse(Letters(data), out _) && !string.IsNullOrWhiteSpace(Letters(data)) && 8L + DoubleWord(data[4..], isBig: false) <= Looked)
        {
            return Implicit;
        }

        string actual = isBig ? ExplicitBig : Explicit;
        if (actual == syntax || (!isBig && saysBig && data[1] != 0))
        {
            return null;
        }

        // Two elements in a row with letters of a representation, in rising order: no lengths look so by chance.
        ReadOnlySpan<byte> rest = data;
        long last = -1;
        for (int element = 0; element < 2; element++)
        {
            if (rest.Length < 12)
            {
                return element > 0 ? actual : null;
            }

            long tag = ((long)Word(rest, isBig) << 16) | Word(rest[2..], isBig);
            if (tag <= last || !DicomVR.TryParse(Letters(rest), out DicomVR vr))
            {
                return null;
            }

            last = tag;
            long next = vr.Is16bitLength ? 8L + Word(rest[6..], isBig) : 12L + DoubleWord(rest[8..], isBig);
            if (next > rest.Length)
            {
                return actual;
            }

            rest = rest[(int)next..];
        }

        return actual;
    }

    /// <summary>The beginning with another transfer syntax: the group's length changes with that of its name.</summary>
    private static byte[] Correct(ReadOnlySpan<byte> beginning, int syntaxAt, string syntax)
    {
        byte[] name = Encoding.ASCII.GetBytes(syntax.Length % 2 == 0 ? syntax : syntax + '\0');
        int before = Word(beginning[(syntaxAt - 2)..], isBig: false), after = syntaxAt + before;
        byte[] corrected = [.. beginning[..syntaxAt], .. name, .. beginning[after..]];
        BinaryPrimitives.WriteUInt16LittleEndian(corrected.AsSpan(syntaxAt - 2), (ushort)name.Length);
        Span<byte> first = corrected.AsSpan(PreambleLength + 4);
        if (Word(first, isBig: false) == 2 && Word(first[2..], isBig: false) == 0 && Letters(first) == "UL")
        {
            BinaryPrimitives.WriteUInt32LittleEndian(first[8..], (uint)(DoubleWord(first[8..], isBig: false) + name.Length - before));
        }

        return corrected;
    }

    private static string Letters(ReadOnlySpan<byte> element) => Encoding.ASCII.GetString(element.Slice(4, 2));

    private static DicomVR First(ushort element) => new DicomTag(2, element).DictionaryEntry.ValueRepresentations[0];

    private static ushort Word(ReadOnlySpan<byte> bytes, bool isBig) => isBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint DoubleWord(ReadOnlySpan<byte> bytes, bool isBig) => isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>Inflates to nowhere: only whether it ends well and within bounds is of interest.</summary>
    private static void CheckInflated(string path, Stream stream)
    {
        long most = Math.Min(MostInflated, Math.Max(AlwaysInflated, (stream.Length - stream.Position) * LargestRatio));
        byte[] block = ArrayPool<byte>.Shared.Rent(Looked);
        try
        {
            using DeflateStream inflating = new(stream, CompressionMode.Decompress, leaveOpen: true);
            long total = 0;
            for (int read; (read = inflating.Read(block)) > 0;)
            {
                total += read;
                if (total > most)
                {
                    throw new DicomReadException(path, SkipReason.TooLarge, $"the deflated data set unfolds to more than {most >> 20} MiB, the most that is allowed for its size: the file is made to do harm, or ask its source for an uncompressed copy.");
                }
            }
        }
        catch (InvalidDataException exception)
        {
            throw new DicomReadException(path, SkipReason.Truncated, "the deflated data set does not unfold: it was cut off or damaged, copy it again from its source.", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace FellowOakDicom;

/// <summary>
/// The attributes of DICOM PS3.6, from the table that is embedded in this assembly. An entry is made when it is first asked
/// for: most programs need a few dozen of the five thousand.
/// </summary>
public sealed class DicomDictionary
{
    private const uint InAnyBlock = 0xFFFF00FF;

    private static readonly Lazy<DicomDictionary> s_default = new(static () => new DicomDictionary());

    public static readonly DicomDictionaryEntry UnknownTag = new(DicomTag.Unknown, "Unknown", "Unknown", DicomVM.VM_1_n, retired: false,
        DicomVR.UN, DicomVR.AE, DicomVR.AS, DicomVR.AT, DicomVR.CS, DicomVR.DA, DicomVR.DS, DicomVR.DT, DicomVR.FD, DicomVR.FL,
        DicomVR.IS, DicomVR.LO, DicomVR.LT, DicomVR.OB, DicomVR.OD, DicomVR.OF, DicomVR.OL, DicomVR.OV, DicomVR.OW, DicomVR.PN,
        DicomVR.SH, DicomVR.SL, DicomVR.SQ, DicomVR.SS, DicomVR.ST, DicomVR.SV, DicomVR.TM, DicomVR.UC, DicomVR.UI, DicomVR.UL,
        DicomVR.UR, DicomVR.US, DicomVR.UT, DicomVR.UV);

    public static readonly DicomDictionaryEntry PrivateCreatorTag =
        new(new DicomTag(0xFFFF, 0x00FF), "Private Creator", "PrivateCreator", DicomVM.VM_1, retired: false, DicomVR.LO);

    private static readonly DicomDictionaryEntry s_groupLength =
        new(new DicomTag(0xFFFF, 0x0000), "Group Length", "GroupLength", DicomVM.VM_1, retired: false, DicomVR.UL);

    // Sorted by number; each line starts where its offset says.
    private readonly byte[] _table;
    private readonly uint[] _numbers;
    private readonly int[] _lines;
    private readonly DicomDictionaryEntry[] _entries;
    private readonly List<(uint Mask, uint Value, DicomDictionaryEntry Entry)> _repeating = [];
    private readonly Lazy<Dictionary<string, DicomTag>> _keywords;
    private readonly Lazy<Dictionary<string, Dictionary<uint, DicomVR[]>>> _makers = new(Makers);

    private DicomDictionary()
    {
        using Stream table = typeof(DicomDictionary).Assembly.GetManifestResourceStream("DicomDictionary.tsv");
        _table = new byte[table.Length];
        table.ReadExactly(_table);
        int count = _table.AsSpan().Count((byte)'\n');
        List<uint> numbers = new(count);
        List<int> lines = new(count);
        for (int at = 0; at < _table.Length; at += Line(at).Length + 1)
        {
            ReadOnlySpan<byte> number = _table.AsSpan(at, 8);
            if (number.Contains((byte)'x'))
            {
                AddRepeating(at);
                continue;
            }

            Utf8Parser.TryParse(number, out uint value, out _, 'X');
            numbers.Add(value);
            lines.Add(at);
        }

        _numbers = [.. numbers];
        _lines = [.. lines];
        _entries = new DicomDictionaryEntry[_numbers.Length];
        _keywords = new Lazy<Dictionary<string, DicomTag>>(AllKeywords);
    }

    public static DicomDictionary Default => s_default.Value;

    public DicomDictionaryEntry this[DicomTag tag] =>
        tag.IsReservation && tag.PrivateCreator is null ? PrivateCreatorTag
            : tag.IsPrivate && tag.Element != 0 && (tag.Group >> 8) is not (0x50 or 0x60) ? UnknownTag
            : Find(tag.Number) ?? UnknownTag;

    public DicomTag this[string keyword] => _keywords.Value.GetValueOrDefault(keyword);

    /// <summary>The entry of an attribute that is not private, or null where PS3.6 has none.</summary>
    internal DicomDictionaryEntry Find(uint number)
    {
        int index = Array.BinarySearch(_numbers, number);
        if (index >= 0)
        {
            return _entries[index] ??= Entry(number, _lines[index]);
        }

        foreach ((uint mask, uint value, DicomDictionaryEntry repeated) in _repeating)
        {
            if ((number & mask) == value)
            {
                return repeated;
            }
        }

        return (number & 0xFFFF) == 0 ? s_groupLength : null;
    }

    /// <summary>The representations of a private attribute of a maker; null where nothing is known of that maker, and so of his attributes.</summary>
    /// <param name="creator">The maker as he names himself (PS3.5 section 7.8.1).</param>
    /// <param name="number">Group and element.</param>
    internal DicomVR[] Private(string creator, uint number) =>
        !_makers.Value.TryGetValue(creator, out Dictionary<uint, DicomVR[]> his) ? null
            : his.TryGetValue(number, out DicomVR[] exact) ? exact
            : his.TryGetValue(number & InAnyBlock, out DicomVR[] known) ? known
            : UnknownTag.ValueRepresentations;

    private static Dictionary<string, Dictionary<uint, DicomVR[]>> Makers()
    {
        using Stream table = typeof(DicomDictionary).Assembly.GetManifestResourceStream("PrivateTags.tsv");
        using StreamReader lines = new(table, Encoding.UTF8);
        Dictionary<string, Dictionary<uint, DicomVR[]>> makers = new(StringComparer.Ordinal);
        while (lines.ReadLine() is string line)
        {
            string[] part = line.Split('\t');
            Dictionary<uint, DicomVR[]> his = makers[part[0]] = [];
            foreach (string attribute in part[1].Split(' '))
            {
                // An element whose block is chosen by the file has none here: "0019xx10SL".
                uint number = uint.Parse(attribute.AsSpan(0, 8).ToString().Replace('x', '0'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                his[number] = [DicomVR.Parse(attribute[8..])];
            }
        }

        return makers;
    }

    private ReadOnlySpan<byte> Line(int at)
    {
        ReadOnlySpan<byte> rest = _table.AsSpan(at);
        int end = rest.IndexOf((byte)'\n');
        return end < 0 ? rest : rest[..end];
    }

    private DicomDictionaryEntry Entry(DicomTag tag, int at)
    {
        string[] part = Encoding.UTF8.GetString(Line(at)).Split('\t');
        return new DicomDictionaryEntry(tag, part[5], part[4], DicomVM.Parse(part[2]), part[3].Length > 0, [.. part[1].Split('/').Select(DicomVR.Parse)]);
    }

    private void AddRepeating(int at)
    {
        uint mask = 0;
        uint value = 0;
        foreach (byte digit in _table.AsSpan(at, 8))
        {
            bool any = digit == 'x';
            mask = (mask << 4) | (any ? 0u : 0xFu);
            value = (value << 4) | (any ? 0u : (uint)Convert.ToInt32(((char)digit).ToString(), 16));
        }

        _repeating.Add((mask, value, Entry(value, at)));
    }

    private Dictionary<string, DicomTag> AllKeywords()
    {
        Dictionary<string, DicomTag> keywords = new(_numbers.Length, StringComparer.Ordinal);
        foreach (uint number in _numbers)
        {
            keywords.TryAdd(Find(number).Keyword, number);
        }

        foreach ((_, uint value, DicomDictionaryEntry entry) in _repeating)
        {
            keywords.TryAdd(entry.Keyword, value);
        }

        return keywords;
    }
}

public sealed class DicomDictionaryEntry
{
    public DicomDictionaryEntry(DicomTag tag, string name, string keyword, DicomVM vm, bool retired, params DicomVR[] vrs)
    {
        Tag = tag;
        Name = name;
        Keyword = keyword;
        ValueMultiplicity = vm;
        IsRetired = retired;
        ValueRepresentations = vrs;
    }

    public DicomTag Tag { get; }

    public string Name { get; }

    public string Keyword { get; }

    public DicomVR[] ValueRepresentations { get; }

    public DicomVM ValueMultiplicity { get; }

    public bool IsRetired { get; }
}

public sealed class DicomVM
{
    public static readonly DicomVM VM_1 = new(1, 1, 1);
    public static readonly DicomVM VM_1_n = new(1, int.MaxValue, 1);

    public DicomVM(int minimum, int maximum, int multiplicity)
    {
        Minimum = minimum;
        Maximum = maximum;
        Multiplicity = multiplicity;
    }

    public int Minimum { get; }

    public int Maximum { get; }

    public int Multiplicity { get; }

    public override string ToString()
    {
        string last = Maximum != int.MaxValue ? Maximum.ToString(CultureInfo.InvariantCulture)
            : Multiplicity > 1 ? Multiplicity.ToString(CultureInfo.InvariantCulture) + "n" : "n";
        return Minimum == Maximum ? last : Minimum.ToString(CultureInfo.InvariantCulture) + "-" + last;
    }

    public static DicomVM Parse(string s)
    {
        if (s is "1")
        {
            return VM_1;
        }

        if (s is "1-n")
        {
            return VM_1_n;
        }

        int dash = s.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            int exactly = int.Parse(s, CultureInfo.InvariantCulture);
            return new DicomVM(exactly, exactly, exactly);
        }

        int minimum = int.Parse(s.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture);
        string most = s[(dash + 1)..];
        if (!most.EndsWith('n'))
        {
            return new DicomVM(minimum, int.Parse(most, CultureInfo.InvariantCulture), 1);
        }

        int step = most.Length == 1 ? 1 : int.Parse(most.AsSpan(0, most.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return new DicomVM(minimum, int.MaxValue, step);
    }
}

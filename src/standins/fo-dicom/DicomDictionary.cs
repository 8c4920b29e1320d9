using System.Globalization;

namespace FellowOakDicom;

/// <summary>The attributes of DICOM PS3.6, read from the table that is embedded in this assembly.</summary>
public sealed class DicomDictionary
{
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

    private readonly Dictionary<uint, DicomDictionaryEntry> _entries = new(5200);
    private readonly List<(uint Mask, uint Value, DicomDictionaryEntry Entry)> _repeating = [];
    private readonly Dictionary<string, DicomTag> _keywords = new(5200, StringComparer.Ordinal);

    private DicomDictionary()
    {
        using Stream table = typeof(DicomDictionary).Assembly.GetManifestResourceStream("DicomDictionary.tsv");
        using StreamReader reader = new(table);
        Dictionary<string, DicomVR[]> representations = new(StringComparer.Ordinal);
        Dictionary<string, DicomVM> multiplicities = new(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            string[] part = line.Split('\t');
            if (!representations.TryGetValue(part[1], out DicomVR[] vrs))
            {
                representations[part[1]] = vrs = [.. part[1].Split('/').Select(DicomVR.Parse)];
            }

            if (!multiplicities.TryGetValue(part[2], out DicomVM vm))
            {
                multiplicities[part[2]] = vm = DicomVM.Parse(part[2]);
            }

            Add(part[0], new DicomDictionaryEntry(TagOf(part[0]), part[5], part[4], vm, part[3].Length > 0, vrs));
        }
    }

    public static DicomDictionary Default => s_default.Value;

    public DicomDictionaryEntry this[DicomTag tag] =>
        tag.IsReservation && tag.PrivateCreator is null ? PrivateCreatorTag
            : tag.IsPrivate ? UnknownTag
            : Find(tag.Number) ?? UnknownTag;

    public DicomTag this[string keyword] => _keywords.GetValueOrDefault(keyword);

    /// <summary>The entry of an attribute that is not private, or null where PS3.6 has none.</summary>
    internal DicomDictionaryEntry Find(uint number)
    {
        if (_entries.TryGetValue(number, out DicomDictionaryEntry entry))
        {
            return entry;
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

    private static DicomTag TagOf(string number) =>
        uint.Parse(number.Replace('x', '0'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private void Add(string number, DicomDictionaryEntry entry)
    {
        _keywords.TryAdd(entry.Keyword, entry.Tag);
        if (!number.Contains('x', StringComparison.Ordinal))
        {
            _entries[entry.Tag.Number] = entry;
            return;
        }

        uint mask = 0;
        foreach (char digit in number)
        {
            mask = (mask << 4) | (digit == 'x' ? 0u : 0xFu);
        }

        _repeating.Add((mask, entry.Tag.Number, entry));
    }
}

using System.Collections.Concurrent;
using System.Globalization;

namespace FellowOakDicom;

public sealed partial class DicomTag : IFormattable, IEquatable<DicomTag>, IComparable<DicomTag>, IComparable
{
    public static readonly DicomTag Unknown = new(0xFFFF, 0xFFFF);

    public DicomTag(ushort group, ushort element)
    {
        Group = group;
        Element = element;
    }

    public DicomTag(ushort group, ushort element, string privateCreator)
        : this(group, element, DicomPrivateCreator.Of(privateCreator))
    {
    }

    public DicomTag(ushort group, ushort element, DicomPrivateCreator privateCreator)
        : this(group, element) => PrivateCreator = privateCreator;

    public static implicit operator DicomTag(uint tag) => new((ushort)(tag >> 16), (ushort)tag);

    public static explicit operator uint(DicomTag tag) => tag.Number;

    public ushort Group { get; }

    public ushort Element { get; }

    public bool IsPrivate => (Group & 1) != 0;

    public DicomPrivateCreator PrivateCreator { get; set; }

    public DicomDictionaryEntry DictionaryEntry => DicomDictionary.Default[this];

    internal uint Number => ((uint)Group << 16) | Element;

    /// <summary>Whether this is the element that reserves a block of private elements.</summary>
    internal bool IsReservation => IsPrivate && Element is >= 0x10 and <= 0xFF;

    public override string ToString() => ToString("G", null);

    public string ToString(string format, IFormatProvider formatProvider)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        switch (format)
        {
            case "X" when PrivateCreator is not null:
                return string.Create(plain, $"({Group:x4},xx{Element & 0xFF:x2}:{PrivateCreator.Creator})");
            case "g" when PrivateCreator is not null:
                return string.Create(plain, $"{Group:x4},{Element:x4}:{PrivateCreator.Creator}");
            case "g":
                return string.Create(plain, $"{Group:x4},{Element:x4}");
            case "J":
                return string.Create(plain, $"{Group:X4}{Element:X4}");
            default:
                return PrivateCreator is null
                    ? string.Create(plain, $"({Group:x4},{Element:x4})")
                    : string.Create(plain, $"({Group:x4},{Element:x4}:{PrivateCreator.Creator})");
        }
    }

    public int CompareTo(DicomTag other)
    {
        if (other is null)
        {
            throw new ArgumentNullException(nameof(other));
        }

        if (Number != other.Number)
        {
            return Number < other.Number ? -1 : 1;
        }

        if (PrivateCreator is null)
        {
            return other.PrivateCreator is null ? 0 : -1;
        }

        return other.PrivateCreator is null ? 1 : PrivateCreator.CompareTo(other.PrivateCreator);
    }

    public int CompareTo(object obj) =>
        obj is DicomTag tag ? CompareTo(tag) : throw new ArgumentException("Passed non-DicomTag to comparer", nameof(obj));

    public override bool Equals(object obj) => Equals(obj as DicomTag);

    public bool Equals(DicomTag other) => other is not null && CompareTo(other) == 0;

    public static bool operator ==(DicomTag a, DicomTag b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(DicomTag a, DicomTag b) => !(a == b);

    public override int GetHashCode() => HashCode.Combine(Number, PrivateCreator);

    public static DicomTag Parse(string s)
    {
        try
        {
            if (s.Length < 8)
            {
                throw new ArgumentOutOfRangeException(nameof(s), "Expected a string of 8 or more characters");
            }

            int at = s[0] == '(' ? 1 : 0;
            ushort group = ushort.Parse(s.AsSpan(at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += 4;
            if (s[at] == ',')
            {
                at++;
            }

            ushort element = ushort.Parse(s.AsSpan(at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += 4;
            if (at >= s.Length || s[at] != ':')
            {
                return new DicomTag(group, element);
            }

            string creator = s[(at + 1)..];
            return new DicomTag(group, element, s[0] == '(' ? creator.TrimEnd(')') : creator);
        }
        catch (Exception broken) when (broken is not DicomDataException)
        {
            throw new DicomDataException($"Error parsing DICOM tag ['{s}']", broken);
        }
    }
}

public sealed class DicomPrivateCreator : IEquatable<DicomPrivateCreator>, IComparable<DicomPrivateCreator>, IComparable
{
    private const int Remembered = 1024;
    private static readonly ConcurrentDictionary<string, DicomPrivateCreator> s_known = new(StringComparer.Ordinal);

    internal DicomPrivateCreator(string creator) => Creator = creator;

    public string Creator { get; }

    /// <summary>One object per name, up to a bound: a hostile archive must not fill the memory with invented names.</summary>
    internal static DicomPrivateCreator Of(string creator)
    {
        if (s_known.TryGetValue(creator, out DicomPrivateCreator known))
        {
            return known;
        }

        return s_known.Count < Remembered ? s_known.GetOrAdd(creator, static name => new DicomPrivateCreator(name)) : new DicomPrivateCreator(creator);
    }

    public int CompareTo(DicomPrivateCreator other) => string.CompareOrdinal(Creator, other?.Creator);

    public int CompareTo(object obj) => CompareTo(obj as DicomPrivateCreator);

    public bool Equals(DicomPrivateCreator other) => other is not null && string.Equals(Creator, other.Creator, StringComparison.Ordinal);

    public override bool Equals(object obj) => Equals(obj as DicomPrivateCreator);

    public override int GetHashCode() => Creator.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Creator;
}

using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public abstract class DicomItem : IComparable<DicomItem>, IComparable
{
    protected DicomItem(DicomTag tag) => Tag = tag;

    public DicomTag Tag { get; internal set; }

    public abstract DicomVR ValueRepresentation { get; }

    public int CompareTo(DicomItem other) => other is null ? 1 : Tag.CompareTo(other.Tag);

    public int CompareTo(object obj) => obj is DicomItem item ? CompareTo(item) : throw new ArgumentException("Passed non-DicomItem to comparer", nameof(obj));

    public override string ToString() =>
        Tag.DictionaryEntry is { } entry ? $"{Tag} {ValueRepresentation} {entry.Name}" : $"{Tag} {ValueRepresentation}";

    public virtual void Validate()
    {
    }
}

public abstract class DicomElement : DicomItem
{
    private IByteBuffer _buffer;

    protected DicomElement(DicomTag tag, IByteBuffer data)
        : base(tag) => _buffer = data;

    public abstract int Count { get; }

    public IByteBuffer Buffer
    {
        get => _buffer ??= CreateBuffer();
        protected set => _buffer = value;
    }

    public uint Length => (uint)Buffer.Size;

    internal bool HasBuffer => _buffer is not null;

    public abstract T Get<T>(int item = -1);

    public override void Validate()
    {
        ValidateString();
        ValidateVM();
    }

    /// <summary>Elements that were made from values make their bytes when someone asks.</summary>
    internal virtual IByteBuffer CreateBuffer() => EmptyBuffer.Value;

    protected virtual void ValidateVM()
    {
        if (Tag.IsPrivate || Count == 0)
        {
            return;
        }

        DicomDictionaryEntry entry = Tag.DictionaryEntry;
        DicomVM vm = entry.ValueMultiplicity;
        if (ReferenceEquals(entry, DicomDictionary.UnknownTag))
        {
            return;
        }

        if (Count < vm.Minimum || Count > vm.Maximum || (vm.Multiplicity > 1 && Count % vm.Multiplicity != 0))
        {
            throw new DicomValidationException(ToString(), ValueRepresentation,
                string.Create(CultureInfo.InvariantCulture, $"Number of items {Count} does not match ValueMultiplicity {vm}"));
        }
    }

    protected virtual void ValidateString()
    {
    }

    private protected InvalidCastException CannotConvert(Type type) =>
        new($"Unable to convert DICOM {ValueRepresentation.Code} value to '{type.Name}'");
}

/// <summary>The element of a representation, around bytes as they stand in a file.</summary>
internal static class ElementFactory
{
    public static DicomElement Create(DicomVR vr, DicomTag tag, IByteBuffer data) => vr.Letters switch
    {
        ('A' << 8) | 'E' => new DicomApplicationEntity(tag, data),
        ('A' << 8) | 'S' => new DicomAgeString(tag, data),
        ('A' << 8) | 'T' => new DicomAttributeTag(tag, data),
        ('C' << 8) | 'S' => new DicomCodeString(tag, data),
        ('D' << 8) | 'A' => new DicomDate(tag, data),
        ('D' << 8) | 'S' => new DicomDecimalString(tag, data),
        ('D' << 8) | 'T' => new DicomDateTime(tag, data),
        ('F' << 8) | 'D' => new DicomFloatingPointDouble(tag, data),
        ('F' << 8) | 'L' => new DicomFloatingPointSingle(tag, data),
        ('I' << 8) | 'S' => new DicomIntegerString(tag, data),
        ('L' << 8) | 'O' => new DicomLongString(tag, data),
        ('L' << 8) | 'T' => new DicomLongText(tag, data),
        ('O' << 8) | 'B' => new DicomOtherByte(tag, data),
        ('O' << 8) | 'D' => new DicomOtherDouble(tag, data),
        ('O' << 8) | 'F' => new DicomOtherFloat(tag, data),
        ('O' << 8) | 'L' => new DicomOtherLong(tag, data),
        ('O' << 8) | 'V' => new DicomOtherVeryLong(tag, data),
        ('O' << 8) | 'W' => new DicomOtherWord(tag, data),
        ('P' << 8) | 'N' => new DicomPersonName(tag, data),
        ('S' << 8) | 'H' => new DicomShortString(tag, data),
        ('S' << 8) | 'L' => new DicomSignedLong(tag, data),
        ('S' << 8) | 'S' => new DicomSignedShort(tag, data),
        ('S' << 8) | 'T' => new DicomShortText(tag, data),
        ('S' << 8) | 'V' => new DicomSignedVeryLong(tag, data),
        ('T' << 8) | 'M' => new DicomTime(tag, data),
        ('U' << 8) | 'C' => new DicomUnlimitedCharacters(tag, data),
        ('U' << 8) | 'I' => new DicomUniqueIdentifier(tag, data),
        ('U' << 8) | 'L' => new DicomUnsignedLong(tag, data),
        ('U' << 8) | 'R' => new DicomUniversalResource(tag, data),
        ('U' << 8) | 'S' => new DicomUnsignedShort(tag, data),
        ('U' << 8) | 'T' => new DicomUnlimitedText(tag, data),
        ('U' << 8) | 'V' => new DicomUnsignedVeryLong(tag, data),
        _ => new DicomUnknown(tag, data),
    };
}

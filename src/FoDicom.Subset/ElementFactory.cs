using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

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

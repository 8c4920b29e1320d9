using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

public partial class DicomDataset
{
    public DicomDataset Add(DicomItem item)
    {
        Put(item, replace: false);
        return this;
    }

    public DicomDataset Add(params DicomItem[] items) => Add((IEnumerable<DicomItem>)items);

    public DicomDataset Add(IEnumerable<DicomItem> items)
    {
        foreach (DicomItem item in items ?? [])
        {
            Put(item, replace: false);
        }

        return this;
    }

    public DicomDataset Add<T>(DicomTag tag, params T[] values) => Add(Made(Representation<T>(tag), tag, values));

    public DicomDataset Add<T>(DicomVR vr, DicomTag tag, params T[] values) => Add(Made(vr, tag, values));

    public DicomDataset AddOrUpdate(params DicomItem[] items) => AddOrUpdate((IEnumerable<DicomItem>)items);

    public DicomDataset AddOrUpdate(DicomItem item)
    {
        Put(item, replace: true);
        return this;
    }

    public DicomDataset AddOrUpdate(IEnumerable<DicomItem> items)
    {
        foreach (DicomItem item in items ?? [])
        {
            Put(item, replace: true);
        }

        return this;
    }

    public DicomDataset AddOrUpdate<T>(DicomTag tag, params T[] values) => AddOrUpdate(Made(Representation<T>(tag), tag, values));

    public DicomDataset AddOrUpdate<T>(DicomVR vr, DicomTag tag, params T[] values) => AddOrUpdate(Made(vr, tag, values));

    private static DicomVR Representation<T>(DicomTag tag)
    {
        DicomDictionaryEntry entry = tag.DictionaryEntry;
        if (ReferenceEquals(entry, DicomDictionary.UnknownTag))
        {
            throw tag.IsPrivate
                ? new DicomDataException(string.Create(CultureInfo.InvariantCulture, $"Unknown private tag <{tag.PrivateCreator?.Creator}> ({tag.Group:x4}, {tag.Element:x4}) has no VR defined."))
                : new DicomDataException($"Tag {tag} not found in DICOM dictionary. Only dictionary tags may be added implicitly to the dataset.");
        }

        DicomVR[] vrs = entry.ValueRepresentations;
        return vrs.Length > 1 && typeof(T) == typeof(short) && vrs.Contains(DicomVR.SS) ? DicomVR.SS : vrs[0];
    }

    private static DicomItem Made<T>(DicomVR vr, DicomTag tag, T[] values)
    {
        if (vr == DicomVR.SQ)
        {
            return values is null || values.Length == 0 ? new DicomSequence(tag)
                : values is DicomDataset[] items ? new DicomSequence(tag, items)
                : throw CannotMake<T>(vr);
        }

        if (values is IByteBuffer[] { Length: 1 } buffers)
        {
            return ElementFactory.Create(vr, tag, buffers[0]);
        }

        if (values is null || values.Length == 0)
        {
            return ElementFactory.Create(vr, tag, EmptyBuffer.Value);
        }

        string[] texts = values as string[];
        DicomItem item = vr.Code switch
        {
            "AE" when texts is not null => new DicomApplicationEntity(tag, texts),
            "AS" when texts is not null => new DicomAgeString(tag, texts),
            "AT" when values is DicomTag[] tags => new DicomAttributeTag(tag, tags),
            "AT" when texts is not null => new DicomAttributeTag(tag, [.. texts.Select(DicomTag.Parse)]),
            "CS" when texts is not null => new DicomCodeString(tag, texts),
            "DA" when texts is not null => new DicomDate(tag, texts),
            "DA" when values is DateTime[] days => new DicomDate(tag, days),
            "DA" when values is DicomDateRange[] days => new DicomDate(tag, days[0]),
            "DS" when texts is not null => new DicomDecimalString(tag, texts),
            "DS" when values is decimal[] numbers => new DicomDecimalString(tag, numbers),
            "DS" when values is double[] numbers => new DicomDecimalString(tag, [.. numbers.Select(static number => (decimal)number)]),
            "DS" when values is float[] numbers => new DicomDecimalString(tag, [.. numbers.Select(static number => (decimal)number)]),
            "DT" when texts is not null => new DicomDateTime(tag, texts),
            "DT" when values is DateTime[] moments => new DicomDateTime(tag, moments),
            "DT" when values is DicomDateRange[] moments => new DicomDateTime(tag, moments[0]),
            "FD" when values is double[] numbers => new DicomFloatingPointDouble(tag, numbers),
            "FD" when values is float[] numbers => new DicomFloatingPointDouble(tag, [.. numbers.Select(static number => (double)number)]),
            "FD" when texts is not null => new DicomFloatingPointDouble(tag, Parsed<double>(texts)),
            "FL" when values is float[] numbers => new DicomFloatingPointSingle(tag, numbers),
            "FL" when texts is not null => new DicomFloatingPointSingle(tag, Parsed<float>(texts)),
            "IS" when texts is not null => new DicomIntegerString(tag, texts),
            "IS" when Exactly<int>(values) is { } numbers => new DicomIntegerString(tag, numbers),
            "LO" when texts is not null => new DicomLongString(tag, texts),
            "LT" when texts is not null => new DicomLongText(tag, Only(texts)),
            "OB" when Exactly<byte>(values) is { } bytes => new DicomOtherByte(tag, bytes),
            "OD" when values is double[] numbers => new DicomOtherDouble(tag, numbers),
            "OF" when values is float[] numbers => new DicomOtherFloat(tag, numbers),
            "OL" when Exactly<uint>(values) is { } numbers => new DicomOtherLong(tag, numbers),
            "OV" when Exactly<ulong>(values) is { } numbers => new DicomOtherVeryLong(tag, numbers),
            "OW" when Exactly<ushort>(values) is { } numbers => new DicomOtherWord(tag, numbers),
            "OW" when Exactly<byte>(values) is { } bytes => new DicomOtherWord(tag, new MemoryByteBuffer(bytes)),
            "PN" when texts is not null => new DicomPersonName(tag, texts),
            "SH" when texts is not null => new DicomShortString(tag, texts),
            "SL" when Exactly<int>(values) is { } numbers => new DicomSignedLong(tag, numbers),
            "SL" when texts is not null => new DicomSignedLong(tag, Parsed<int>(texts)),
            "SS" when Exactly<short>(values) is { } numbers => new DicomSignedShort(tag, numbers),
            "SS" when texts is not null => new DicomSignedShort(tag, Parsed<short>(texts)),
            "ST" when texts is not null => new DicomShortText(tag, Only(texts)),
            "SV" when Exactly<long>(values) is { } numbers => new DicomSignedVeryLong(tag, numbers),
            "SV" when texts is not null => new DicomSignedVeryLong(tag, Parsed<long>(texts)),
            "TM" when texts is not null => new DicomTime(tag, texts),
            "TM" when values is DateTime[] times => new DicomTime(tag, times),
            "TM" when values is DicomDateRange[] times => new DicomTime(tag, times[0]),
            "UC" when texts is not null => new DicomUnlimitedCharacters(tag, texts),
            "UI" when texts is not null => new DicomUniqueIdentifier(tag, texts),
            "UI" when values is DicomUID[] uids => new DicomUniqueIdentifier(tag, uids),
            "UI" when values is DicomTransferSyntax[] syntaxes => new DicomUniqueIdentifier(tag, syntaxes),
            "UL" when Exactly<uint>(values) is { } numbers => new DicomUnsignedLong(tag, numbers),
            "UL" when texts is not null => new DicomUnsignedLong(tag, Parsed<uint>(texts)),
            "UN" when Exactly<byte>(values) is { } bytes => new DicomUnknown(tag, bytes),
            "UR" when texts is not null => new DicomUniversalResource(tag, Only(texts)),
            "US" when Exactly<ushort>(values) is { } numbers => new DicomUnsignedShort(tag, numbers),
            "US" when texts is not null => new DicomUnsignedShort(tag, Parsed<ushort>(texts)),
            "UT" when texts is not null => new DicomUnlimitedText(tag, Only(texts)),
            "UV" when Exactly<ulong>(values) is { } numbers => new DicomUnsignedVeryLong(tag, numbers),
            "UV" when texts is not null => new DicomUnsignedVeryLong(tag, Parsed<ulong>(texts)),
            _ => null,
        };
        return item ?? throw CannotMake<T>(vr);
    }

    // The runtime takes an int[] for a uint[]; what is stored depends on what the caller wrote.
    private static TExact[] Exactly<TExact>(Array values) =>
        values.GetType() == typeof(TExact[]) ? (TExact[])(object)values : null;

    private static string Only(string[] texts) => texts.Length == 1 ? texts[0] : string.Join('\\', texts);

    private static TNumber[] Parsed<TNumber>(string[] texts)
        where TNumber : IParsable<TNumber> =>
        [.. texts.SelectMany(static text => text.Split('\\')).Select(static text => TNumber.Parse(text, CultureInfo.InvariantCulture))];

    private static InvalidOperationException CannotMake<T>(DicomVR vr) =>
        new($"Unable to create DICOM element of type {vr.Code} with values of type {typeof(T)}");
}

using System.Diagnostics.CodeAnalysis;

namespace FellowOakDicom;

public partial class DicomDataset
{
    public T GetDicomItem<T>(DicomTag tag)
        where T : DicomItem => Find(tag) as T;

    public DicomSequence GetSequence(DicomTag tag)
    {
        DicomItem item = Find(tag) ?? throw Missing(tag);
        return item as DicomSequence ?? throw new DicomDataException($"DicomTag {tag} isn't a sequence.");
    }

    public bool TryGetSequence(DicomTag tag, out DicomSequence sequence)
    {
        sequence = Find(tag) as DicomSequence;
        return sequence is not null;
    }

    public bool TryGetNonEmptySequence(DicomTag tag, out DicomSequence sequence) => TryGetSequence(tag, out sequence) && sequence.Items.Count > 0;

    public int GetValueCount(DicomTag tag) => Element(tag).Count;

    public T GetValue<T>(DicomTag tag, int index)
    {
        if (index < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(index), "index must be a non-negative value");
        }

        NoArray<T>();
        DicomElement element = Element(tag);
        if (index >= element.Count)
        {
            throw new DicomDataException($"Index out of range: index {index} for Tag {tag} must be less than value count {element.Count}");
        }

        return element.Get<T>(index);
    }

    public bool TryGetValue<T>(DicomTag tag, int index, out T elementValue)
    {
        elementValue = default;
        if (index < 0 || typeof(T).IsArray || Find(tag) is not DicomElement element || index >= element.Count)
        {
            return false;
        }

        return Try(element, index, out elementValue);
    }

    public T GetValueOrDefault<T>(DicomTag tag, int index, T defaultValue) => TryGetValue(tag, index, out T value) ? value : defaultValue;

    public T[] GetValues<T>(DicomTag tag)
    {
        NoArray<T>();
        DicomElement element = Element(tag);
        return typeof(T) == typeof(byte) ? (T[])(object)element.Buffer.Data : element.Get<T[]>(-1);
    }

    public bool TryGetValues<T>(DicomTag tag, out T[] values)
    {
        values = null;
        return !typeof(T).IsArray && Find(tag) is DicomElement element && Try(element, -1, out values);
    }

    public T GetSingleValue<T>(DicomTag tag)
    {
        NoArray<T>();
        DicomElement element = Element(tag);
        if (element.Count != 1)
        {
            throw new DicomDataException($"DICOM element {tag} must contain a single value, but contains {element.Count}");
        }

        return element.Get<T>(0);
    }

    public bool TryGetSingleValue<T>(DicomTag tag, out T value)
    {
        value = default;
        return !typeof(T).IsArray && Find(tag) is DicomElement element && element.Count == 1 && Try(element, 0, out value);
    }

    public T GetSingleValueOrDefault<T>(DicomTag tag, T defaultValue) => TryGetSingleValue(tag, out T value) ? value : defaultValue;

    public string GetString(DicomTag tag) => Element(tag).Get<string>(-1);

    public bool TryGetString(DicomTag tag, out string stringValue)
    {
        stringValue = null;
        if (Find(tag) is DicomElement { Count: 0 })
        {
            stringValue = "";
            return true;
        }

        return Find(tag) is DicomElement element && Try(element, -1, out stringValue);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A value that cannot be had is no value, whatever the reason.")]
    private static bool Try<T>(DicomElement element, int index, out T value)
    {
        try
        {
            value = element.Get<T>(index);
            return true;
        }
        catch (Exception)
        {
            value = default;
            return false;
        }
    }

    private static DicomDataException Missing(DicomTag tag) => new($"Tag: {tag} not found in dataset");

    private static void NoArray<T>()
    {
        if (typeof(T).IsArray)
        {
            throw new DicomDataException("T can't be an Array type.");
        }
    }

    private DicomElement Element(DicomTag tag)
    {
        DicomItem item = Find(tag) ?? throw Missing(tag);
        return item as DicomElement ?? throw new DicomDataException("DicomTag doesn't support values.");
    }
}

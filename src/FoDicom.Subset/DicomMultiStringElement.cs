using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>Texts with a backslash between them.</summary>
public abstract class DicomMultiStringElement : DicomStringElement
{
    private string[] _values;

    protected DicomMultiStringElement(DicomTag tag, params string[] values)
        : base(tag, values is null ? string.Empty : values.Length == 1 ? values[0] : string.Join('\\', values))
    {
    }

    protected DicomMultiStringElement(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override int Count => Values.Length;

    private protected string[] Values => _values ??= Split();

    public override T Get<T>(int item = -1)
    {
        if (typeof(T) == typeof(string) || typeof(T) == typeof(object))
        {
            return (T)(object)(item < 0 ? StringValue : At(item));
        }

        if (typeof(T) == typeof(string[]) || typeof(T) == typeof(object[]))
        {
            return (T)Values.Clone();
        }

        if (typeof(T).IsArray)
        {
            return All<T>();
        }

        return (T)Parsed(At(item < 0 ? 0 : item), typeof(T));
    }

    protected override void ValidateString()
    {
        foreach (string value in Values)
        {
            ValueRepresentation.ValidateString(value);
        }
    }

    private protected string At(int item) =>
        item < Values.Length ? Values[item] : throw new ArgumentOutOfRangeException(nameof(item), "Index is outside the range of available value items");

    private protected virtual T All<T>()
    {
        Type type = typeof(T).GetElementType();
        string[] values = Values;
        Array parsed = Array.CreateInstance(type, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            parsed.SetValue(Parsed(values[i], type), i);
        }

        return (T)(object)parsed;
    }

    private string[] Split()
    {
        string whole = StringValue;
        return whole.Length == 0 ? [] : whole.Contains('\\', StringComparison.Ordinal) ? whole.Split('\\') : [whole];
    }
}

using System.Globalization;
using System.Text;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>One text. Made either from bytes, which are decoded when asked for, or from a string, which is encoded when written.</summary>
public abstract class DicomStringElement : DicomElement
{
    private string _value;
    private Encoding[] _encodings = DicomEncoding.DefaultArray;

    protected DicomStringElement(DicomTag tag, string value)
        : base(tag, null) => _value = value ?? string.Empty;

    protected DicomStringElement(DicomTag tag, IByteBuffer data)
        : base(tag, data) => FromBytes = true;

    /// <summary>An empty text is one text, where an empty list of texts has none.</summary>
    public override int Count => 1;

    /// <summary>How the bytes mean text. Setting it forgets what was made from the text, never what came from a file.</summary>
    internal Encoding[] Encodings
    {
        get => _encodings;
        set
        {
            if (ReferenceEquals(_encodings, value))
            {
                return;
            }

            if (!FromBytes && HasBuffer)
            {
                Buffer = null;
            }

            _encodings = value;
        }
    }

    internal bool FromBytes { get; }

    private protected string StringValue => _value ??= Decode();

    public override T Get<T>(int item = -1)
    {
        if (typeof(T) == typeof(string) || typeof(T) == typeof(object))
        {
            return (T)(object)StringValue;
        }

        if (typeof(T) == typeof(string[]) || typeof(T) == typeof(object[]))
        {
            return (T)(object)new[] { StringValue };
        }

        return (T)Parsed(StringValue, typeof(T));
    }

    internal override IByteBuffer CreateBuffer()
    {
        if (_value.Length == 0)
        {
            return EmptyBuffer.Value;
        }

        Encoding encoding = ValueRepresentation.IsStringEncoded && _encodings.Length > 0 ? _encodings[0] : DicomEncoding.Default;
        int length = encoding.GetByteCount(_value);
        byte[] bytes = new byte[(length + 1) & ~1];
        encoding.GetBytes(_value, bytes);
        if (length < bytes.Length)
        {
            bytes[length] = ValueRepresentation.PaddingValue;
        }

        return new MemoryByteBuffer(bytes);
    }

    protected override void ValidateString() => ValueRepresentation.ValidateString(StringValue);

    /// <summary>One value as something else than a string.</summary>
    private protected virtual object Parsed(string text, Type type)
    {
        if (type == typeof(DicomUID))
        {
            return DicomUID.Parse(text);
        }

        if (type == typeof(DicomTransferSyntax))
        {
            return DicomTransferSyntax.Parse(text);
        }

        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum && Enum.TryParse(plain, text.Replace(" ", "_", StringComparison.Ordinal), ignoreCase: true, out object named))
        {
            return named;
        }

        throw CannotConvert(type);
    }

    private string Decode()
    {
        if (Buffer.Size == 0)
        {
            return string.Empty;
        }

        Encoding[] encodings = ValueRepresentation.IsStringEncoded ? _encodings : DicomEncoding.DefaultArray;
        return DicomEncoding.Decode(Buffer.Data, encodings, ValueRepresentation == DicomVR.PN).TrimEnd((char)ValueRepresentation.PaddingValue);
    }
}

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
        if (typeof(T) == typeof(string))
        {
            return (T)(object)(item < 0 ? StringValue : At(item));
        }

        if (typeof(T) == typeof(string[]))
        {
            return (T)Values.Clone();
        }

        if (!typeof(T).IsArray)
        {
            return typeof(T) == typeof(object) ? (T)AsObject(item < 0 && Own is null ? StringValue : At(Math.Max(item, 0))) : (T)Parsed(At(Math.Max(item, 0)), typeof(T));
        }

        Type type = typeof(T).GetElementType();
        return type == typeof(object) ? HasNoObjects ? throw CannotConvert(typeof(T)) : (T)(object)Array.ConvertAll(Values, AsObject)
            : Converts(type) ? All<T>(type)
            : Values.Length == 0 ? throw new ArgumentOutOfRangeException(nameof(item), "Index is outside the range of available value items")
            : throw CannotConvert(typeof(T));
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

    /// <summary>What a value is when any object will do; null for a text.</summary>
    private protected virtual Type Own => null;

    /// <summary>Whether several values cannot be had as objects, although one can.</summary>
    private protected virtual bool HasNoObjects => false;

    /// <summary>Whether several values can be had as a type.</summary>
    private protected virtual bool Converts(Type type) => type == Own;

    private object AsObject(string text) => Own is null ? text : Parsed(text, Own);

    private T All<T>(Type type)
    {
        Array parsed = Array.CreateInstance(type, Values.Length);
        for (int i = 0; i < Values.Length; i++)
        {
            parsed.SetValue(Parsed(Values[i], type), i);
        }

        return (T)(object)parsed;
    }

    private string[] Split()
    {
        string whole = StringValue;
        return whole.Length == 0 ? [] : whole.Contains('\\', StringComparison.Ordinal) ? whole.Split('\\') : [whole];
    }
}

public class DicomDecimalString : DicomMultiStringElement
{
    public DicomDecimalString(DicomTag tag, params decimal[] values)
        : base(tag, [.. values.Select(Shortened)])
    {
    }

    public DicomDecimalString(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomDecimalString(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.DS;

    /// <summary>A number in the 16 characters that PS3.5 table 6.2-1 allows.</summary>
    internal static string Shortened(decimal value)
    {
        string exact = value.ToString(CultureInfo.InvariantCulture);
        return exact.Length <= 16 ? exact : value.ToString("G10", CultureInfo.InvariantCulture);
    }

    private protected override Type Own => typeof(decimal);

    private protected override bool Converts(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var plain && (plain == typeof(decimal) || plain == typeof(double) || plain == typeof(float) || plain == typeof(short) || plain == typeof(int) || plain == typeof(long));

    private protected override object Parsed(string text, Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(double))
        {
            return (double)Number(text);
        }

        return plain == typeof(decimal) ? Number(text)
            : plain.IsPrimitive ? Convert.ChangeType(Number(text), plain, CultureInfo.InvariantCulture)
            : base.Parsed(text, type);
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Any, CultureInfo.InvariantCulture);
}

public class DicomIntegerString : DicomMultiStringElement
{
    public DicomIntegerString(DicomTag tag, params int[] values)
        : base(tag, [.. values.Select(static value => value.ToString(CultureInfo.InvariantCulture))])
    {
    }

    public DicomIntegerString(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomIntegerString(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.IS;

    private protected override Type Own => typeof(int);

    private protected override bool Converts(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var plain && (plain == typeof(decimal) || plain.IsPrimitive);

    private protected override object Parsed(string text, Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (!plain.IsPrimitive && plain != typeof(decimal))
        {
            return base.Parsed(text, type);
        }

        // "12.0" is met in the field.
        int number = int.Parse(text, NumberStyles.Integer | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        return plain == typeof(int) ? number : Convert.ChangeType(number, plain, CultureInfo.InvariantCulture);
    }
}

public class DicomUniqueIdentifier : DicomMultiStringElement
{
    public DicomUniqueIdentifier(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomUniqueIdentifier(DicomTag tag, params DicomUID[] values)
        : base(tag, [.. values.Select(static uid => uid.UID)])
    {
    }

    public DicomUniqueIdentifier(DicomTag tag, params DicomTransferSyntax[] values)
        : base(tag, [.. values.Select(static syntax => syntax.UID.UID)])
    {
    }

    public DicomUniqueIdentifier(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UI;

    private protected override Type Own => typeof(DicomUID);

    private protected override bool Converts(Type type) => type == typeof(DicomUID) || type == typeof(DicomTransferSyntax);
}

public class DicomAgeString : DicomMultiStringElement
{
    public DicomAgeString(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomAgeString(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.AS;
}

public class DicomApplicationEntity : DicomMultiStringElement
{
    public DicomApplicationEntity(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomApplicationEntity(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.AE;
}

public class DicomCodeString : DicomMultiStringElement
{
    public DicomCodeString(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomCodeString(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.CS;
}

public class DicomLongString : DicomMultiStringElement
{
    public DicomLongString(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomLongString(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.LO;
}

public class DicomPersonName : DicomMultiStringElement
{
    public DicomPersonName(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomPersonName(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.PN;
}

public class DicomShortString : DicomMultiStringElement
{
    public DicomShortString(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomShortString(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.SH;
}

public class DicomUnlimitedCharacters : DicomMultiStringElement
{
    public DicomUnlimitedCharacters(DicomTag tag, params string[] values)
        : base(tag, values)
    {
    }

    public DicomUnlimitedCharacters(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UC;
}

public class DicomLongText : DicomStringElement
{
    public DicomLongText(DicomTag tag, string value)
        : base(tag, value)
    {
    }

    public DicomLongText(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.LT;
}

public class DicomShortText : DicomStringElement
{
    public DicomShortText(DicomTag tag, string value)
        : base(tag, value)
    {
    }

    public DicomShortText(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.ST;
}

public class DicomUniversalResource : DicomStringElement
{
    public DicomUniversalResource(DicomTag tag, string value)
        : base(tag, value)
    {
    }

    public DicomUniversalResource(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UR;
}

public class DicomUnlimitedText : DicomStringElement
{
    public DicomUnlimitedText(DicomTag tag, string value)
        : base(tag, value)
    {
    }

    public DicomUnlimitedText(DicomTag tag, IByteBuffer data)
        : base(tag, data)
    {
    }

    public override DicomVR ValueRepresentation => DicomVR.UT;
}

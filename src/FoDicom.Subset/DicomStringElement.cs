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

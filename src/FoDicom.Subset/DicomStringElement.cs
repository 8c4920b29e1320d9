using System.Text;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

/// <summary>One text. Made either from bytes, which are decoded when asked for, or from a string, which is encoded when written.</summary>
public abstract class DicomStringElement : DicomElement
{
    private string _value;
    private Encoding _encoding;

    protected DicomStringElement(DicomTag tag, string value)
        : base(tag, null) => _value = value ?? string.Empty;

    protected DicomStringElement(DicomTag tag, IByteBuffer data)
        : base(tag, data) => FromBytes = true;

    /// <summary>An empty text is one text, where an empty list of texts has none.</summary>
    public override int Count => 1;

    /// <summary>How the bytes mean text. Setting it forgets what was made from the text, never what came from a file.</summary>
    internal Encoding Encoding
    {
        get => _encoding;
        set
        {
            if (ReferenceEquals(_encoding, value))
            {
                return;
            }

            bool fromText = !FromBytes;
            if (fromText && HasBuffer)
            {
                Buffer = null;
            }

            _encoding = value;
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

        Encoding encoding = _encoding is not null && ValueRepresentation.IsStringEncoded ? _encoding : Encoding.ASCII;
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

        ReadOnlySpan<byte> bytes = Buffer.Data;
        bytes = bytes.TrimEnd(" \0"u8);
        return (_encoding is not null && ValueRepresentation.IsStringEncoded ? _encoding : Encoding.ASCII).GetString(bytes);
    }
}

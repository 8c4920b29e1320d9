using System.Diagnostics.CodeAnalysis;

namespace FellowOakDicom;

public sealed class DicomVR
{
    // Both letters of the code, as they stand in a file, index this table.
    private static readonly DicomVR[] s_byLetters = new DicomVR[26 * 26];

    public static readonly DicomVR NONE = new("NONE", "No Value Representation", null, 0, 0, 0, ' ', Kind.None);

    /// <summary>Stands for a representation that is not written where it should be, while its element is read.</summary>
    internal static readonly DicomVR Implicit = new("Implicit", "Implicit", null, 0, 0, 0, ' ', Kind.None);

    public static readonly DicomVR AE = Text("AE", "Application Entity", 16, Kind.Short | Kind.Multi, DicomValidation.ValidateAE);
    public static readonly DicomVR AS = Text("AS", "Age String", 4, Kind.Short | Kind.Multi, DicomValidation.ValidateAS);
    public static readonly DicomVR AT = Binary("AT", "Attribute Tag", typeof(DicomTag), 4, 4, 2, Kind.Short | Kind.Multi);
    public static readonly DicomVR CS = Text("CS", "Code String", 16, Kind.Short | Kind.Multi, DicomValidation.ValidateCS);
    public static readonly DicomVR DA = Text("DA", "Date", 18, Kind.Short | Kind.Multi, DicomValidation.ValidateDA, typeof(DateTime));
    public static readonly DicomVR DS = Text("DS", "Decimal String", 16, Kind.Short | Kind.Multi, DicomValidation.ValidateDS, typeof(decimal));
    public static readonly DicomVR DT = Text("DT", "Date Time", 54, Kind.Short | Kind.Multi, DicomValidation.ValidateDT, typeof(DateTime));
    public static readonly DicomVR FD = Binary("FD", "Floating Point Double", typeof(double), 8, 8, 8, Kind.Short | Kind.Multi);
    public static readonly DicomVR FL = Binary("FL", "Floating Point Single", typeof(float), 4, 4, 4, Kind.Short | Kind.Multi);
    public static readonly DicomVR IS = Text("IS", "Integer String", 12, Kind.Short | Kind.Multi, DicomValidation.ValidateIS, typeof(int));
    public static readonly DicomVR LO = Text("LO", "Long String", 64, Kind.Short | Kind.Multi | Kind.Encoded, DicomValidation.ValidateLO);
    public static readonly DicomVR LT = Text("LT", "Long Text", 10240, Kind.Short | Kind.Encoded, DicomValidation.ValidateLT);
    public static readonly DicomVR OB = Binary("OB", "Other Byte", typeof(byte[]), 0, 1, 1, Kind.Multi);
    public static readonly DicomVR OD = Binary("OD", "Other Double", typeof(double[]), 0, 8, 8, Kind.Multi);
    public static readonly DicomVR OF = Binary("OF", "Other Float", typeof(float[]), 0, 4, 4, Kind.Multi);
    public static readonly DicomVR OL = Binary("OL", "Other Long", typeof(uint[]), 0, 4, 4, Kind.Multi);
    public static readonly DicomVR OW = Binary("OW", "Other Word", typeof(ushort[]), 0, 2, 2, Kind.Multi);
    public static readonly DicomVR OV = Binary("OV", "Other Very Long", typeof(ulong[]), 0, 8, 8, Kind.Multi);
    public static readonly DicomVR PN = Text("PN", "Person Name", 64, Kind.Short | Kind.Multi | Kind.Encoded, DicomValidation.ValidatePN);
    public static readonly DicomVR SH = Text("SH", "Short String", 16, Kind.Short | Kind.Multi | Kind.Encoded, DicomValidation.ValidateSH);
    public static readonly DicomVR SL = Binary("SL", "Signed Long", typeof(int), 4, 4, 4, Kind.Short | Kind.Multi);
    public static readonly DicomVR SQ = new("SQ", "Sequence of Items", null, 0, 0, 0, ' ', Kind.None);
    public static readonly DicomVR SS = Binary("SS", "Signed Short", typeof(short), 2, 2, 2, Kind.Short | Kind.Multi);
    public static readonly DicomVR ST = Text("ST", "Short Text", 1024, Kind.Short | Kind.Encoded, DicomValidation.ValidateST);
    public static readonly DicomVR SV = Binary("SV", "Signed Very Long", typeof(long), 8, 8, 8, Kind.Multi);
    public static readonly DicomVR TM = Text("TM", "Time", 16, Kind.Short | Kind.Multi, DicomValidation.ValidateTM, typeof(DateTime));
    public static readonly DicomVR UC = Text("UC", "Unlimited Characters", 0, Kind.Multi | Kind.Encoded, null);
    public static readonly DicomVR UI = new("UI", "Unique Identifier", typeof(string), 64, 1, 1, '\0', Kind.Text | Kind.Short | Kind.Multi, DicomValidation.ValidateUI);
    public static readonly DicomVR UL = Binary("UL", "Unsigned Long", typeof(uint), 4, 4, 4, Kind.Short | Kind.Multi);
    public static readonly DicomVR UN = Binary("UN", "Unknown", typeof(byte[]), 0, 1, 1, Kind.Multi);
    public static readonly DicomVR UR = Text("UR", "Universal Resource Identifier or Locator", 0, Kind.None, null);
    public static readonly DicomVR US = Binary("US", "Unsigned Short", typeof(ushort), 2, 2, 2, Kind.Short | Kind.Multi);
    public static readonly DicomVR UT = Text("UT", "Unlimited Text", 0, Kind.Encoded, null);
    public static readonly DicomVR UV = Binary("UV", "Unsigned Very Long", typeof(ulong), 8, 8, 8, Kind.Multi);

    private readonly Action<string> _validate;

    private DicomVR(string code, string name, Type type, uint maximum, int unit, int swap, char padding, Kind kind, Action<string> validate = null)
    {
        Code = code;
        Name = name;
        ValueType = type;
        MaximumLength = maximum;
        UnitSize = unit;
        ByteSwap = swap;
        PaddingValue = (byte)padding;
        IsString = kind.HasFlag(Kind.Text);
        IsStringEncoded = kind.HasFlag(Kind.Encoded);
        Is16bitLength = kind.HasFlag(Kind.Short);
        IsMultiValue = kind.HasFlag(Kind.Multi);
        _validate = validate;
        if (code.Length == 2)
        {
            s_byLetters[((code[0] - 'A') * 26) + code[1] - 'A'] = this;
        }
    }

    [Flags]
    private enum Kind
    {
        None = 0,
        Text = 1,
        Encoded = 2,
        Short = 4,
        Multi = 8,
    }

    public string Code { get; }

    /// <summary>Both letters in one number.</summary>
    internal int Letters => (Code[0] << 8) | Code[1];

    public string Name { get; }

    public bool IsString { get; }

    public bool IsStringEncoded { get; }

    public bool Is16bitLength { get; }

    public bool IsMultiValue { get; }

    public byte PaddingValue { get; }

    public uint MaximumLength { get; }

    public int UnitSize { get; }

    public int ByteSwap { get; }

    public Type ValueType { get; }

    public void ValidateString(string content) => _validate?.Invoke(content);

    public override string ToString() => Code;

    public static DicomVR Parse(string vr) => TryParse(vr, out DicomVR result) ? result : throw new DicomDataException($"Unknown VR: '{vr}'");

    public static bool TryParse(string vr, out DicomVR result)
    {
        result = vr switch
        {
            "NONE" => NONE,
            { Length: 2 } => Find((byte)vr[0], (byte)vr[1]),
            _ => null,
        };
        return result is not null;
    }

    public static bool TryParse(byte[] vr, [NotNullWhen(true)] out DicomVR result)
    {
        result = vr is { Length: >= 2 } ? Find(vr[0], vr[1]) : null;
        return result is not null;
    }

    internal static DicomVR Find(byte first, byte second)
    {
        uint row = (uint)(first - 'A');
        uint column = (uint)(second - 'A');
        return row < 26 && column < 26 ? s_byLetters[(row * 26) + column] : null;
    }

    private static DicomVR Text(string code, string name, uint maximum, Kind kind, Action<string> validate, Type type = null) =>
        new(code, name, type ?? typeof(string), maximum, 1, 1, ' ', kind | Kind.Text, validate);

    private static DicomVR Binary(string code, string name, Type type, uint maximum, int unit, int swap, Kind kind) =>
        new(code, name, type, maximum, unit, swap, '\0', kind);
}

using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

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

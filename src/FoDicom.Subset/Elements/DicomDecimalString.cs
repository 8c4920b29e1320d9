using System.Globalization;
using FellowOakDicom.IO.Buffer;

namespace FellowOakDicom;

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

    private protected override T All<T>()
    {
        string[] values = Values;
        if (typeof(T) == typeof(double[]))
        {
            double[] numbers = new double[values.Length];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (double)Number(values[i]);
            }

            return (T)(object)numbers;
        }

        return base.All<T>();
    }

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

using System.Globalization;

namespace MLNetScinti.Dicom;

/// <summary>Numbers as DICOM's VR DS writes them: at most 16 characters, as many digits as fit (PS3.5 table 6.2-1).</summary>
internal static class DecimalString
{
    public static string From(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentException($"DICOM has no decimal string for {value}.", nameof(value));
        }

        for (int digits = 15; digits > 1; digits--)
        {
            string text = value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (text.Length <= 16)
            {
                return text;
            }
        }

        return value.ToString("G1", CultureInfo.InvariantCulture);
    }

    public static string[] From(params ReadOnlySpan<double> values)
    {
        string[] texts = new string[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            texts[i] = From(values[i]);
        }

        return texts;
    }
}

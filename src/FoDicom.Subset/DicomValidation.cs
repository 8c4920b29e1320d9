using System.Globalization;
using System.Text.RegularExpressions;

namespace FellowOakDicom;

/// <summary>What DICOM PS3.5 section 6.2 lets the value of each representation hold.</summary>
public static partial class DicomValidation
{
    public static void ValidateAE(string content)
    {
        Length(content, 16, DicomVR.AE);
        NoControl(content, DicomVR.AE);
        if (content.Length > 0 && string.IsNullOrWhiteSpace(content))
        {
            throw new DicomValidationException(content, DicomVR.AE, "value consists only of spaces");
        }
    }

    public static void ValidateAS(string content)
    {
        if (content.Length > 0 && !Age().IsMatch(content))
        {
            throw new DicomValidationException(content, DicomVR.AS, "value does not have pattern 000[DWMY]");
        }
    }

    public static void ValidateCS(string content)
    {
        Length(content, 16, DicomVR.CS);
        foreach (char c in content)
        {
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c) && c is not (' ' or '_'))
            {
                throw new DicomValidationException(content, DicomVR.CS,
                    "value contains invalid character. Only uppercase character, digits, space and underscore alre allowed");
            }
        }
    }

    public static void ValidateDA(string content)
    {
        string[] range = content.Split('-');
        if (range.Length > 2)
        {
            throw new DicomValidationException(content, DicomVR.DA, "value contains too many range separators '-'");
        }

        foreach (string part in range)
        {
            string day = part.Trim();
            if (day.Length == 0)
            {
                continue;
            }

            if (day.Length != 8 || !Digits(day))
            {
                throw new DicomValidationException(content, DicomVR.DA, "one of the date values does not match the pattern YYYYMMDD");
            }

            if (Number(day, 4) > 12)
            {
                throw new DicomValidationException(content, DicomVR.DA, "month component exceeds the value 12");
            }

            if (Number(day, 6) > 31)
            {
                throw new DicomValidationException(content, DicomVR.DA, "day component exceeds the value 31");
            }
        }
    }

    public static void ValidateDS(string content)
    {
        if (content.Length > 0 && !Decimal().IsMatch(content))
        {
            throw new DicomValidationException(content, DicomVR.DS, "value is no decimal string");
        }

        Length(content, 16, DicomVR.DS);
    }

    public static void ValidateDT(string content)
    {
        if (content.Length > 0 && !Moment().IsMatch(content.Trim()))
        {
            throw new DicomValidationException(content, DicomVR.DT, "value does not mach pattern YYYY[MM[DD[HH[MM[SS[.F{1-6}]]]]]]");
        }
    }

    public static void ValidateIS(string content)
    {
        string number = content.Trim();
        if (number.Length == 0)
        {
            return;
        }

        int sign = number[0] is '+' or '-' ? 1 : 0;
        if (number.Length == sign || !Digits(number.AsSpan(sign)))
        {
            throw new DicomValidationException(content, DicomVR.IS, "value is not an integer string");
        }

        if (!int.TryParse(number, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
        {
            throw new DicomValidationException(content, DicomVR.IS, "value too large to fit 32 bit integer");
        }
    }

    public static void ValidateLO(string content)
    {
        Length(content, 64, DicomVR.LO);
        NoControl(content, DicomVR.LO);
    }

    public static void ValidateLT(string content) => Length(content, 10240, DicomVR.LT);

    public static void ValidatePN(string content)
    {
        string[] groups = content.Split('=');
        if (groups.Length > 3)
        {
            throw new DicomValidationException(content, DicomVR.PN, "value contains too many groups");
        }

        foreach (string group in groups)
        {
            if (group.Length > 64)
            {
                throw new DicomValidationException(content, DicomVR.PN, "value exceeds maximum length of 64 characters");
            }

            if (group.AsSpan().Count('^') > 4)
            {
                throw new DicomValidationException(content, DicomVR.PN, "value contains too many components");
            }
        }

        NoControl(content, DicomVR.PN);
    }

    public static void ValidateSH(string content)
    {
        Length(content, 16, DicomVR.SH);
        NoControl(content, DicomVR.SH);
    }

    public static void ValidateST(string content) => Length(content, 1024, DicomVR.ST);

    public static void ValidateTM(string content)
    {
        foreach (string part in content.Split('-'))
        {
            string time = part.Trim();
            if (time.Length == 0)
            {
                continue;
            }

            if (!Clock().IsMatch(time))
            {
                throw new DicomValidationException(content, DicomVR.TM, "value does not mach pattern HH or HHMM or HHMMSS or HHMMSS.F{1-6}");
            }

            if (Number(time, 0) > 23)
            {
                throw new DicomValidationException(content, DicomVR.TM, "hour component exceeds 23");
            }

            if (time.Length >= 4 && Number(time, 2) > 59)
            {
                throw new DicomValidationException(content, DicomVR.TM, "minute component exceeds 59");
            }

            // 60 is a leap second.
            if (time.Length >= 6 && Number(time, 4) > 60)
            {
                throw new DicomValidationException(content, DicomVR.TM, "second component exceeds 60");
            }
        }
    }

    public static void ValidateUI(string content)
    {
        if (content.Length == 0)
        {
            return;
        }

        Length(content, 64, DicomVR.UI);
        foreach (char c in content)
        {
            if (c != '.' && !char.IsAsciiDigit(c))
            {
                throw new DicomValidationException(content, DicomVR.UI, "value contains invalid characters other than '0'-'9' and '.'");
            }
        }

        foreach (string component in content.Split('.'))
        {
            if (component.Length == 0)
            {
                throw new DicomValidationException(content, DicomVR.UI, "a component can not be empty");
            }

            if (component.Length > 1 && component[0] == '0')
            {
                throw new DicomValidationException(content, DicomVR.UI, "components must not have leading zeros");
            }
        }
    }

    private static void Length(string content, int most, DicomVR vr)
    {
        if (content.Length > most)
        {
            throw new DicomValidationException(content, vr,
                string.Create(CultureInfo.InvariantCulture, $"value exceeds maximum length of {most} characters"));
        }
    }

    private static void NoControl(string content, DicomVR vr)
    {
        foreach (char c in content)
        {
            // Escape switches the character set.
            if (c == '\\' || (char.IsControl(c) && c != '\u001B'))
            {
                throw new DicomValidationException(content, vr, "value contains invalid character");
            }
        }
    }

    private static bool Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static int Number(string digits, int at) => ((digits[at] - '0') * 10) + digits[at + 1] - '0';

    [GeneratedRegex("^[0-9]{3}[DWMY]$", RegexOptions.CultureInvariant)]
    private static partial Regex Age();

    [GeneratedRegex(@"^ *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *$", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^[0-9]{2}([0-9]{2}([0-9]{2}(\.[0-9]{1,6})?)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex(@"^-?[0-9]{4}([0-9]{2}){0,5}(\.[0-9]{1,6})?([+-][0-9]{4})?(-([0-9]{4}([0-9]{2}){0,5}(\.[0-9]{1,6})?([+-][0-9]{4})?)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Moment();
}

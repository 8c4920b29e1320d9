using System.Globalization;

namespace MLNetScinti.Dicom;

/// <summary>A birth date, looked for as people type it.</summary>
internal sealed class BirthDateText
{
    private readonly string _year = "", _month = "", _day = "";

    /// <param name="written">YYYYMMDD, with or without the dots of older files.</param>
    public BirthDateText(string written)
    {
        string digits = string.Concat(written.Where(char.IsAsciiDigit));
        if (digits.Length == 8)
        {
            (_year, _month, _day) = (digits[..4], digits[4..6], digits[6..]);
        }
    }

    /// <summary>Whether a text in one spelling has it: in one piece or in three, the year first or last, of two figures or of four, with zeros or without, the month as a number or a word.</summary>
    public bool IsIn(string plain)
    {
        if (_year.Length == 0)
        {
            return false;
        }

        List<string> numbers = [];
        for (int at = 0; at < plain.Length;)
        {
            int from = at;
            bool isDigit = char.IsAsciiDigit(plain[at]), isLetter = char.IsAsciiLetter(plain[at]);
            do
            {
                at++;
            }
            while (at < plain.Length && ((isDigit && char.IsAsciiDigit(plain[at])) || (isLetter && char.IsAsciiLetter(plain[at]))));
            if (isDigit)
            {
                numbers.Add(plain[from..at]);
            }
            else if (isLetter && Array.FindIndex(s_months, names => names.Contains(plain[from..at], StringComparer.Ordinal)) is >= 0 and int month)
            {
                numbers.Add((month + 1).ToString("00", CultureInfo.InvariantCulture));
            }
        }

        return numbers.Exists(IsWhole)
            || Enumerable.Range(0, Math.Max(0, numbers.Count - 2)).Any(at => IsDate(numbers[at], numbers[at + 1], numbers[at + 2]) || IsDate(numbers[at + 2], numbers[at + 1], numbers[at]) || IsDate(numbers[at + 2], numbers[at], numbers[at + 1]));
    }

    private bool IsWhole(string number) =>
        number.Contains(_year + _month + _day, StringComparison.Ordinal) || number.Contains(_day + _month + _year, StringComparison.Ordinal) || number.Contains(_month + _day + _year, StringComparison.Ordinal)
        // Six figures are a date only where no other stands beside them.
        || number == _year[2..] + _month + _day || number == _day + _month + _year[2..] || number == _month + _day + _year[2..];

    private bool IsDate(string year, string month, string day) =>
        (year == _year || year == _year[2..]) && month.TrimStart('0') == _month.TrimStart('0') && day.TrimStart('0') == _day.TrimStart('0');

    // English, German, French, Spanish and Italian, as they are without marks.
    private static readonly string[][] s_months =
    [
        ["JAN", "JANUARY", "JANUAR", "JANNER", "JANVIER", "ENE", "ENERO", "GEN", "GENNAIO"],
        ["FEB", "FEBRUARY", "FEBRUAR", "FEVRIER", "FEVR", "FEBRERO", "FEBBRAIO"],
        ["MAR", "MARCH", "MARZ", "MRZ", "MAERZ", "MARS", "MARZO"],
        ["APR", "APRIL", "AVR", "AVRIL", "ABR", "ABRIL", "APRILE"],
        ["MAY", "MAI", "MAYO", "MAG", "MAGGIO"],
        ["JUN", "JUNE", "JUNI", "JUIN", "JUNIO", "GIU", "GIUGNO"],
        ["JUL", "JULY", "JULI", "JUIL", "JUILLET", "JULIO", "LUG", "LUGLIO"],
        ["AUG", "AUGUST", "AOUT", "AGO", "AGOSTO"],
        ["SEP", "SEPT", "SEPTEMBER", "SEPTEMBRE", "SEPTIEMBRE", "SET", "SETTEMBRE"],
        ["OCT", "OCTOBER", "OKT", "OKTOBER", "OCTOBRE", "OCTUBRE", "OTT", "OTTOBRE"],
        ["NOV", "NOVEMBER", "NOVEMBRE", "NOVIEMBRE"],
        ["DEC", "DECEMBER", "DEZ", "DEZEMBER", "DECEMBRE", "DIC", "DICIEMBRE", "DICEMBRE"],
    ];
}

using System.Globalization;
using System.Text;

namespace MLNetScinti.Imaging;

/// <summary>
/// What others wrote (names of files, header values, cells of a table, keys of a definition), as a message, a console or a table may
/// show it: such a text can hold commands for a terminal, lines of a log that nobody wrote, or a formula for a spreadsheet.
/// </summary>
public static class PlainText
{
    private const string Ellipsis = "...";

    /// <summary>A text on one line, without what a terminal or a log would take for a command: each such character becomes a blank.</summary>
    public static string OneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Cleaned(text, keepLines: false);
    }

    /// <summary>A text of several lines, without what a terminal would take for a command; line feeds and tabs stay.</summary>
    public static string Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Cleaned(text, keepLines: true);
    }

    /// <summary>A text on one line, and no longer than a message should be.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The most characters that are shown.</param>
    public static string Short(string text, int most = 100)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OneLine(text.Length <= most ? text : string.Concat(text.AsSpan(0, most - Ellipsis.Length), Ellipsis));
    }

    /// <summary>A message on one line; where others' text makes it longer than anyone reads, its middle is left out.</summary>
    public static string Message(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const int first = 1000, last = 400;
        return OneLine(text.Length <= first + last ? text : string.Concat(text.AsSpan(0, first), Ellipsis, text.AsSpan(text.Length - last)));
    }

    /// <summary>
    /// A cell of a table that people open in a spreadsheet: what would begin a formula there is put behind an apostrophe, as
    /// spreadsheets do themselves; numbers stay numbers.
    /// </summary>
    public static string Cell(string text)
    {
        string line = OneLine(text);
        int first = 0;
        while (first < line.Length && char.IsWhiteSpace(line[first]))
        {
            first++;
        }

        return first < line.Length && StartsFormula(line[first]) && !double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? "'" + line
            : line;
    }

    /// <summary>Whether a character moves a terminal's cursor, ends a line, or changes the order in which what stands around it is read.</summary>
    public static bool IsCommand(char character) => char.IsControl(character) || character
        is '\u2028' or '\u2029' // line and paragraph separators
        or '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') // the order of reading
        or '\uFEFF' or (>= '\uFFF9' and <= '\uFFFB'); // seen by nobody

    // Spreadsheets in East Asian languages take the wide forms for the narrow ones.
    private static bool StartsFormula(char character) => character is '=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20';

    private static string Cleaned(string text, bool keepLines)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!IsPlain(text, i, keepLines))
            {
                return Replaced(text, i, keepLines);
            }
        }

        return text;
    }

    private static string Replaced(string text, int from, bool keepLines)
    {
        StringBuilder plain = new(text, 0, from, text.Length);
        for (int i = from; i < text.Length; i++)
        {
            plain.Append(IsPlain(text, i, keepLines) ? text[i] : char.IsSurrogate(text[i]) ? '\uFFFD' : ' ');
        }

        return plain.ToString();
    }

    // Half a letter cannot be written in any encoding.
    private static bool IsPlain(string text, int at, bool keepLines)
    {
        char character = text[at];
        return char.IsSurrogate(character)
            ? char.IsHighSurrogate(character) ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) : at > 0 && char.IsHighSurrogate(text[at - 1])
            : (keepLines && character is '\n' or '\t') || !IsCommand(character);
    }
}

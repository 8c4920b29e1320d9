using System.Globalization;
using System.Text;

namespace MLNetScinti.Dicom;

/// <summary>
/// A text in one spelling, to look for names in it: capital letters without marks and without characters that nobody sees, each of which knows where it was
/// written. The program runs without a culture's data, so string.Normalize does nothing here and the letters are in tables.
/// </summary>
internal sealed class PlainLetters
{
    private readonly string _written;
    private readonly List<int> _from;

    private PlainLetters(string written, string plain, List<int> from)
    {
        _written = written;
        Plain = plain;
        _from = from;
    }

    /// <summary>The text in one spelling.</summary>
    public string Plain { get; }

    /// <param name="written">The text.</param>
    /// <param name="isSpelledOut">Whether umlauts are two letters, as passports and old cameras write them: Mueller for Müller.</param>
    public static PlainLetters Of(string written, bool isSpelledOut = false)
    {
        StringBuilder plain = new(written.Length + 8);
        List<int> from = new(written.Length + 8);
        for (int i = 0; i < written.Length; i++)
        {
            foreach (char letter in Spelled(written[i], plain.Length > 0 ? plain[^1] : ' ', isSpelledOut))
            {
                plain.Append(letter);
                from.Add(i);
            }
        }

        return new PlainLetters(written, plain.ToString(), from);
    }

    /// <summary>Where in the text as it was written a part of the plain one stands, with the marks and the unseen behind its letters.</summary>
    public (int From, int To) Written(int from, int to) => (_from[from], Math.Max(_from[to - 1] + 1, to < _from.Count ? _from[to] : _written.Length));

    /// <summary>The character that a plain one was written as.</summary>
    public char WrittenAt(int at) => _written[_from[at]];

    /// <summary>Whether it stands in a word; halves of rare ideographs do.</summary>
    public static bool IsLetter(char letter) => char.IsLetter(letter) || char.IsSurrogate(letter);

    /// <summary>Whether it is of a writing that has no blanks between words, and where a name may be one letter.</summary>
    public static bool IsIdeograph(char letter) => letter is >= '\u2e80' and <= '\u9fff' or >= '\uac00' and <= '\ud7a3' or >= '\uf900' and <= '\ufaff' || char.IsSurrogate(letter);

    /// <summary>Where the words of a plain text begin and end.</summary>
    public static List<(int From, int To)> Words(string plain)
    {
        List<(int From, int To)> words = [];
        for (int at = 0; at < plain.Length; at++)
        {
            int from = at;
            while (at < plain.Length && IsLetter(plain[at]))
            {
                at++;
            }

            if (at > from)
            {
                words.Add((from, at));
            }
        }

        return words;
    }

    private static string Spelled(char written, char before, bool isSpelledOut)
    {
        if (char.GetUnicodeCategory(written) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
        {
            return isSpelledOut && written == '\u0308' && before is 'A' or 'O' or 'U' ? "E" : "";
        }

        char upper = char.ToUpperInvariant(written);
        return upper switch
        {
            < '\u0080' => upper.ToString(),
            '\u00df' or '\u1e9e' => "SS",
            'Æ' => "AE",
            'Œ' => "OE",
            'Þ' => "TH",
            'Ä' when isSpelledOut => "AE",
            'Ö' or 'Ø' when isSpelledOut => "OE",
            'Ü' when isSpelledOut => "UE",
            'Å' when isSpelledOut => "AA",
            // Letters of full width are the same letters.
            >= '\uff01' and <= '\uff5e' => char.ToUpperInvariant((char)(upper - 0xfee0)).ToString(),
            >= '\u00c0' and < '\u0250' => Of(upper, Latin[upper - 0xc0]),
            >= '\u1e00' and < '\u1f00' => Of(upper, LatinAdditional[upper - 0x1e00]),
            _ => Marked.IndexOf(upper, StringComparison.Ordinal) is >= 0 and int at ? Unmarked[at].ToString() : upper.ToString(),
        };

        static string Of(char upper, char plain) => (plain == '.' ? upper : plain).ToString();
    }

    // Greek and Cyrillic capitals with marks, and without.
    private const string Marked = "ΆΈΉΊΌΎΏΪΫЙЁЇЎ", Unmarked = "ΑΕΗΙΟΥΩΙΥИЕІУ";

    // The letter below the marks of U+00C0 to U+024F and of U+1E00 to U+1EFF; a dot where there is none.
    private const string Latin =
        "AAAAAA.CEEEEIIIIDNOOOOO.OUUUUY..AAAAAA.CEEEEIIII.NOOOOO..UUUUY.YAAAAAACCCCCCCCDDD.EEEEEEEEEEGGGGGGGGHHH.IIIIIIIIII..JJKK.LLLLLL." +
        ".L.NNNNNN.N.OOOOOO..RRRRRRSSSSSSSSTTTTT.UUUUUUUUUUUUWWYYYZZZZZZ................E................OO.............UU..............." +
        ".............AAIIOOUUUUUUUUUU.AAAA....GGKKOOOO..J...GG..NNAA....AAAAEEEEIIIIOOOORRRRUUUUSSTT..HH......AAEEOOOOOOOOYY............" +
        "................";

    private const string LatinAdditional =
        "AABBBBBBCCDDDDDDDDDDEEEEEEEEEEFFGGHHHHHHHHHHIIIIKKKKKKLLLLLLLLMMMMMMNNNNNNNNOOOOOOOOPPPPRRRRRRRRSSSSSSSSSSTTTTTTTTUUUUUUUUUUVVVV" +
        "WWWWWWWWWWXXXXYYZZZZZZHTWY......AAAAAAAAAAAAAAAAAAAAAAAAEEEEEEEEEEEEEEEEIIIIOOOOOOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUUYYYYYYYY......";
}

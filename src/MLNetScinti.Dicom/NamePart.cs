namespace MLNetScinti.Dicom;

/// <summary>A word of somebody's name, in one spelling, and how it is looked for.</summary>
/// <param name="Letters">The word.</param>
/// <param name="IsCommon">Whether it is a family name that is also what organs or tests are called: only whole words are the name then.</param>
/// <param name="IsWhole">Whether it is looked for as a whole word alone.</param>
internal sealed record NamePart(string Letters, bool IsCommon, bool IsWhole)
{
    // Shorter ones stand in any word by chance, but ideographs have no blanks between words.
    private const int ShortestWithin = 4, ShortestWithinIdeographs = 2, Short = 2;

    // Three writings of 64 letters are what PN has; what a damaged file has beyond is not searched for.
    private const int MostWritings = 4, Longest = 256;

    // What is no person, and never a name.
    private static readonly HashSet<string> s_nobody = new(["PHANTOM", "PATIENT", "ANONYMOUS", "ANONYM", "UNKNOWN", "SPHERE", "DMSA", "NEMA"], StringComparer.Ordinal);

    // What anything is called gives nobody away, unless it is a person's family name: "Symbia Kidney" names Bob Kidney.
    private static readonly HashSet<string> s_common = new([.. s_nobody, "TEST", "LEFT", "RIGHT", "KIDNEY", "LIVER", "SPLEEN", "BODY"], StringComparer.Ordinal);

    // Who is called by what they do where a physician or an operator is asked for.
    private static readonly HashSet<string> s_roles = new(
        ["ADMIN", "ADMINISTRATOR", "CLINIC", "CT", "DOCTOR", "GENERAL", "HOSPITAL", "MEDICAL", "MEDICINE", "NM", "NONE", "NUCLEAR", "NUKLEARMEDIZIN", "OPERATOR", "PET", "PHYSICIAN", "SERVICE", "SPECT", "SYSTEM", "TECH", "TECHNOLOGIST", "USER", "MTRA", "MTA"],
        StringComparer.Ordinal);

    // What begins names and is usual in these texts: Ms Spector has a SPECT too.
    private static readonly HashSet<string> s_usual = new(
        [
            .. s_common, .. s_roles, "ANTERIOR", "BACK", "BONE", "BRAIN", "CARD", "CARDIAC", "DYNAMIC", "FLOW", "FRONT", "GATED", "HEAD", "HEART", "HIGH", "LINE", "LUNG", "MAIN", "PARA", "PELVIS", "PLANAR", "POSTERIOR", "RECON", "RENAL",
            "REST", "SCAN", "SIEMENS", "SPOT", "STAT", "STATIC", "STRESS", "THORAX", "TOMO", "TORSO", "TOTAL", "WHOLE", "WINDOW",
        ],
        StringComparer.Ordinal);

    // Two capital letters that are something else wherever they stand, whoever is called so: GE makes cameras.
    private static readonly HashSet<string> s_abbreviations = new(["AP", "CT", "GE", "ID", "LT", "NM", "PA", "PT", "RT", "US", "WB"], StringComparer.Ordinal);

    // Mr Lu has had Lu-177 as well.
    private static readonly HashSet<string> s_nuclides = new(
        ["AC225", "CO57", "CR51", "CU64", "CU67", "ER169", "FE59", "GA67", "GA68", "HO166", "IN111", "KR81", "LU177", "RA223", "RB82", "RE186", "RE188", "SE75", "SM153", "SR89", "TC99", "TL201", "XE133", "ZR89"],
        StringComparer.Ordinal);

    /// <summary>Adds the words of a name as PN has it: writings between equals signs, and family name, given name, middle name and titles between carets in each.</summary>
    public static void AddAll(string name, bool isStaff, List<NamePart> parts)
    {
        foreach (string writing in name.Split('=', MostWritings))
        {
            string[] components = (writing.Length > Longest ? writing[..Longest] : writing).Split('^');
            foreach (bool isSpelledOut in (ReadOnlySpan<bool>)[false, true])
            {
                string[][] words = Array.ConvertAll(components, component => WordsOf(component, isSpelledOut));
                string[] called = [.. words.Take(2).SelectMany(component => component)];
                bool isPerson = !Array.Exists(called, s_nobody.Contains) && !Array.TrueForAll(called, s_common.Contains);
                for (int at = 0; at < words.Length; at++)
                {
                    foreach (string word in words[at].Where(word => IsName(word, at, isPerson, isStaff)))
                    {
                        Add(new NamePart(word, s_common.Contains(word), IsWhole: false), parts);
                        // Mueller in the file is Müller at the camera, which is Muller here.
                        string closed = word.Length > ShortestWithin ? word.Replace("AE", "A", StringComparison.Ordinal).Replace("OE", "O", StringComparison.Ordinal).Replace("UE", "U", StringComparison.Ordinal) : word;
                        Add(new NamePart(closed, s_common.Contains(word), IsWhole: closed != word), parts);
                    }
                }

                // Both in one word, either way round.
                if (isPerson && words is [{ Length: > 0 } family, { Length: > 0 } given, ..])
                {
                    string first = string.Concat(family), second = string.Concat(given);
                    if (first.Length >= Shortest(first) && second.Length >= Shortest(second))
                    {
                        Add(new NamePart(first + second, IsCommon: false, IsWhole: false), parts);
                        Add(new NamePart(second + first, IsCommon: false, IsWhole: false), parts);
                    }
                }
            }
        }
    }

    /// <summary>Marks what of a word is this one.</summary>
    /// <param name="letters">The text.</param>
    /// <param name="from">Where the word begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="isCut">Whether the text may go on behind it, and was cut there.</param>
    /// <param name="hidden">Takes what is withheld of the text as it was written.</param>
    public void Hide(PlainLetters letters, int from, int to, bool isCut, bool[] hidden)
    {
        ReadOnlySpan<char> word = letters.Plain.AsSpan(from, to - from);
        if (word.SequenceEqual(Letters))
        {
            if (Letters.Length > Short || IsIdeographic || IsWrittenAsName(letters, from, to))
            {
                Mark(letters, from, to, hidden);
            }
        }
        else if (!IsCommon && !IsWhole)
        {
            if (Letters.Length >= (IsIdeographic ? ShortestWithinIdeographs : ShortestWithin))
            {
                for (int at = word.IndexOf(Letters), found = 0; at >= 0; at = word[found..].IndexOf(Letters))
                {
                    Mark(letters, from + found + at, from + found + at + Letters.Length, hidden);
                    found += at + Letters.Length;
                }
            }

            if (IsBeginning(word, isCut))
            {
                Mark(letters, from, to, hidden);
            }
        }
    }

    /// <summary>Marks a part of a plain text where it was written.</summary>
    public static void Mark(PlainLetters letters, int from, int to, bool[] hidden)
    {
        (int first, int end) = letters.Written(from, to);
        hidden.AsSpan(first, end - first).Fill(true);
    }

    private bool IsIdeographic => PlainLetters.IsIdeograph(Letters[0]);

    // Where a value ends because nothing more fits, two letters are a name's; elsewhere somebody shortened it, which leaves most of it.
    private bool IsBeginning(ReadOnlySpan<char> word, bool isCut) =>
        word.Length < Letters.Length && Letters.AsSpan().StartsWith(word, StringComparison.Ordinal)
        && (isCut ? word.Length >= Short : word.Length > ShortestWithin || (word.Length == ShortestWithin && 3 * word.Length >= 2 * Letters.Length))
        && !s_usual.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    // Two letters are a name where they begin with a capital one: "an" and "in" are words, and the mass number behind it makes Lu a nuclide.
    private static bool IsWrittenAsName(PlainLetters letters, int from, int to)
    {
        char first = letters.WrittenAt(from), last = letters.WrittenAt(to - 1);
        if (!char.IsAscii(first) || !char.IsAscii(last))
        {
            return true;
        }

        string word = letters.Plain[from..to];
        return char.IsUpper(first) && !(char.IsUpper(last) && s_abbreviations.Contains(word)) && !s_nuclides.Contains(word + Behind(letters.Plain, to)) && !s_nuclides.Contains(word + Before(letters.Plain, from));
    }

    private static string Behind(string plain, int to)
    {
        int from = to < plain.Length && plain[to] is ' ' or '-' or '_' ? to + 1 : to, end = from;
        while (end < plain.Length && char.IsAsciiDigit(plain[end]))
        {
            end++;
        }

        return plain[from..end];
    }

    private static string Before(string plain, int from)
    {
        int end = from > 0 && plain[from - 1] is ' ' or '-' or '_' ? from - 1 : from, first = end;
        while (first > 0 && char.IsAsciiDigit(plain[first - 1]))
        {
            first--;
        }

        return plain[first..end];
    }

    // One letter is an initial. Two are a title where titles stand, and a staff's only where they are the family name.
    private static bool IsName(string word, int component, bool isPerson, bool isStaff) =>
        word.Length >= Shortest(word)
        && (word.Length > Short || PlainLetters.IsIdeograph(word[0]) || component < (isStaff ? 1 : 3))
        && (!isStaff || (component < 3 && !s_roles.Contains(word)))
        && (!s_common.Contains(word) || (isPerson && component == 0));

    private static int Shortest(string word) => PlainLetters.IsIdeograph(word[0]) ? 1 : Short;

    private static string[] WordsOf(string component, bool isSpelledOut)
    {
        string plain = PlainLetters.Of(component, isSpelledOut).Plain;
        return [.. PlainLetters.Words(plain).Select(word => plain[word.From..word.To])];
    }

    private static void Add(NamePart part, List<NamePart> parts)
    {
        if (!parts.Contains(part))
        {
            parts.Add(part);
        }
    }
}

using System.Text.RegularExpressions;

namespace MLNetScinti.Dicom;

/// <summary>
/// The radionuclides that a text names: a mass number beside an element's name or symbol. Texts hold lots, rooms, ages and doses as
/// well, so a symbol counts only where it is written as one: "MAA 111 in saline" and "lot C 11" name none.
/// </summary>
/// <param name="Known">Those that are known here, each once, in the order in which they come.</param>
/// <param name="Unknown">Others, such as "Cs-137": written like a radionuclide, of an element that there is.</param>
internal sealed partial record NuclideText(IReadOnlyList<Radionuclide> Known, IReadOnlyList<string> Unknown)
{
    private static readonly HashSet<string> s_elements = new(StringComparer.Ordinal)
    {
        "Na", "Cl", "Ar", "Ca", "Sc", "Ti", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr", "Rb", "Sr", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd",
        "In", "Sn", "Sb", "Te", "Xe", "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl",
        "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa", "Am", "Cm", "Cf", "I", "Y", "K", "P",
    };

    // What stands before a number that counts something else.
    private static readonly HashSet<string> s_labels = new(StringComparer.OrdinalIgnoreCase)
    {
        "lot", "lote", "lotto", "batch", "charge", "ch", "vial", "kit", "no", "nr", "num", "number", "nummer", "ref", "room", "raum", "salle", "sala", "ward", "bed", "bett", "box", "id", "ser", "serial", "series",
        "rev", "version", "order", "page", "protocol", "protokoll", "study", "syringe", "level", "block", "case", "site", "cohort", "patient", "pt", "sample",
        "phase", "stage", "grade", "type", "class", "part", "arm", "group", "tier", "zone", "step", "course", "cycle", "visit", "week", "day", "factor", "vitamin", "sex", "gender", "age", "female", "weiblich", "geschlecht",
    };

    // What stands behind a number that is an amount or an age, or counts people and things.
    private static readonly HashSet<string> s_units = new(StringComparer.OrdinalIgnoreCase)
    {
        "mbq", "gbq", "kbq", "bq", "mci", "uci", "ci", "ml", "mg", "kg", "kev", "mm", "cm", "s", "sec", "min", "h", "hr", "hrs", "y", "yr", "yrs", "yo", "year", "years", "jahre", "ans", "counts", "kcts", "mcts",
        "day", "days", "tage", "jours", "week", "weeks", "wk", "wks", "wochen", "month", "months", "mo", "mos", "monate", "hour", "hours", "minutes", "mins", "seconds", "times", "percent", "frames", "views", "images", "slices", "sections", "projections",
        "patient", "patients", "subject", "subjects", "case", "cases", "people", "persons", "men", "women", "male", "males", "female", "females", "child", "children", "adults", "infants", "volunteers", "controls", "scans", "studies", "examinations", "exams", "visits",
        "lesions", "sites", "foci", "of", "kidneys", "hearts", "bones", "doses", "vials", "kits", "batches", "sessions", "centres", "centers", "hospitals", "others", "pts", "pat", "mm", "steps", "stops",
    };

    // Words that deny what stands behind them, and some that deny what stands before.
    private static readonly HashSet<string> s_denials = new(StringComparer.OrdinalIgnoreCase)
    {
        "not", "no", "non", "without", "w/o", "never", "except", "excluding", "instead", "rather", "neither", "nor", "isn", "wasn", "nicht", "kein", "keine", "ohne", "statt", "pas", "sans", "sauf", "sin", "senza", "zonder", "geen", "sem",
    };

    private static readonly HashSet<string> s_deniedBehind = new(StringComparer.OrdinalIgnoreCase) { "free", "negative", "excluded", "omitted", "cancelled", "canceled", "withheld", "unavailable" };

    private static readonly HashSet<string> s_nots = new(StringComparer.OrdinalIgnoreCase) { "not", "never", "isn", "wasn", "nicht", "pas", "niet" };

    // Symbols that are words, too, and verbs that such a word follows.
    private static readonly HashSet<string> s_prepositions = new(StringComparer.OrdinalIgnoreCase) { "in", "at" };

    private static readonly HashSet<string> s_verbs = new(StringComparer.OrdinalIgnoreCase)
    {
        "seen", "done", "given", "found", "used", "made", "taken", "present", "positive", "performed", "included", "scanned", "imaged", "injected", "observed", "reported", "studied", "occurs", "occurred", "only", "and", "or", "also", "is", "was", "were", "are", "been", "dissolved", "diluted", "results", "visible", "uptake", "increased", "reduced", "started", "stopped", "ended", "begun",
    };

    public static NuclideText Read(string text)
    {
        Match[] tokens = Tokens().Matches(text).ToArray<Match>();
        List<Radionuclide> known = [];
        List<string> unknown = [];
        for (int i = 0; i < tokens.Length; i++)
        {
            if (!char.IsAsciiDigit(tokens[i].ValueSpan[0]) || tokens[i].Length > 3 || tokens[i].ValueSpan[0] == '0' || IsPartOfNumber(text, tokens, i))
            {
                continue;
            }

            if (IsDenied(text, tokens, i))
            {
                continue;
            }

            Words words = new(text, tokens, i);
            Radionuclide? found = words.Find();
            if (found is not null && !known.Contains(found))
            {
                known.Add(found);
            }
            else if (found is null && words.Unknown() is string other && !unknown.Contains(other))
            {
                unknown.Add(other);
            }
        }

        return new(known, unknown);
    }

    // "0.111", "11/2024", "18:30": no mass numbers.
    private static bool IsPartOfNumber(string text, Match[] tokens, int i) =>
        (i > 0 && char.IsAsciiDigit(tokens[i - 1].ValueSpan[0]) && Between(text, tokens, i - 1) is [('.' or ',' or '/' or ':' or '-')])
        || (i + 1 < tokens.Length && char.IsAsciiDigit(tokens[i + 1].ValueSpan[0]) && Between(text, tokens, i) is [('.' or ',' or '/' or ':' or '-')]);

    /// <summary>Whether a number and the words beside it are spoken of as what something is not: "not Tc-99m", "instead of I-123", "Tc-99m free".</summary>
    private static bool IsDenied(string text, Match[] tokens, int i)
    {
        const int reach = 3;
        int before = i > 0 && IsElement(tokens[i - 1].Value) ? i - 2 : i - 1;
        for (int words = 0; words < reach && before >= 0 && char.IsLetter(tokens[before].ValueSpan[0]) && !Between(text, tokens, before).ContainsAny(";,:/+."); words++, before--)
        {
            if (s_denials.Contains(tokens[before].Value))
            {
                return true;
            }
        }

        int after = i + 1;
        while (after < tokens.Length && after <= i + 2 && (tokens[after].ValueSpan is "m" or "M" || IsElement(tokens[after].Value)) && !Between(text, tokens, after - 1).ContainsAny(";,./+"))
        {
            after++;
        }

        if (after >= tokens.Length || Between(text, tokens, after - 1) is not ([' '] or ['-']))
        {
            return false;
        }

        // "Tc-99m not given" denies it, "Tc-99m not I-123" denies the other.
        string next = after + 1 < tokens.Length ? tokens[after + 1].Value : "";
        return s_deniedBehind.Contains(tokens[after].Value) || (s_nots.Contains(tokens[after].Value) && next.Length > 0 && char.IsLetter(next[0]) && !IsElement(next));
    }

    private static bool IsElement(string word) =>
        Radionuclide.Known.Any(one => string.Equals(one.Element, word, StringComparison.OrdinalIgnoreCase) || one.Words.Contains(word, StringComparer.OrdinalIgnoreCase))
        || Pieces().Matches(word).LastOrDefault()?.Value is string piece && piece.Length < word.Length && Radionuclide.Known.Any(one => string.Equals(one.Element, piece, StringComparison.Ordinal))
        || (word.Length is > 1 and < 5 && word[0] is 'm' or 'M' && Radionuclide.Known.Any(one => one.IsMetastable && string.Equals(one.Element, word[1..], StringComparison.OrdinalIgnoreCase)));

    private static ReadOnlySpan<char> Between(string text, Match[] tokens, int i) => text.AsSpan()[(tokens[i].Index + tokens[i].Length)..tokens[i + 1].Index];

    [GeneratedRegex(@"[0-9]+|\p{L}+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tokens();

    // "NaI" and "MDPTc": a symbol may be glued to what comes before or behind it.
    [GeneratedRegex(@"\p{Lu}\p{Ll}*|\p{Ll}+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pieces();

    /// <summary>A number, and the words beside it.</summary>
    private readonly struct Words(string text, Match[] tokens, int at)
    {
        private readonly int _mass = int.Parse(tokens[at].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);

        public Radionuclide? Find()
        {
            foreach ((string letters, bool isMetastable, bool isSpaced, bool isBefore) in Candidates())
            {
                int mass = _mass;
                Radionuclide? named = letters.Length >= 3 ? Radionuclide.Known.FirstOrDefault(one => one.Mass == mass && (one.IsMetastable || !isMetastable) && one.Words.Contains(letters, StringComparer.OrdinalIgnoreCase)) : null;
                if (named is not null && !IsAmount(isBefore))
                {
                    return named;
                }

                Radionuclide? symbol = Radionuclide.Known.FirstOrDefault(one => one.Mass == mass && (one.IsMetastable || !isMetastable) && string.Equals(one.Element, letters, StringComparison.OrdinalIgnoreCase));
                if (symbol is not null && (isMetastable || IsWrittenAsSymbol(letters, isSpaced, isBefore)))
                {
                    return symbol;
                }
            }

            return null;
        }

        /// <summary>A radionuclide that is not known here; only where it is written as such, without a space.</summary>
        public string? Unknown()
        {
            foreach ((string letters, bool isMetastable, bool isSpaced, bool isBefore) in Candidates())
            {
                bool isKnown = false;
                foreach (Radionuclide one in Radionuclide.Known)
                {
                    isKnown |= one.Mass == _mass && string.Equals(one.Element, letters, StringComparison.Ordinal);
                }

                if (!isKnown && !isSpaced && _mass >= 18 && s_elements.Contains(letters) && (letters.Length == 2 || _mass >= 30) && IsWrittenAsSymbol(letters, isSpaced, isBefore))
                {
                    return $"{letters}-{_mass}{(isMetastable ? "m" : "")}";
                }
            }

            return null;
        }

        private List<(string Letters, bool IsMetastable, bool IsSpaced, bool IsBefore)> Candidates()
        {
            List<(string, bool, bool, bool)> found = [];
            bool isMetastable = IsMark(at + 1) && Between(text, tokens, at) is [] or [('-' or ' ')];
            if (at > 0 && char.IsLetter(tokens[at - 1].ValueSpan[0]) && Joins(at - 1, out bool spaced))
            {
                string letters = tokens[at - 1].Value;
                found.Add((letters, isMetastable, spaced, true));
                found.AddRange(Pieces().Matches(letters).TakeLast(1).Select(piece => (piece.Value, isMetastable, spaced, true)));
            }

            int next = isMetastable ? at + 2 : at + 1;
            if (next < tokens.Length && char.IsLetter(tokens[next].ValueSpan[0]) && Joins(next - 1, out bool behind))
            {
                string letters = tokens[next].Value;
                found.Add((letters, isMetastable, behind, false));
                if (!isMetastable && !behind && letters.Length > 1)
                {
                    // "99mTc" and, as the British write, "99Tcm".
                    if (letters[0] is 'm' or 'M')
                    {
                        found.Add((letters[1..], true, false, false));
                        found.AddRange(Pieces().Matches(letters[1..]).Take(1).Select(piece => (piece.Value, true, false, false)));
                    }

                    if (letters[^1] == 'm')
                    {
                        found.Add((letters[..^1], true, false, false));
                    }
                }

                found.AddRange(Pieces().Matches(letters).Take(1).Select(piece => (piece.Value, isMetastable, behind, false)));
                if (!behind && letters.EndsWith("FDG", StringComparison.OrdinalIgnoreCase))
                {
                    found.Add(("fdg", false, false, false));
                }
            }

            return found;
        }

        private bool IsMark(int token) => token < tokens.Length && tokens[token].ValueSpan is "m" or "M";

        // What may stand between a mass number and its element.
        private bool Joins(int token, out bool isSpaced)
        {
            ReadOnlySpan<char> between = Between(text, tokens, token);
            isSpaced = between.Contains(' ');
            return between.Length <= 3 && between.Trim(" -_^(){}[]").IsEmpty;
        }

        // "In 111 patients", "67 GA weeks": a word of what is counted, or how old somebody is.
        private bool IsAmount(bool isBefore, bool isSpaced = true)
        {
            int next = isBefore ? at + 1 : at + 2;
            return (isBefore || isSpaced) && next < tokens.Length && s_units.Contains(tokens[next].Value) && Between(text, tokens, next - 1).TrimStart('-') is [] or [' '];
        }

        private bool IsWrittenAsSymbol(string letters, bool isSpaced, bool isBefore)
        {
            int label = isBefore ? at - 2 : at - 1;
            if (label >= 0 && s_labels.Contains(tokens[label].Value))
            {
                return false;
            }

            if (IsAmount(isBefore, isSpaced))
            {
                return false;
            }

            if (!isSpaced)
            {
                return true;
            }

            bool isPreposition = s_prepositions.Contains(letters);
            if (!char.IsUpper(letters[0]))
            {
                return false;
            }

            if (isBefore)
            {
                return !isPreposition || at == 1 || string.Equals(tokens[at - 2].Value, "indium", StringComparison.OrdinalIgnoreCase)
                    || (char.IsLower(letters[1]) && !s_verbs.Contains(tokens[at - 2].Value));
            }

            // "18 F" is an age, "111 In saline" a preposition.
            return letters.Length == 1 ? tokens[at].Length == 3 : !isPreposition || (char.IsLower(letters[1]) && (at + 2 >= tokens.Length || !Between(text, tokens, at + 1).Contains(' ')));
        }
    }
}

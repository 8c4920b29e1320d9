namespace MLNetScinti.Dicom;

/// <summary>The numbers that stand for a patient, looked for as people type them: with and without dashes, blanks, leading zeros and what a hospital puts before them.</summary>
internal sealed class IdentityNumbers
{
    // Fewer are energies, years and matrices; more have to agree where blanks or dashes stand between them, and where letters were left out.
    private const int Shortest = 4, ShortestAlone = 5, ShortestApart = 6, Longest = 256;
    private readonly List<string> _written = [];
    private readonly List<string> _compact = [];

    public IdentityNumbers(string id, IEnumerable<string> others)
    {
        Add(PlainLetters.Of(id).Plain);
        foreach (string other in others.Select(other => PlainLetters.Of(other).Plain).Where(other => other.Any(char.IsAsciiDigit)))
        {
            Add(other);
        }
    }

    /// <summary>Marks what of a text is one of them.</summary>
    public void Hide(PlainLetters letters, bool[] hidden)
    {
        string plain = letters.Plain;
        foreach (string number in _written)
        {
            for (int at = plain.IndexOf(number, StringComparison.Ordinal); at >= 0; at = plain.IndexOf(number, at + number.Length, StringComparison.Ordinal))
            {
                NamePart.Mark(letters, at, at + number.Length, hidden);
            }
        }

        if (_compact.Count == 0)
        {
            return;
        }

        int[] places = [.. Enumerable.Range(0, plain.Length).Where(at => char.IsLetterOrDigit(plain[at]))];
        string compact = string.Concat(places.Select(at => plain[at]));
        foreach (string number in _compact)
        {
            for (int at = compact.IndexOf(number, StringComparison.Ordinal); at >= 0; at = compact.IndexOf(number, at + 1, StringComparison.Ordinal))
            {
                int from = places[at], to = places[at + number.Length - 1] + 1;
                while (char.IsAsciiDigit(number[0]) && from > 0 && plain[from - 1] == '0')
                {
                    from--;
                }

                bool isWhole = !(char.IsAsciiDigit(plain[from]) && from > 0 && char.IsAsciiDigit(plain[from - 1])) && !(to < plain.Length && char.IsAsciiDigit(plain[to - 1]) && char.IsAsciiDigit(plain[to]));
                if (isWhole && (number.Length >= ShortestApart || to - places[at] == number.Length))
                {
                    NamePart.Mark(letters, from, to, hidden);
                }
            }
        }
    }

    private void Add(string number)
    {
        // What a damaged file has beyond is no number.
        number = number.Length > Longest ? number[..Longest] : number;
        if (number.Length >= Shortest && !_written.Contains(number))
        {
            _written.Add(number);
        }

        if (!number.Any(char.IsAsciiDigit))
        {
            return;
        }

        string compact = string.Concat(number.Where(char.IsLetterOrDigit));
        AddCompact(compact.TrimStart('0'), Shortest);
        // The number alone, without the letters of the hospital.
        AddCompact(compact.TrimStart([.. compact.Where(char.IsLetter)]).TrimStart('0'), ShortestAlone);
    }

    private void AddCompact(string number, int shortest)
    {
        if (number.Length >= shortest && !_compact.Contains(number))
        {
            _compact.Add(number);
        }
    }
}

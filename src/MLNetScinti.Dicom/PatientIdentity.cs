using System.Text;

namespace MLNetScinti.Dicom;

/// <summary>
/// Who the patient is. Kept apart from everything else: it has no properties that a logger or a serializer would
/// find, it prints as "[withheld]", and it is given only to those who call <see cref="Reveal"/>.
/// </summary>
public sealed class PatientIdentity
{
    private readonly string _id;
    private readonly string _name;
    private readonly string _birthDate;
    private readonly List<NamePart> _parts = [];
    private readonly IdentityNumbers _numbers;
    private readonly BirthDateText _born;

    internal PatientIdentity(string id, string name, string birthDate, IEnumerable<string> names, IEnumerable<string> staff, IEnumerable<string> numbers)
    {
        _id = id;
        _name = name;
        _birthDate = birthDate;
        foreach (string other in names.Take(MostValues))
        {
            NamePart.AddAll(other, isStaff: false, _parts);
        }

        foreach (string other in staff.Take(MostValues))
        {
            NamePart.AddAll(other, isStaff: true, _parts);
        }

        _numbers = new IdentityNumbers(id, numbers.Take(MostValues));
        _born = new BirthDateText(birthDate);
    }

    /// <summary>Patient ID, patient's name and birth date (YYYYMMDD) as the file has them; empty where it has none.</summary>
    public (string PatientId, string Name, string BirthDate) Reveal() => (_id, _name, _birthDate);

    /// <summary>
    /// A text that somebody typed as it may leave: parts of the name, the numbers and the birth date in it are withheld. Regions are named after their
    /// patients here and there, and so are what was injected and the windows of a camera.
    /// </summary>
    public string Shown(string text) => Shown(text, isTerm: false);

    /// <summary>
    /// The same for what is named by the standard or by anatomy. There the kidney of a patient whose family name is Kidney is a kidney, and to withhold it would
    /// only tell that the patient is called so.
    /// </summary>
    internal string ShownTerm(string text) => Shown(text, isTerm: true);

    private string Shown(string text, bool isTerm)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return text;
        }

        PlainLetters letters = PlainLetters.Of(text);
        if (_born.IsIn(letters.Plain))
        {
            return ToString();
        }

        bool[] hidden = new bool[text.Length];
        foreach ((int from, int to) in PlainLetters.Words(letters.Plain))
        {
            bool isCut = to == letters.Plain.Length && text.Length is ShortString or LongString;
            foreach (NamePart part in _parts)
            {
                if (!isTerm || !part.IsCommon)
                {
                    part.Hide(letters, from, to, isCut, hidden);
                }
            }
        }

        _numbers.Hide(letters, hidden);
        if (!Array.Exists(hidden, isHidden => isHidden))
        {
            return text;
        }

        StringBuilder shown = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (!hidden[i])
            {
                shown.Append(text[i]);
            }
            else if (i == 0 || !hidden[i - 1])
            {
                shown.Append(ToString());
            }
        }

        return shown.ToString();
    }

    /// <summary>What a region is called where results are written: as its file has it, or by its number where that says who the patient is, which is told.</summary>
    internal string NameOf(string number, string name, List<string> warnings)
    {
        if (ShownTerm(name) == name)
        {
            return name;
        }

        warnings.Add($"The name of {number} says who the patient is, and is withheld: it is called {number} here.");
        return number;
    }

    // Values of SH and CS, and those of LO, end here: what is longer was cut, whatever letter stands there (PS3.5 6.2).
    private const int ShortString = 16, LongString = 64;

    // Nobody has more names and numbers; a damaged file may, and is no reason to search for long.
    private const int MostValues = 32;

    /// <inheritdoc/>
    public override string ToString() => "[withheld]";
}

namespace MLNetScinti.Dicom;

/// <summary>
/// A radiopharmaceutical as people write it, known again: the agents of PS3.16 CID 25 and CID 4021 under their usual short names, and what
/// they gather in. Two of one group show the same thing (MDP and HDP, DOTATATE and DOTATOC); two of different groups do not.
/// </summary>
/// <param name="Agent">The short name ("DMSA").</param>
/// <param name="Group">What it is given for: agents of one group give images that mean the same.</param>
public sealed record RadiopharmaceuticalName(string Agent, string Group)
{
    // Longer words first where one holds another: "DTPA-octreotide" is no DTPA. Letters and digits only, as they are compared.
    private static readonly (string Agent, string Group, string[] Words)[] s_agents =
    [
        ("pentetreotide", "somatostatin receptors", ["DTPAOCTREOTIDE", "PENTETREOTIDE", "OCTREOSCAN", "DTPADPHE"]),
        ("DOTATATE", "somatostatin receptors", ["DOTATATE", "OXODOTREOTIDE"]),
        ("DOTATOC", "somatostatin receptors", ["DOTATOC", "EDOTREOTIDE"]),
        ("DOTANOC", "somatostatin receptors", ["DOTANOC"]),
        ("HYNIC-TOC", "somatostatin receptors", ["HYNICTOC", "EDDAHYNIC", "TEKTROTYD"]),
        ("PSMA", "prostate membrane antigen", ["PSMA", "PIFLUFOLASTAT", "VIPIVOTIDE", "GOZETOTIDE"]),
        ("DMSA", "renal cortex", ["DMSA", "SUCCIMER", "DIMERCAPTOSUCC"]),
        ("MAG3", "renal function", ["MAG3", "MERTIATIDE", "TIATIDE"]),
        ("DTPA", "renal function", ["DTPA", "PENTETATE", "PENTETICACID"]),
        ("hippuran", "renal function", ["HIPPURAN", "IODOHIPPURATE"]),
        ("MDP", "bone", ["MDP", "MEDRONATE", "MEDRONICACID"]),
        ("HDP", "bone", ["HMDP", "HDP", "OXIDRONATE", "HYDROXYMETHYLENEDIPHOSPHONATE"]),
        ("DPD", "bone", ["DPD", "TECEOS", "BUTEDRONATE"]),
        ("pyrophosphate", "bone", ["PYROPHOSPHATE", "PYP"]),
        ("sodium fluoride", "bone", ["SODIUMFLUORIDE", "NAF"]),
        ("MIBG", "adrenergic tissue", ["MIBG", "IOBENGUANE", "IODOBENZYLGUANIDINE", "ADREVIEW"]),
        ("sestamibi", "perfusion", ["SESTAMIBI", "MIBI", "CARDIOLITE"]),
        ("tetrofosmin", "perfusion", ["TETROFOSMIN", "MYOVIEW"]),
        ("thallous chloride", "perfusion", ["THALLOUSCHLORIDE", "THALLIUMCHLORIDE"]),
        ("HMPAO", "brain perfusion", ["HMPAO", "EXAMETAZIME", "CERETEC"]),
        ("ECD", "brain perfusion", ["BICISATE", "NEUROLITE", "ECD"]),
        ("ioflupane", "dopamine transporters", ["IOFLUPANE", "DATSCAN", "FPCIT"]),
        ("MAA", "lung perfusion", ["MACROAGGREGATED", "MACROSALB", "MAA"]),
        ("Technegas", "lung ventilation", ["TECHNEGAS"]),
        ("mebrofenin", "bile ducts", ["MEBROFENIN", "CHOLETEC", "DISIDA", "HIDA", "BRIDA"]),
        ("nanocolloid", "colloid", ["NANOCOLLOID", "NANOCOLL", "SULFURCOLLOID", "SULPHURCOLLOID", "PHYTATE", "TILMANOCEPT"]),
        ("pertechnetate", "thyroid", ["PERTECHNETATE"]),
        ("iodide", "thyroid", ["SODIUMIODIDE", "IODIDE"]),
        ("gallium citrate", "gallium", ["GALLIUMCITRATE", "CITRATE"]),
        ("FDG", "glucose", ["FDG", "FLUDEOXYGLUCOSE", "FLUORODEOXYGLUCOSE"]),
        ("choline", "choline", ["CHOLINE"]),
    ];

    // So short that they also stand within other words.
    private const int Short = 4;

    /// <summary>The agent that a text speaks of; null where it is none of these, or speaks of agents of several groups.</summary>
    /// <param name="text">The text as a file has it ("Tc-99m Succimer").</param>
    public static RadiopharmaceuticalName? Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.ToUpperInvariant().Split([.. text.ToUpperInvariant().Where(sign => !char.IsLetterOrDigit(sign)).Distinct()], StringSplitOptions.RemoveEmptyEntries);
        string letters = string.Concat(words);
        List<(string Agent, string Group)> found = [];
        foreach ((string agent, string group, string[] names) in s_agents)
        {
            foreach (string name in names.Where(name => letters.Contains(name, StringComparison.Ordinal)))
            {
                // "99MTCMDP" is a word that ends in the agent's name; "HMDP" is another agent.
                if (name.Length <= Short && !words.Any(word => word == name || (word.EndsWith(name, StringComparison.Ordinal) && IsNuclide(word[..^name.Length]))))
                {
                    continue;
                }

                found.Add((agent, group));
                letters = letters.Replace(name, " ", StringComparison.Ordinal);
            }
        }

        return found.Count > 0 && found.All(one => one.Group == found[0].Group) ? new(found[0].Agent, found[0].Group) : null;
    }

    // "99MTC", "TC99M", "123I": digits and at most three letters.
    private static bool IsNuclide(string word) => word.Length is > 0 and <= 6 && word.Count(char.IsLetter) <= 3 && (word.Any(char.IsDigit) || word is "TC" or "I" or "IN" or "LU" or "GA" or "F");
}

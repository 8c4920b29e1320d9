using System.Globalization;
using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>What was injected: radionuclides, radiopharmaceutical and activity, everything that the file says of them compared.</summary>
/// <param name="Found">The radionuclides.</param>
/// <param name="Radiopharmaceutical">The radiopharmaceutical's name; empty where there is none.</param>
/// <param name="InjectedMegabecquerels">The injected activity, or null.</param>
/// <param name="InjectedAt">When it was injected, where day and time are there.</param>
internal sealed record NuclideReading(IReadOnlyList<RadionuclideFinding> Found, string Radiopharmaceutical, double? InjectedMegabecquerels, DateTime? InjectedAt)
{
    // From a tracer for a small animal to the largest therapies.
    private const double LeastMegabecquerels = 0.1;
    private const double MostMegabecquerels = 100_000;

    // What patients are given to be imaged, from a newborn's tracer to a generator's bolus: three decades, so that of Bq, kBq, MBq and GBq only one fits a number.
    private const double LeastUsual = 5;
    private const double MostUsual = 5_000;

    // Below this, in kg, whoever is imaged is no patient but a small animal, and less activity is none to wonder at.
    private const double SmallAnimal = 1;

    // Of what decays within minutes much is given, or little is seen.
    private const double ShortLived = 900;

    // Given to treat, and to be imaged in passing.
    private static readonly HashSet<Radionuclide> s_therapeutic =
    [
        Radionuclide.Iodine131, Radionuclide.Lutetium177, Radionuclide.Samarium153, Radionuclide.Yttrium90, Radionuclide.Holmium166, Radionuclide.Rhenium186, Radionuclide.Rhenium188, Radionuclide.Terbium161,
    ];

    private static readonly (string Unit, double Megabecquerels)[] s_scales = [("Bq", 1e-6), ("kBq", 1e-3), ("MBq", 1), ("GBq", 1e3)];

    public static NuclideReading Read(DicomDataset dataset, string modality, IReadOnlyList<EnergyWindow> windows, List<string> warnings)
    {
        IReadOnlyList<DicomDataset> agents = dataset.Items(DicomTag.RadiopharmaceuticalInformationSequence);
        IReadOnlyList<RadionuclideFinding> found = Nuclides(agents, modality, windows, warnings);
        CompareHalfLife(agents, found, warnings);
        return new(found, Name(agents), Activity(agents, modality, found, dataset.Number(DicomTag.PatientWeight), warnings), InjectionTime(agents));
    }

    private static IReadOnlyList<RadionuclideFinding> Nuclides(IReadOnlyList<DicomDataset> agents, string modality, IReadOnlyList<EnergyWindow> windows, List<string> warnings)
    {
        List<Radionuclide> coded = Coded(agents, warnings, out bool hasUnknownCode);
        string[] names =
        [
            .. agents.Select(agent => agent.Text(DicomTag.Radiopharmaceutical)),
            .. agents.SelectMany(agent => agent.Items(DicomTag.RadiopharmaceuticalCodeSequence)).Select(item => item.Text(DicomTag.CodeMeaning)),
        ];
        NuclideText[] texts = [.. names.Concat(windows.Select(window => window.Name)).Select(NuclideText.Read)];
        Radionuclide[] byName = [.. texts.Take(names.Length).SelectMany(text => text.Known).Distinct()];
        // What a scatter window is called for counts only where no other window has a name.
        Radionuclide[] byPeakName = [.. texts.Skip(names.Length).Where((_, index) => !Photopeaks.IsCalledScatter(windows[index])).SelectMany(text => text.Known).Distinct()];
        Radionuclide[] byWindowName = byPeakName.Length > 0 ? byPeakName : [.. texts.Skip(names.Length).SelectMany(text => text.Known).Distinct()];
        foreach (EnergyRange none in windows.SelectMany(window => window.Ranges).Where(range => !Photopeaks.IsRange(range)))
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"An energy window runs from {none.LowerKev:0.#} to {none.UpperKev:0.#} keV, expected two limits above 0, the lower one first: it is ignored."));
        }

        Radionuclide[] stated = coded.Count > 0 ? [.. coded] : byName.Length > 0 ? byName : byWindowName;
        Photopeaks peaks = string.Equals(modality, "NM", StringComparison.Ordinal) ? Photopeaks.Of(windows, [.. coded, .. byName, .. byWindowName]) : new([], [], "");
        if (stated.Length > 0)
        {
            Compare(coded, byName, byWindowName, peaks, stated, warnings);
            return [.. stated.Select(one => new RadionuclideFinding(one, coded.Count > 0 ? RadionuclideEvidence.Coded : RadionuclideEvidence.Named))];
        }

        if (texts.SelectMany(text => text.Unknown).FirstOrDefault() is string unknown)
        {
            warnings.Add($"The file names the radionuclide {unknown}, which is not known here: nothing is said of its half-life.");
            return [];
        }

        if (hasUnknownCode)
        {
            // The file says what it is: that nobody here knows it is no reason to guess another one.
            return [];
        }

        if (peaks.Note.Length > 0)
        {
            warnings.Add(peaks.Note);
        }

        return [.. peaks.Radionuclides.Select(one => new RadionuclideFinding(one, RadionuclideEvidence.InferredFromEnergyWindow))];
    }

    private static List<Radionuclide> Coded(IReadOnlyList<DicomDataset> agents, List<string> warnings, out bool hasUnknown)
    {
        hasUnknown = false;
        List<Radionuclide> coded = [];
        foreach (DicomDataset code in agents.SelectMany(agent => agent.Items(DicomTag.RadionuclideCodeSequence)))
        {
            string value = code.Text(DicomTag.CodeValue);
            Radionuclide? byCode = Dicom.Radionuclide.FromCode(value), byMeaning = Dicom.Radionuclide.FromText(code.Text(DicomTag.CodeMeaning));
            if (byCode is not null && byMeaning is not null && byCode != byMeaning)
            {
                warnings.Add($"The radionuclide is coded as {byCode.Symbol} and described as {byMeaning.Symbol}: {byCode.Symbol} was taken, and one of them is wrong.");
            }

            if ((byCode ?? byMeaning) is not Radionuclide one)
            {
                if (value.Length > 0)
                {
                    hasUnknown = true;
                    warnings.Add("The Radionuclide Code Sequence has a code that is not known here: nothing is said of its half-life.");
                }
            }
            else if (!coded.Contains(one))
            {
                coded.Add(one);
            }
        }

        return coded;
    }

    private static void Compare(List<Radionuclide> coded, Radionuclide[] byName, Radionuclide[] byWindowName, Photopeaks peaks, Radionuclide[] stated, List<string> warnings)
    {
        void Tell(string first, IEnumerable<Radionuclide> one, string second, IReadOnlyCollection<Radionuclide> other)
        {
            if (other.Count > 0 && !other.Any(one.Contains))
            {
                warnings.Add($"{first} says {Symbols(one)}, {second} {Symbols(other)}: {Symbols(stated)} was taken, and one of them is wrong.");
            }
        }

        if (coded.Count > 0)
        {
            Tell("The Radionuclide Code Sequence", coded, "the radiopharmaceutical's name", byName);
        }

        if (stated != byWindowName)
        {
            Tell(coded.Count > 0 ? "The Radionuclide Code Sequence" : "The radiopharmaceutical's name", stated, "the energy window's name", byWindowName);
        }

        // Where no photopeak of what is named lies in any window, name or window is wrong.
        if (peaks.Ranges.Count > 0 && stated.All(one => one.PhotonsKev.Count > 0) && !stated.Any(one => peaks.Ranges.Any(range => one.PhotonsKev.Any(range.Contains))))
        {
            EnergyRange first = peaks.Ranges[0];
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"No photopeak of {Symbols(stated)} lies in the energy window of {first.LowerKev:0.#} to {first.UpperKev:0.#} keV: the radionuclide or the window is wrong."));
            return;
        }

        Radionuclide[] named = [.. coded, .. byName, .. byWindowName];
        // Bremsstrahlung is counted anywhere.
        foreach ((EnergyRange range, string symbols) in named.All(one => one.PhotonsKev.Count > 0) ? peaks.Unnamed(named) : [])
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The energy window of {range.LowerKev:0.#} to {range.UpperKev:0.#} keV is set for {symbols}, and the file names {Symbols(stated)} alone: another radionuclide may have been imaged with it."));
        }
    }

    private static string Symbols(IEnumerable<Radionuclide> nuclides) => string.Join(" and ", nuclides.Select(one => one.Symbol));

    private static void CompareHalfLife(IReadOnlyList<DicomDataset> agents, IReadOnlyList<RadionuclideFinding> found, List<string> warnings)
    {
        foreach (DicomDataset agent in agents)
        {
            if (agent.Number(DicomTag.RadionuclideHalfLife) is double seconds && seconds > 0 && found.Count > 0
                && !found.Any(one => Math.Abs(seconds - one.Radionuclide.HalfLifeSeconds) <= 0.05 * one.Radionuclide.HalfLifeSeconds))
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Radionuclide Half Life says {seconds:G6} s, {string.Join(" and ", found.Select(one => one.Radionuclide.Symbol))} has {found[0].Radionuclide.HalfLifeSeconds:G6} s: one of them is wrong."));
            }
        }
    }

    private static string Name(IReadOnlyList<DicomDataset> agents)
    {
        string name = agents.Select(agent => agent.Text(DicomTag.Radiopharmaceutical)).FirstOrDefault(text => text.Length > 0) ?? "";
        return name.Length > 0
            ? name
            : agents.SelectMany(agent => agent.Items(DicomTag.RadiopharmaceuticalCodeSequence)).Select(item => item.Text(DicomTag.CodeMeaning)).FirstOrDefault(text => text.Length > 0) ?? "";
    }

    /// <summary>Day and time of the injection (PS3.5 table 6.2-1, DT), in the clock of the camera; a zone behind it is that of the other times as well.</summary>
    private static DateTime? InjectionTime(IReadOnlyList<DicomDataset> agents) =>
        agents is [DicomDataset agent, ..] && agent.Text(DicomTag.RadiopharmaceuticalStartDateTime) is { Length: >= 12 } text
        && DateTime.TryParseExact(text[..Math.Min(14, text.Length)].PadRight(14, '0'), "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime moment) ? moment : null;

    /// <summary>The injected activity in MBq: NM files count in MBq, PET files in Bq (PS3.3 C.8.4.10.1.7 and table C.8-61), and cameras mix up all of Bq, kBq, MBq and GBq.</summary>
    private static double? Activity(IReadOnlyList<DicomDataset> agents, string modality, IReadOnlyList<RadionuclideFinding> found, double? kilograms, List<string> warnings)
    {
        if (agents is not [DicomDataset agent, ..] || agent.Number(DicomTag.RadionuclideTotalDose) is not double dose || dose == 0)
        {
            return null;
        }

        if (agents.Select(one => one.Number(DicomTag.RadionuclideTotalDose)).OfType<double>().Where(given => given != 0).Distinct().ToArray() is { Length: > 1 } several)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Several agents have a Radionuclide Total Dose ({string.Join(", ", several.Select(given => given.ToString("G6", CultureInfo.InvariantCulture)))}): the first one's was taken, and the others are not shown."));
        }

        bool isPet = string.Equals(modality, "PT", StringComparison.Ordinal);
        double intended = isPet ? dose / 1e6 : dose;
        if (dose > 0 && (isPet ? IsGivenForPet(intended, found, kilograms) : IsGivenForImaging(intended, found)))
        {
            return intended;
        }

        string said = string.Create(CultureInfo.InvariantCulture, $"Radionuclide Total Dose is {dose:G6}");
        string unit = isPet ? "PET files count it in Bq" : "Nuclear Medicine files count it in MBq";
        foreach ((string name, double megabecquerels) in s_scales)
        {
            double other = dose * megabecquerels;
            if (other != intended && other >= LeastUsual && other < MostUsual)
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{said}, and {unit}: taken for {name}, {other:G6} MBq, which a patient may have been given."));
                return other;
            }
        }

        if (dose > 0 && intended is >= LeastMegabecquerels and <= MostMegabecquerels)
        {
            warnings.Add($"{said}, and {unit}: patients are given another activity than that, and no other unit makes it likelier.");
            return intended;
        }

        warnings.Add($"{said}, and {unit}: no patient is given that, so it is not taken.");
        return null;
    }

    // Less than a MBq is seen in small animals alone, and much less than a GBq of what is gone in a minute in nobody.
    private static bool IsGivenForPet(double megabecquerels, IReadOnlyList<RadionuclideFinding> found, double? kilograms) => megabecquerels switch
    {
        < LeastMegabecquerels or > MostMegabecquerels => false,
        < 1 => kilograms is > 0 and < SmallAnimal,
        < LeastUsual => kilograms is > 0 and < SmallAnimal || !found.Any(one => one.Radionuclide.HalfLifeSeconds < ShortLived),
        _ => true,
    };

    // Capsules to measure an uptake by hold little; more than some GBq is a therapy, or not known to be none.
    private static bool IsGivenForImaging(double megabecquerels, IReadOnlyList<RadionuclideFinding> found) => megabecquerels switch
    {
        <= MostUsual => true,
        <= 10 * MostUsual => found.Count == 0 || found.Any(one => s_therapeutic.Contains(one.Radionuclide)),
        _ => false,
    };
}

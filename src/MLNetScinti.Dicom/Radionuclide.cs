using System.Text.RegularExpressions;

namespace MLNetScinti.Dicom;

/// <summary>A radionuclide that gamma cameras and PET scanners image.</summary>
/// <remarks>
/// Half-lives and photon energies: evaluated nuclear data as tabulated by the NNDC (NuDat 3); codes: PS3.16 CID 18
/// and CID 4020 (SNOMED-RT style identifiers, which NM files use).
/// </remarks>
public sealed partial record Radionuclide
{
    private Radionuclide(string symbol, string name, double halfLifeSeconds, string code, double[] photonsKev, string[] words)
    {
        Symbol = symbol;
        Name = name;
        HalfLifeSeconds = halfLifeSeconds;
        Code = code;
        PhotonsKev = photonsKev;
        Words = words;
        Mass = symbol[(symbol.IndexOf('-', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>Technetium-99m.</summary>
    public static Radionuclide Technetium99m { get; } = new("Tc-99m", "Technetium", 21624.12, "C-163A8", [140.5], ["tc", "technetium", "tecnecio", "tecnezio"]);

    /// <summary>Iodine-123.</summary>
    public static Radionuclide Iodine123 { get; } = new("I-123", "Iodine", 47604, "C-114A4", [159.0], ["i", "iodine", "iod", "iode", "yodo", "jod", "iodio"]);

    /// <summary>Iodine-131.</summary>
    public static Radionuclide Iodine131 { get; } = new("I-131", "Iodine", 693377, "C-114B1", [364.5, 637.0, 284.3], ["i", "iodine", "iod", "iode", "yodo", "jod", "iodio"]);

    /// <summary>Indium-111.</summary>
    public static Radionuclide Indium111 { get; } = new("In-111", "Indium", 242326, "C-145A4", [171.3, 245.4], ["in", "indium", "indio"]);

    /// <summary>Gallium-67.</summary>
    public static Radionuclide Gallium67 { get; } = new("Ga-67", "Gallium", 281811, "C-131A2", [93.3, 184.6, 300.2], ["ga", "gallium", "galio"]);

    /// <summary>Thallium-201 (its mercury X-rays near 71 keV are what is imaged).</summary>
    public static Radionuclide Thallium201 { get; } = new("Tl-201", "Thallium", 262837, "C-138A9", [71.0, 167.4], ["tl", "thallium", "talio"]);

    /// <summary>Xenon-133.</summary>
    public static Radionuclide Xenon133 { get; } = new("Xe-133", "Xenon", 453384, "C-172A8", [81.0], ["xe", "xenon"]);

    /// <summary>Lutetium-177.</summary>
    public static Radionuclide Lutetium177 { get; } = new("Lu-177", "Lutetium", 574301, "", [208.4, 112.9], ["lu", "lutetium", "lutecio"]);

    /// <summary>Cobalt-57, of flood sources and markers.</summary>
    public static Radionuclide Cobalt57 { get; } = new("Co-57", "Cobalt", 23483520, "C-127A6", [122.1], ["co", "cobalt", "cobalto"]);

    /// <summary>Samarium-153.</summary>
    public static Radionuclide Samarium153 { get; } = new("Sm-153", "Samarium", 166622, "", [103.2], ["sm", "samarium"]);

    /// <summary>Radium-223.</summary>
    public static Radionuclide Radium223 { get; } = new("Ra-223", "Radium", 987552, "", [84.0, 154.2, 269.5], ["ra", "radium"]);

    /// <summary>Fluorine-18.</summary>
    public static Radionuclide Fluorine18 { get; } = new("F-18", "Fluorine", 6586.2, "C-111A1", [511.0], ["f", "fluorine", "fluor"]);

    /// <summary>Gallium-68.</summary>
    public static Radionuclide Gallium68 { get; } = new("Ga-68", "Gallium", 4062.6, "C-131A3", [511.0], ["ga", "gallium", "galio"]);

    /// <summary>Carbon-11.</summary>
    public static Radionuclide Carbon11 { get; } = new("C-11", "Carbon", 1221.8, "C-105A1", [511.0], ["c", "carbon"]);

    /// <summary>Nitrogen-13.</summary>
    public static Radionuclide Nitrogen13 { get; } = new("N-13", "Nitrogen", 597.9, "C-107A1", [511.0], ["n", "nitrogen"]);

    /// <summary>Oxygen-15.</summary>
    public static Radionuclide Oxygen15 { get; } = new("O-15", "Oxygen", 122.24, "C-B1038", [511.0], ["o", "oxygen"]);

    /// <summary>Rubidium-82.</summary>
    public static Radionuclide Rubidium82 { get; } = new("Rb-82", "Rubidium", 75.45, "C-159A2", [511.0], ["rb", "rubidium"]);

    /// <summary>Copper-64.</summary>
    public static Radionuclide Copper64 { get; } = new("Cu-64", "Copper", 45723.6, "C-127A2", [511.0], ["cu", "copper"]);

    /// <summary>Zirconium-89.</summary>
    public static Radionuclide Zirconium89 { get; } = new("Zr-89", "Zirconium", 282276, "C-168A4", [511.0], ["zr", "zirconium"]);

    /// <summary>Iodine-124.</summary>
    public static Radionuclide Iodine124 { get; } = new("I-124", "Iodine", 360806, "C-114A5", [511.0], ["i", "iodine", "iod", "iode", "yodo"]);

    /// <summary>Every radionuclide that is known here.</summary>
    public static IReadOnlyList<Radionuclide> Known { get; } =
    [
        Technetium99m, Iodine123, Iodine131, Indium111, Gallium67, Thallium201, Xenon133, Lutetium177, Cobalt57,
        Samarium153, Radium223, Fluorine18, Gallium68, Carbon11, Nitrogen13, Oxygen15, Rubidium82, Copper64,
        Zirconium89, Iodine124,
    ];

    /// <summary>Its symbol as nuclear medicine writes it: "Tc-99m".</summary>
    public string Symbol { get; }

    /// <summary>The element's English name.</summary>
    public string Name { get; }

    /// <summary>The physical half-life, in seconds.</summary>
    public double HalfLifeSeconds { get; }

    /// <summary>Its code in PS3.16 CID 18 or CID 4020; empty where those contexts hold none.</summary>
    public string Code { get; }

    /// <summary>The photon energies that are imaged, in keV, the most used first.</summary>
    public IReadOnlyList<double> PhotonsKev { get; }

    private string Mass { get; }

    private string[] Words { get; }

    /// <summary>The radionuclide that a text names ("^99m^Technetium", "Tc-99m MDP", "Yodo 131"), or null.</summary>
    public static Radionuclide? FromText(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        string[] tokens = [.. Tokens().Matches(text).Select(match => match.Value.ToLowerInvariant())];
        return Known.FirstOrDefault(one => tokens.Contains(one.Mass, StringComparer.Ordinal) && one.Words.Any(word => tokens.Contains(word, StringComparer.Ordinal)));
    }

    /// <summary>The radionuclide of a code of PS3.16 CID 18 or CID 4020, or null.</summary>
    public static Radionuclide? FromCode(string? code) =>
        string.IsNullOrWhiteSpace(code) ? null : Known.FirstOrDefault(one => string.Equals(one.Code, code.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The single-photon radionuclide whose photopeaks lie nearest the middle of the most energy windows, or null
    /// where no known photopeak lies within 5 % of the middle of any.
    /// </summary>
    public static Radionuclide? FromEnergyWindows(IEnumerable<EnergyWindow> windows)
    {
        EnergyRange[] ranges = [.. windows.SelectMany(window => window.Ranges)];
        return Known
            .Where(one => one.PhotonsKev[0] < 500)
            .Select(one => (One: one, Misses: ranges.Select(range => Miss(one, range)).Where(miss => miss <= 0.05).ToArray()))
            .Where(candidate => candidate.Misses.Length > 0)
            .OrderByDescending(candidate => candidate.Misses.Length)
            .ThenBy(candidate => candidate.Misses.Average())
            .Select(candidate => candidate.One)
            .FirstOrDefault();
    }

    private static double Miss(Radionuclide one, EnergyRange range) =>
        one.PhotonsKev.Min(line => range.Contains(line) ? Math.Abs(range.CentreKev - line) / line : double.PositiveInfinity);

    [GeneratedRegex(@"\d+(?:[mM](?![a-z]))?|[A-Za-z]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tokens();
}

/// <summary>How it is known which radionuclide was imaged.</summary>
public enum RadionuclideEvidence
{
    /// <summary>The file's Radionuclide Code Sequence says so, by code or by its meaning.</summary>
    Coded,

    /// <summary>Only a text says so: the radiopharmaceutical's name or the name of an energy window.</summary>
    Named,

    /// <summary>Concluded from the energy windows: a photopeak of this radionuclide lies in their middle.</summary>
    InferredFromEnergyWindow,
}

/// <summary>The radionuclide of an image, and how it is known.</summary>
/// <param name="Radionuclide">The radionuclide.</param>
/// <param name="Evidence">What says so.</param>
public sealed record RadionuclideFinding(Radionuclide Radionuclide, RadionuclideEvidence Evidence)
{
    /// <summary>Whether the file does not name the radionuclide and it was concluded from the energy windows.</summary>
    public bool IsInferred => Evidence == RadionuclideEvidence.InferredFromEnergyWindow;
}

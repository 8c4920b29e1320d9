using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>A radionuclide that gamma cameras and PET scanners image, or that is used in therapy.</summary>
/// <remarks>
/// Half-lives: <see cref="PhysicalHalfLife"/>. Photon energies: evaluated nuclear data (ENSDF) as tabulated by the NNDC in NuDat 3; of actinium-225 the photons of
/// its daughters francium-221 and bismuth-213, of iodine-125 the mean of the X-rays of tellurium. Codes: PS3.16 CID 18 and CID 4020, in the
/// SNOMED-RT style that NM files use, and as SNOMED CT concept identifiers.
/// </remarks>
public sealed record Radionuclide
{
    // Names of elements in the languages that cameras are set to.
    private static readonly string[] s_iodine = ["iodine", "iodide", "iod", "iode", "yodo", "jod", "iodio", "jodium", "ioduro"];
    private static readonly string[] s_gallium = ["gallium", "galio", "gallio"];
    private static readonly string[] s_copper = ["copper", "cobre", "kupfer"];
    private static readonly string[] s_rhenium = ["rhenium", "renio"];
    private static readonly string[] s_yttrium = ["yttrium", "itrio", "ittrio"];

    private Radionuclide(string symbol, string name, string code, string concept, double[] photonsKev, string[] words, bool isInferable = true)
    {
        Symbol = symbol;
        Name = name;
        HalfLifeSeconds = PhysicalHalfLife.SecondsOf(symbol);
        Code = code;
        Concept = concept;
        PhotonsKev = photonsKev;
        Words = words;
        IsInferable = isInferable && photonsKev is [< 500, ..];
        int dash = symbol.IndexOf('-', StringComparison.Ordinal);
        Element = symbol[..dash];
        IsMetastable = symbol[^1] == 'm';
        Mass = int.Parse(symbol.AsSpan(dash + 1).TrimEnd('m'), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Technetium-99m.</summary>
    public static Radionuclide Technetium99m { get; } = new("Tc-99m", "Technetium", "C-163A8", "72454006", [140.5], ["technetium", "tecnecio", "tecnezio", "technétium", "pertechnetate"]);

    /// <summary>Iodine-123.</summary>
    public static Radionuclide Iodine123 { get; } = new("I-123", "Iodine", "C-114A4", "21572004", [159.0], s_iodine);

    /// <summary>Iodine-131.</summary>
    public static Radionuclide Iodine131 { get; } = new("I-131", "Iodine", "C-114B1", "1368003", [364.5, 637.0, 284.3], s_iodine);

    /// <summary>Indium-111.</summary>
    public static Radionuclide Indium111 { get; } = new("In-111", "Indium", "C-145A4", "56609000", [171.3, 245.4], ["indium", "indio"]);

    /// <summary>Gallium-67.</summary>
    public static Radionuclide Gallium67 { get; } = new("Ga-67", "Gallium", "C-131A2", "2008008", [93.3, 184.6, 300.2], s_gallium);

    /// <summary>Thallium-201 (its mercury X-rays near 71 keV are what is imaged).</summary>
    public static Radionuclide Thallium201 { get; } = new("Tl-201", "Thallium", "C-138A9", "60057003", [71.0, 167.4], ["thallium", "talio", "tallio"]);

    /// <summary>Xenon-133.</summary>
    public static Radionuclide Xenon133 { get; } = new("Xe-133", "Xenon", "C-172A8", "80751004", [81.0], ["xenon", "xénon"]);

    /// <summary>Lutetium-177.</summary>
    public static Radionuclide Lutetium177 { get; } = new("Lu-177", "Lutetium", "C-101ED", "447553000", [208.4, 112.9], ["lutetium", "lutecio", "lutezio", "lutetio"]);

    /// <summary>Cobalt-57, of flood sources and markers.</summary>
    public static Radionuclide Cobalt57 { get; } = new("Co-57", "Cobalt", "C-144A3", "27054007", [122.1], ["cobalt", "cobalto", "kobalt"]);

    /// <summary>Samarium-153.</summary>
    public static Radionuclide Samarium153 { get; } = new("Sm-153", "Samarium", "C-B1134", "419804008", [103.2], ["samarium", "samario"]);

    /// <summary>Radium-223.</summary>
    public static Radionuclide Radium223 { get; } = new("Ra-223", "Radium", "C-136A2", "24853006", [84.0, 154.2, 269.5], ["radium", "radio"]);

    /// <summary>Yttrium-90: nothing but bremsstrahlung, which has no photopeak.</summary>
    public static Radionuclide Yttrium90 { get; } = new("Y-90", "Yttrium", "C-162A7", "14691008", [], s_yttrium);

    /// <summary>Holmium-166.</summary>
    public static Radionuclide Holmium166 { get; } = new("Ho-166", "Holmium", "", "", [80.6], ["holmium", "holmio", "olmio"]);

    /// <summary>Rhenium-186.</summary>
    public static Radionuclide Rhenium186 { get; } = new("Re-186", "Rhenium", "C-11906", "395865006", [137.2], s_rhenium);

    /// <summary>Rhenium-188.</summary>
    public static Radionuclide Rhenium188 { get; } = new("Re-188", "Rhenium", "C-1018D", "423578007", [155.0], s_rhenium);

    /// <summary>Krypton-81m.</summary>
    public static Radionuclide Krypton81m { get; } = new("Kr-81m", "Krypton", "C-173A5", "61716009", [190.5], ["krypton", "kripton", "cripton"]);

    /// <summary>Actinium-225, by the photons of its daughters.</summary>
    public static Radionuclide Actinium225 { get; } = new("Ac-225", "Actinium", "", "", [218.1, 440.5], ["actinium", "actinio", "attinio"]);

    /// <summary>Terbium-161.</summary>
    public static Radionuclide Terbium161 { get; } = new("Tb-161", "Terbium", "", "", [74.6, 48.9], ["terbium", "terbio"]);

    /// <summary>Iodine-125.</summary>
    public static Radionuclide Iodine125 { get; } = new("I-125", "Iodine", "C-114A6", "68630002", [28.4, 35.5], s_iodine);

    /// <summary>Fluorine-18.</summary>
    public static Radionuclide Fluorine18 { get; } = new("F-18", "Fluorine", "C-111A1", "77004003", [511.0], ["fluorine", "fluor", "fluoro", "fluoride", "fdg"]);

    /// <summary>Gallium-68.</summary>
    public static Radionuclide Gallium68 { get; } = new("Ga-68", "Gallium", "C-131A3", "35337001", [511.0], s_gallium);

    /// <summary>Carbon-11.</summary>
    public static Radionuclide Carbon11 { get; } = new("C-11", "Carbon", "C-105A1", "40565003", [511.0], ["carbon", "carbono", "kohlenstoff"]);

    /// <summary>Nitrogen-13.</summary>
    public static Radionuclide Nitrogen13 { get; } = new("N-13", "Nitrogen", "C-107A1", "21576001", [511.0], ["nitrogen", "nitrogeno", "stickstoff"]);

    /// <summary>Oxygen-15.</summary>
    public static Radionuclide Oxygen15 { get; } = new("O-15", "Oxygen", "C-B1038", "129504001", [511.0], ["oxygen", "oxigeno", "sauerstoff"]);

    /// <summary>Rubidium-82.</summary>
    public static Radionuclide Rubidium82 { get; } = new("Rb-82", "Rubidium", "C-159A2", "79197006", [511.0], ["rubidium", "rubidio"]);

    /// <summary>Copper-64.</summary>
    public static Radionuclide Copper64 { get; } = new("Cu-64", "Copper", "C-127A2", "3932008", [511.0], s_copper);

    /// <summary>Zirconium-89.</summary>
    public static Radionuclide Zirconium89 { get; } = new("Zr-89", "Zirconium", "C-168A4", "63360001", [511.0], ["zirconium", "zirconio", "zirkonium"]);

    /// <summary>Iodine-124.</summary>
    public static Radionuclide Iodine124 { get; } = new("I-124", "Iodine", "C-114A5", "40937006", [511.0], s_iodine);

    /// <summary>Every radionuclide that is known here.</summary>
    public static IReadOnlyList<Radionuclide> Known { get; } =
    [
        Technetium99m, Iodine123, Iodine131, Indium111, Gallium67, Thallium201, Xenon133, Lutetium177, Cobalt57,
        Samarium153, Radium223, Yttrium90, Holmium166, Rhenium186, Rhenium188, Krypton81m, Actinium225, Terbium161,
        Iodine125, Fluorine18, Gallium68, Carbon11, Nitrogen13, Oxygen15, Rubidium82, Copper64, Zirconium89,
        Iodine124,
        // Named, but never guessed from an energy window: too rare against those that share their energies.
        new("Cr-51", "Chromium", "C-129A2", "52745005", [320.1], ["chromium", "chrom", "cromo"], isInferable: false),
        new("Se-75", "Selenium", "C-116A3", "43239002", [264.7, 136.0, 279.5], ["selenium", "selenio", "selen"], isInferable: false),
        new("Xe-127", "Xenon", "C-172A5", "27081007", [202.9, 172.1], ["xenon"], isInferable: false),
        new("P-32", "Phosphorus", "C-106A1", "32505007", [], ["phosphorus", "phosphor"], isInferable: false),
        new("Sr-89", "Strontium", "C-158A6", "7770004", [], ["strontium", "estroncio"], isInferable: false),
        new("Er-169", "Erbium", "", "", [], ["erbium", "erbio"], isInferable: false),
        new("Cu-67", "Copper", "C-127A3", "53700003", [184.6, 93.3], s_copper, isInferable: false),
        new("At-211", "Astatine", "", "", [79.0], ["astatine", "astat"], isInferable: false),
        new("Pb-212", "Lead", "", "", [238.6], ["plomo", "blei", "piombo"], isInferable: false),
        new("Bi-213", "Bismuth", "", "", [440.5], ["bismuth", "bismuto"], isInferable: false),
        new("Th-227", "Thorium", "", "", [236.0, 50.1], ["thorium", "torio"], isInferable: false),
        new("Ge-68", "Germanium", "C-128A2", "53315004", [511.0], ["germanium", "germanio"], isInferable: false),
        new("Y-86", "Yttrium", "C-162A3", "10738001", [511.0], s_yttrium, isInferable: false),
    ];

    /// <summary>Its symbol as nuclear medicine writes it: "Tc-99m".</summary>
    public string Symbol { get; }

    /// <summary>The element's English name.</summary>
    public string Name { get; }

    /// <summary>The physical half-life, in seconds.</summary>
    public double HalfLifeSeconds { get; }

    /// <summary>Its code in PS3.16 CID 18 or CID 4020; empty where those contexts hold none.</summary>
    public string Code { get; }

    /// <summary>The same as an identifier of SNOMED CT, which those contexts use today; empty where they hold none.</summary>
    public string Concept { get; }

    /// <summary>The photon energies that are imaged, in keV, the most used first; none where there is no photopeak.</summary>
    public IReadOnlyList<double> PhotonsKev { get; }

    /// <summary>Whether it may be guessed from an energy window.</summary>
    internal bool IsInferable { get; }

    internal string Element { get; }

    internal int Mass { get; }

    internal bool IsMetastable { get; }

    internal string[] Words { get; }

    /// <summary>The first radionuclide that a text names ("^99m^Technetium", "Tc-99m MDP", "Yodo 131"), or null.</summary>
    public static Radionuclide? FromText(string? text) => AllFromText(text) is [Radionuclide first, ..] ? first : null;

    /// <summary>The radionuclides that a text names, each once, in the order in which they come.</summary>
    public static IReadOnlyList<Radionuclide> AllFromText(string? text) => NuclideText.Read(text ?? "").Known;

    /// <summary>The radionuclide of a code of PS3.16 CID 18 or CID 4020, or null.</summary>
    public static Radionuclide? FromCode(string? code) => string.IsNullOrWhiteSpace(code) ? null
        : Known.FirstOrDefault(one => string.Equals(one.Code, code.Trim(), StringComparison.OrdinalIgnoreCase) || string.Equals(one.Concept, code.Trim(), StringComparison.Ordinal));

    /// <summary>
    /// The single-photon radionuclide whose photopeaks lie in the middle of the energy windows, or null where there is none, or
    /// several would fit alike, or several were imaged together.
    /// </summary>
    public static Radionuclide? FromEnergyWindows(IEnumerable<EnergyWindow> windows) => Photopeaks.Of(windows).Radionuclides is [Radionuclide only] ? only : null;
}

/// <summary>How it is known which radionuclide was imaged.</summary>
public enum RadionuclideEvidence
{
    /// <summary>The file's Radionuclide Code Sequence says so, by code or by its meaning.</summary>
    Coded,

    /// <summary>Only a text says so: the radiopharmaceutical's name or the name of an energy window. A guess.</summary>
    Named,

    /// <summary>Concluded from the energy windows: a photopeak of this radionuclide lies in their middle. A guess.</summary>
    InferredFromEnergyWindow,
}

/// <summary>The radionuclide of an image, and how it is known.</summary>
/// <param name="Radionuclide">The radionuclide.</param>
/// <param name="Evidence">What says so.</param>
public sealed record RadionuclideFinding(Radionuclide Radionuclide, RadionuclideEvidence Evidence)
{
    /// <summary>Whether the file does not name the radionuclide and it was concluded from the energy windows.</summary>
    public bool IsInferred => Evidence == RadionuclideEvidence.InferredFromEnergyWindow;

    /// <summary>Whether it was guessed, from words or from the energy windows.</summary>
    public bool IsGuessed => Evidence != RadionuclideEvidence.Coded;
}

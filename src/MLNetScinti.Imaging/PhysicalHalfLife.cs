namespace MLNetScinti.Imaging;

/// <summary>
/// Physical half-lives of radionuclides: the one table of them, for images' headers, simulations and doses alike.
/// </summary>
/// <remarks>
/// Evaluated nuclear data (ENSDF) as tabulated by the NNDC in NuDat 3. Of 177Lu the 6.647 d of the evaluation of 2003, by which published doses were
/// computed; today's is 6.6443 d, .04 % less.
/// </remarks>
public static class PhysicalHalfLife
{
    private static readonly Dictionary<string, double> s_seconds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Tc-99m"] = 21624.12,
        ["I-123"] = 47604,
        ["I-131"] = 693377,
        ["In-111"] = 242326,
        ["Ga-67"] = 281811,
        ["Tl-201"] = 262837,
        ["Xe-133"] = 453384,
        ["Lu-177"] = 574300.8,
        ["Co-57"] = 23483520,
        ["Sm-153"] = 166622,
        ["Ra-223"] = 987552,
        ["Y-90"] = 230591,
        ["Ho-166"] = 96566.4,
        ["Re-186"] = 321261,
        ["Re-188"] = 61214.4,
        ["Kr-81m"] = 13.1,
        ["Ac-225"] = 857088,
        ["Tb-161"] = 595296,
        ["I-125"] = 5132765,
        ["F-18"] = 6586.2,
        ["Ga-68"] = 4062.6,
        ["C-11"] = 1221.8,
        ["N-13"] = 597.9,
        ["O-15"] = 122.24,
        ["Rb-82"] = 75.45,
        ["Cu-64"] = 45723.6,
        ["Zr-89"] = 282276,
        ["I-124"] = 360806,
        ["Cr-51"] = 2393626,
        ["Se-75"] = 10348992,
        ["Xe-127"] = 3140294,
        ["P-32"] = 1232755,
        ["Sr-89"] = 4368643,
        ["Er-169"] = 811469,
        ["Cu-67"] = 222588,
        ["At-211"] = 25970,
        ["Pb-212"] = 38304,
        ["Bi-213"] = 2737,
        ["Th-227"] = 1615421,
        ["Ge-68"] = 23408352,
        ["Y-86"] = 53064,
    };

    /// <summary>The radionuclides whose half-lives are known here, by the symbols of nuclear medicine ("Tc-99m").</summary>
    public static IReadOnlyCollection<string> Symbols => s_seconds.Keys;

    /// <summary>The half-life of a radionuclide, seconds.</summary>
    /// <exception cref="ArgumentException">It is not known here.</exception>
    public static double SecondsOf(string symbol) => s_seconds.TryGetValue(symbol, out double seconds) ? seconds : throw new ArgumentException($"No half-life of '{PlainText.Short(symbol)}' is known here.", nameof(symbol));

    /// <summary>The same in hours.</summary>
    /// <inheritdoc cref="SecondsOf"/>
    public static double HoursOf(string symbol) => SecondsOf(symbol) / 3600;
}

namespace MLNetScinti.Dicom;

/// <summary>What the values of an image count.</summary>
public enum ImageUnit
{
    /// <summary>Detected gamma events, or what reconstruction made of them.</summary>
    Counts,

    /// <summary>Activity concentration, Bq/ml. Files in kBq/ml and the like are converted when they are read.</summary>
    BecquerelPerMillilitre,

    /// <summary>X-ray attenuation, Hounsfield units.</summary>
    Hounsfield,

    /// <summary>Absorbed dose, Gy.</summary>
    Gray,

    /// <summary>Numbers in another unit, or none: <see cref="ImageHeader.UnitText"/> names it where it is one of the standard's.</summary>
    Other,

    /// <summary>Counts per second.</summary>
    CountsPerSecond,

    /// <summary>Standardized uptake values; <see cref="ImageHeader.UnitText"/> says by what they are normalised.</summary>
    StandardizedUptakeValue,

    /// <summary>Pixels as they are stored, with nothing that says what they count: of use only relative to each other.</summary>
    StoredValues,
}

/// <summary>How it is known what the values of an image count.</summary>
public enum UnitEvidence
{
    /// <summary>Nothing says it.</summary>
    None,

    /// <summary>The file says so.</summary>
    Stated,

    /// <summary>The file does not say, and images of its modality usually count this.</summary>
    Convention,

    /// <summary>The file says so in one place, and something else, or with another scale, in another: <see cref="ImageHeader.Warnings"/> has both.</summary>
    Disputed,
}

/// <summary>A unit as a file writes it.</summary>
/// <param name="Unit">The unit of the values once they are multiplied by <paramref name="Factor"/>.</param>
/// <param name="Text">What to call it.</param>
/// <param name="Factor">What takes a value in the file's unit to one in <paramref name="Unit"/>: 1000 for kBq/ml.</param>
/// <param name="Written">The file's own words where nobody here knows them: to tell two such units apart, and never to be shown.</param>
internal readonly record struct UnitName(ImageUnit Unit, string Text, double Factor = 1, string Written = "")
{
    public static UnitName Counts { get; } = new(ImageUnit.Counts, "counts");

    public static UnitName CountsPerSecond { get; } = new(ImageUnit.CountsPerSecond, "counts/s");

    public static UnitName Concentration { get; } = new(ImageUnit.BecquerelPerMillilitre, "Bq/ml");

    public static UnitName Hounsfield { get; } = new(ImageUnit.Hounsfield, "HU");

    public static UnitName Stored { get; } = new(ImageUnit.StoredValues, "stored values");

    /// <summary>Numbers that the file says have no unit.</summary>
    public static UnitName None { get; } = new(ImageUnit.Other, "without a unit");

    public static UnitName BodyWeight { get; } = new(ImageUnit.StandardizedUptakeValue, "SUV (body weight)");

    public static UnitName LeanBodyMass { get; } = new(ImageUnit.StandardizedUptakeValue, "SUV (lean body mass)");

    public static UnitName IdealBodyWeight { get; } = new(ImageUnit.StandardizedUptakeValue, "SUV (ideal body weight)");

    public static UnitName BodySurface { get; } = new(ImageUnit.StandardizedUptakeValue, "SUV (body surface)");

    /// <summary>Whether the file says that the values have no unit: two such numbers need not be the same.</summary>
    public bool IsNone => Unit == ImageUnit.Other && string.Equals(Text, "without a unit", StringComparison.Ordinal);

    // Below what they are made of: static members come to be in the order in which they are written.
    private static readonly Dictionary<string, UnitName> s_names = new(StringComparer.Ordinal)
    {
        ["cnts"] = Counts,
        ["counts"] = Counts,
        ["count"] = Counts,
        ["cps"] = CountsPerSecond,
        ["counts/s"] = CountsPerSecond,
        ["counts/sec"] = CountsPerSecond,
        ["hu"] = new(ImageUnit.Hounsfield, "HU"),
        ["hnsf'u"] = new(ImageUnit.Hounsfield, "HU"),
        ["gy"] = new(ImageUnit.Gray, "Gy"),
        ["cgy"] = new(ImageUnit.Gray, "Gy", 1e-2),
        ["mgy"] = new(ImageUnit.Gray, "Gy", 1e-3),
        ["g/ml"] = BodyWeight,
        ["gml"] = BodyWeight,
        ["suv"] = BodyWeight,
        ["suvbw"] = BodyWeight,
        ["suvbwg/ml"] = BodyWeight,
        ["g/mlsuvbw"] = BodyWeight,
        ["suvlbm"] = LeanBodyMass,
        ["suvlbmg/ml"] = LeanBodyMass,
        ["g/mlsuvlbm"] = LeanBodyMass,
        ["suvlbm(james)g/ml"] = LeanBodyMass,
        ["suvlbm(janma)g/ml"] = LeanBodyMass,
        ["suvibw"] = IdealBodyWeight,
        ["suvibwg/ml"] = IdealBodyWeight,
        ["g/mlsuvibw"] = IdealBodyWeight,
        ["suvbsa"] = BodySurface,
        ["suvbsacm2/ml"] = BodySurface,
        ["cm2/mlsuvbsa"] = BodySurface,
        ["cm2/ml"] = BodySurface,
        ["cm2ml"] = BodySurface,
        ["none"] = None,
        ["1"] = None,
        ["nounits"] = None,
        ["nounit"] = None,
        ["unitless"] = None,
        ["dimensionless"] = None,
        ["ratio"] = None,
        ["pcnt"] = new(ImageUnit.Other, "%"),
        ["1cm"] = new(ImageUnit.Other, "1/cm"),
        ["/cm"] = new(ImageUnit.Other, "1/cm"),
    };

    // Other units of the standard (PS3.3 C.8.9.1.1.3 and C.11.1.1.2, PS3.16 CID 82 to 85 and 7180), as they are
    // shown. Nothing else that a file calls a unit is: a damaged length makes a unit of what came behind it, and what is written of a study names nobody.
    private static readonly HashSet<string> s_others = new(
        [
            "CM2", "MGMINML", "UMOLMINML", "MLMING", "MLG", "UMOLML", "PROPCNTS", "PROPCNT", "PROPCPS", "MLMINML", "MLML", "STDDEV", "MGML", "OD", "Z_EFF", "ED", "EDW", "HU_MOD", "PCT", "RELATIVE",
            "%", "m", "cm", "mm", "um", "cm2", "mm2", "cm3", "mm3", "l", "ml", "d", "h", "min", "s", "ms", "us", "Hz", "1/s", "/s", "1/ms", "1/min", "/min", "1/mm", "1/cm", "deg", "rad", "kg", "g", "mg", "ug",
            "g/cm3", "mg/cm3", "kg/m3", "g/l", "mg/l", "mg/ml", "ug/ml", "mol/l", "mmol/l", "umol/l", "umol/ml", "mmol/kg", "umol/g", "ml/g", "ml/ml", "ml/100g", "ml/100ml", "ml/g/min", "ml/min/g", "ml/min/ml", "ml/min/100g",
            "ml/100g/min", "ml/100ml/min", "ml/100ml/s", "ml/min", "ml/s", "l/min", "mg/min/ml", "umol/min/ml", "umol/100ml/min", "umol/100g/min", "mg/100g/min", "mm2/s", "um2/s", "um2/ms", "10-6mm2/s", "10*-6mm2/s", "10-3mm2/s",
            "m/s", "cm/s", "mm/s", "Pa", "kPa", "mmHg", "kJ", "keV", "MeV", "W/kg", "mT", "ppm", "ppb", "dB", "Bq", "kBq", "MBq", "GBq", "Gy/s", "Gy/h", "mGy/h", "Gy/MBq", "mGy/MBq", "Gy/GBq", "Bq.s", "MBq.h", "Bq.s/ml",
            "MBq.h/ml", "%ID", "%ID/g", "%ID/ml", "counts/min", "cpm", "kcps", "kcounts",
        ], StringComparer.Ordinal);

    // Becquerel and curie by their prefixes; m is a thousandth and M a million (UCUM tells capital letters apart).
    private static readonly (string Prefix, double Factor)[] s_prefixes = [("", 1), ("p", 1e-12), ("n", 1e-9), ("u", 1e-6), ("m", 1e-3), ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9)];

    /// <summary>
    /// The unit of a code of UCUM (PS3.16 CID 82 to 85), of a defined term of Units (PS3.3 C.8.9.1.1.3) or Rescale Type
    /// (PS3.3 C.11.1.1.2), or as people write it; null where the text is empty or says that it does not say ("US").
    /// </summary>
    public static UnitName? Parse(string text)
    {
        string tight = string.Concat(text.Where(character => !char.IsWhiteSpace(character) && character is not ('{' or '}' or '[' or ']')))
            .Replace('\u00b5', 'u').Replace('\u03bc', 'u').Replace('\u00b3', '3')
            .Replace("^", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);
        if (tight.Length == 0 || string.Equals(tight, "US", StringComparison.OrdinalIgnoreCase) || string.Equals(tight, "unspecified", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (OfActivity(tight) is UnitName concentration)
        {
            return concentration;
        }

        return s_names.TryGetValue(tight.ToLowerInvariant(), out UnitName known) ? known
            : s_others.TryGetValue(tight, out string? other) || s_others.TryGetValue(tight.ToUpperInvariant(), out other) ? new UnitName(ImageUnit.Other, other)
            : new UnitName(ImageUnit.Other, "an unknown unit", Written: tight);
    }

    private static UnitName? OfActivity(string text)
    {
        foreach ((string volume, double litres) in new[] { ("ml", 1.0), ("cc", 1.0), ("ccm", 1.0), ("cm3", 1.0), ("l", 1e-3), ("dm3", 1e-3), ("mm3", 1e3), ("ul", 1e3) })
        {
            if (!text.EndsWith(volume, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            string activity = text[..^volume.Length].TrimEnd('/', '.');
            foreach ((string name, double becquerels) in new[] { ("bq", 1.0), ("becquerel", 1.0), ("becquerels", 1.0), ("ci", 3.7e10) })
            {
                if (!activity.EndsWith(name, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                string prefix = activity[..^name.Length];
                // Capitals throughout, as the defined terms of DICOM are: nobody counts mBq.
                prefix = prefix is "kilo" or "Kilo" ? "k" : prefix is "mega" or "Mega" ? "M" : prefix;
                foreach ((string known, double factor) in s_prefixes)
                {
                    if (string.Equals(prefix, known, StringComparison.Ordinal))
                    {
                        return Concentration with { Factor = factor * becquerels * litres };
                    }
                }
            }
        }

        return null;
    }
}

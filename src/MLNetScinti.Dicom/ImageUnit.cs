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

    /// <summary>Numbers in another unit, or none: <see cref="ImageHeader.UnitText"/> says what the file calls it.</summary>
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
internal readonly record struct UnitName(ImageUnit Unit, string Text, double Factor = 1)
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

        return s_names.TryGetValue(tight.ToLowerInvariant(), out UnitName known) ? known : new UnitName(ImageUnit.Other, Shown(text));
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

    // A damaged text holds what came behind it: only what looks like a unit is shown.
    private static string Shown(string text) =>
        text.Length <= 16 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is ' ' or '/' or '.' or '*' or '^' or '%' or '{' or '}' or '[' or ']' or '\'' or '(' or ')' or '-' or '_') ? text : "an unreadable unit";
}

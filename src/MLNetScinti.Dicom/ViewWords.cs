using System.Text;

namespace MLNetScinti.Dicom;

/// <summary>The views that people name in image names and descriptions, and the words that only look like it.</summary>
internal static class ViewWords
{
    private static readonly HashSet<string> s_left = new(StringComparer.Ordinal) { "LEFT", "LT", "LFT", "L", "GAUCHE", "LINKS", "IZQ", "IZQUIERDA", "SIN", "SX" };
    private static readonly HashSet<string> s_right = new(StringComparer.Ordinal) { "RIGHT", "RT", "RGT", "R", "DROIT", "DROITE", "RECHTS", "DER", "DERECHA", "DEX", "DX" };

    // Beside these, "post" is a view; beside anything else it may be "after": post chemo, post void, post 24 h.
    private static readonly HashSet<string> s_neutral = new(StringComparer.Ordinal)
    {
        "WB", "WHOLE", "BODY", "WHOLEBODY", "TOTAL", "BONE", "BONES", "SCAN", "SCANS", "STATIC", "STATICS", "SPOT", "SPOTS", "VIEW", "VIEWS", "PROJ", "PROJECTION", "IMAGE", "IMG", "PLANAR", "FACE", "VUE",
        "HEAD", "NECK", "SKULL", "THORAX", "CHEST", "LUNG", "LUNGS", "RIBS", "SPINE", "ABDOMEN", "ABD", "PELVIS", "HIPS", "KIDNEY", "KIDNEYS", "RENAL", "LIVER", "FEMUR", "FEMURS", "KNEE",
        "KNEES", "LEGS", "FEET", "FOOT", "HANDS", "ARMS", "SHOULDERS",
        "H", "D", "DET", "DETECTOR", "EM", "E", "SCATTER", "UPPER", "LOWER", "PERFUSION", "VENTILATION", "ANT", "ANTERIOR", "POST", "POSTERIOR", "1", "2",
    };

    // What "post" may be the time after, of the above.
    private static readonly HashSet<string> s_events = new(StringComparer.Ordinal) { "SCAN", "SCANS", "IMAGE", "IMG", "PERFUSION", "VENTILATION" };

    // What else may stand behind a view: what was given, when, what was looked at, how it was acquired.
    private static readonly HashSet<string> s_company = new(StringComparer.Ordinal)
    {
        "LEFT", "RIGHT", "LT", "RT", "L", "R", "LAT", "LATERAL", "LLAT", "RLAT", "LTLAT", "RTLAT", "LL", "RL", "OBL", "OBLIQUE", "OBLIQ", "RAO", "LAO", "RPO", "LPO", "VOID", "AND", "OR", "WITH", "AT", "PROJECTIONS", "PICTURE",
        "ACQUISITION", "ACQ", "CAMERA", "GEOMETRIC", "MEAN", "GM", "RAW", "DATA", "FRAME", "FRAMES", "PHASE", "STUDY", "PART", "ZOOM", "PINHOLE", "LEHR", "LEAP", "MEHR", "MEGP", "HEGP",
        "PRONE", "SUPINE", "SITTING", "ERECT", "UPRIGHT", "STANDING", "LYING", "MARKER", "MARKERS", "MARKED", "TRANSMISSION", "EMISSION", "CO", "FLOOD",
        "MIN", "MINS", "MINUTE", "MINUTES", "HR", "HRS", "HOUR", "HOURS", "SEC", "S", "M", "DAY", "DAYS", "T", "EARLY", "LATE", "DELAYED", "DELAY", "IMMEDIATE", "INITIAL", "PRE", "POST",
        "FLOW", "POOL", "BLOOD", "BLOODPOOL", "VASCULAR", "DYNAMIC", "DYN", "GATED", "MUGA", "REST", "STRESS", "WASHOUT", "CINE", "SUM", "SUMMED",
        "TC", "TL", "GA", "IN", "I", "LU", "XE", "KR", "MDP", "HDP", "HMDP", "DPD", "DMSA", "DTPA", "MAG", "EC", "MIBI", "SESTAMIBI", "TETROFOSMIN", "MIBG", "MAA", "HIDA", "IDA",
        "MEBROFENIN", "TECHNEGAS", "WBC", "RBC", "HMPAO", "ECD", "OCTREOTIDE", "TEKTROTYD", "PYP", "PERTECHNETATE", "IODINE", "SULFUR", "COLLOID", "NANOCOLLOID", "MARROW",
        "THYROID", "PARATHYROID", "HEART", "CARDIAC", "SPLEEN", "BLADDER", "STOMACH", "GASTRIC", "BOWEL", "COLON", "ESOPHAGUS", "BRAIN", "BREAST", "BREASTS", "AXILLA", "GROIN", "SALIVARY",
        "PAROTID", "PAROTIDS", "SHOULDER", "ELBOW", "ELBOWS", "WRIST", "WRISTS", "HAND", "ARM", "HIP", "LEG", "THIGH", "THIGHS", "TIBIAS", "ANKLE", "ANKLES", "FOREARM", "FOREARMS",
        "STERNUM", "LSPINE", "TSPINE", "LUMBAR", "THORACIC", "CERVICAL", "TORSO", "TRUNK", "UPPER", "LOWER", "EXTREMITIES", "HEPATOBILIARY", "LYMPH", "NODES", "SENTINEL", "CAROTIDS",
        "KIDNEYS", "RENOGRAM", "NIEREN", "NIERE", "REINS", "SKELETT", "SCHILDDRUESE", "LUNGE", "POUMONS", "COEUR",
    };

    // With these, "anterior" and "posterior" are where something lies in the body, not from where it is looked at.
    private static readonly HashSet<string> s_structures = new(StringComparer.Ordinal)
    {
        "FOSSA", "FOSA", "FOSSE", "WALL", "WALLS", "PARED", "PAROI", "TIBIAL", "TIBIALIS", "CRUCIATE", "LIGAMENT", "LIGAMENTS", "MEDIASTINUM", "MEDIASTINAL", "DESCENDING", "URETHRAL",
        "URETHRA", "VALVE", "VALVES", "COMMUNICATING", "CIRCULATION", "ARTERY", "VEIN", "HORN", "HORNS", "LOBE", "SEGMENT", "COLUMN", "COLUMNS", "CHAMBER", "PITUITARY", "UVEITIS", "ILIAC",
        "SUPERIOR", "INFERIOR", "COMPARTMENT", "CORD", "ROOT", "NERVE", "MENISCUS", "MALLEOLUS", "VENTRICLE", "VENTRICLES", "CONDYLE", "EPICONDYLE", "HEMIBLOCK", "FASCICULAR", "INFARCT",
        "INFARCTION", "MI", "ISCHEMIA", "ISCHAEMIA", "DEFECT", "SEPTUM", "SEPTAL", "ARCH", "ELEMENTS", "PROCESS", "TUBEROSITY", "CORTEX", "THIRD", "ASPECT", "SURFACE", "BORDER", "MARGIN",
        "TONGUE", "TRIANGLE", "FONTANELLE", "TEAR", "FRACTURE", "DISLOCATION", "FUSION", "CAPSULE", "RESECTION", "APPROACH", "SCLEROSIS", "EXENTERATION", "TIBIALE", "LEUKODYSTROPHY",
        "ENCEPHALOPATHY", "REVERSIBLE", "CORTICAL", "CIRCUMFLEX", "PAPILLARY", "AXILLARY",
    };

    private static readonly HashSet<string> s_denials = new(StringComparer.Ordinal) { "NOT", "NO", "NON", "WITHOUT", "EXCEPT", "INSTEAD", "NEVER", "OHNE", "KEIN", "KEINE", "NICHT", "STATT", "SANS", "PAS", "SENZA", "ZONDER", "GEEN" };

    /// <summary>The view that a text names, or unknown where it names none or more than one.</summary>
    public static DetectorView Of(string text)
    {
        string[] tokens = Tokens(text);
        if (Array.Exists(tokens, s_structures.Contains))
        {
            return DetectorView.Unknown;
        }

        if (tokens.Contains("ANTERO", StringComparer.Ordinal) || tokens.Contains("POSTERO", StringComparer.Ordinal))
        {
            return DetectorView.Unknown;
        }

        int oblique = Array.FindIndex(tokens, token => token is "OBLIQUE" or "OBL" or "OBLIQ");
        if (oblique >= 0)
        {
            return IsDenied(tokens, oblique) ? DetectorView.Unknown : DetectorView.Oblique;
        }

        HashSet<DetectorView> named = [];
        bool isPlain = Array.TrueForAll(tokens, token => s_neutral.Contains(token) || token is "LL" or "RL");
        for (int i = 0; i < tokens.Length; i++)
        {
            if (IsDenied(tokens, i) || !IsInCompany(tokens, i + 1))
            {
                continue;
            }

            DetectorView view = tokens[i] switch
            {
                "ANT" or "ANTERIOR" or "ANTERIEUR" or "ANTERIEURE" => DetectorView.Anterior,
                "POSTERIOR" or "POSTERIEUR" or "POSTERIEURE" => DetectorView.Posterior,
                // A number or a day behind it tells when: post 1 h, post D1; so does what has been done by then: post scan, post bone scan.
                "POST" when isPlain && !IsTime(tokens, i + 1) && !Array.Exists(tokens[(i + 1)..], s_events.Contains) => DetectorView.Posterior,
                "LLAT" or "LTLAT" or "LATLT" or "LEFTLAT" or "LEFTLATERAL" or "LLATERAL" or "LTLATERAL" => DetectorView.LeftLateral,
                "RLAT" or "RTLAT" or "LATRT" or "RIGHTLAT" or "RIGHTLATERAL" or "RLATERAL" or "RTLATERAL" => DetectorView.RightLateral,
                "LL" when isPlain => DetectorView.LeftLateral,
                "RL" when isPlain => DetectorView.RightLateral,
                "RAO" or "LAO" or "RPO" or "LPO" => DetectorView.Oblique,
                "LAT" or "LATERAL" or "LATERALE" or "PROFIL" or "SEITLICH" => Lateral(tokens, i),
                _ => DetectorView.Unknown,
            };
            named.Add(view);
        }

        named.Remove(DetectorView.Unknown);
        return named.Count == 1 ? named.Single() : DetectorView.Unknown;
    }

    private static bool IsDenied(string[] tokens, int at)
    {
        const int reach = 3;
        return Array.Exists(tokens[Math.Max(0, at - reach)..at], s_denials.Contains);
    }

    // "POST1" alone is the name of a view.
    private static bool IsTime(string[] tokens, int next) => next < tokens.Length && ((char.IsDigit(tokens[next][0]) && tokens.Length > 2)
        || (tokens[next] is ['D' or 'H', .. var number] && (number.Length > 0 ? number.All(char.IsDigit) : next + 1 < tokens.Length && char.IsDigit(tokens[next + 1][0]))));

    // An adjective speaks of what stands behind it, and only of some of that it says from where it was looked at.
    private static bool IsInCompany(string[] tokens, int next) =>
        next >= tokens.Length || char.IsDigit(tokens[next][0]) || s_neutral.Contains(tokens[next]) || s_company.Contains(tokens[next]) || s_denials.Contains(tokens[next]) || s_left.Contains(tokens[next]) || s_right.Contains(tokens[next]);

    // The side must stand beside the word: the right knee from the left is a left lateral of a right knee.
    private static DetectorView Lateral(string[] tokens, int at)
    {
        if (Array.Exists(tokens, token => token.StartsWith("DECUB", StringComparison.Ordinal)))
        {
            // How the patient lies, not from where the camera looks.
            return DetectorView.Unknown;
        }

        bool left = false, right = false;
        bool Side(int place)
        {
            bool isLeft = place >= 0 && place < tokens.Length && s_left.Contains(tokens[place]);
            bool isRight = place >= 0 && place < tokens.Length && s_right.Contains(tokens[place]);
            (left, right) = (left || isLeft, right || isRight);
            return isLeft || isRight;
        }

        for (int before = at - 1; Side(before); before--)
        {
        }

        if (!left && !right)
        {
            Side(at + 1);
        }

        return left == right ? DetectorView.Unknown : left ? DetectorView.LeftLateral : DetectorView.RightLateral;
    }

    /// <summary>The words of a text in capitals without accents; numbers are words of their own.</summary>
    private static string[] Tokens(string text)
    {
        StringBuilder plain = new(text.Length);
        char last = ' ';
        foreach (char accented in text.ToUpperInvariant())
        {
            char character = accented is 'É' or 'È' or 'Ê' ? 'E' : accented;
            bool isLetter = char.IsLetter(character), isDigit = char.IsDigit(character);
            if ((isLetter && char.IsDigit(last)) || (isDigit && char.IsLetter(last)))
            {
                plain.Append(' ');
            }

            plain.Append(isLetter || isDigit ? character : ' ');
            last = character;
        }

        return plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}

namespace MLNetScinti.Dicom;

/// <summary>Parts of the body, as coarse as two images must share one to show the same organs.</summary>
[Flags]
public enum ImagedRegion
{
    /// <summary>Not told, or in a word that is none of the standard's.</summary>
    Unknown = 0,

    /// <summary>Head with brain, eyes, jaws and salivary glands.</summary>
    Head = 1,

    /// <summary>Neck with thyroid and parathyroids.</summary>
    Neck = 2,

    /// <summary>Chest with heart, lungs and breasts.</summary>
    Chest = 4,

    /// <summary>Abdomen with liver, spleen, kidneys, stomach and bowel.</summary>
    Abdomen = 8,

    /// <summary>Pelvis with bladder, prostate and hips.</summary>
    Pelvis = 16,

    /// <summary>Shoulders, arms and hands.</summary>
    Arms = 32,

    /// <summary>Thighs, legs and feet.</summary>
    Legs = 64,

    /// <summary>All of it.</summary>
    WholeBody = 127,
}

/// <summary>Which region a Body Part Examined (0018,0015) speaks of: the defined terms of PS3.16 table L-1, as far as nuclear medicine images them.</summary>
public static class ImagedRegions
{
    private static readonly Dictionary<string, ImagedRegion> s_terms = new(StringComparer.Ordinal)
    {
        ["WHOLEBODY"] = ImagedRegion.WholeBody,
        ["BODY"] = ImagedRegion.WholeBody,
        ["TRUNK"] = ImagedRegion.Chest | ImagedRegion.Abdomen | ImagedRegion.Pelvis,
        ["HEAD"] = ImagedRegion.Head,
        ["BRAIN"] = ImagedRegion.Head,
        ["SKULL"] = ImagedRegion.Head,
        ["EYE"] = ImagedRegion.Head,
        ["JAW"] = ImagedRegion.Head,
        ["HEADNECK"] = ImagedRegion.Head | ImagedRegion.Neck,
        ["PAROTID"] = ImagedRegion.Head | ImagedRegion.Neck,
        ["NECK"] = ImagedRegion.Neck,
        ["THYROID"] = ImagedRegion.Neck | ImagedRegion.Chest,
        ["PARATHYROID"] = ImagedRegion.Neck | ImagedRegion.Chest,
        ["NECKCHEST"] = ImagedRegion.Neck | ImagedRegion.Chest,
        ["CHEST"] = ImagedRegion.Chest,
        ["THORAX"] = ImagedRegion.Chest,
        ["HEART"] = ImagedRegion.Chest,
        ["LUNG"] = ImagedRegion.Chest,
        ["BREAST"] = ImagedRegion.Chest,
        ["MEDIASTINUM"] = ImagedRegion.Chest,
        ["CHESTABDOMEN"] = ImagedRegion.Chest | ImagedRegion.Abdomen,
        ["CHESTABDPELVIS"] = ImagedRegion.Chest | ImagedRegion.Abdomen | ImagedRegion.Pelvis,
        ["ABDOMEN"] = ImagedRegion.Abdomen,
        ["KIDNEY"] = ImagedRegion.Abdomen,
        ["KIDNEYS"] = ImagedRegion.Abdomen,
        ["RENAL"] = ImagedRegion.Abdomen,
        ["RETROPERITONEUM"] = ImagedRegion.Abdomen,
        ["ADRENAL"] = ImagedRegion.Abdomen,
        ["LIVER"] = ImagedRegion.Abdomen,
        ["SPLEEN"] = ImagedRegion.Abdomen,
        ["STOMACH"] = ImagedRegion.Abdomen,
        ["PANCREAS"] = ImagedRegion.Abdomen,
        ["GALLBLADDER"] = ImagedRegion.Abdomen,
        ["BILEDUCT"] = ImagedRegion.Abdomen,
        ["BOWEL"] = ImagedRegion.Abdomen | ImagedRegion.Pelvis,
        ["ABDOMENPELVIS"] = ImagedRegion.Abdomen | ImagedRegion.Pelvis,
        ["LSPINE"] = ImagedRegion.Abdomen | ImagedRegion.Pelvis,
        ["TSPINE"] = ImagedRegion.Chest | ImagedRegion.Abdomen,
        ["CSPINE"] = ImagedRegion.Neck,
        ["SPINE"] = ImagedRegion.Neck | ImagedRegion.Chest | ImagedRegion.Abdomen | ImagedRegion.Pelvis,
        ["PELVIS"] = ImagedRegion.Pelvis,
        ["BLADDER"] = ImagedRegion.Pelvis,
        ["PROSTATE"] = ImagedRegion.Pelvis,
        ["HIP"] = ImagedRegion.Pelvis | ImagedRegion.Legs,
        ["SHOULDER"] = ImagedRegion.Arms | ImagedRegion.Chest,
        ["ARM"] = ImagedRegion.Arms,
        ["ELBOW"] = ImagedRegion.Arms,
        ["WRIST"] = ImagedRegion.Arms,
        ["HAND"] = ImagedRegion.Arms,
        ["LEG"] = ImagedRegion.Legs,
        ["THIGH"] = ImagedRegion.Legs | ImagedRegion.Pelvis,
        ["KNEE"] = ImagedRegion.Legs,
        ["ANKLE"] = ImagedRegion.Legs,
        ["FOOT"] = ImagedRegion.Legs,
        ["EXTREMITY"] = ImagedRegion.Arms | ImagedRegion.Legs,
    };

    /// <summary>The region of a body part.</summary>
    /// <param name="bodyPart">The term; its case, blanks and signs do not matter.</param>
    public static ImagedRegion Of(string bodyPart)
    {
        ArgumentNullException.ThrowIfNull(bodyPart);
        return s_terms.GetValueOrDefault(string.Concat(bodyPart.Where(char.IsLetterOrDigit)).ToUpperInvariant());
    }
}

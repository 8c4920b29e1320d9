using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>What a finding is.</summary>
public enum FindingKind
{
    /// <summary>A metastasis in bone.</summary>
    Metastasis,

    /// <summary>Arthritis of a joint, or degenerative disease of the spine.</summary>
    Arthritis,

    /// <summary>A healing fracture of a rib.</summary>
    Fracture,

    /// <summary>Injected activity beside the vein.</summary>
    Extravasation,

    /// <summary>Urine on skin or clothes.</summary>
    Contamination,

    /// <summary>Remnant of the thyroid, or carcinoma in its bed.</summary>
    Remnant,

    /// <summary>A metastasis in a lymph node.</summary>
    Node,

    /// <summary>Diffuse metastases of a lung.</summary>
    LungMetastases,
}

/// <summary>What a cohort draws of a finding: what, about where, how large, how hot. Where exactly follows from the patient's own body.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Region">Where it is.</param>
/// <param name="Side">On which side; null where the region lies in the middle.</param>
/// <param name="Diameter">Its diameter, mm; of findings along a rib the shorter one.</param>
/// <param name="Contrast">Its uptake relative to that of the bone around it; below 1 for a cold one. Of findings outside of bone, relative to soft tissue.</param>
internal sealed record FindingPlan(FindingKind Kind, BodyRegion Region, BodySide? Side, double Diameter, double Contrast)
{
    /// <summary>Which of the region's places, from 0 to 1.</summary>
    public double Place { get; init; }

    /// <summary>Where it is not 0, the part of all activity in the body that the finding holds; the contrast follows from it.</summary>
    public double Share { get; init; }

    /// <summary>A place of the reference body (parts of its length; cm above the table) for findings that have one.</summary>
    public (double X, double Y, double Depth)? At { get; init; }

    /// <summary>Extents along x, y and z relative to the diameter.</summary>
    public (double X, double Y, double Z) Stretch { get; init; } = (1, 1, 1);

    /// <summary>The part by name where one is meant ("left rib 7"); empty for any of the region.</summary>
    public string Part { get; init; } = "";

    /// <summary>Whether a lesion is cold in its middle and hot at its rim.</summary>
    public bool HasRim { get; init; }
}

/// <summary>A finding as it is in a patient: the truth about one lesion.</summary>
/// <param name="Number">Its number, from 1, in the patient and in masks.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Region">Where it is.</param>
/// <param name="Bone">The bone, or none.</param>
/// <param name="Side">The side, or null for what lies in the middle.</param>
/// <param name="Part">The part of the region: "T5", "left rib 7".</param>
/// <param name="Contrast">Uptake relative to the bone around it, or to soft tissue.</param>
/// <param name="Millilitres">Its volume within the bone.</param>
/// <param name="Centre">Its middle in mm: to the patient's left of the image's middle, down from the image's upper edge, up from the table.</param>
public sealed record WholeBodyFinding(int Number, FindingKind Kind, BodyRegion Region, SkeletalBone Bone, BodySide? Side, string Part, double Contrast, double Millilitres, Point3 Centre);

/// <summary>How much of a bone is lesion, in three dimensions.</summary>
/// <param name="Bone">The bone.</param>
/// <param name="Side">Its side; null for what is counted as a whole.</param>
/// <param name="Millilitres">The bone's volume.</param>
/// <param name="LesionMillilitres">The volume of the metastases in it.</param>
public sealed record BoneInvolvement(SkeletalBone Bone, BodySide? Side, double Millilitres, double LesionMillilitres)
{
    /// <summary>The involved part, from 0 to 1.</summary>
    public double Part => Millilitres > 0 ? LesionMillilitres / Millilitres : 0;
}

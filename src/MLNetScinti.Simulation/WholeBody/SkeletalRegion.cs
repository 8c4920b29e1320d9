using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation.WholeBody;

/// <summary>A region of the skeleton, or an organ, as its uptake is read on whole-body scans; most are paired.</summary>
public enum BodyRegion
{
    /// <summary>Vault of the skull.</summary>
    Cranium,

    /// <summary>Bones of the face.</summary>
    Face,

    /// <summary>Mandible.</summary>
    Mandible,

    /// <summary>Seven cervical vertebrae.</summary>
    CervicalSpine,

    /// <summary>Twelve thoracic vertebrae.</summary>
    ThoracicSpine,

    /// <summary>Five lumbar vertebrae.</summary>
    LumbarSpine,

    /// <summary>Sacrum.</summary>
    Sacrum,

    /// <summary>Manubrium of the sternum.</summary>
    Manubrium,

    /// <summary>Body of the sternum.</summary>
    SternalBody,

    /// <summary>Twelve ribs of a side.</summary>
    Ribs,

    /// <summary>Clavicle.</summary>
    Clavicle,

    /// <summary>Scapula.</summary>
    Scapula,

    /// <summary>Head of the humerus.</summary>
    HumeralHead,

    /// <summary>Shaft of the humerus.</summary>
    HumeralShaft,

    /// <summary>The bones' ends at the elbow.</summary>
    Elbow,

    /// <summary>Radius.</summary>
    Radius,

    /// <summary>Ulna.</summary>
    Ulna,

    /// <summary>Wrist and hand.</summary>
    Hand,

    /// <summary>Ilium.</summary>
    Ilium,

    /// <summary>Sacroiliac joint.</summary>
    SacroiliacJoint,

    /// <summary>Acetabulum and head of the femur.</summary>
    Hip,

    /// <summary>Pubis and ischium.</summary>
    PubisIschium,

    /// <summary>Neck and trochanters of the femur.</summary>
    Trochanter,

    /// <summary>Shaft of the femur.</summary>
    FemoralShaft,

    /// <summary>The bones' ends at the knee.</summary>
    Knee,

    /// <summary>Patella.</summary>
    Patella,

    /// <summary>Shaft of the tibia.</summary>
    TibialShaft,

    /// <summary>Fibula.</summary>
    Fibula,

    /// <summary>The bones' ends at the ankle, with talus and calcaneus.</summary>
    Ankle,

    /// <summary>Midfoot and forefoot.</summary>
    Foot,

    /// <summary>Kidney.</summary>
    Kidney,

    /// <summary>Urinary bladder.</summary>
    Bladder,

    /// <summary>Thyroid bed.</summary>
    Thyroid,

    /// <summary>Parotid and submandibular glands.</summary>
    SalivaryGlands,

    /// <summary>Nose.</summary>
    Nose,

    /// <summary>Stomach.</summary>
    Stomach,

    /// <summary>Bowel.</summary>
    Bowel,

    /// <summary>Liver.</summary>
    Liver,

    /// <summary>Lung.</summary>
    Lung,
}

/// <summary>A bone, or bones that are one in tables of the skeleton's mass.</summary>
public enum SkeletalBone
{
    /// <summary>No bone: an organ.</summary>
    None,

    /// <summary>Skull without mandible.</summary>
    Skull,

    /// <summary>Mandible.</summary>
    Mandible,

    /// <summary>Sternum.</summary>
    Sternum,

    /// <summary>All ribs.</summary>
    Ribs,

    /// <summary>Spine with sacrum.</summary>
    Spine,

    /// <summary>Both hip bones.</summary>
    Pelvis,

    /// <summary>Clavicle.</summary>
    Clavicle,

    /// <summary>Scapula.</summary>
    Scapula,

    /// <summary>Humerus.</summary>
    Humerus,

    /// <summary>Ulna.</summary>
    Ulna,

    /// <summary>Radius.</summary>
    Radius,

    /// <summary>Hand.</summary>
    Hand,

    /// <summary>Femur.</summary>
    Femur,

    /// <summary>Tibia.</summary>
    Tibia,

    /// <summary>Fibula.</summary>
    Fibula,

    /// <summary>Foot.</summary>
    Foot,
}

/// <summary>The regions of a body by name, in the order of their labels.</summary>
public static class BodyRegions
{
    private static readonly BodyRegion[] s_single =
    [
        BodyRegion.Cranium, BodyRegion.Face, BodyRegion.Mandible, BodyRegion.CervicalSpine, BodyRegion.ThoracicSpine, BodyRegion.LumbarSpine, BodyRegion.Sacrum, BodyRegion.Manubrium, BodyRegion.SternalBody,
        BodyRegion.Bladder, BodyRegion.Nose, BodyRegion.Stomach, BodyRegion.Bowel, BodyRegion.Liver,
    ];

    /// <summary>Names of all regions, each side for itself: a region's label is its place, from 1.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<BodyRegion>().SelectMany(region => IsPaired(region) ? [NameOf(region, BodySide.Left), NameOf(region, BodySide.Right)] : new[] { NameOf(region, null) })];

    /// <summary>Whether there is one on each side.</summary>
    public static bool IsPaired(BodyRegion region) => Array.IndexOf(s_single, region) < 0;

    /// <summary>What stands for a region in tables: "Ribs L", "Sacrum".</summary>
    public static string NameOf(BodyRegion region, BodySide? side) => side switch { BodySide.Left => $"{region} L", BodySide.Right => $"{region} R", _ => region.ToString() };

    /// <summary>The label of a region of this name, from 1; 0 where there is none.</summary>
    public static byte LabelOf(string name) => (byte)(s_labels.GetValueOrDefault(name) & 0xFF);

    private static readonly Dictionary<string, int> s_labels = Names.Index().ToDictionary(one => one.Item, one => one.Index + 1, StringComparer.Ordinal);
}

/// <summary>A part of the body with one uptake: a bone, a vertebra, a rib, a bone's end, an organ.</summary>
/// <param name="Region">The region that it belongs to.</param>
/// <param name="Bone">The bone that it is of; none for organs.</param>
/// <param name="Side">Its side; null for what lies in the middle.</param>
/// <param name="Name">What it is called: "T5", "left rib 7".</param>
/// <param name="Shapes">What it consists of, in the coordinates of the posed body.</param>
internal sealed record BodyPart(BodyRegion Region, SkeletalBone Bone, BodySide? Side, string Name, IReadOnlyList<BodyShape> Shapes)
{
    /// <summary>Activity in a millilitre relative to soft tissue, of a patient without findings.</summary>
    public double Uptake { get; init; }

    /// <summary>What stands for the region in tables: "Ribs L", "Sacrum".</summary>
    public string RegionName => BodyRegions.NameOf(Region, Side);
}

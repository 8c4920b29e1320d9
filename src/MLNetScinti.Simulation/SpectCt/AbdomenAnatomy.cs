using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Simulation.SpectCt;

/// <summary>What a point of the abdomen consists of.</summary>
public enum Tissue
{
    /// <summary>Air around the body.</summary>
    Air,

    /// <summary>Fat below the skin.</summary>
    SubcutaneousFat,

    /// <summary>Fat within the abdomen, that around the kidneys too.</summary>
    VisceralFat,

    /// <summary>Muscle, and other soft tissue without a label of its own.</summary>
    Muscle,

    /// <summary>Compact bone.</summary>
    CompactBone,

    /// <summary>Spongy bone.</summary>
    SpongyBone,

    /// <summary>Discs between vertebrae, and the spinal canal.</summary>
    Disc,

    /// <summary>Lung.</summary>
    Lung,

    /// <summary>Liver.</summary>
    Liver,

    /// <summary>Spleen.</summary>
    Spleen,

    /// <summary>Blood of the great vessels.</summary>
    Blood,

    /// <summary>Bowel and stomach, wall and fluid.</summary>
    Bowel,

    /// <summary>Stool.</summary>
    Stool,

    /// <summary>Gas in the bowel.</summary>
    Gas,

    /// <summary>Gallbladder.</summary>
    Gallbladder,

    /// <summary>Pancreas.</summary>
    Pancreas,

    /// <summary>A metastasis in the liver.</summary>
    Tumour,

    /// <summary>Cortex of the left kidney.</summary>
    LeftCortex,

    /// <summary>Medulla of the left kidney.</summary>
    LeftMedulla,

    /// <summary>Fat and vessels in the left kidney's sinus.</summary>
    LeftSinus,

    /// <summary>Urine in a dilated pelvis of the left kidney.</summary>
    LeftUrine,

    /// <summary>A cyst of the left kidney.</summary>
    LeftCyst,

    /// <summary>Cortex of the right kidney.</summary>
    RightCortex,

    /// <summary>Medulla of the right kidney.</summary>
    RightMedulla,

    /// <summary>Fat and vessels in the right kidney's sinus.</summary>
    RightSinus,

    /// <summary>Urine in a dilated pelvis of the right kidney.</summary>
    RightUrine,

    /// <summary>A cyst of the right kidney.</summary>
    RightCyst,
}

/// <summary>What is to be known of tissues.</summary>
public static class Tissues
{
    /// <summary>Number of tissues.</summary>
    public const int Count = (int)Tissue.RightCyst + 1;

    /// <summary>Whether a label is functioning tissue of a kidney, which is what masks of kidneys hold.</summary>
    public static bool IsKidney(Tissue tissue) => tissue is Tissue.LeftCortex or Tissue.LeftMedulla or Tissue.RightCortex or Tissue.RightMedulla;

    /// <summary>The side of a kidney's tissue, sinus, urine or cyst; null for anything else.</summary>
    public static BodySide? SideOf(Tissue tissue) => tissue switch
    {
        >= Tissue.LeftCortex and <= Tissue.LeftCyst => BodySide.Left,
        >= Tissue.RightCortex and <= Tissue.RightCyst => BodySide.Right,
        _ => null,
    };
}

/// <summary>A cyst: a sphere of fluid in or on a kidney.</summary>
/// <param name="Side">Whose kidney.</param>
/// <param name="Centre">Its middle in the kidney's own frame, mm.</param>
/// <param name="Radius">Its radius, mm.</param>
/// <param name="Hounsfield">Its value on CT, HU.</param>
public sealed record RenalCyst(BodySide Side, Point3 Centre, double Radius, double Hounsfield)
{
    /// <summary>Its volume as a sphere, ml.</summary>
    public double Millilitres => 4.0 / 3 * Math.PI * Radius * Radius * Radius / 1000;
}

/// <summary>
/// An adult's abdomen as a CT sees it. Patient coordinates (to the left, the back, the head), mm; the body's axis is x = y = 0, and z = 0 lies between the first
/// and the second lumbar vertebra.
/// </summary>
public sealed record AbdomenAnatomy
{
    /// <summary>Half the body's width, mm.</summary>
    public required double HalfWidth { get; init; }

    /// <summary>Half the body's depth, mm.</summary>
    public required double HalfDepth { get; init; }

    /// <summary>Fat below the skin at the side, mm; in front it is more, at the back less.</summary>
    public required double FatThickness { get; init; }

    /// <summary>Thickness of the wall of muscle, mm.</summary>
    public required double WallThickness { get; init; }

    /// <summary>Fat between each kidney and its neighbours, mm.</summary>
    public required double PerirenalFat { get; init; }

    /// <summary>Height of the spine's parts relative to an adult of 170 cm.</summary>
    public required double SpineScale { get; init; }

    /// <summary>The middle of the vertebrae from the body's axis, mm to the back.</summary>
    public required double SpineDepth { get; init; }

    /// <summary>Bend of the spine to the left over 100 mm, mm.</summary>
    public required double Scoliosis { get; init; }

    /// <summary>Whether the arms lie beside the body.</summary>
    public required bool ArmsDown { get; init; }

    /// <summary>Volume of the liver, ml.</summary>
    public required double LiverMillilitres { get; init; }

    /// <summary>Volume of the spleen, ml.</summary>
    public required double SpleenMillilitres { get; init; }

    /// <summary>The left kidney; null where there is none.</summary>
    public required KidneyAnatomy? Left { get; init; }

    /// <summary>The right kidney; null where there is none.</summary>
    public required KidneyAnatomy? Right { get; init; }

    /// <summary>Whether the kidneys are joined at their lower poles.</summary>
    public required bool IsHorseshoe { get; init; }

    /// <summary>Kidneys whose pelvis is dilated.</summary>
    public required IReadOnlyList<BodySide> Dilated { get; init; }

    /// <summary>Cysts.</summary>
    public required IReadOnlyList<RenalCyst> Cysts { get; init; }

    /// <summary>Metastases in the liver: middles and radii, mm, relative to the liver's middle.</summary>
    public required IReadOnlyList<(Point3 Centre, double Radius)> Tumours { get; init; }

    /// <summary>Where this patient's bowel, and the tissues' slow unevenness, are drawn from.</summary>
    public required (ulong Seed, ulong Patient) Stream { get; init; }

    /// <summary>How far the liver, and what moves with it, is from its place, mm.</summary>
    public Point3 LiverShift { get; init; }

    /// <summary>How far the spleen and the stomach are from their place, mm.</summary>
    public Point3 SpleenShift { get; init; }

    /// <summary>The kidney of a side; null where there is none.</summary>
    public KidneyAnatomy? Of(BodySide side) => side == BodySide.Left ? Left : Right;

    /// <summary>The same body at another phase of breathing: organs move, bones and skin stay.</summary>
    /// <param name="left">The left kidney's displacement, mm; that of spleen and stomach too.</param>
    /// <param name="right">The right kidney's displacement, mm; that of the liver too.</param>
    public AbdomenAnatomy Displaced(Point3 left, Point3 right) => this with
    {
        Left = Left is { } l ? l with { Centre = l.Centre + left } : null,
        Right = Right is { } r ? r with { Centre = r.Centre + right } : null,
        LiverShift = LiverShift + right,
        SpleenShift = SpleenShift + left,
    };
}

/// <summary>A solid of one tissue, and what it may replace.</summary>
/// <param name="Tissue">The tissue.</param>
/// <param name="Shape">The solid.</param>
/// <param name="Onto">Which tissues it replaces, one bit for each; all where null.</param>
internal readonly record struct TissueShape(Tissue Tissue, BodyShape Shape, uint Onto = uint.MaxValue)
{
    /// <summary>The bits of some tissues.</summary>
    public static uint Bits(params ReadOnlySpan<Tissue> tissues)
    {
        uint bits = 0;
        foreach (Tissue tissue in tissues)
        {
            bits |= 1u << (int)tissue;
        }

        return bits;
    }
}

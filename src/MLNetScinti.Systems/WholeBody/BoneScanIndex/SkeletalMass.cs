using MLNetScinti.Imaging;
using MLNetScinti.Simulation.WholeBody;

namespace MLNetScinti.Systems.WholeBody.BoneScanIndex;

/// <summary>A bone, or bones that are one in the table of the skeleton's mass.</summary>
/// <param name="Bone">The bone.</param>
/// <param name="Side">Its side; null for what is counted as a whole.</param>
/// <param name="Percent">Its part of the skeleton's mass, percent; all of them sum to 100.</param>
public sealed record SkeletalShare(SkeletalBone Bone, BodySide? Side, double Percent)
{
    /// <summary>What it is called in tables: "Spine", "Femur L".</summary>
    public string Name => Side switch { BodySide.Left => $"{Bone} L", BodySide.Right => $"{Bone} R", _ => Bone.ToString() };
}

/// <summary>
/// Which part of the skeleton's mass each bone has (Spiers FW, Radioisotopes in the Human Body, 1968). The printed parts sum to 100.1 percent and are
/// scaled to 100, so that an index of 100 is a skeleton that is involved everywhere.
/// </summary>
public static class SkeletalMass
{
    private static readonly (SkeletalBone Bone, double Percent)[] s_whole =
    [
        (SkeletalBone.Skull, 16.6), (SkeletalBone.Mandible, 1.8), (SkeletalBone.Sternum, .3), (SkeletalBone.Ribs, 4.4), (SkeletalBone.Spine, 8.3), (SkeletalBone.Pelvis, 7.5),
    ];

    private static readonly (SkeletalBone Bone, double Percent)[] s_each =
    [
        (SkeletalBone.Clavicle, .5), (SkeletalBone.Scapula, 1.5), (SkeletalBone.Humerus, 3.3), (SkeletalBone.Ulna, 1.5), (SkeletalBone.Radius, 1.2),
        (SkeletalBone.Hand, 1.5), (SkeletalBone.Femur, 8.9), (SkeletalBone.Tibia, 5.1), (SkeletalBone.Fibula, 1.3), (SkeletalBone.Foot, 5.8),
    ];

    /// <summary>All bones, those in the middle first.</summary>
    public static IReadOnlyList<SkeletalShare> Shares { get; } = Scaled();

    /// <summary>The index of a body whose involvement is known: the sum over all bones of the involved part times the bone's share, percent.</summary>
    public static double IndexOf(IEnumerable<BoneInvolvement> bones)
    {
        ArgumentNullException.ThrowIfNull(bones);
        return bones.Sum(bone => bone.Part * (Shares.FirstOrDefault(share => share.Bone == bone.Bone && share.Side == bone.Side)?.Percent ?? 0));
    }

    private static SkeletalShare[] Scaled()
    {
        SkeletalShare[] printed =
        [
            .. s_whole.Select(one => new SkeletalShare(one.Bone, null, one.Percent)),
            .. s_each.SelectMany(one => new[] { new SkeletalShare(one.Bone, BodySide.Left, one.Percent), new SkeletalShare(one.Bone, BodySide.Right, one.Percent) }),
        ];
        double sum = printed.Sum(share => share.Percent);
        return [.. printed.Select(share => share with { Percent = share.Percent * 100 / sum })];
    }
}

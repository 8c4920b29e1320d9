using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>What is true of one kidney of a simulated patient, on the grid of an image.</summary>
/// <param name="Side">The kidney.</param>
/// <param name="Geometry">The grid: that of the reconstruction, or of any box cut out of it.</param>
/// <param name="Labels">
/// A label for each voxel, ordered as <see cref="Volume.Voxels"/> (sections, then rows, then columns): 0 outside the kidney's
/// functioning tissue (renal pelvis included), 1 in it, k + 2 in defect k of <paramref name="Defects"/>.
/// </param>
/// <param name="Defects">The cortical defects, the largest first; none in a normal kidney.</param>
/// <param name="Centres">The middle of each defect's mouth on the kidney's surface, in patient coordinates, mm; as many as there are defects.</param>
public sealed record KidneyTruth(
    BodySide Side, ImageGeometry Geometry, byte[] Labels, IReadOnlyList<CorticalDefect> Defects, IReadOnlyList<Point3> Centres)
{
    /// <summary>The label of functioning tissue without a defect.</summary>
    public const byte Intact = 1;

    /// <summary>The label of the largest defect; the next one has the next number.</summary>
    public const byte FirstDefect = 2;

    /// <summary>Whether a voxel lies in any defect.</summary>
    /// <param name="index">The voxel's place in <see cref="Labels"/>.</param>
    public bool IsDefect(int index) => Labels[index] >= FirstDefect;
}

using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>
/// The place of a kidney in its cube, its defects included as far as they can be told from the image: what takes up well, closed
/// over notches and filled.
/// </summary>
/// <param name="Mask">The voxels of the kidney.</param>
/// <param name="Typical">The median of what takes up well: what a defect would hold if it were none.</param>
/// <param name="Box">The smallest box around the mask.</param>
internal sealed record OrganHull(bool[] Mask, float Typical, IndexBox Box)
{
    // Of the robust maximum; the usual edge of a kidney in SPECT. KidneySeparation finds kidneys in the same way.
    private const float Edge = 0.4f;

    // Half of the width of notches that are closed, mm: scars of a DMSA scan are hardly wider than two of these.
    private const double Reach = 12;

    /// <summary>The kidney in a cube, or null where the cube is empty.</summary>
    /// <param name="image">Counts.</param>
    /// <param name="geometry">The cube.</param>
    public static OrganHull? Of(ReadOnlySpan<float> image, ImageGeometry geometry)
    {
        ImageShape shape = geometry.Shape;
        // The value that half a millilitre exceeds is not moved by a hot voxel.
        float[] sorted = image.ToArray();
        Array.Sort(sorted);
        float top = sorted[Math.Max(0, sorted.Length - Math.Max(1, (int)Math.Ceiling(500 / geometry.VoxelVolume)))];
        if (!(top > 0))
        {
            return null;
        }

        bool[] uptake = new bool[image.Length];
        for (int i = 0; i < uptake.Length; i++)
        {
            uptake[i] = image[i] >= Edge * top;
        }

        LabelledRegions regions = LabelledRegions.Find(uptake, shape);
        int largest = regions.Regions.MaxBy(region => region.Voxels)!.Label;
        bool[] kidney = Array.ConvertAll(regions.Labels, label => label == largest);
        List<float> values = [];
        for (int i = 0; i < kidney.Length; i++)
        {
            if (kidney[i])
            {
                values.Add(image[i]);
            }
        }

        values.Sort();
        int steps = (int)Math.Round(Reach / Math.Max(geometry.ColumnSpacing, Math.Max(geometry.RowSpacing, geometry.SectionSpacing)));
        bool[] closed = kidney;
        for (int step = 0; step < steps; step++)
        {
            closed = Morphology.Dilate(closed, shape);
        }

        for (int step = 0; step < steps; step++)
        {
            closed = Morphology.Erode(closed, shape);
        }

        // Near the edge of the cube the erosion takes more than the dilation gave.
        for (int i = 0; i < closed.Length; i++)
        {
            closed[i] |= kidney[i];
        }

        bool[] mask = Morphology.FillHoles(closed, shape);
        return new OrganHull(mask, values[values.Count / 2], BoxOf(mask, shape));
    }

    private static IndexBox BoxOf(bool[] mask, ImageShape shape)
    {
        (int s0, int s1, int r0, int r1, int c0, int c1) = (int.MaxValue, -1, int.MaxValue, -1, int.MaxValue, -1);
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i])
            {
                int s = i / shape.PlaneLength, r = i % shape.PlaneLength / shape.Columns, c = i % shape.Columns;
                (s0, s1) = (Math.Min(s0, s), Math.Max(s1, s));
                (r0, r1) = (Math.Min(r0, r), Math.Max(r1, r));
                (c0, c1) = (Math.Min(c0, c), Math.Max(c1, c));
            }
        }

        return new IndexBox(s0, s1, r0, r1, c0, c1);
    }
}

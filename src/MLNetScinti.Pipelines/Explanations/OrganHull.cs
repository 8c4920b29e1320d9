using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>
/// The place of an organ in its cube, its defects included as far as they can be told from the image: what takes up well, closed
/// over notches and filled. A pole that is gone altogether cannot be told from the outside.
/// </summary>
/// <param name="Mask">The voxels of the organ.</param>
/// <param name="Whole">
/// What the cube would hold if the organ took up its typical amount everywhere, seen with the resolution of the images: at the
/// edges of an intact organ that is about what is there, so that filling in changes little but defects.
/// </param>
/// <param name="Box">The smallest box around the mask.</param>
public sealed record OrganHull(bool[] Mask, float[] Whole, IndexBox Box)
{
    // Of the robust maximum: what surely takes up well.
    private const float Uptake = 0.4f;

    // Of the typical uptake: where the edge of a blurred body is.
    private const float Edge = 0.5f;

    // The radius of the ball that closes notches, mm: more than half the width of most defects, less than the organ's curvature.
    private const double Reach = 16;

    /// <summary>The organ in a cube, or null where the cube is empty.</summary>
    /// <param name="image">Counts.</param>
    /// <param name="geometry">The cube.</param>
    /// <param name="resolution">The resolution of the images, FWHM in mm.</param>
    public static OrganHull? Of(ReadOnlySpan<float> image, ImageGeometry geometry, double resolution)
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

        float[] values = Inside(image, Largest(image, shape, Uptake * top));
        Array.Sort(values);
        float typical = values[values.Length / 2];
        bool[] mask = Morphology.FillHoles(
            Morphology.Close(Largest(image, shape, Edge * typical), shape, Reach, geometry.SectionSpacing, geometry.RowSpacing, geometry.ColumnSpacing), shape);
        float[] whole = Array.ConvertAll(mask, inside => inside ? typical : 0);
        double deviation = resolution * GaussianFilter.DeviationPerFwhm;
        GaussianFilter.Apply(whole, shape, deviation / geometry.SectionSpacing, deviation / geometry.RowSpacing, deviation / geometry.ColumnSpacing);
        // What is closed over a region holds at least the region.
        return new OrganHull(mask, whole, IndexBox.Of(mask, shape)!.Value);
    }

    private static bool[] Largest(ReadOnlySpan<float> image, ImageShape shape, float least)
    {
        bool[] above = new bool[image.Length];
        for (int i = 0; i < above.Length; i++)
        {
            above[i] = image[i] >= least;
        }

        LabelledRegions regions = LabelledRegions.Find(above, shape);
        return regions.MaskOf(regions.Regions.MaxBy(region => region.Voxels)!.Label);
    }

    private static float[] Inside(ReadOnlySpan<float> image, bool[] mask)
    {
        List<float> values = [];
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i])
            {
                values.Add(image[i]);
            }
        }

        return [.. values];
    }
}

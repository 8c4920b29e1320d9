using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>
/// The place of a kidney in its cube, its defects included as far as they can be told from the image: what takes up well, closed
/// over notches and filled. A pole that is gone altogether cannot be told from the outside.
/// </summary>
/// <param name="Mask">The voxels of the kidney.</param>
/// <param name="Whole">
/// What the cube would hold if the kidney took up its typical amount everywhere, seen with the resolution of the images: at the
/// edges of an intact kidney that is about what is there, so that filling in changes little but defects.
/// </param>
/// <param name="Box">The smallest box around the mask.</param>
public sealed record OrganHull(bool[] Mask, float[] Whole, IndexBox Box)
{
    // Of the robust maximum: what surely takes up well.
    private const float Uptake = 0.4f;

    // Of the typical uptake: where the edge of a blurred body is.
    private const float Edge = 0.5f;

    // The radius of the ball that closes notches, mm: more than half the width of most scars, less than a kidney's curvature.
    private const double Reach = 16;

    /// <summary>The kidney in a cube, or null where the cube is empty.</summary>
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
        bool[] mask = Close(Largest(image, shape, Edge * typical), geometry);
        float[] whole = Array.ConvertAll(mask, inside => inside ? typical : 0);
        double deviation = resolution * GaussianFilter.DeviationPerFwhm;
        GaussianFilter.Apply(whole, shape, deviation / geometry.SectionSpacing, deviation / geometry.RowSpacing, deviation / geometry.ColumnSpacing);
        return new OrganHull(mask, whole, BoxOf(mask, shape));
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

    /// <summary>The mask with the notches into which no ball fits: grown by the ball, and what surrounds that grown back.</summary>
    private static bool[] Close(bool[] kidney, ImageGeometry geometry)
    {
        // With a margin for the ball on all sides: the cube's faces are no wall that a notch could be against.
        (int S, int R, int C)[] ball = Ball(geometry);
        int margin = ball.Max(step => Math.Max(step.S, Math.Max(step.R, step.C))) + 1;
        ImageShape shape = geometry.Shape, wide = new(shape.Sections + (2 * margin), shape.Rows + (2 * margin), shape.Columns + (2 * margin));
        bool[] padded = new bool[wide.Length];
        Lines(shape, wide, margin, (from, to) => kidney.AsSpan(from, shape.Columns).CopyTo(padded.AsSpan(to)));
        bool[] around = Array.ConvertAll(Grow(padded, wide, ball), inside => !inside);
        bool[] closed = Array.ConvertAll(Grow(around, wide, ball), inside => !inside);
        bool[] result = new bool[shape.Length];
        Lines(shape, wide, margin, (from, to) => closed.AsSpan(to, shape.Columns).CopyTo(result.AsSpan(from)));
        return Morphology.FillHoles(result, shape);
    }

    private static void Lines(ImageShape shape, ImageShape wide, int margin, Action<int, int> line)
    {
        for (int i = 0; i < shape.Sections * shape.Rows; i++)
        {
            line(i * shape.Columns, (((((i / shape.Rows) + margin) * wide.Rows) + (i % shape.Rows) + margin) * wide.Columns) + margin);
        }
    }

    private static bool[] Grow(bool[] mask, ImageShape shape, (int S, int R, int C)[] ball)
    {
        bool[] grown = (bool[])mask.Clone();
        for (int i = 0; i < mask.Length; i++)
        {
            int s = i / shape.PlaneLength, r = i % shape.PlaneLength / shape.Columns, c = i % shape.Columns;
            // The ball around a voxel within adds nothing that those around the rim do not.
            bool isRim = mask[i]
                && ((s > 0 && !mask[i - shape.PlaneLength]) || (s < shape.Sections - 1 && !mask[i + shape.PlaneLength])
                    || (r > 0 && !mask[i - shape.Columns]) || (r < shape.Rows - 1 && !mask[i + shape.Columns])
                    || (c > 0 && !mask[i - 1]) || (c < shape.Columns - 1 && !mask[i + 1]));
            if (!isRim)
            {
                continue;
            }

            foreach ((int ds, int dr, int dc) in ball)
            {
                int section = s + ds, row = r + dr, column = c + dc;
                if (section >= 0 && section < shape.Sections && row >= 0 && row < shape.Rows && column >= 0 && column < shape.Columns)
                {
                    grown[(((section * shape.Rows) + row) * shape.Columns) + column] = true;
                }
            }
        }

        return grown;
    }

    private static (int S, int R, int C)[] Ball(ImageGeometry geometry)
    {
        int Steps(double spacing) => (int)(Reach / spacing);
        List<(int S, int R, int C)> ball = [];
        for (int s = -Steps(geometry.SectionSpacing); s <= Steps(geometry.SectionSpacing); s++)
        {
            for (int r = -Steps(geometry.RowSpacing); r <= Steps(geometry.RowSpacing); r++)
            {
                for (int c = -Steps(geometry.ColumnSpacing); c <= Steps(geometry.ColumnSpacing); c++)
                {
                    double z = s * geometry.SectionSpacing, y = r * geometry.RowSpacing, x = c * geometry.ColumnSpacing;
                    if ((z * z) + (y * y) + (x * x) <= Reach * Reach)
                    {
                        ball.Add((s, r, c));
                    }
                }
            }
        }

        return [.. ball];
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

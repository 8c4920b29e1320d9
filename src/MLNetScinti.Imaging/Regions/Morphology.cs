namespace MLNetScinti.Imaging;

/// <summary>Morphology of masks, with the direct neighbours of a voxel or with a ball in millimetres; outside the image there is nothing.</summary>
public static class Morphology
{
    /// <summary>Adds to a mask all neighbours of its voxels.</summary>
    public static bool[] Dilate(ReadOnlySpan<bool> mask, ImageShape shape, Connectivity connectivity = Connectivity.Faces) =>
        Each(mask, shape, connectivity, dilate: true);

    /// <summary>Takes from a mask all voxels with a neighbour outside of it; the outside of the image is outside of every mask.</summary>
    public static bool[] Erode(ReadOnlySpan<bool> mask, ImageShape shape, Connectivity connectivity = Connectivity.Faces) =>
        Each(mask, shape, connectivity, dilate: false);

    /// <summary>Erosion and then dilation: takes away bridges and specks.</summary>
    public static bool[] Open(ReadOnlySpan<bool> mask, ImageShape shape, Connectivity connectivity = Connectivity.Faces) =>
        Dilate(Erode(mask, shape, connectivity), shape, connectivity);

    /// <summary>Adds to a mask all voxels whose centre is within a ball around the centre of one of its voxels.</summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="radius">The ball's radius, mm; a disc for a planar mask.</param>
    /// <param name="spacing">Millimetres from one element to the next along each axis, slowest first.</param>
    public static bool[] Dilate(ReadOnlySpan<bool> mask, ImageShape shape, double radius, params ReadOnlySpan<double> spacing) =>
        Array.ConvertAll(DistanceTransform.Squared(mask, shape, spacing), squared => squared <= radius * radius);

    /// <summary>Takes from a mask all voxels with one outside of it within a ball; the outside of the image is no wall that a mask could be eroded from.</summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="radius">The ball's radius, mm; a disc for a planar mask.</param>
    /// <param name="spacing">Millimetres from one element to the next along each axis, slowest first.</param>
    public static bool[] Erode(ReadOnlySpan<bool> mask, ImageShape shape, double radius, params ReadOnlySpan<double> spacing)
    {
        bool[] outside = new bool[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            outside[i] = !mask[i];
        }

        return Array.ConvertAll(DistanceTransform.Squared(outside, shape, spacing), squared => squared > radius * radius);
    }

    /// <summary>
    /// Dilation and then erosion with a ball: fills the notches into which the ball does not fit. There is room for the ball on all
    /// sides: the image's edge is no wall that a notch could be against.
    /// </summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="radius">The ball's radius, mm; a disc for a planar mask.</param>
    /// <param name="spacing">Millimetres from one element to the next along each axis, slowest first.</param>
    public static bool[] Close(ReadOnlySpan<bool> mask, ImageShape shape, double radius, params ReadOnlySpan<double> spacing)
    {
        int deep = shape.IsVolume ? (int)(radius / spacing[0]) + 1 : 0, high = (int)(radius / spacing[^2]) + 1, wide = (int)(radius / spacing[^1]) + 1;
        ImageShape large = shape.IsVolume
            ? new(shape.Sections + (2 * deep), shape.Rows + (2 * high), shape.Columns + (2 * wide))
            : new(shape.Rows + (2 * high), shape.Columns + (2 * wide));
        bool[] padded = new bool[large.Length];
        int lines = shape.Sections * shape.Rows;
        for (int line = 0; line < lines; line++)
        {
            mask.Slice(line * shape.Columns, shape.Columns).CopyTo(padded.AsSpan(Place(line)));
        }

        bool[] closed = Erode(Dilate(padded, large, radius, spacing), large, radius, spacing), result = new bool[mask.Length];
        for (int line = 0; line < lines; line++)
        {
            closed.AsSpan(Place(line), shape.Columns).CopyTo(result.AsSpan(line * shape.Columns));
        }

        return result;

        int Place(int line) => (((((line / shape.Rows) + deep) * large.Rows) + (line % shape.Rows) + high) * large.Columns) + wide;
    }

    /// <summary>Fills the holes of a mask: what cannot be reached from the image's edge across faces.</summary>
    public static bool[] FillHoles(ReadOnlySpan<bool> mask, ImageShape shape)
    {
        bool[] outside = new bool[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            outside[i] = !mask[i];
        }

        LabelledRegions regions = LabelledRegions.Find(outside, shape);
        bool[] open = new bool[regions.Regions.Count + 1];
        foreach (Region region in regions.Regions)
        {
            IndexBox box = region.Box;
            open[region.Label] = box.FirstRow == 0 || box.FirstColumn == 0 || box.LastRow == shape.Rows - 1 || box.LastColumn == shape.Columns - 1
                || (shape.IsVolume && (box.FirstSection == 0 || box.LastSection == shape.Sections - 1));
        }

        return Array.ConvertAll(regions.Labels, label => label == 0 || !open[label]);
    }

    internal static (int S, int R, int C)[] Neighbours(ImageShape shape, Connectivity connectivity)
    {
        List<(int S, int R, int C)> steps = [];
        int depth = shape.Sections > 1 ? 1 : 0;
        for (int s = -depth; s <= depth; s++)
        {
            for (int r = -1; r <= 1; r++)
            {
                for (int c = -1; c <= 1; c++)
                {
                    int distance = Math.Abs(s) + Math.Abs(r) + Math.Abs(c);
                    if (distance == 1 || (distance > 1 && connectivity == Connectivity.Corners))
                    {
                        steps.Add((s, r, c));
                    }
                }
            }
        }

        return [.. steps];
    }

    private static bool[] Each(ReadOnlySpan<bool> mask, ImageShape shape, Connectivity connectivity, bool dilate)
    {
        if (mask.Length != shape.Length)
        {
            throw new ArgumentException($"A mask of {shape} holds {shape.Length} values, found {mask.Length}.", nameof(mask));
        }

        (int S, int R, int C)[] steps = Neighbours(shape, connectivity);
        bool[] result = new bool[mask.Length];
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] == dilate)
            {
                result[i] = dilate;
                continue;
            }

            int s = i / shape.PlaneLength;
            int r = i % shape.PlaneLength / shape.Columns;
            int c = i % shape.Columns;
            bool any = false;
            foreach ((int ds, int dr, int dc) in steps)
            {
                bool inside = (uint)(s + ds) < (uint)shape.Sections && (uint)(r + dr) < (uint)shape.Rows && (uint)(c + dc) < (uint)shape.Columns;
                bool value = inside && mask[i + (((ds * shape.Rows) + dr) * shape.Columns) + dc];
                if (value == dilate)
                {
                    any = true;
                    break;
                }
            }

            result[i] = any ? dilate : !dilate;
        }

        return result;
    }
}

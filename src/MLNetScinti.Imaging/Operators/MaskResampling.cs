namespace MLNetScinti.Imaging;

/// <summary>By which rule a mask comes onto another grid. Which one is right depends on what the mask's voxels are to the thing they stand for.</summary>
public sealed record MaskRule
{
    private MaskRule(string name, double? part) => (Name, Part) = (name, part);

    /// <summary>
    /// As many voxels as the mask's volume has, those that it fills most; where the grid's voxels are no larger than the mask's, the nearest one's label. The
    /// rule for whatever was drawn, as it takes the mask's voxels at their word. The majority alone would not do: what is convex loses by it a quarter of
    /// (voxel / radius)², which is nearly a percent of an organ in the voxels of a SPECT, and where a voxel is filled by half, every such voxel
    /// goes one way.
    /// </summary>
    public static MaskRule KeepVolume { get; } = new("keep-volume", null);

    /// <summary>What the rule is called in reports.</summary>
    public string Name { get; }

    /// <summary>From which part on a voxel belongs to an interpolated mask; null where the volume decides.</summary>
    public double? Part { get; }

    /// <summary>
    /// The mask is interpolated between its voxels' centres and cut at a part. The rule for what was drawn on voxels coarser than the grid's, such as by a
    /// network: by its own voxels its steps would stand in the finer image as edges that nobody drew. The part decides the volume.
    /// </summary>
    /// <param name="part">Above 0, up to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is none.</exception>
    public static MaskRule Interpolated(double part) => part is > 0 and <= 1 ? new("interpolated", part)
        : throw new ArgumentOutOfRangeException(nameof(part), part, "A mask is cut at a part above 0, up to 1.");
}

/// <summary>The one way of masks and label maps onto other grids: by a named rule, through both affines and whatever map lies between them; nothing outside the mask's field.</summary>
public static class MaskResampling
{
    /// <summary>A mask seen on another grid.</summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="geometry">Where it is.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="rule">By which rule.</param>
    /// <param name="back">From a point of the grid to the point of the mask that is seen there, mm about the origin of coordinates; null for the same point.</param>
    /// <exception cref="ArgumentException">The mask's length is not that of its geometry.</exception>
    public static bool[] ToGrid(bool[] mask, ImageGeometry geometry, ImageGeometry grid, MaskRule rule, SpatialMap? back = null)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(rule);
        byte[] labels = Array.ConvertAll(mask, inside => inside ? (byte)1 : (byte)0);
        return rule.Part is { } part ? Interpolated(labels, geometry, grid, part, back) : Array.ConvertAll(ToGrid(labels, geometry, grid, back), label => label != 0);
    }

    /// <summary>Labels seen on another grid, by <see cref="MaskRule.KeepVolume"/>: labels cannot be interpolated.</summary>
    /// <param name="labels">The labels, last dimension fastest; 0 is none.</param>
    /// <param name="geometry">Where they are.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="back">From a point of the grid to the point of the labels that is seen there, mm about the origin of coordinates; null for the same point.</param>
    /// <exception cref="ArgumentException">The number of labels is not that of their geometry.</exception>
    public static byte[] ToGrid(ReadOnlySpan<byte> labels, ImageGeometry geometry, ImageGeometry grid, SpatialMap? back = null)
    {
        Check(labels.Length, geometry, grid);
        SpatialMap from = back ?? SpatialMap.Identity;
        ImageShape parts = PartsOf(geometry, grid, from);
        if (parts.Length == 1)
        {
            return Nearest(labels, geometry, grid, from);
        }

        // Of each label the voxels that it has a part of.
        Dictionary<byte, List<(int Voxel, int Count)>> filled = [];
        byte[] centres = new byte[grid.Shape.Length];
        int plane = grid.Rows * grid.Columns;
        int[] counts = new int[plane];
        for (int section = 0; section < grid.Sections; section++)
        {
            ImageGeometry one = SectionOf(grid, section), finer = Finer(one, parts);
            byte[] fine = Nearest(labels, geometry, finer, from);
            if (!fine.AsSpan().ContainsAnyExcept((byte)0))
            {
                continue;
            }

            Nearest(labels, geometry, one, from).CopyTo(centres.AsSpan(section * plane));
            foreach (byte label in fine.Distinct().Where(label => label != 0))
            {
                Count(fine, label, finer.Shape, parts, counts);
                List<(int, int)> voxels = filled.TryGetValue(label, out List<(int, int)>? known) ? known : filled[label] = [];
                for (int i = 0; i < plane; i++)
                {
                    if (counts[i] > 0)
                    {
                        voxels.Add(((section * plane) + i, counts[i]));
                    }
                }
            }
        }

        byte[] result = new byte[grid.Shape.Length];
        Dictionary<byte, int> left = filled.ToDictionary(one => one.Key, one => (int)Math.Round(one.Value.Sum(voxel => (double)voxel.Count) / parts.Length, MidpointRounding.AwayFromZero));
        // Of voxels that are filled alike those whose centre is, then in an order that prefers no side. A voxel that a neighbour has taken is made up for by the next.
        foreach ((int voxel, byte label, _) in filled.SelectMany(one => one.Value.Select(voxel => (voxel.Voxel, Label: one.Key, voxel.Count)))
            .OrderByDescending(part => part.Count).ThenBy(part => centres[part.Voxel] == part.Label ? 0 : 1).ThenBy(part => Mixed(part.Voxel)).ThenBy(part => part.Label))
        {
            if (result[voxel] == 0 && left[label] > 0)
            {
                result[voxel] = label;
                left[label]--;
            }
        }

        return result;
    }

    /// <summary>What part of each voxel of another grid a mask fills, from 0 to 1: what a coarse image knows of a finer drawing. 0 or 1 where the grid's voxels are no larger than the mask's.</summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="geometry">Where it is.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="back">From a point of the grid to the point of the mask that is seen there, mm about the origin of coordinates; null for the same point.</param>
    /// <exception cref="ArgumentException">The mask's length is not that of its geometry.</exception>
    public static float[] PartsOnGrid(bool[] mask, ImageGeometry geometry, ImageGeometry grid, SpatialMap? back = null)
    {
        ArgumentNullException.ThrowIfNull(mask);
        Check(mask.Length, geometry, grid);
        byte[] labels = Array.ConvertAll(mask, inside => inside ? (byte)1 : (byte)0);
        SpatialMap from = back ?? SpatialMap.Identity;
        ImageShape parts = PartsOf(geometry, grid, from);
        float[] result = new float[grid.Shape.Length];
        if (IndexBox.Of(mask, geometry.Shape) is not { } box || Reached(box, geometry, grid, from) is not { } reached)
        {
            return result;
        }

        // Around the mask alone: an organ is a small part of a body.
        ImageShape plane = new(1, reached.Shape.Rows, reached.Shape.Columns);
        int[] counts = new int[plane.Length];
        for (int section = reached.FirstSection; section <= reached.LastSection; section++)
        {
            ImageGeometry finer = Finer(grid.Window(reached.FirstColumn, reached.FirstRow, section, plane), parts);
            Count(Nearest(labels, geometry, finer, from), 1, finer.Shape, parts, counts);
            for (int i = 0; i < counts.Length; i++)
            {
                result[(((section * grid.Rows) + reached.FirstRow + (i / plane.Columns)) * grid.Columns) + reached.FirstColumn + (i % plane.Columns)] = counts[i] / (float)parts.Length;
            }
        }

        return result;
    }

    // The grid's voxels that a box of the mask's may touch; null where it lies outside.
    private static IndexBox? Reached(IndexBox box, ImageGeometry geometry, ImageGeometry grid, SpatialMap back)
    {
        SpatialMap forth = back.Inverse();
        (double Column, double Row, double Section)[] corners = [.. Enumerable.Range(0, 8).Select(corner => grid.IndexOf(forth.Move(geometry.PositionOf(
            (corner & 1) == 0 ? box.FirstColumn - 0.5 : box.LastColumn + 0.5, (corner & 2) == 0 ? box.FirstRow - 0.5 : box.LastRow + 0.5, (corner & 4) == 0 ? box.FirstSection - 0.5 : box.LastSection + 0.5))))];
        (int, int) Along(Func<(double Column, double Row, double Section), double> of, int count) =>
            ((int)Math.Clamp(Math.Floor(corners.Min(of)), 0, count), (int)Math.Clamp(Math.Ceiling(corners.Max(of)), -1, count - 1));
        (int firstColumn, int lastColumn) = Along(corner => corner.Column, grid.Columns);
        (int firstRow, int lastRow) = Along(corner => corner.Row, grid.Rows);
        (int firstSection, int lastSection) = Along(corner => corner.Section, grid.Sections);
        return firstColumn > lastColumn || firstRow > lastRow || firstSection > lastSection ? null : new IndexBox(firstSection, lastSection, firstRow, lastRow, firstColumn, lastColumn);
    }

    // A bijection of 32 bits without a pattern that an image could have (finalizer of MurmurHash3).
    private static uint Mixed(int voxel)
    {
        uint mixed = (uint)voxel;
        mixed = (mixed ^ (mixed >> 16)) * 0x85EBCA6B;
        mixed = (mixed ^ (mixed >> 13)) * 0xC2B2AE35;
        return mixed ^ (mixed >> 16);
    }

    private static bool[] Interpolated(byte[] labels, ImageGeometry geometry, ImageGeometry grid, double part, SpatialMap? back)
    {
        Check(labels.Length, geometry, grid);
        Volume mask = new(geometry, Array.ConvertAll(labels, label => (float)label));
        bool[] result = new bool[grid.Shape.Length];
        int plane = grid.Rows * grid.Columns;
        // Section by section: a CT has a hundred million voxels, and their parts need not be there at once.
        for (int section = 0; section < grid.Sections; section++)
        {
            float[] values = Resample.ToGrid(mask, SectionOf(grid, section), new GridResampling(), back).Volume.Voxels;
            for (int i = 0; i < plane; i++)
            {
                result[(section * plane) + i] = values[i] >= part;
            }
        }

        return result;
    }

    private static void Check(int length, ImageGeometry geometry, ImageGeometry grid)
    {
        _ = grid.Checked();
        if (length != geometry.Checked().Shape.Length)
        {
            throw new ArgumentException($"A mask of {geometry.Shape} holds {geometry.Shape.Length} values, found {length}.", nameof(length));
        }
    }

    private static byte[] Nearest(ReadOnlySpan<byte> labels, ImageGeometry geometry, ImageGeometry grid, SpatialMap back)
    {
        byte[] result = new byte[grid.Shape.Length];
        GridSampling.Nearest(GridMap.Between(grid, geometry, back, default), labels, geometry.Shape, result, grid.Shape);
        return result;
    }

    private static ImageGeometry SectionOf(ImageGeometry grid, int section) => grid.Window(0, 0, section, new ImageShape(1, grid.Rows, grid.Columns));

    // In how many places along each of its axes a voxel of the grid is looked at: one for each voxel of the mask where these fill it exactly, else twice as
    // many, so that the part is no matter of two or three places. One where its voxels are no larger; directions may differ.
    private static ImageShape PartsOf(ImageGeometry from, ImageGeometry grid, SpatialMap back)
    {
        int Parts(Point3 direction, double spacing, int times)
        {
            (double column, double row, double section) = from.IndexOf(from.Origin + (spacing * back.Turn(direction)));
            double ratio = Math.Max(Math.Abs(column), Math.Max(Math.Abs(row), Math.Abs(section)));
            return ratio < 1.05 ? 1 : Math.Clamp((int)Math.Ceiling((times * ratio) - 1e-6), 2, 8);
        }

        ImageShape Each(int times) => new(Parts(grid.SectionDirection, grid.SectionSpacing, times), Parts(grid.ColumnDirection, grid.RowSpacing, times), Parts(grid.RowDirection, grid.ColumnSpacing, times));
        ImageShape exact = Each(1);
        GridMap map = GridMap.Between(Finer(grid, exact), from, back, default);
        bool fills = map.C == new Point3(1, 0, 0) && map.R == new Point3(0, 1, 0) && map.S == new Point3(0, 0, 1)
            && map.Shift.X == Math.Round(map.Shift.X) && map.Shift.Y == Math.Round(map.Shift.Y) && map.Shift.Z == Math.Round(map.Shift.Z);
        return fills ? exact : Each(2);
    }

    private static ImageGeometry Finer(ImageGeometry grid, ImageShape parts) =>
        Resample.GeometryOf(grid, new ImageShape(grid.Sections * parts.Sections, grid.Rows * parts.Rows, grid.Columns * parts.Columns));

    // How many parts of each voxel of one section have a label.
    private static void Count(ReadOnlySpan<byte> fine, byte label, ImageShape shape, ImageShape parts, Span<int> counts)
    {
        counts.Clear();
        int columns = shape.Columns / parts.Columns;
        for (int line = 0; line < shape.Sections * shape.Rows; line++)
        {
            Span<int> target = counts.Slice(line % shape.Rows / parts.Rows * columns, columns);
            ReadOnlySpan<byte> values = fine.Slice(line * shape.Columns, shape.Columns);
            for (int column = values.IndexOf(label); column >= 0 && column < values.Length; column++)
            {
                target[column / parts.Columns] += values[column] == label ? 1 : 0;
            }
        }
    }
}

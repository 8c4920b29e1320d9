namespace MLNetScinti.Imaging;

/// <summary>A box of voxel indices; first and last belong to it.</summary>
/// <param name="FirstSection">Lowest section index.</param>
/// <param name="LastSection">Highest section index.</param>
/// <param name="FirstRow">Lowest row index.</param>
/// <param name="LastRow">Highest row index.</param>
/// <param name="FirstColumn">Lowest column index.</param>
/// <param name="LastColumn">Highest column index.</param>
public readonly record struct IndexBox(int FirstSection, int LastSection, int FirstRow, int LastRow, int FirstColumn, int LastColumn)
{
    /// <summary>The extent, [sections, rows, columns].</summary>
    public ImageShape Shape => new(LastSection - FirstSection + 1, LastRow - FirstRow + 1, LastColumn - FirstColumn + 1);

    /// <summary>The smallest box around the voxels of a mask, or null where it has none.</summary>
    /// <param name="mask">The mask, last dimension fastest; a planar image counts as one section.</param>
    /// <param name="shape">Its shape.</param>
    /// <exception cref="ArgumentException">The mask's length is not that of the shape.</exception>
    public static IndexBox? Of(ReadOnlySpan<bool> mask, ImageShape shape)
    {
        if (mask.Length != shape.Length)
        {
            throw new ArgumentException($"A mask of {shape} holds {shape.Length} values, found {mask.Length}.", nameof(mask));
        }

        IndexBox? box = null;
        for (int line = 0; line < shape.Sections * shape.Rows; line++)
        {
            ReadOnlySpan<bool> row = mask.Slice(line * shape.Columns, shape.Columns);
            int first = row.IndexOf(true);
            if (first >= 0)
            {
                (int s, int r) = Math.DivRem(line, shape.Rows);
                IndexBox found = new(s, s, r, r, first, row.LastIndexOf(true));
                box = box?.Union(found) ?? found;
            }
        }

        return box;
    }

    /// <summary>The smallest box around two boxes.</summary>
    public IndexBox Union(IndexBox other) => new(
        Math.Min(FirstSection, other.FirstSection), Math.Max(LastSection, other.LastSection),
        Math.Min(FirstRow, other.FirstRow), Math.Max(LastRow, other.LastRow),
        Math.Min(FirstColumn, other.FirstColumn), Math.Max(LastColumn, other.LastColumn));

    /// <summary>Whether a voxel lies in the box.</summary>
    public bool Contains(int section, int row, int column) =>
        section >= FirstSection && section <= LastSection && row >= FirstRow && row <= LastRow && column >= FirstColumn && column <= LastColumn;

    /// <summary>
    /// How near to the edge of an image, mm, something still counts as cut off by it: half of the thickest section, 5 mm, that CT of the trunk is usually
    /// drawn in. An outline is not surer than that where sections are thinner: what ends one section of 1 mm before the edge goes on beyond it as
    /// likely as not, and what ends one section of 5 mm before it does not.
    /// </summary>
    public const double TruncationTolerance = 2.5;

    /// <summary>Whether what fills the box is cut off by an image's edge: it reaches an outermost voxel, or ends nearer to the edge than a tolerance.</summary>
    /// <param name="field">The image.</param>
    /// <param name="within">The tolerance, mm between the box's outer face and the image's; 0 for the outermost voxels alone. Whoever draws on coarser voxels gives half of one of these.</param>
    public bool IsCutBy(ImageGeometry field, double within = TruncationTolerance)
    {
        ArgumentNullException.ThrowIfNull(field);
        // A single row, column or section is no edge: a planar image has no depth to be cut in.
        bool Axis(int first, int last, int extent, double spacing) => extent > 1 && (first == 0 || last == extent - 1 || Math.Min(first, extent - 1 - last) * spacing < within);
        // Sections of a tilted gantry are nearer to each other than they are apart along their direction.
        double between = field.VoxelVolume / (field.ColumnSpacing * field.RowSpacing);
        return Axis(FirstColumn, LastColumn, field.Columns, field.ColumnSpacing) || Axis(FirstRow, LastRow, field.Rows, field.RowSpacing) || Axis(FirstSection, LastSection, field.Sections, between);
    }

    /// <summary>Whether a mask is cut off by the edge of its image (<see cref="IsCutBy"/>); an empty one is not.</summary>
    /// <param name="mask">The mask, last dimension fastest.</param>
    /// <param name="field">Its image.</param>
    /// <param name="within">The tolerance, mm.</param>
    /// <exception cref="ArgumentException">The mask's length is not that of the image.</exception>
    public static bool IsTruncated(ReadOnlySpan<bool> mask, ImageGeometry field, double within = TruncationTolerance)
    {
        ArgumentNullException.ThrowIfNull(field);
        return Of(mask, field.Shape) is { } box && box.IsCutBy(field, within);
    }
}

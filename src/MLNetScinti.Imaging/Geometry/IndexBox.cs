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

    /// <summary>Whether the box reaches the first or last index of a shape in some dimension.</summary>
    public bool TouchesEdgeOf(ImageShape shape) =>
        FirstSection == 0 || FirstRow == 0 || FirstColumn == 0
        || LastSection == shape.Sections - 1 || LastRow == shape.Rows - 1 || LastColumn == shape.Columns - 1;
}

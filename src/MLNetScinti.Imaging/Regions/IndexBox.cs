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

    /// <summary>Whether a voxel lies in the box.</summary>
    public bool Contains(int section, int row, int column) =>
        section >= FirstSection && section <= LastSection && row >= FirstRow && row <= LastRow && column >= FirstColumn && column <= LastColumn;

    /// <summary>Whether the box reaches the first or last index of a shape in some dimension.</summary>
    public bool TouchesEdgeOf(ImageShape shape) =>
        FirstSection == 0 || FirstRow == 0 || FirstColumn == 0
        || LastSection == shape.Sections - 1 || LastRow == shape.Rows - 1 || LastColumn == shape.Columns - 1;
}

using System.Globalization;

namespace MLNetScinti.Imaging;

/// <summary>
/// The extent of an image, slowest dimension first: [rows, columns] for a planar image, [sections, rows, columns] for a volume.
/// </summary>
public readonly record struct ImageShape
{
    /// <summary>The shape of a planar image, [rows, columns].</summary>
    public ImageShape(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Rank = 2;
        Sections = 1;
        Rows = rows;
        Columns = columns;
        _ = checked(rows * columns);
    }

    /// <summary>The shape of a volume, [sections, rows, columns].</summary>
    public ImageShape(int sections, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Rank = 3;
        Sections = sections;
        Rows = rows;
        Columns = columns;
        _ = checked(sections * rows * columns);
    }

    /// <summary>2 for a planar image, 3 for a volume, 0 for the default value, which is no shape.</summary>
    public int Rank { get; }

    /// <summary>Number of sections; 1 for a planar image.</summary>
    public int Sections { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Whether this is the shape of a volume.</summary>
    public bool IsVolume => Rank == 3;

    /// <summary>Pixels in one section.</summary>
    public int PlaneLength => Rows * Columns;

    /// <summary>Number of pixels or voxels.</summary>
    public int Length => Sections * Rows * Columns;

    /// <summary>The extent of a dimension, slowest first.</summary>
    public int this[int dimension] => (Rank, dimension) switch
    {
        (2, 0) => Rows,
        (2, 1) => Columns,
        (3, 0) => Sections,
        (3, 1) => Rows,
        (3, 2) => Columns,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"A shape of rank {Rank} has no such dimension."),
    };

    /// <summary>The dimensions as an array, slowest first.</summary>
    public int[] ToArray() => Rank == 2 ? [Rows, Columns] : [Sections, Rows, Columns];

    /// <summary>Reads a shape from its dimensions, slowest first.</summary>
    /// <exception cref="ArgumentException">There are not two or three dimensions.</exception>
    public static ImageShape From(ReadOnlySpan<int> dimensions) => dimensions.Length switch
    {
        2 => new(dimensions[0], dimensions[1]),
        3 => new(dimensions[0], dimensions[1], dimensions[2]),
        _ => throw new ArgumentException($"An image has two or three dimensions, not {dimensions.Length}.", nameof(dimensions)),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Join(" x ", ToArray().Select(extent => extent.ToString(CultureInfo.InvariantCulture)));
}

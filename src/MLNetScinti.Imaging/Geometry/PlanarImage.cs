namespace MLNetScinti.Imaging;

/// <summary>A two-dimensional image: a value for every pixel, row by row.</summary>
[TypeFormatterSource(typeof(PlanarImage))]
public sealed class PlanarImage
{
    /// <summary>An image over an existing array, which it keeps and does not copy.</summary>
    /// <param name="columns">Number of columns.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columnSpacing">Millimetres between columns, positive.</param>
    /// <param name="rowSpacing">Millimetres between rows, positive.</param>
    /// <param name="pixels">Rows x columns values.</param>
    /// <exception cref="ArgumentException">The array's length is not the number of pixels, or a spacing is not positive.</exception>
    public PlanarImage(int columns, int rows, double columnSpacing, double rowSpacing, float[] pixels)
    {
        Shape = new(rows, columns);
        if (!(columnSpacing > 0 && rowSpacing > 0) || !double.IsFinite(columnSpacing + rowSpacing))
        {
            throw new ArgumentException($"Spacings must be positive millimetres, found {rowSpacing} x {columnSpacing}.", nameof(columnSpacing));
        }

        if (pixels.Length != Shape.Length)
        {
            throw new ArgumentException($"An image of {Shape} holds {Shape.Length} pixels, found {pixels.Length}.", nameof(pixels));
        }

        ColumnSpacing = columnSpacing;
        RowSpacing = rowSpacing;
        Pixels = pixels;
    }

    /// <summary>[rows, columns].</summary>
    public ImageShape Shape { get; }

    /// <summary>Number of columns.</summary>
    public int Columns => Shape.Columns;

    /// <summary>Number of rows.</summary>
    public int Rows => Shape.Rows;

    /// <summary>Millimetres between columns.</summary>
    public double ColumnSpacing { get; }

    /// <summary>Millimetres between rows.</summary>
    public double RowSpacing { get; }

    /// <summary>The values, row by row.</summary>
    public float[] Pixels { get; }

    /// <summary>The value of one pixel.</summary>
    public float this[int row, int column]
    {
        get => Pixels[(row * Columns) + column];
        set => Pixels[(row * Columns) + column] = value;
    }
}

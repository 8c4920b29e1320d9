namespace MLNetScinti.Imaging;

/// <summary>
/// An affine map of the image plane, in pixels from the plane's middle: column' = ColumnColumn column + ColumnRow row +
/// ColumnShift, row' = RowColumn column + RowRow row + RowShift. It says where a point of the input goes.
/// </summary>
/// <param name="ColumnColumn">How the new column depends on the old column.</param>
/// <param name="ColumnRow">How the new column depends on the old row.</param>
/// <param name="RowColumn">How the new row depends on the old column.</param>
/// <param name="RowRow">How the new row depends on the old row.</param>
/// <param name="ColumnShift">Pixels added to the column.</param>
/// <param name="RowShift">Pixels added to the row.</param>
public readonly record struct PlaneTransform(
    double ColumnColumn, double ColumnRow, double RowColumn, double RowRow, double ColumnShift, double RowShift)
{
    /// <summary>The map that leaves everything where it is.</summary>
    public static PlaneTransform Identity { get; } = new(1, 0, 0, 1, 0, 0);

    /// <summary>Whether all six numbers are finite.</summary>
    public bool IsFinite => double.IsFinite(ColumnColumn + ColumnRow + RowColumn + RowRow + ColumnShift + RowShift);

    /// <summary>Mirrors the columns (horizontal), the rows (vertical), or both.</summary>
    public static PlaneTransform Flip(bool horizontal, bool vertical) => new(horizontal ? -1 : 1, 0, 0, vertical ? -1 : 1, 0, 0);

    /// <summary>Moves by a number of pixels to higher columns and rows.</summary>
    public static PlaneTransform Translate(double columns, double rows) => new(1, 0, 0, 1, columns, rows);

    /// <summary>Turns from the column axis towards the row axis: clockwise on a screen whose rows run downwards.</summary>
    public static PlaneTransform Rotate(double degrees)
    {
        // Quarter turns are exact: the sine of a multiple of pi is not zero in floating point.
        (double sine, double cosine) = (((degrees % 360) + 360) % 360) switch
        {
            0 => (0.0, 1.0),
            90 => (1.0, 0.0),
            180 => (0.0, -1.0),
            270 => (-1.0, 0.0),
            double other => Math.SinCos(other * Math.PI / 180),
        };
        return new(cosine, -sine, sine, cosine, 0, 0);
    }

    /// <summary>Enlarges by a factor about the middle.</summary>
    public static PlaneTransform Zoom(double factor) => factor > 0 && double.IsFinite(factor)
        ? new(factor, 0, 0, factor, 0, 0)
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "A zoom factor must be positive.");

    /// <summary>This map followed by another.</summary>
    public PlaneTransform Then(PlaneTransform next) => new(
        (next.ColumnColumn * ColumnColumn) + (next.ColumnRow * RowColumn),
        (next.ColumnColumn * ColumnRow) + (next.ColumnRow * RowRow),
        (next.RowColumn * ColumnColumn) + (next.RowRow * RowColumn),
        (next.RowColumn * ColumnRow) + (next.RowRow * RowRow),
        (next.ColumnColumn * ColumnShift) + (next.ColumnRow * RowShift) + next.ColumnShift,
        (next.RowColumn * ColumnShift) + (next.RowRow * RowShift) + next.RowShift);

    /// <summary>The map back.</summary>
    /// <exception cref="InvalidOperationException">The map flattens the plane.</exception>
    public PlaneTransform Inverse()
    {
        double determinant = (ColumnColumn * RowRow) - (ColumnRow * RowColumn);
        if (!(Math.Abs(determinant) > 1e-12))
        {
            throw new InvalidOperationException("A transform that flattens the plane has no inverse.");
        }

        double a = RowRow / determinant;
        double b = -ColumnRow / determinant;
        double c = -RowColumn / determinant;
        double d = ColumnColumn / determinant;
        return new(a, b, c, d, -((a * ColumnShift) + (b * RowShift)), -((c * ColumnShift) + (d * RowShift)));
    }

    /// <summary>Where a point, in pixels from the middle, goes.</summary>
    public (double Column, double Row) Map(double column, double row) => (
        (ColumnColumn * column) + (ColumnRow * row) + ColumnShift,
        (RowColumn * column) + (RowRow * row) + RowShift);
}

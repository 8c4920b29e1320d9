namespace MLNetScinti.Imaging;

/// <summary>
/// Where the voxels of a volume are: extents, spacings in millimetres, and directions in DICOM patient coordinates.
/// Spacings are positive; which way an index runs is said by its direction.
/// </summary>
public sealed record ImageGeometry
{
    /// <summary>Number of columns: the extent of the fastest index.</summary>
    public required int Columns { get; init; }

    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Number of sections: the extent of the slowest index.</summary>
    public required int Sections { get; init; }

    /// <summary>Millimetres between the centres of neighbouring columns.</summary>
    public required double ColumnSpacing { get; init; }

    /// <summary>Millimetres between the centres of neighbouring rows.</summary>
    public required double RowSpacing { get; init; }

    /// <summary>Millimetres between the centres of neighbouring sections.</summary>
    public required double SectionSpacing { get; init; }

    /// <summary>The centre of the voxel with index 0, 0, 0.</summary>
    public Point3 Origin { get; init; }

    /// <summary>The unit vector in which the column index increases (the direction of a row of pixels).</summary>
    public Point3 RowDirection { get; init; } = new(1, 0, 0);

    /// <summary>The unit vector in which the row index increases.</summary>
    public Point3 ColumnDirection { get; init; } = new(0, 1, 0);

    /// <summary>The unit vector in which the section index increases.</summary>
    public Point3 SectionDirection { get; init; } = new(0, 0, 1);

    /// <summary>[sections, rows, columns].</summary>
    public ImageShape Shape => new(Sections, Rows, Columns);

    /// <summary>The volume of a voxel in cubic millimetres.</summary>
    /// <remarks>Sheared voxels, of a tilted gantry, are smaller than the box of their edges.</remarks>
    public double VoxelVolume
    {
        get
        {
            double box = ColumnSpacing * RowSpacing * SectionSpacing;
            double share = Math.Abs(RowDirection.Cross(ColumnDirection).Dot(SectionDirection));
            // Directions are unit vectors to three digits or so: what is a box stays one.
            return Math.Abs(share - 1) < 1e-5 ? box : box * share;
        }
    }

    /// <summary>
    /// Transverse sections of a patient lying on the back, head first: columns run to the patient's left, rows to the back,
    /// sections to the head. The volume's centre is at the origin of coordinates.
    /// </summary>
    /// <param name="columns">Number of columns.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="sections">Number of sections.</param>
    /// <param name="pixel">Spacing of rows and columns, mm.</param>
    /// <param name="section">Spacing of sections, mm.</param>
    public static ImageGeometry Axial(int columns, int rows, int sections, double pixel, double section) => new ImageGeometry
    {
        Columns = columns,
        Rows = rows,
        Sections = sections,
        ColumnSpacing = pixel,
        RowSpacing = pixel,
        SectionSpacing = section,
        Origin = new(-(columns - 1) / 2.0 * pixel, -(rows - 1) / 2.0 * pixel, -(sections - 1) / 2.0 * section),
    }.Checked();

    /// <summary>The position of a voxel's centre; indices may be fractions and may lie outside.</summary>
    public Point3 PositionOf(double column, double row, double section) => Origin
        + (column * ColumnSpacing * RowDirection)
        + (row * RowSpacing * ColumnDirection)
        + (section * SectionSpacing * SectionDirection);

    /// <summary>The indices, which may be fractions and may lie outside, of a position: the way back from <see cref="PositionOf"/>. Directions need not be at right angles.</summary>
    public (double Column, double Row, double Section) IndexOf(Point3 position)
    {
        Point3 from = position - Origin, normal = ColumnDirection.Cross(SectionDirection);
        double determinant = RowDirection.Dot(normal);
        return (
            from.Dot(normal) / determinant / ColumnSpacing,
            from.Dot(SectionDirection.Cross(RowDirection)) / determinant / RowSpacing,
            from.Dot(RowDirection.Cross(ColumnDirection)) / determinant / SectionSpacing);
    }

    /// <summary>The same place in space seen through a part of the index range.</summary>
    /// <param name="firstColumn">The column that becomes column 0; may be negative.</param>
    /// <param name="firstRow">The row that becomes row 0; may be negative.</param>
    /// <param name="firstSection">The section that becomes section 0; may be negative.</param>
    /// <param name="shape">The new extent, [sections, rows, columns].</param>
    public ImageGeometry Window(int firstColumn, int firstRow, int firstSection, ImageShape shape) => this with
    {
        Columns = shape.Columns,
        Rows = shape.Rows,
        Sections = shape.Sections,
        Origin = PositionOf(firstColumn, firstRow, firstSection),
    };

    /// <summary>This geometry, when its numbers are possible.</summary>
    /// <exception cref="ArgumentException">An extent or a spacing is not positive, a direction is not a unit vector, the directions lie in one plane, or the origin is not finite.</exception>
    public ImageGeometry Checked() => Check(this);

    private static ImageGeometry Check(ImageGeometry geometry)
    {
        if (geometry.Columns < 1 || geometry.Rows < 1 || geometry.Sections < 1)
        {
            throw new ArgumentException(
                $"A volume needs at least one voxel each way, found {geometry.Sections} x {geometry.Rows} x {geometry.Columns}.", nameof(geometry));
        }

        if (!(geometry.ColumnSpacing > 0 && geometry.RowSpacing > 0 && geometry.SectionSpacing > 0) || !double.IsFinite(geometry.VoxelVolume))
        {
            throw new ArgumentException(
                $"Spacings must be positive millimetres, found {geometry.SectionSpacing} x {geometry.RowSpacing} x {geometry.ColumnSpacing}.", nameof(geometry));
        }

        foreach (Point3 direction in (ReadOnlySpan<Point3>)[geometry.RowDirection, geometry.ColumnDirection, geometry.SectionDirection])
        {
            if (!(Math.Abs(direction.Length - 1) < 1e-3))
            {
                throw new ArgumentException($"A direction must be a unit vector, found {direction}.", nameof(geometry));
            }
        }

        // Some 3 degrees from lying in one plane: a tilted gantry shears a volume, but does not flatten it.
        if (!(Math.Abs(geometry.RowDirection.Cross(geometry.ColumnDirection).Dot(geometry.SectionDirection)) > 0.05))
        {
            throw new ArgumentException(
                $"The directions of a volume must span space, found {geometry.RowDirection}, {geometry.ColumnDirection} and {geometry.SectionDirection} in one plane.", nameof(geometry));
        }

        Point3 origin = geometry.Origin;
        return double.IsFinite(origin.X + origin.Y + origin.Z)
            ? geometry
            : throw new ArgumentException($"The origin of a volume must be finite, found {origin}.", nameof(geometry));
    }
}


namespace MLNetScinti.Imaging;

/// <summary>
/// Transverse volumes in one orientation, whatever the camera's: columns from the patient's right to the left, rows from front
/// to back, sections from head to feet. A network must not have to learn a vendor's order of sections.
/// </summary>
public static class AxialOrientation
{
    /// <summary>The volume in this orientation, or null where its sections are not transverse.</summary>
    public static Volume? Of(Volume volume)
    {
        ImageGeometry geometry = volume.Geometry;
        // Within some 25 degrees of the axes: a tilted table is still a transverse study.
        const double nearlyOne = 0.9;
        if (Math.Abs(geometry.RowDirection.X) < nearlyOne || Math.Abs(geometry.ColumnDirection.Y) < nearlyOne || Math.Abs(geometry.SectionDirection.Z) < nearlyOne)
        {
            return null;
        }

        bool mirrorColumns = geometry.RowDirection.X < 0, mirrorRows = geometry.ColumnDirection.Y < 0, mirrorSections = geometry.SectionDirection.Z > 0;
        if (!mirrorColumns && !mirrorRows && !mirrorSections)
        {
            return volume;
        }

        float[] voxels = new float[volume.Voxels.Length];
        int columns = geometry.Columns;
        for (int section = 0; section < geometry.Sections; section++)
        {
            int fromSection = mirrorSections ? geometry.Sections - 1 - section : section;
            for (int row = 0; row < geometry.Rows; row++)
            {
                int fromRow = mirrorRows ? geometry.Rows - 1 - row : row;
                Span<float> line = voxels.AsSpan(((section * geometry.Rows) + row) * columns, columns);
                volume.Voxels.AsSpan(((fromSection * geometry.Rows) + fromRow) * columns, columns).CopyTo(line);
                if (mirrorColumns)
                {
                    line.Reverse();
                }
            }
        }

        static Point3 Turn(Point3 direction, bool mirror) => mirror ? new Point3(-direction.X, -direction.Y, -direction.Z) : direction;
        ImageGeometry turned = geometry with
        {
            Origin = geometry.PositionOf(mirrorColumns ? columns - 1 : 0, mirrorRows ? geometry.Rows - 1 : 0, mirrorSections ? geometry.Sections - 1 : 0),
            RowDirection = Turn(geometry.RowDirection, mirrorColumns),
            ColumnDirection = Turn(geometry.ColumnDirection, mirrorRows),
            SectionDirection = Turn(geometry.SectionDirection, mirrorSections),
        };
        return new Volume(turned, voxels);
    }
}

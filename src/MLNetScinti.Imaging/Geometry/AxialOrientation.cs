namespace MLNetScinti.Imaging;

/// <summary>
/// Transverse volumes in one orientation, whatever the camera's: columns from the patient's right to the left, rows from front
/// to back, sections from head to feet. A network must not have to learn a vendor's order of sections.
/// </summary>
public static class AxialOrientation
{
    /// <summary>The volume in this orientation, or null where its sections are not transverse. The one given stays as it is.</summary>
    public static Volume? Of(Volume volume) => IsAxial(volume.Geometry) ? InPlace(new Volume(volume.Geometry, [.. volume.Voxels])) : null;

    /// <summary>The volume in this orientation, or null where its sections are not transverse. The voxels stay in their array, in another order: for a volume that nobody else holds.</summary>
    public static Volume? InPlace(Volume volume)
    {
        if (!IsAxial(volume.Geometry))
        {
            return null;
        }

        ImageGeometry geometry = volume.Geometry;
        bool mirrorColumns = geometry.RowDirection.X < 0, mirrorRows = geometry.ColumnDirection.Y < 0, mirrorSections = geometry.SectionDirection.Z > 0;
        if (!mirrorColumns && !mirrorRows && !mirrorSections)
        {
            return volume;
        }

        int columns = geometry.Columns, lines = geometry.Sections * geometry.Rows;
        Span<float> voxels = volume.AsSpan();
        for (int line = 0; line < lines; line++)
        {
            (int section, int row) = Math.DivRem(line, geometry.Rows);
            int from = ((mirrorSections ? geometry.Sections - 1 - section : section) * geometry.Rows) + (mirrorRows ? geometry.Rows - 1 - row : row);
            // Lines change places in pairs: each pair is met twice, and one in the middle has itself for a partner.
            if (from >= line)
            {
                Exchange(voxels.Slice(line * columns, columns), voxels.Slice(from * columns, columns), isOne: from == line, mirrorColumns);
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
        return volume.At(turned);
    }

    private static bool IsAxial(ImageGeometry geometry)
    {
        // Within some 25 degrees of the axes: a tilted table is still a transverse study.
        const double nearlyOne = 0.9;
        return Math.Abs(geometry.RowDirection.X) >= nearlyOne && Math.Abs(geometry.ColumnDirection.Y) >= nearlyOne && Math.Abs(geometry.SectionDirection.Z) >= nearlyOne;
    }

    private static void Exchange(Span<float> a, Span<float> b, bool isOne, bool mirror)
    {
        if (!isOne)
        {
            for (int i = 0; i < a.Length; i++)
            {
                (a[i], b[i]) = (b[i], a[i]);
            }
        }

        if (mirror)
        {
            a.Reverse();
            if (!isOne)
            {
                b.Reverse();
            }
        }
    }
}

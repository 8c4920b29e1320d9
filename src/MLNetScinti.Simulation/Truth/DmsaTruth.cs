using MLNetScinti.Imaging;

namespace MLNetScinti.Simulation;

/// <summary>
/// The truth about a simulated patient's kidneys as masks. It holds for the patient's position at the start of the scan: what
/// the patient moves later blurs the image, not the truth.
/// </summary>
public static class DmsaTruth
{
    /// <summary>The truth about one kidney on a grid; a voxel has the label of its centre.</summary>
    /// <param name="patient">The patient.</param>
    /// <param name="side">The kidney.</param>
    /// <param name="geometry">The grid, in the patient coordinates of the scan: that of the DICOM file, or of a box cut out of it.</param>
    public static KidneyTruth Of(DmsaPatient patient, BodySide side, ImageGeometry geometry)
    {
        KidneyAnatomy kidney = patient.Anatomy.Of(side);
        byte[] labels = new byte[geometry.Shape.Length];
        double reach = kidney.BoundingRadius * kidney.BoundingRadius;
        Point3 step = geometry.ColumnSpacing * geometry.RowDirection;
        int i = 0;
        for (int s = 0; s < geometry.Sections; s++)
        {
            for (int r = 0; r < geometry.Rows; r++)
            {
                Point3 start = geometry.PositionOf(0, r, s) - kidney.Centre;
                for (int c = 0; c < geometry.Columns; c++, i++)
                {
                    Point3 offset = start + (c * step);
                    if (offset.Dot(offset) <= reach)
                    {
                        labels[i] = LabelAt(kidney, kidney.ToOwnFrame(kidney.Centre + offset));
                    }
                }
            }
        }

        return new(side, geometry, labels, kidney.Defects, [.. kidney.Defects.Select(defect => kidney.FromOwnFrame(defect.Centre))]);
    }

    private static byte LabelAt(KidneyAnatomy kidney, Point3 own)
    {
        if (!kidney.IsTissueAt(own))
        {
            return 0;
        }

        for (int d = 0; d < kidney.Defects.Count; d++)
        {
            if (kidney.Defects[d].Contains(own))
            {
                return (byte)(KidneyTruth.FirstDefect + d);
            }
        }

        return KidneyTruth.Intact;
    }
}

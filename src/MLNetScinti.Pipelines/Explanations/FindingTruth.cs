using MLNetScinti.Imaging;

namespace MLNetScinti.Pipelines.Explanations;

/// <summary>The labels of a truth and their projections.</summary>
public static class FindingTruth
{
    /// <summary>Labels from here on are defects; 1 is the organ without one, 0 is outside.</summary>
    public const byte FirstFinding = 2;

    /// <summary>
    /// The truth seen in a projection: a pixel shows a defect where there is one anywhere on its line, else the organ where
    /// that is. The projection of the counts shows less: what lies behind intact tissue is hidden in it.
    /// </summary>
    public static byte[] Project(ReadOnlySpan<byte> labels, ImageShape shape, ProjectionAxis axis)
    {
        ImageShape plane = new MaximumIntensityProjection(axis).OutputShape(shape);
        byte[] result = new byte[plane.Length];
        int i = 0;
        for (int s = 0; s < shape.Sections; s++)
        {
            for (int r = 0; r < shape.Rows; r++)
            {
                for (int c = 0; c < shape.Columns; c++, i++)
                {
                    int to = axis switch
                    {
                        ProjectionAxis.Transverse => (r * shape.Columns) + c,
                        ProjectionAxis.Sagittal => (s * shape.Rows) + r,
                        _ => (s * shape.Columns) + c,
                    };
                    result[to] = Math.Max(result[to], labels[i]);
                }
            }
        }

        return result;
    }

    /// <summary>Millimetres from pixel to pixel of a projection, rows first.</summary>
    public static double[] Spacing(ImageGeometry geometry, ProjectionAxis axis) => axis switch
    {
        ProjectionAxis.Transverse => [geometry.RowSpacing, geometry.ColumnSpacing],
        ProjectionAxis.Sagittal => [geometry.SectionSpacing, geometry.RowSpacing],
        _ => [geometry.SectionSpacing, geometry.ColumnSpacing],
    };
}

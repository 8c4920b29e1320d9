using MLNetScinti.Imaging;
using MLNetScinti.Systems.SpectCtKidney;

namespace MLNetScinti.Systems.KidneyDose;

/// <summary>
/// The field that the network sees: 334 x 334 x 320 mm around a place in the body, columns to the patient's left, rows to the back, sections
/// to the head, however the CT's own sections lie.
/// </summary>
internal static class KidneyField
{
    /// <summary>Its extents, mm: from side to side and from front to back, and from head to feet.</summary>
    public const double Across = 334, Along = 320;

    /// <summary>
    /// The field without a registration: in the middle of the body from side to side and from front to back, and in the middle of the CT
    /// from head to feet. Where bones are registered to a reference patient, the field is that patient's, moved.
    /// </summary>
    /// <param name="ct">The CT, with air at 0.</param>
    /// <param name="shape">The number of voxels, sections first.</param>
    public static ImageGeometry InTheMiddleOf(Volume ct, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(ct);
        ImageGeometry place = ct.Geometry;
        Point3 body = StudyVolumes.MiddleOf(ct.AsSpan(), place), field = place.PositionOf((place.Columns - 1) / 2.0, (place.Rows - 1) / 2.0, (place.Sections - 1) / 2.0);
        // In patient coordinates: sections may be coronal or sagittal.
        Point3 middle = body with { Z = field.Z };
        return Around(middle, shape);
    }

    /// <summary>The field around a place.</summary>
    public static ImageGeometry Around(Point3 middle, ImageShape shape)
    {
        ImageGeometry field = ImageGeometry.Axial(shape.Columns, shape.Rows, shape.Sections, Across / shape.Columns, Along / shape.Sections) with { RowSpacing = Across / shape.Rows };
        Point3 own = field.PositionOf((shape.Columns - 1) / 2.0, (shape.Rows - 1) / 2.0, (shape.Sections - 1) / 2.0);
        return field with { Origin = field.Origin + middle - own };
    }
}

namespace MLNetScinti.Dicom;

/// <summary>A rotation of a tomographic acquisition: an item of the Rotation Information Sequence (PS3.3 table C.8-12).</summary>
/// <param name="Number">Its number, from 1, as the Rotation Vector counts.</param>
/// <param name="StartAngle">Angle of the first view in degrees, or null.</param>
/// <param name="AngularStep">Degrees between views, or null.</param>
/// <param name="ScanArc">Arc covered in degrees, or null.</param>
/// <param name="IsClockwise">Whether it turns clockwise as seen from the patient's feet; null where the file does not say.</param>
/// <param name="SecondsPerView">Acquisition time of a view, or null.</param>
/// <param name="Views">Number of views, or null.</param>
/// <param name="RadialPositions">Distance of the detector from the centre of rotation in mm: one, or one for each view; may be empty.</param>
public sealed record CameraRotation(
    int Number,
    double? StartAngle,
    double? AngularStep,
    double? ScanArc,
    bool? IsClockwise,
    double? SecondsPerView,
    int? Views,
    IReadOnlyList<double> RadialPositions);

using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>A detector of a gamma camera: an item of the Detector Information Sequence (PS3.3 table C.8-11).</summary>
/// <param name="Number">Its number, from 1, as the Detector Vector counts.</param>
public sealed record CameraDetector(int Number)
{
    /// <summary>The collimator's name ("LEHR"); empty where there is none.</summary>
    public string Collimator { get; init; } = "";

    /// <summary>The collimator's type ("PARA", "PINH", "FANB"); empty where there is none.</summary>
    public string CollimatorType { get; init; } = "";

    /// <summary>Centre of the first pixel in patient coordinates, mm, or null.</summary>
    public Point3? Position { get; init; }

    /// <summary>Direction in which columns are counted, or null.</summary>
    public Point3? RowDirection { get; init; }

    /// <summary>Direction in which rows are counted, or null.</summary>
    public Point3? ColumnDirection { get; init; }

    /// <summary>Angle of the detector about the patient in degrees: 0 at the back, growing towards the patient's left; or null.</summary>
    public double? StartAngle { get; init; }

    /// <summary>Distance from the centre of rotation in mm, or null.</summary>
    public double? RadialPosition { get; init; }

    /// <summary>Hardware zoom, or null.</summary>
    public double? Zoom { get; init; }

    /// <summary>From where it looks at the patient.</summary>
    public DetectorView View { get; init; }

    /// <summary>What the operator called the view; empty where there is nothing.</summary>
    public string ViewName { get; init; } = "";
}

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

    /// <summary>What says so.</summary>
    public ViewEvidence ViewEvidence { get; init; }

    /// <summary>What the operator called the view; empty where there is nothing.</summary>
    public string ViewName { get; init; } = "";
}

/// <summary>From where a planar image looks at the patient.</summary>
public enum DetectorView
{
    /// <summary>The file does not say.</summary>
    Unknown,

    /// <summary>From the front: the patient's right is on the left of the image.</summary>
    Anterior,

    /// <summary>From the back: the patient's left is on the left of the image.</summary>
    Posterior,

    /// <summary>From the patient's left side.</summary>
    LeftLateral,

    /// <summary>From the patient's right side.</summary>
    RightLateral,

    /// <summary>From between two of these.</summary>
    Oblique,
}

/// <summary>What says from where a planar image looks at the patient.</summary>
public enum ViewEvidence
{
    /// <summary>Nothing does.</summary>
    None,

    /// <summary>A code of PS3.16 CID 26.</summary>
    Code,

    /// <summary>The detector's Image Orientation (Patient).</summary>
    Orientation,

    /// <summary>The detector's Start Angle.</summary>
    StartAngle,

    /// <summary>Words that people wrote: a guess.</summary>
    Words,

    /// <summary>The usual order of two views: a guess.</summary>
    Order,
}

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

/// <summary>An energy window of an acquisition: one or more energy ranges counted together (PS3.3 table C.8-10).</summary>
/// <param name="Number">Its number, from 1, as the Energy Window Vector counts.</param>
/// <param name="Name">The name the operator gave it; empty where there is none.</param>
/// <param name="Ranges">Its ranges, in the file's order; empty where the file does not say.</param>
public sealed record EnergyWindow(int Number, string Name, IReadOnlyList<EnergyRange> Ranges)
{
    /// <summary>The window of S1 and of most Tc-99m work: 140.5 keV, 20 % wide.</summary>
    public static EnergyWindow Technetium99m { get; } = new(1, "Tc-99m", [new EnergyRange(126.45, 154.55)]);
}

/// <summary>One interval of photon energies (PS3.3 table C.8-10, Energy Window Range Sequence).</summary>
/// <param name="LowerKev">The lower limit, in keV.</param>
/// <param name="UpperKev">The upper limit, in keV.</param>
public readonly record struct EnergyRange(double LowerKev, double UpperKev)
{
    /// <summary>The middle of the interval, in keV.</summary>
    public double CentreKev => (LowerKev + UpperKev) / 2;

    /// <summary>The width as a share of the centre: 0.2 for a 20 % window.</summary>
    public double RelativeWidth => CentreKev > 0 ? (UpperKev - LowerKev) / CentreKev : 0;

    /// <summary>Whether an energy lies within the interval.</summary>
    public bool Contains(double kev) => kev >= LowerKev && kev <= UpperKev;
}

/// <summary>A phase of a dynamic acquisition: an item of the Phase Information Sequence (PS3.3 table C.8-14).</summary>
/// <param name="Number">Its number, from 1, as the Phase Vector counts.</param>
/// <param name="Frames">Number of frames in it, or null.</param>
/// <param name="SecondsPerFrame">Acquisition time of a frame, or null.</param>
/// <param name="DelaySeconds">Pause before its first frame, or null.</param>
/// <param name="PauseSeconds">Pause between its frames, or null.</param>
/// <param name="Description">What the operator called it; may be empty.</param>
public sealed record AcquisitionPhase(int Number, int? Frames, double? SecondsPerFrame, double? DelaySeconds, double? PauseSeconds, string Description);

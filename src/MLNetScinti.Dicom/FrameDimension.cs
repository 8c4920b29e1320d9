namespace MLNetScinti.Dicom;

/// <summary>A direction in which the frames of a Nuclear Medicine image are counted (PS3.3 table C.8-7).</summary>
public enum FrameDimension
{
    /// <summary>Energy window (0054,0010).</summary>
    EnergyWindow,

    /// <summary>Detector (0054,0020).</summary>
    Detector,

    /// <summary>Phase of a dynamic acquisition (0054,0030).</summary>
    Phase,

    /// <summary>Rotation of the detectors (0054,0050).</summary>
    Rotation,

    /// <summary>R-R interval of the heart (0054,0060).</summary>
    RRInterval,

    /// <summary>Time slot within the heart's cycle (0054,0070).</summary>
    TimeSlot,

    /// <summary>Reconstructed section (0054,0080).</summary>
    Slice,

    /// <summary>Angular view of a tomographic acquisition (0054,0090).</summary>
    AngularView,

    /// <summary>Time slice of a dynamic acquisition (0054,0100).</summary>
    TimeSlice,
}

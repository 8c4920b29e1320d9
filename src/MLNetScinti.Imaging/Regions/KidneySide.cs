namespace MLNetScinti.Imaging;

/// <summary>The patient's side.</summary>
public enum KidneySide
{
    /// <summary>The patient's left: +X in DICOM patient coordinates.</summary>
    Left,

    /// <summary>The patient's right: -X.</summary>
    Right,
}

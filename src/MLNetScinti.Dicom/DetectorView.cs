namespace MLNetScinti.Dicom;

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

namespace MLNetScinti.Dicom;

/// <summary>The patient's sex as DICOM records it (PS3.3 C.7.1.1, Patient's Sex).</summary>
public enum PatientSex
{
    /// <summary>Not recorded.</summary>
    Unknown,

    /// <summary>DICOM value F.</summary>
    Female,

    /// <summary>DICOM value M.</summary>
    Male,

    /// <summary>DICOM value O.</summary>
    Other,
}

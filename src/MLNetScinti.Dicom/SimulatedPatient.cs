using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>
/// How a file says that its patient was simulated: by its Image Comments and Patient ID, without a name and a birth date. A file decides
/// this for itself, whatever folder it lies in and whatever a definition says of that folder.
/// </summary>
public static class SimulatedPatient
{
    /// <summary>What the Image Comments (0020,4000) begin with.</summary>
    public const string Mark = "Simulated, no real patient.";

    /// <summary>What the Patient ID (0010,0020) begins with.</summary>
    public const string IdPrefix = "SIM-";

    /// <summary>Whether a data set says so. One with a name or a birth date is somebody's, whatever else it says.</summary>
    internal static bool IsSaid(DicomDataset dataset) =>
        dataset.Text(DicomTag.PatientID).StartsWith(IdPrefix, StringComparison.Ordinal)
        && dataset.Text(DicomTag.ImageComments).StartsWith(Mark, StringComparison.Ordinal)
        && dataset.Text(DicomTag.PatientName).Length == 0 && dataset.Text(DicomTag.PatientBirthDate).Length == 0;
}

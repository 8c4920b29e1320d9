using FellowOakDicom;

namespace MLNetScinti.Dicom;

/// <summary>
/// How a file says that its patient was simulated: by its Patient ID and its Image Comments, or Patient Comments where it is no image, without a name and a birth date. A file decides
/// this for itself, whatever folder it lies in and whatever a definition says of that folder.
/// </summary>
public static class SimulatedPatient
{
    /// <summary>What the Image Comments (0020,4000) of an image begin with, and the Patient Comments (0010,4000) of what was made from one.</summary>
    public const string Mark = "Simulated, no real patient.";

    /// <summary>What the Patient ID (0010,0020) begins with.</summary>
    public const string IdPrefix = "SIM-";

    /// <summary>Whether a data set says so. One with a name or a birth date is somebody's, whatever else it says.</summary>
    internal static bool IsSaid(DicomDataset dataset) =>
        dataset.Text(DicomTag.PatientID).StartsWith(IdPrefix, StringComparison.Ordinal)
        && (dataset.Text(DicomTag.ImageComments).StartsWith(Mark, StringComparison.Ordinal) || dataset.Text(DicomTag.PatientComments).StartsWith(Mark, StringComparison.Ordinal))
        && dataset.Text(DicomTag.PatientName).Length == 0 && dataset.Text(DicomTag.PatientBirthDate).Length == 0;
}

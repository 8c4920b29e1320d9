namespace FellowOakDicom;

public class DicomFileException : DicomDataException
{
    public DicomFileException(DicomFile file, string message)
        : base(message) => File = file;

    public DicomFileException(DicomFile file, string message, Exception innerException)
        : base(message, innerException) => File = file;

    public DicomFile File { get; }
}

namespace FellowOakDicom.IO.Reader;

public enum DicomReaderResult
{
    Processing,
    Success,
    Error,
    Stopped,
    Suspended,
}

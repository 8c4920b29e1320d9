namespace FellowOakDicom;

public abstract class DicomException : Exception
{
    protected DicomException(string message)
        : base(message)
    {
    }

    protected DicomException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

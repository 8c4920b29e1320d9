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

public class DicomDataException : DicomException
{
    public DicomDataException(string message)
        : base(message)
    {
    }

    public DicomDataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

public class DicomFileException : DicomDataException
{
    public DicomFileException(DicomFile file, string message)
        : base(message) => File = file;

    public DicomFileException(DicomFile file, string message, Exception innerException)
        : base(message, innerException) => File = file;

    public DicomFile File { get; }
}

public class DicomValidationException : DicomDataException
{
    public DicomValidationException(string content, DicomVR vr, string message)
        : base(message)
    {
        Content = content;
        VR = vr;
    }

    public string Content { get; }

    public DicomVR VR { get; }

    public override string Message => $"Content \"{Content}\" does not validate VR {VR.Code}: {base.Message}";
}

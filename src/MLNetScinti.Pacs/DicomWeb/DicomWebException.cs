using MLNetScinti.Imaging;

namespace MLNetScinti.Pacs.DicomWeb;

/// <summary>What kind of fault an archive's answer has.</summary>
public enum ArchiveFault
{
    /// <summary>It did not answer, broke off, or said that it cannot now: it may later.</summary>
    Unreachable,

    /// <summary>It does not let this program in, or its certificate is of nobody that is trusted.</summary>
    NotAllowed,

    /// <summary>It has no such thing.</summary>
    NotFound,

    /// <summary>Its answer is not what the standard says (PS3.18), or contradicts itself.</summary>
    BadAnswer,

    /// <summary>Its answer is larger than was allowed.</summary>
    TooLarge,

    /// <summary>It refused what it was asked.</summary>
    Refused,
}

/// <summary>An archive did not do what it was asked. The message is one line without identifiers of patients, and without credentials.</summary>
public sealed class DicomWebException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public DicomWebException(ArchiveFault fault, string message)
        : base(PlainText.Message(message)) => Fault = fault;

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public DicomWebException(ArchiveFault fault, string message, Exception innerException)
        : base(PlainText.Message(message), innerException) => Fault = fault;

    /// <summary>What kind of fault it is.</summary>
    public ArchiveFault Fault { get; }

    /// <summary>Whether asking again may help.</summary>
    public bool MayPass => Fault is ArchiveFault.Unreachable;
}

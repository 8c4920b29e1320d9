using MLNetScinti.Imaging;

namespace MLNetScinti.Service;

/// <summary>Something about the service cannot be done. The message is one line that says what was expected, what was found and what to do.</summary>
public sealed class ServiceException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public ServiceException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public ServiceException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

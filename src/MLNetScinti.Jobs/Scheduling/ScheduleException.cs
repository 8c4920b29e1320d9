using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>Something about a schedule cannot be done. The message is one line that says what was expected, what was found and what to do; it never holds a connection string.</summary>
public sealed class ScheduleException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public ScheduleException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public ScheduleException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

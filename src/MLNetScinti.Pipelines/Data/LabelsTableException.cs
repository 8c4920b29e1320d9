namespace MLNetScinti.Pipelines.Data;

/// <summary>A labels table that cannot be used. The message is one line: file and line, column, what was expected, what was found.</summary>
public sealed class LabelsTableException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public LabelsTableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public LabelsTableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace MLNetScinti.Pipelines.Data;

/// <summary>A folder without a single usable study. The message is one line.</summary>
public sealed class NoStudyException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public NoStudyException(string message)
        : base(message)
    {
    }
}

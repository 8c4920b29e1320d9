namespace MLNetScinti.Pipelines.Serving;

/// <summary>A file that is no fused model. The message is one line.</summary>
public sealed class NotAFusedModelException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public NotAFusedModelException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public NotAFusedModelException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

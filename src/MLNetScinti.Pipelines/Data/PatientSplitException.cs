namespace MLNetScinti.Pipelines.Data;

/// <summary>A split by patient that cannot be made, or must not. The message is one line and names patients by pseudonym only.</summary>
public sealed class PatientSplitException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public PatientSplitException(string message)
        : base(message)
    {
    }
}

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Another run writes the same folder. The message is one line.</summary>
public sealed class RunFolderInUseException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public RunFolderInUseException(string message)
        : base(message)
    {
    }
}

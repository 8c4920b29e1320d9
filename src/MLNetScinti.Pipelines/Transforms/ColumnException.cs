namespace MLNetScinti.Pipelines.Transforms;

/// <summary>A column that is missing, or holds something else than a step needs. The message is one line: the column, what was expected, what was found.</summary>
public sealed class ColumnException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public ColumnException(string message)
        : base(message)
    {
    }
}

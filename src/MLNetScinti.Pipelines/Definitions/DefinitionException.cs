namespace MLNetScinti.Pipelines.Definitions;

/// <summary>
/// A pipeline definition that cannot be carried out as written. The message is one line: the file and line, the key,
/// what was expected and what was found.
/// </summary>
public sealed class DefinitionException : Exception
{
    /// <summary>Makes the exception from its one line.</summary>
    public DefinitionException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception from its one line and what lies behind it.</summary>
    public DefinitionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static DefinitionException At(string file, long line, string key, string problem) =>
        new($"{file}:{line}: {(key.Length == 0 ? "" : key + ": ")}{problem}");
}

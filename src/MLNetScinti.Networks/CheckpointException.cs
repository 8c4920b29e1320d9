using MLNetScinti.Imaging;

namespace MLNetScinti.Networks;

/// <summary>A checkpoint that cannot be gone on from: damaged, or of another training. The message says which and what to do.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Whether the file itself is damaged; otherwise it is whole, and of a training with another setting.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>An exception without a message of its own.</summary>
    public CheckpointException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public CheckpointException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>An exception that says what is wrong and what caused it.</summary>
    public CheckpointException(string message, Exception innerException)
        : base(PlainText.Message(message), innerException)
    {
    }
}

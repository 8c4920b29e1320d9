using MLNetScinti.Imaging;

namespace MLNetScinti.Notebooks;

/// <summary>A notebook that cannot be read, or cannot be run as asked. The message is one line and says what to do.</summary>
public sealed class NotebookException : Exception
{
    /// <summary>An exception with a message.</summary>
    public NotebookException(string message)
        : base(PlainText.Message(message))
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public NotebookException(string message, Exception cause)
        : base(PlainText.Message(message), cause)
    {
    }
}

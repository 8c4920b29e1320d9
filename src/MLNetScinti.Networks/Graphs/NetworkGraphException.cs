namespace MLNetScinti.Networks;

/// <summary>A network that cannot be: a layer that does not fit what it is given. The message names the layer.</summary>
public sealed class NetworkGraphException : Exception
{
    /// <summary>An exception without a message of its own.</summary>
    public NetworkGraphException()
    {
    }

    /// <summary>An exception that says what is wrong.</summary>
    public NetworkGraphException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is wrong and what caused it.</summary>
    public NetworkGraphException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

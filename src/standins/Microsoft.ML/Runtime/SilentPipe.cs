namespace Microsoft.ML.Runtime;

/// <summary>A pipe that nobody listens to.</summary>
internal sealed class SilentPipe<TMessage>(string name) : IPipe<TMessage>
{
    public string ContextDescription => name;

    public TException Process<TException>(TException ex)
        where TException : Exception => ex;

    public void Send(TMessage msg)
    {
    }

    public void Dispose()
    {
    }
}

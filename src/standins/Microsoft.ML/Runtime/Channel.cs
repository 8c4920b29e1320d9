using System.Diagnostics;

namespace Microsoft.ML.Runtime;

/// <summary>Sends its messages to the context's Log event; says when it starts, finishes and is disposed.</summary>
internal sealed class Channel : IChannel
{
    private readonly MLContext _context;
    private readonly string _source;
    private readonly long _started = Stopwatch.GetTimestamp();
    private bool _disposed;

    public Channel(MLContext context, string source)
    {
        _context = context;
        _source = source;
        Say(ChannelMessageKind.Trace, MessageSensitivity.None, "Channel started");
    }

    public string ContextDescription => _source;

    public TException Process<TException>(TException ex)
        where TException : Exception => ex;

    public void Send(ChannelMessage msg) => _context.Publish(_source, msg);

    public void Trace(MessageSensitivity sensitivity, string fmt) => Say(ChannelMessageKind.Trace, sensitivity, fmt);

    public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) => Say(ChannelMessageKind.Trace, sensitivity, fmt, args);

    public void Error(MessageSensitivity sensitivity, string fmt) => Say(ChannelMessageKind.Error, sensitivity, fmt);

    public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) => Say(ChannelMessageKind.Error, sensitivity, fmt, args);

    public void Warning(MessageSensitivity sensitivity, string fmt) => Say(ChannelMessageKind.Warning, sensitivity, fmt);

    public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) => Say(ChannelMessageKind.Warning, sensitivity, fmt, args);

    public void Info(MessageSensitivity sensitivity, string fmt) => Say(ChannelMessageKind.Info, sensitivity, fmt);

    public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) => Say(ChannelMessageKind.Info, sensitivity, fmt, args);

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Say(ChannelMessageKind.Trace, MessageSensitivity.None, "Channel finished. Elapsed {0:c}.", [Stopwatch.GetElapsedTime(_started)]);
            Say(ChannelMessageKind.Trace, MessageSensitivity.None, "Channel disposed");
        }
    }

    private void Say(ChannelMessageKind kind, MessageSensitivity sensitivity, string format, object[] arguments = null) =>
        _context.Publish(_source, new ChannelMessage(kind, sensitivity, format, arguments));
}

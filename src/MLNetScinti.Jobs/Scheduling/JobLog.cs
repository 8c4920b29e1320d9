using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MLNetScinti.Imaging;

namespace MLNetScinti.Jobs.Scheduling;

/// <summary>A log of structured lines: a JSON object each, with the time in UTC, who speaks, and what is said. Whoever writes to it names no patient.</summary>
public sealed class JobLog : IDisposable
{
    private const int Longest = 4000;

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly Lock _lock = new();
    private readonly StreamWriter _writer;

    /// <summary>Opens a log for adding to it, readable by its owner and its group.</summary>
    public JobLog(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        FileStreamOptions options = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        }

        _writer = new StreamWriter(file, new UTF8Encoding(false), options) { AutoFlush = true };
    }

    /// <summary>Writes a line.</summary>
    /// <param name="source">Who speaks: "node", "job", "out" or "error".</param>
    /// <param name="text">What is said.</param>
    public void Write(string source, string text)
    {
        string line = JsonSerializer.Serialize(new Line(DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), source, PlainText.Short(text, Longest)), s_json);
        lock (_lock)
        {
            try
            {
                _writer.WriteLine(line);
            }
            catch (Exception problem) when (problem is IOException or ObjectDisposedException)
            {
                // A full disk does not end a job that may have room elsewhere.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private sealed record Line(string At, string Source, string Text);
}

/// <summary>Has what a library says of itself in a log, from warnings on.</summary>
/// <param name="log">The log.</param>
/// <param name="source">Who speaks: "scheduler", "server".</param>
public sealed class LibraryLog(JobLog log, string source) : ILoggerFactory, ILogger
{
    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => ArgumentNullException.ThrowIfNull(provider);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            ArgumentNullException.ThrowIfNull(formatter);
            log.Write(source, $"{formatter(state, exception)}{(exception is null ? "" : $" ({exception.GetBaseException().Message})")}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

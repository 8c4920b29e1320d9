using System.Text;

namespace MLNetScinti.Imaging;

/// <summary>
/// The one way to write a file: under a temporary name beside its own, flushed to the disk, then moved into place. Whoever reads
/// finds the old file or the new one whole, also after a crash; a half-written file is never taken for a whole one. What is no
/// file, such as /dev/stdout, is written to where it is: whoever has the rights would otherwise put a file in a device's place.
/// </summary>
public static class AtomicFile
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a text as UTF-8 without a mark at its beginning; folders that lack are made.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there stays as it was.</exception>
    public static void Write(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(s_utf8.GetBytes(text)));
    }

    /// <summary>Writes bytes; folders that lack are made.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there stays as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using AtomicStream stream = new(path);
        stream.Content.Write(bytes);
        stream.Keep();
    }

    /// <summary>Has the content written into a stream, which may seek; where that throws, nothing is left behind.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there stays as it was.</exception>
    public static void Write(string path, Action<Stream> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        using AtomicStream stream = new(path);
        content(stream.Content);
        stream.Keep();
    }

    /// <summary>Has a text written into a writer (UTF-8 without a mark, lines that end in a line feed), a part at a time: for tables that need not fit into memory.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there stays as it was.</exception>
    public static void WriteText(string path, Action<TextWriter> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Write(path, stream =>
        {
            using StreamWriter writer = new(stream, s_utf8, leaveOpen: true) { NewLine = "\n" };
            content(writer);
        });
    }

    private sealed class AtomicStream : IDisposable
    {
        private readonly string _path, _temporary;
        private bool _isKept;

        public AtomicStream(string path)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            _path = Path.GetFullPath(path);
            if (IsDevice(_path))
            {
                (_temporary, _isKept) = (_path, true);
                Content = new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1 << 16);
                return;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            _temporary = $"{_path}.{Guid.NewGuid():N}.part";
            Content = new(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }

        public FileStream Content { get; }

        public void Keep()
        {
            if (_isKept)
            {
                Content.Flush();
                return;
            }

            // Without this a crash of the machine can leave the new name with nothing behind it.
            Content.Flush(flushToDisk: true);
            Content.Dispose();
            File.Move(_temporary, _path, overwrite: true);
            _isKept = true;
        }

        public void Dispose()
        {
            try
            {
                // What is still in its buffer goes out now, and on a full disk it does not.
                Content.Dispose();
            }
            finally
            {
                if (!_isKept)
                {
                    File.Delete(_temporary);
                }
            }
        }

        private static bool IsDevice(string path)
        {
            if (OperatingSystem.IsWindows() || !File.Exists(path))
            {
                return false;
            }

            string real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            return real.StartsWith("/proc/", StringComparison.Ordinal) || (real.StartsWith("/dev/", StringComparison.Ordinal) && !real.StartsWith("/dev/shm/", StringComparison.Ordinal));
        }
    }
}

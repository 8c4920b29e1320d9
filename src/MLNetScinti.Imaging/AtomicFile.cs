using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace MLNetScinti.Imaging;

/// <summary>
/// The one way to write a file: under a temporary name beside its own, flushed to the disk, then moved into place. Whoever reads
/// finds the old file or the new one whole, also after a crash; a half-written file is never taken for a whole one. What is no
/// file, such as /dev/stdout, is written to where it is: whoever has the rights would otherwise put a file in a device's place.
/// </summary>
public static class AtomicFile
{
    private const string Prefix = ".scinti-", Suffix = ".part";

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
        _ = stream.Try(bytes, static (content, bytes) => content.Write(bytes));
        _ = stream.Keep();
    }

    /// <summary>Writes bytes that not everybody may read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What it will hold.</param>
    /// <param name="mode">Who may do what with it, on Unix, from its first moment on.</param>
    /// <exception cref="IOException">The file cannot be written; what was there stays as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode)
    {
        using AtomicStream stream = new(path, mode);
        _ = stream.Try(bytes, static (content, bytes) => content.Write(bytes));
        _ = stream.Keep();
    }

    /// <summary>Has the content written into a stream, which may seek; where that throws, nothing is left behind.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there stays as it was.</exception>
    public static void Write(string path, Action<Stream> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        using AtomicStream stream = new(path);
        _ = stream.Try(content, static (stream, content) => content(stream));
        _ = stream.Keep();
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

    /// <summary>Writes bytes where no file is yet; one that is there, or that another process puts there meanwhile, stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">What it will hold.</param>
    /// <param name="mode">Who may do what with it, on Unix, from its first moment on; null for what the system gives.</param>
    /// <returns>Whether the file is the one that was written here.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static bool WriteNew(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode = null)
    {
        using AtomicStream stream = new(path, mode);
        return stream.Try(bytes, static (content, bytes) => content.Write(bytes)) && stream.Keep(overwrite: false);
    }

    /// <summary>Whether a name is one under which files are written before they get their own: of a writer at work, or one that was killed.</summary>
    public static bool IsTemporary(ReadOnlySpan<char> name) =>
        name.Length == Prefix.Length + 32 + Suffix.Length && name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>Moves a folder out of the way, beside itself, under a name that nobody has.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="why">A word for its new name: "cohort" becomes "cohort-earlier-1".</param>
    /// <returns>Where it is now.</returns>
    public static string MoveAside(string folder, string why)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string aside = Enumerable.Range(1, int.MaxValue).Select(number => $"{folder}-{why}-{number}").First(path => !Path.Exists(path));
        Directory.Move(folder, aside);
        return aside;
    }

    /// <summary>Takes away what killed writers left in a folder: what nobody holds and nobody has written to for a while.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="abandoned">For how long; zero where it is known that nobody else writes there.</param>
    public static void RemoveLeftBehind(string folder, TimeSpan abandoned)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}", new EnumerationOptions { AttributesToSkip = FileAttributes.None }).Where(file => IsTemporary(Path.GetFileName(file.AsSpan()))))
            {
                RemoveAbandoned(file, abandoned);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // What cannot be looked through is not tidied.
        }
    }

    private static void RemoveAbandoned(string file, TimeSpan abandoned)
    {
        try
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) >= abandoned)
            {
                // Who writes holds it alone.
                using FileStream nobodys = new(file, FileMode.Open, FileAccess.Write, FileShare.None | FileShare.Delete);
                File.Delete(file);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or still being written: it stays.
        }
    }

    private sealed class AtomicStream : IDisposable
    {
        // What killed writers left is looked for once in a folder.
        private static readonly ConcurrentDictionary<string, bool> s_tidied = new(StringComparer.Ordinal);
        private static readonly TimeSpan s_abandoned = TimeSpan.FromMinutes(10);

        private readonly string _path, _temporary;
        private readonly FileStream _content;
        private bool _isKept;

        public AtomicStream(string path, UnixFileMode? mode = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            _path = Path.GetFullPath(path);
            if (IsDevice(_path))
            {
                (_temporary, _isKept) = (_path, true);
                _content = new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1 << 16);
                return;
            }

            string folder = Path.GetDirectoryName(_path)!;
            Directory.CreateDirectory(folder);
            if (s_tidied.TryAdd(folder, true))
            {
                RemoveLeftBehind(folder, s_abandoned);
            }

            _temporary = Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}{Suffix}");
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 << 16 };
            if (mode is { } rights && !OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = rights;
            }

            _content = Said(() => new FileStream(_temporary, options));
        }

        public bool Try<T>(T what, Action<Stream, T> write)
            where T : allows ref struct
        {
            try
            {
                write(_content, what);
                return true;
            }
            catch (Exception problem) when (IsOurs(problem))
            {
                throw Said(problem);
            }
        }

        public bool Keep(bool overwrite = true)
        {
            if (_isKept)
            {
                _content.Flush();
                return true;
            }

            try
            {
                // Without this a crash of the machine can leave the new name with nothing behind it.
                _content.Flush(flushToDisk: true);
                _content.Dispose();
                if (overwrite || !TryName(_temporary, _path))
                {
                    File.Move(_temporary, _path, overwrite);
                    return _isKept = true;
                }

                // The file has its name now; the temporary one goes with this stream.
                return true;
            }
            catch (IOException) when (!overwrite && File.Exists(_path))
            {
                return false;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw Said(problem);
            }
        }

        // File.Move without overwriting looks whether there is a file and renames then, which replaces one that came in between; a
        // second name for the same file is given by the kernel only where there is none. False where the file system has no such
        // names (FAT), or on systems other than Linux: then File.Move is the best there is.
        private static bool TryName(string temporary, string path)
        {
            const int isThere = 17;
            if (!OperatingSystem.IsLinux())
            {
                return false;
            }

            try
            {
                if (Link([.. Encoding.UTF8.GetBytes(temporary), 0], [.. Encoding.UTF8.GetBytes(path), 0]) == 0)
                {
                    return true;
                }
            }
            catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
            {
                return false;
            }

            return Marshal.GetLastPInvokeError() == isThere ? throw new IOException($"{path} is there already.") : false;
        }

        [DllImport("libc", EntryPoint = "link", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int Link(byte[] file, byte[] name);

        public void Dispose()
        {
            try
            {
                // What is still in its buffer goes out now, and on a full disk it does not.
                _content.Dispose();
            }
            catch (IOException) when (!_isKept)
            {
                // It is given up in any case, and what was thrown before says why.
            }
            finally
            {
                if (!_isKept)
                {
                    File.Delete(_temporary);
                }
            }
        }

        private T Said<T>(Func<T> open)
        {
            try
            {
                return open();
            }
            catch (Exception problem) when (IsOurs(problem))
            {
                throw Said(problem);
            }
        }

        private bool IsOurs(Exception problem) => problem is IOException or UnauthorizedAccessException && problem.Message.Contains(_temporary, StringComparison.Ordinal);

        // The system names the temporary file, which nobody knows and which is gone by then.
        private Exception Said(Exception problem)
        {
            string sentence = $"{_path} cannot be written: {problem.Message.Replace($" : '{_temporary}'", "", StringComparison.Ordinal).Replace(_temporary, _path, StringComparison.Ordinal).TrimEnd('.')}.";
            return problem is UnauthorizedAccessException ? new UnauthorizedAccessException(sentence, problem) : new IOException(sentence, problem);
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

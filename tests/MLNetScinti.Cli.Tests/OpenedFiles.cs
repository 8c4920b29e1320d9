using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MLNetScinti.Cli.Tests;

/// <summary>How often any process opens each file of a folder, as Linux tells it (inotify(7)).</summary>
internal sealed partial class OpenedFiles : IDisposable
{
    private const uint Open = 0x20, CloseWritten = 0x08, CloseRead = 0x10;

    private readonly FileStream _events;
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Thread _reader;
    private readonly string _folder;
    private readonly ManualResetEventSlim _end = new();

    public OpenedFiles(string folder)
    {
        _folder = folder;
        int handle = InotifyInit(0);
        // A close between two opens keeps the system from making one event of them.
        if (handle < 0 || InotifyAddWatch(handle, folder, Open | CloseWritten | CloseRead) < 0)
        {
            throw new IOException($"{folder} cannot be watched.");
        }

        _events = new FileStream(new SafeFileHandle(handle, ownsHandle: true), FileAccess.Read, bufferSize: 0);
        _reader = new Thread(Listen) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>The counts so far, by name; ends the watch.</summary>
    public IReadOnlyDictionary<string, int> Counts()
    {
        // Events come in order: when this file's has come, all others have.
        File.WriteAllText(Path.Combine(_folder, "end-of-the-watch"), "");
        if (!_end.Wait(TimeSpan.FromSeconds(60)))
        {
            throw new TimeoutException("The system tells of no file that is opened.");
        }

        File.Delete(Path.Combine(_folder, "end-of-the-watch"));
        return _counts;
    }

    public void Dispose()
    {
        if (!_end.IsSet)
        {
            _ = Counts();
        }

        _reader.Join();
        _events.Dispose();
        _end.Dispose();
    }

    private void Listen()
    {
        byte[] bytes = new byte[1 << 16];
        while (!_end.IsSet)
        {
            int read = _events.Read(bytes);
            for (int at = 0; at < read;)
            {
                uint what = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
                int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 12));
                string name = Encoding.UTF8.GetString(bytes.AsSpan(at + 16, length)).TrimEnd('\0');
                at += 16 + length;
                if (name == "end-of-the-watch")
                {
                    _end.Set();
                    return;
                }

                if ((what & Open) != 0 && name.Length > 0)
                {
                    _counts[name] = _counts.GetValueOrDefault(name) + 1;
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InotifyAddWatch(int handle, string path, uint mask);
}

using System.Runtime.InteropServices;
using System.Text;

namespace MLNetScinti.Imaging;

/// <summary>
/// The one way to open a file that somebody names. A pipe, a socket or a device under a file's name may never answer or never end, so it is not
/// opened at all: whoever waits for it could not be told to stop either.
/// </summary>
public static class InputFile
{
    /// <summary>Whether a path leads to a file with bytes of its own, also over links; what cannot be asked is left to whoever opens it.</summary>
    public static bool IsOrdinary(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        try
        {
            // The layout of statx is the same on every processor, unlike that of stat.
            const int currentFolder = -100, modeAt = 28, size = 256;
            const uint type = 1;
            byte[] answer = new byte[size];
            if (StatX(currentFolder, [.. Encoding.UTF8.GetBytes(path), 0], 0, type, answer) != 0)
            {
                // Whoever opens it will be told why.
                return true;
            }

            const int typeMask = 0xF000, regular = 0x8000, folder = 0x4000;
            return (BitConverter.ToUInt16(answer, modeAt) & typeMask) is regular or folder;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return true;
        }
    }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileStream Open(string path, int bufferSize = 1 << 12)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Directory.Exists(path) ? throw new InvalidDataException($"{path}: expected a file, found a folder: give a file.")
            : IsOrdinary(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize)
            : throw new InvalidDataException($"{path}: expected a file, found a pipe, a socket or a device: give a file.");
    }

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        using FileStream stream = Open(path, bufferSize: 0);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>All of a text file, UTF-8 where it does not say otherwise.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string ReadAllText(string path)
    {
        using StreamReader reader = new(Open(path));
        return reader.ReadToEnd();
    }

    /// <summary>All lines of a text file.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string[] ReadAllLines(string path)
    {
        using StreamReader reader = new(Open(path));
        List<string> lines = [];
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return [.. lines];
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int StatX(int folder, byte[] path, int flags, uint mask, byte[] answer);
}

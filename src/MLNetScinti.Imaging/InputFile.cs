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

    /// <summary>Why nothing is found at a path, to stand behind it: there is nothing, or a folder on the way may not be looked into, and then nobody can say.</summary>
    /// <param name="path">The path that <see cref="File.Exists"/> or <see cref="Directory.Exists"/> says leads to nothing.</param>
    /// <param name="what">What was looked for, such as "file".</param>
    public static string Missing(string path, string what)
    {
        if (path.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return $"the name is not written in UTF-8, and such a {what} cannot be opened here: rename it";
        }

        const int notPermitted = 1, accessDenied = 13;
        try
        {
            if (OperatingSystem.IsLinux() && StatX(-100, [.. Encoding.UTF8.GetBytes(path), 0], 0, 1, new byte[256]) != 0 && Marshal.GetLastPInvokeError() is accessDenied or notPermitted)
            {
                return $"the folder that it lies in may not be looked into, so whether there is such a {what} cannot be told: check the folder's rights";
            }
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
        }

        return $"there is no such {what}: check the path";
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int StatX(int folder, byte[] path, int flags, uint mask, byte[] answer);
}

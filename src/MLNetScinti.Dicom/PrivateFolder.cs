using System.Runtime.InteropServices;

namespace MLNetScinti.Dicom;

/// <summary>
/// This process's folder for temporary files, which only its user can enter: what is decoded there may hold a patient's name. It goes with
/// the process: at its end, on SIGTERM, SIGINT, SIGHUP and SIGQUIT, and where the process was killed or the machine went down, at the
/// next start of any other (<see cref="Sweep"/>).
/// </summary>
public static class PrivateFolder
{
    private const string Prefix = "scinti-private-";

    // Held open and locked while the process lives; the operating system lets go of it however the process ends.
    private const string Alive = ".alive";

    private static readonly TimeSpan s_beingMade = TimeSpan.FromMinutes(10);
    private static readonly Lock s_lock = new();

    // Where temporary files were before this process took its own folder for them.
    private static readonly string s_root = System.IO.Path.GetTempPath();
    private static readonly List<PosixSignalRegistration> s_signals = [];
    private static string? s_path;
    private static FileStream? s_alive;

    /// <summary>
    /// Whether SIGTERM, SIGINT and SIGHUP leave the folder alone: for a program that answers them itself, ends in good order, and calls
    /// <see cref="Remove"/> where it does not.
    /// </summary>
    public static bool StaysOnSignals { get; set; }

    /// <summary>The folder. It is made where it is not there, and what dead processes left is removed then.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public static string Path
    {
        get
        {
            lock (s_lock)
            {
                if (s_path is null || !Directory.Exists(s_path))
                {
                    Make();
                }

                return s_path!;
            }
        }
    }

    /// <summary>A name in the folder that nothing has yet.</summary>
    /// <param name="extension">What it ends in, such as ".dcm"; empty for a folder.</param>
    public static string NewName(string extension = "") => System.IO.Path.Combine(Path, Guid.NewGuid().ToString("N") + extension);

    /// <summary>
    /// Has all of this process's temporary files made in the folder, whoever makes them, and removes what dead processes left: for a program's
    /// start, before anything else asks where temporary files are.
    /// </summary>
    public static void TakeTemporaryFiles()
    {
        string path = Path;
        foreach (string variable in OperatingSystem.IsWindows() ? (string[])["TMP", "TEMP"] : ["TMPDIR"])
        {
            Environment.SetEnvironmentVariable(variable, path);
        }
    }

    /// <summary>Removes the folder and all that is in it, now. Whoever needs it afterwards gets a new one.</summary>
    public static void Remove()
    {
        lock (s_lock)
        {
            s_alive?.Dispose();
            s_alive = null;
            if (s_path is { } path)
            {
                s_path = null;
                Delete(path);
            }
        }
    }

    /// <summary>Removes the folders of this user's processes that are no more.</summary>
    /// <returns>How many there were.</returns>
    public static int Sweep()
    {
        int swept = 0;
        try
        {
            foreach (DirectoryInfo folder in new DirectoryInfo(s_root).EnumerateDirectories(Prefix + "*"))
            {
                swept += folder.LinkTarget is null && folder.FullName != s_path && IsDead(folder) && Delete(folder.FullName) ? 1 : 0;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Another sweeper was faster, or the folder is not to be listed: the next start tries again.
        }

        return swept;
    }

    private static void Make()
    {
        Sweep();
        s_alive?.Dispose();
        // Readable, writable and enterable by this user alone, under a name that nobody can have taken before.
        s_path = System.IO.Path.Combine(s_root, Prefix + Guid.NewGuid().ToString("N"));
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(s_path);
        }
        else
        {
            Directory.CreateDirectory(s_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        s_alive = Hold(System.IO.Path.Combine(s_path, Alive));
        if (s_signals.Count > 0)
        {
            return;
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove();
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            // What the signal does besides is not decided here.
            s_signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                if (!context.Cancel && (!StaysOnSignals || context.Signal == PosixSignal.SIGQUIT))
                {
                    Remove();
                }
            }));
        }
    }

    // A file is open for an instant before it is locked: under its own name, another process's sweep could find it unlocked, and take a living
    // folder for a dead one. It gets its name when it is locked. (On Windows both are one step, and an open file keeps its name.)
    private static FileStream Hold(string alive)
    {
        if (OperatingSystem.IsWindows())
        {
            return new FileStream(alive, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }

        FileStream held = new(alive + ".new", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        File.Move(held.Name, alive);
        return held;
    }

    /// <summary>Removes a file of the folder, or does nothing where it is not there any more, because the folder is gone too.</summary>
    internal static void Drop(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (DirectoryNotFoundException)
        {
            // The process is ending, and took the folder with it.
        }
    }

    private static bool IsDead(DirectoryInfo folder)
    {
        string alive = System.IO.Path.Combine(folder.FullName, Alive);
        try
        {
            using FileStream held = new(alive, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (FileNotFoundException)
        {
            // A process that is just making its folder has not locked it yet.
            return DateTime.UtcNow - folder.LastWriteTimeUtc > s_beingMade;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Something in it is still open, as may be on Windows: the next start removes it.
            return false;
        }
    }
}

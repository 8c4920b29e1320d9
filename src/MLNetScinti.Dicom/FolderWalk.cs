using System.IO.Enumeration;
using MLNetScinti.Imaging;

namespace MLNetScinti.Dicom;

/// <summary>
/// The one way to go through a folder of which nobody knows what is in it. It comes to an end whatever links there are: every folder
/// is gone through once, under its own name where it has one below the first folder. The operating system's own folders, whose
/// files are no files, are not entered. One folder's names are held at a time, so that a million files are no matter.
/// </summary>
public static class FolderWalk
{
    // As many links as a path may lead through before the operating systems themselves give up.
    private const int MostLinks = 40;

    private static readonly string[] s_systems = OperatingSystem.IsWindows() ? [] : ["/proc", "/sys", "/dev"];

    /// <summary>
    /// The files of a folder and of the folders in it, as they are asked for: folder by folder, each in the order of its names'
    /// characters, the same on every system. A folder that may not be read comes as if it were a file.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, or it is the operating system's own.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static IEnumerable<string> Files(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: expected a folder of DICOM files; {InputFile.Missing(folder, "folder")}.");
        }

        string top = RealPath(folder);
        return IsTheSystems(top)
            ? throw new DirectoryNotFoundException($"{folder}: expected a folder of DICOM files, found one of the operating system's own ({top}): give another one.")
            : Walk(folder, top);
    }

    private static IEnumerable<string> Walk(string folder, string top)
    {
        HashSet<string> seen = new(StringComparer.Ordinal) { top };
        Stack<(string Path, string Real, IEnumerator<Entry> Entries)> open = new();
        open.Push((folder, top, Entries(folder)!.GetEnumerator()));
        while (open.TryPeek(out (string Path, string Real, IEnumerator<Entry> Entries) here))
        {
            if (!here.Entries.MoveNext())
            {
                open.Pop();
                continue;
            }

            Entry entry = here.Entries.Current;
            string path = Path.Combine(here.Path, entry.Name);
            if (!entry.IsFolder)
            {
                yield return path;
                continue;
            }

            string real = entry.IsLink ? RealPath(path) : Path.Combine(here.Real, entry.Name);
            // What is below the first folder comes under its own name; what is above it would bring everything again.
            if ((entry.IsLink && (IsWithin(real, top) || IsWithin(top, real))) || IsTheSystems(real) || !seen.Add(real))
            {
                continue;
            }

            if (Entries(path, mayBeClosed: true) is { } entries)
            {
                open.Push((path, real, entries.GetEnumerator()));
            }
            else
            {
                yield return path;
            }
        }
    }

    private static List<Entry>? Entries(string folder, bool mayBeClosed = false)
    {
        try
        {
            List<Entry> entries = [.. new FileSystemEnumerable<Entry>(folder,
                static (ref FileSystemEntry entry) => new Entry(entry.FileName.ToString(), entry.IsDirectory, entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) != 0),
                new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
            {
                // What a killed writer left, or one at work has not finished, is no file yet.
                ShouldIncludePredicate = static (ref FileSystemEntry entry) => entry.IsDirectory || !AtomicFile.IsTemporary(entry.FileName),
            }];
            entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        catch (Exception exception) when (mayBeClosed && exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsTheSystems(string real) => s_systems.Any(system => IsWithin(real, system)) && !IsWithin(real, "/dev/shm");

    private static bool IsWithin(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || folder.EndsWith(Path.DirectorySeparatorChar) || path[folder.Length] == Path.DirectorySeparatorChar);

    /// <summary>The path without links in any of its parts.</summary>
    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        Stack<string> rest = new(Parts(full[real.Length..]).Reverse());
        for (int links = 0; rest.TryPop(out string? part);)
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            string next = Path.Combine(real, part);
            string? target = links < MostLinks ? TargetOf(next) : null;
            if (target is null)
            {
                real = next;
                continue;
            }

            links++;
            string from = Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : "";
            real = from.Length > 0 ? from : real;
            foreach (string one in Parts(target[from.Length..]).Reverse())
            {
                rest.Push(one);
            }
        }

        return real;
    }

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");

    private readonly record struct Entry(string Name, bool IsFolder, bool IsLink);
}

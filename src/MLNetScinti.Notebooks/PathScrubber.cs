using System.Text;

namespace MLNetScinti.Notebooks;

/// <summary>
/// Takes the machine's own folders out of what a notebook shows: a saved notebook says nothing about whose computer ran it.
/// Paths inside the notebook's folder become relative.
/// </summary>
internal sealed class PathScrubber
{
    private readonly (string Folder, string Name)[] _folders;

    public PathScrubber(string folder)
    {
        List<(string Folder, string Name)> folders =
        [
            (Path.GetFullPath(folder), "."),
            (AppContext.BaseDirectory, "(application)"),
            (Path.GetTempPath(), "(temporary)"),
            (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "~"),
            (Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "", "(dotnet)"),
        ];
        // A notebook writes beside its folder: the folders above it are said from where it stands.
        string above = "..";
        for (string? parent = Path.GetDirectoryName(Path.GetFullPath(folder)); parent is not null && Path.GetDirectoryName(parent) is not null; parent = Path.GetDirectoryName(parent))
        {
            folders.Add((parent, above));
            above += "/..";
        }

        _folders = [.. folders
            .Select(entry => (Folder: entry.Folder.TrimEnd('/', '\\'), entry.Name))
            .Where(entry => entry.Folder.Length > 1)
            .DistinctBy(entry => entry.Folder)
            .OrderByDescending(entry => entry.Folder.Length)];
    }

    public string Scrub(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach ((string folder, string name) in _folders)
        {
            text = Replace(text, folder, name);
        }

        return text;
    }

    // Only whole folder names: what stands before and after must not belong to a longer path, nor to the text of a picture.
    private static string Replace(string text, string folder, string name)
    {
        int found = text.IndexOf(folder, StringComparison.Ordinal);
        if (found < 0)
        {
            return text;
        }

        StringBuilder result = new();
        int from = 0;
        for (; found >= 0; found = text.IndexOf(folder, found + folder.Length, StringComparison.Ordinal))
        {
            int end = found + folder.Length;
            bool starts = found == 0 || !(char.IsLetterOrDigit(text[found - 1]) || text[found - 1] is '/' or '+' or '.' or '-' or '_' or '~');
            bool ends = end == text.Length || !(char.IsLetterOrDigit(text[end]) || text[end] is '-' or '_' or '+' or '=');
            if (starts && ends)
            {
                result.Append(text, from, found - from).Append(name);
                from = end;
            }
        }

        return result.Append(text, from, text.Length - from).ToString();
    }
}

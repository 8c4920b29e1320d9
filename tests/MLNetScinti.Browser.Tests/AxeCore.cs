using MLNetScinti.Testing;

namespace MLNetScinti.Browser.Tests;

/// <summary>The accessibility checker axe-core, in one pinned version, fetched once by npm into the cache folder. Tests only; nothing of it is in the repository or the product.</summary>
internal static class AxeCore
{
    private const string Version = "4.14.1";

    private static readonly Lazy<(string? Path, string? Missing)> s_found = new(Fetch);

    /// <summary>Why there is none here; null where there is one.</summary>
    public static string? Missing => s_found.Value.Missing;

    /// <summary>Its source.</summary>
    public static string Source => File.ReadAllText(s_found.Value.Path ?? throw new InvalidOperationException(Missing));

    private static (string?, string?) Fetch()
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } told
            ? told
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string folder = Path.Combine(cache, "mlnetscinti", $"axe-core-{Version}");
        string script = Path.Combine(folder, "package", "axe.min.js");
        if (File.Exists(script))
        {
            return (script, null);
        }

        if (!Peer.IsThere("npm") || !Peer.IsThere("tar"))
        {
            return (null, "Not installed here: npm, which would fetch axe-core.");
        }

        // Into a folder of its own and then moved: two test runs at once must not read each other's half.
        string temporary = $"{folder}.{Guid.NewGuid():N}.part";
        Directory.CreateDirectory(temporary);
        try
        {
            (int exitCode, string _, string error) = Peer.Run("npm", "pack", "--silent", "--pack-destination", temporary, $"axe-core@{Version}");
            string archive = Path.Combine(temporary, $"axe-core-{Version}.tgz");
            if (exitCode != 0 || !File.Exists(archive) || Peer.Run("tar", "xzf", archive, "-C", temporary, "package/axe.min.js", "package/LICENSE").ExitCode != 0)
            {
                return (null, $"npm could not fetch axe-core {Version}: {error.Split('\n')[0]}");
            }

            if (!File.Exists(script))
            {
                Directory.Move(temporary, folder);
            }

            return (script, null);
        }
        catch (IOException) when (File.Exists(script))
        {
            return (script, null);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }
}

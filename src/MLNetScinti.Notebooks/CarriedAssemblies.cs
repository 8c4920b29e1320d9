using System.Text.Json;
using Microsoft.CodeAnalysis;

namespace MLNetScinti.Notebooks;

/// <summary>
/// The assemblies and packages that this application carries. A notebook's references to them are answered with the very
/// assemblies that are running, so that its values and the application's are of the same types.
/// </summary>
internal static class CarriedAssemblies
{
    private static readonly Lazy<Dictionary<string, string>> s_files = new(() =>
    {
        Dictionary<string, string> files = new(StringComparer.OrdinalIgnoreCase);
        foreach (string file in Paths("TRUSTED_PLATFORM_ASSEMBLIES").Where(file => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)))
        {
            files.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        }

        return files;
    });

    private static readonly Lazy<HashSet<string>> s_packages = new(() =>
    {
        HashSet<string> packages = new(StringComparer.OrdinalIgnoreCase);
        foreach (string file in Paths("APP_CONTEXT_DEPS_FILES").Where(File.Exists))
        {
            using JsonDocument deps = JsonDocument.Parse(File.ReadAllBytes(file));
            if (deps.RootElement.TryGetProperty("libraries", out JsonElement libraries))
            {
                packages.UnionWith(libraries.EnumerateObject().Select(library => library.Name.Split('/')[0]));
            }
        }

        return packages;
    });

    private static readonly Lazy<MetadataReference[]> s_references = new(() => [.. s_files.Value.Values.Select(file => (MetadataReference)MetadataReference.CreateFromFile(file))]);

    /// <summary>A reference to each assembly.</summary>
    public static IReadOnlyList<MetadataReference> References => s_references.Value;

    /// <summary>Whether there is an assembly of this name.</summary>
    public static bool Contains(string assembly) => s_files.Value.ContainsKey(assembly);

    /// <summary>Whether a package's assemblies are there.</summary>
    public static bool ContainsPackage(string package) => s_packages.Value.Contains(package) || Contains(package);

    private static string[] Paths(string key) =>
        (AppContext.GetData(key) as string)?.Split(key == "APP_CONTEXT_DEPS_FILES" ? ';' : Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
}

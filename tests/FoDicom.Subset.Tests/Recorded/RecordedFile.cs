using System.Text.Json;

namespace FoDicom.Subset.Tests.Recorded;

/// <summary>One file of behaviour recorded from a genuine package: sections, each with cases of <c>output</c> or <c>throws</c>.</summary>
public sealed class RecordedFile
{
    private readonly JsonElement _root;

    private RecordedFile(string name)
    {
        Name = name;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(PathOf($"{name}-behaviour.json")));
        _root = document.RootElement.Clone();
    }

    public static RecordedFile FoDicom { get; } = new("fodicom");

    public string Name { get; }

    /// <summary>The files of this kind that the test project holds.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetFiles(PathOf(""), "*-behaviour.json").Select(file => Path.GetFileName(file)[..^"-behaviour.json".Length]).Order(StringComparer.Ordinal)];

    /// <summary>All cases as (section, name): the entries that say what was done and what came of it.</summary>
    public IEnumerable<(string Section, string Name)> Cases =>
        from section in _root.EnumerateObject()
        where section.Value.ValueKind == JsonValueKind.Object
        from entry in section.Value.EnumerateObject()
        where IsCase(entry)
        select (section.Name, entry.Name);

    public static RecordedFile Of(string name) => name is "fodicom" ? FoDicom : new RecordedFile(name);

    /// <summary>An entry of a section: a case, or a fixture that the cases share.</summary>
    public JsonElement Entry(string section, string name) =>
        _root.TryGetProperty(section, out JsonElement cases) && cases.TryGetProperty(name, out JsonElement entry)
            ? entry
            : throw new KeyNotFoundException($"{Name}-behaviour.json has no case '{name}' in section '{section}'.");

    /// <summary>The names of a section's cases, in the order of the file.</summary>
    public IEnumerable<string> NamesIn(string section) => Cases.Where(one => one.Section == section).Select(one => one.Name);

    internal static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Recorded", file);

    private static bool IsCase(JsonProperty entry) => entry.Value.ValueKind == JsonValueKind.Object && (entry.Value.TryGetProperty("output", out _) || entry.Value.TryGetProperty("throws", out _));
}

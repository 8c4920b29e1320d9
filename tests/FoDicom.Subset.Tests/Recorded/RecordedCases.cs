using System.Collections;
using System.Text.Json;
using Xunit;
using Xunit.Sdk;

namespace FoDicom.Subset.Tests.Recorded;

/// <summary>
/// The cases of one section that a test class asserts: each case's name, and what to do now. A class holds one in a static field,
/// runs a theory over <see cref="Names"/> with <see cref="Assert(string)"/>, and the coverage test finds the field and counts.
/// </summary>
public sealed class RecordedCases(RecordedFile file, string section) : IEnumerable<string>
{
    private readonly Dictionary<string, (Func<JsonElement, object?> Actual, Comparison Comparison)> _cases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inParts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);

    public RecordedFile File { get; } = file;

    public string Section { get; } = section;

    public TheoryData<string> Names => [.. _cases.Keys];

    /// <summary>A case that is met exactly.</summary>
    public Func<object?> this[string name]
    {
        set => Add(name, value);
    }

    /// <summary>A case that is met as closely as the comparison says.</summary>
    public Func<object?> this[string name, Comparison comparison]
    {
        set => Add(name, comparison, value);
    }

    public void Add(string name, Func<object?> actual) => Add(name, Comparison.Exact, actual);

    public void Add(string name, Comparison comparison, Func<object?> actual) => Add(name, comparison, _ => actual());

    /// <summary>A case whose inputs stand in the recording: <paramref name="actual"/> gets the whole entry.</summary>
    public void Add(string name, Comparison comparison, Func<JsonElement, object?> actual)
    {
        _ = File.Entry(Section, name);
        _cases.Add(name, (actual, comparison));
    }

    /// <summary>A case that holds its results under names of their own: <paramref name="actual"/> answers a map with some or all of these.</summary>
    public void AddParts(string name, Comparison comparison, Func<JsonElement, IReadOnlyDictionary<string, object?>> actual)
    {
        Add(name, comparison, actual);
        _inParts.Add(name);
    }

    /// <summary>A case that is one value, without a name for it.</summary>
    public void AddWhole(string name, Comparison comparison, Func<object?> actual)
    {
        Add(name, comparison, actual);
        _whole.Add(name);
    }

    /// <summary>Does now what the case did, and compares all that was recorded.</summary>
    public void Assert(string name)
    {
        (Func<JsonElement, object?> actual, Comparison comparison) = _cases[name];
        JsonElement recorded = File.Entry(Section, name);
        object? now = RecordedValue.Probe(() => actual(recorded));
        if (_whole.Contains(name) || _inParts.Contains(name))
        {
            Report(name, _whole.Contains(name) ? comparison.Difference(recorded, now, name) : DifferenceInParts(comparison, recorded, now));
            return;
        }

        bool threw = now is IReadOnlyDictionary<string, object?> { Count: 1 } map && map.ContainsKey("throws");
        string? difference = recorded.TryGetProperty("throws", out JsonElement throws)
            ? threw
                ? comparison.Difference(throws, ((IReadOnlyDictionary<string, object?>)now!)["throws"], "throws")
                : $"expected {throws.GetRawText()}, found {RecordedValue.Text(now)}"
            : comparison.Difference(recorded.GetProperty("output"), now, "output");
        Report(name, difference);
    }

    private static string? DifferenceInParts(Comparison comparison, JsonElement recorded, object? now)
    {
        if (now is not IReadOnlyDictionary<string, object?> { Count: > 0 } parts || parts.ContainsKey("throws"))
        {
            return $"expected results by name, found {RecordedValue.Text(now)}";
        }

        foreach ((string part, object? value) in parts)
        {
            if (!recorded.TryGetProperty(part, out JsonElement expected))
            {
                return $"{part}: nothing of this name was recorded";
            }

            if (comparison.Difference(expected, value, part) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private void Report(string name, string? difference)
    {
        if (difference is not null)
        {
            throw new XunitException($"{File.Name}, {Section}, '{name}': {difference}");
        }
    }

    public IEnumerator<string> GetEnumerator() => _cases.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

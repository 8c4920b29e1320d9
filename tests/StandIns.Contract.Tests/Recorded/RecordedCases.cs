using System.Collections;
using System.Text.Json;
using Xunit;
using Xunit.Sdk;

namespace MLNetScinti.StandIns.Contract.Recorded;

/// <summary>
/// The cases of one section that a test class asserts: each case's name, and what to do now. A class holds one in a static field,
/// runs a theory over <see cref="Names"/> with <see cref="Assert(string)"/>, and the coverage test finds the field and counts.
/// </summary>
public sealed class RecordedCases(RecordedFile file, string section) : IEnumerable<string>
{
    private readonly Dictionary<string, (Func<JsonElement, object?> Actual, Comparison Comparison)> _cases = new(StringComparer.Ordinal);

    public RecordedFile File { get; } = file;

    public string Section { get; } = section;

    public TheoryData<string> Names => [.. _cases.Keys];

    /// <summary>A case that is met exactly.</summary>
    public Func<object?> this[string name]
    {
        set => Add(name, value);
    }

    public void Add(string name, Func<object?> actual) => Add(name, Comparison.Exact, actual);

    public void Add(string name, Comparison comparison, Func<object?> actual) => Add(name, comparison, _ => actual());

    /// <summary>A case whose inputs stand in the recording: <paramref name="actual"/> gets the whole entry.</summary>
    public void Add(string name, Comparison comparison, Func<JsonElement, object?> actual)
    {
        _ = File.Entry(Section, name);
        _cases.Add(name, (actual, comparison));
    }

    /// <summary>Does now what the case did, and compares all that was recorded.</summary>
    public void Assert(string name)
    {
        (Func<JsonElement, object?> actual, Comparison comparison) = _cases[name];
        JsonElement recorded = File.Entry(Section, name);
        object? now = RecordedValue.Probe(() => actual(recorded));
        bool threw = now is IReadOnlyDictionary<string, object?> { Count: 1 } map && map.ContainsKey("throws");
        string? difference = recorded.TryGetProperty("throws", out JsonElement throws)
            ? threw
                ? comparison.Difference(throws, ((IReadOnlyDictionary<string, object?>)now!)["throws"], "throws")
                : $"expected {throws.GetRawText()}, found {RecordedValue.Text(now)}"
            : comparison.Difference(recorded.GetProperty("output"), now, "output");
        if (difference is not null)
        {
            throw new XunitException($"{File.Name}, {Section}, '{name}': {difference}");
        }
    }

    public IEnumerator<string> GetEnumerator() => _cases.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

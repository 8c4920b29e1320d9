using System.Text.Json;

namespace FoDicom.Subset.Tests.Recorded;

/// <summary>How closely a case must be met. The default is: everything, texts and numbers exactly (doubles to 1e-12 relative).</summary>
public sealed record Comparison
{
    public static Comparison Exact { get; } = new();

    /// <summary>For texts that come from .NET or from a native library: only the type of the exception counts.</summary>
    public static Comparison TypeOfException { get; } = new() { OnlyTypeOfException = true };

    public double Relative { get; init; } = 1e-12;

    public double Absolute { get; init; }

    public bool OnlyTypeOfException { get; init; }

    /// <summary>Properties, at any depth, whose values vary: they must be there, their values do not matter.</summary>
    public IReadOnlySet<string> Varying { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    public static Comparison Within(double relative, double absolute) => new() { Relative = relative, Absolute = absolute };

    public static Comparison But(params string[] varying) => new() { Varying = varying.ToHashSet(StringComparer.Ordinal) };

    /// <summary>Compares the whole of what was recorded with what happened now; null where they agree.</summary>
    internal string? Difference(JsonElement expected, object? actual, string path)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                return actual is IReadOnlyDictionary<string, object?> found ? InObject(expected, found, path) : Differ(expected, actual, path);
            case JsonValueKind.Array:
                if (actual is not IReadOnlyList<object?> items)
                {
                    return Differ(expected, actual, path);
                }

                if (items.Count != expected.GetArrayLength())
                {
                    return $"{path}: expected {expected.GetArrayLength()} items, found {items.Count}: {RecordedValue.Text(items)}";
                }

                int index = 0;
                foreach (JsonElement item in expected.EnumerateArray())
                {
                    if (Difference(item, items[index], $"{path}[{index}]") is { } difference)
                    {
                        return difference;
                    }

                    index++;
                }

                return null;
            case JsonValueKind.Number:
                return SameNumber(expected, actual) ? null : Differ(expected, actual, path);
            case JsonValueKind.String:
                return actual is string text && Placeholders.Matches(expected.GetString()!, text) ? null : Differ(expected, actual, path);
            case JsonValueKind.True or JsonValueKind.False:
                return actual is bool flag && flag == expected.GetBoolean() ? null : Differ(expected, actual, path);
            default:
                return actual is null ? null : Differ(expected, actual, path);
        }
    }

    private static string Differ(JsonElement expected, object? actual, string path) =>
        $"{path}: expected {expected.GetRawText()}, found {RecordedValue.Text(actual)}";

    private string? InObject(JsonElement expected, IReadOnlyDictionary<string, object?> actual, string path)
    {
        bool isException = OnlyTypeOfException && expected.TryGetProperty("type", out _) && expected.TryGetProperty("message", out _);
        foreach (JsonProperty property in expected.EnumerateObject())
        {
            if (isException && property.Name is not "type")
            {
                continue;
            }

            if (!actual.TryGetValue(property.Name, out object? value))
            {
                return $"{path}.{property.Name}: expected {property.Value.GetRawText()}, found nothing in {RecordedValue.Text(actual)}";
            }

            if (!Varying.Contains(property.Name) && Difference(property.Value, value, $"{path}.{property.Name}") is { } difference)
            {
                return difference;
            }
        }

        string? extra = isException ? null : actual.Keys.FirstOrDefault(key => !expected.TryGetProperty(key, out _));
        return extra is null ? null : $"{path}.{extra}: found {RecordedValue.Text(actual[extra])}, which was not recorded";
    }

    private bool SameNumber(JsonElement expected, object? actual)
    {
        if (actual is long or ulong && (expected.TryGetInt64(out _) || expected.TryGetUInt64(out _)))
        {
            return actual is long whole ? expected.TryGetInt64(out long wanted) && wanted == whole : expected.TryGetUInt64(out ulong large) && large == (ulong)actual;
        }

        double number = expected.GetDouble();
        double? now = actual switch { double value => value, float value => value, long value => value, ulong value => value, _ => null };
        return now is { } found
            && ((actual is float single && single.Equals((float)number))
                || found.Equals(number)
                || Math.Abs(found - number) <= Math.Max(Absolute, (actual is float && Relative < 1e-9 ? 0 : Relative) * Math.Abs(number)));
    }
}

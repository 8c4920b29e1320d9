using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace FoDicom.Subset.Tests.Recorded;

/// <summary>Brings what a test saw into the form in which the recording holds it: null, bool, text, number, list, or names with values.</summary>
public static class RecordedValue
{
    private static readonly List<(Func<Type, bool> Knows, Func<object, object?> Describe)> Describers = [];

    /// <summary>Adds how values of a library's own types are written down.</summary>
    public static void Register(Func<Type, bool> knows, Func<object, object?> describe) => Describers.Add((knows, describe));

    /// <summary>Runs a probe: its value, or the exception in the form <c>{throws: {type, message, inner?}}</c>.</summary>
    public static object? Probe(Func<object?> probe)
    {
        try
        {
            return Of(probe());
        }
#pragma warning disable CA1031 // Any exception is the answer here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Dictionary<string, object?>(StringComparer.Ordinal) { ["throws"] = OfException(exception) };
        }
    }

    /// <summary>A dictionary for cases whose property names are no C# names.</summary>
    public static Dictionary<string, object?> Map(params (string Name, object? Value)[] entries) =>
        entries.ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);

    public static object? Of(object? value) => value switch
    {
        null => null,
        _ when Describers.Find(one => one.Knows(value.GetType())).Describe is { } describe => Of(describe(value)),
        bool or string => value,
        JsonElement element => OfJson(element),
        double number => double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture),
        float number => float.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture),
        ulong number => number,
        sbyte or byte or short or ushort or int or uint or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        decimal number => (double)number,
        char letter => letter.ToString(),
        Enum or Type => value.ToString(),
        ReadOnlyMemory<char> text => text.ToString(),
        DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("o", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, object?> map => map.ToDictionary(entry => entry.Key, entry => Of(entry.Value), StringComparer.Ordinal),
        IDictionary map => map.Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => Of(entry.Value), StringComparer.Ordinal),
        IEnumerable items => items.Cast<object?>().Select(Of).ToList(),
        _ when IsPlain(value.GetType()) => value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0)
            .ToDictionary(property => property.Name, property => Of(property.GetValue(value)), StringComparer.Ordinal),
        _ => throw new NotSupportedException($"A {value.GetType()} must be described by the test before it can be compared."),
    };

    internal static Dictionary<string, object?> OfException(Exception exception)
    {
        Dictionary<string, object?> described = new(StringComparer.Ordinal)
        {
            ["type"] = exception.GetType().FullName,
            ["message"] = exception.Message,
        };
        if (exception.InnerException is { } inner)
        {
            described["inner"] = OfException(inner);
        }

        return described;
    }

    internal static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IReadOnlyDictionary<string, object?> map => "{" + string.Join(", ", map.Select(entry => $"\"{entry.Key}\": {Text(entry.Value)}")) + "}",
        IReadOnlyList<object?> items => "[" + string.Join(", ", items.Select(Text)) + "]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static bool IsPlain(Type type) =>
        type.Name.Contains("AnonymousType", StringComparison.Ordinal) || type.Assembly == typeof(RecordedValue).Assembly;

    private static object? OfJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(property => property.Name, property => OfJson(property.Value), StringComparer.Ordinal),
        JsonValueKind.Array => element.EnumerateArray().Select(OfJson).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}

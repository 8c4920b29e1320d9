using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using MLNetScinti.Interactive;

namespace MLNetScinti.Notebooks;

/// <summary>
/// How a value is shown. Types that say so draw themselves, by the same convention by which .NET Interactive finds it: an
/// attribute named TypeFormatterSourceAttribute. Lists and records become tables, the rest is its text.
/// </summary>
internal static class ValueFormatting
{
    private const string Plain = "text/plain";
    private const string Html = "text/html";
    private const string Png = "image/png";
    private const int MostRows = 20;

    /// <summary>All forms of a value that are worth keeping: a picture or HTML, and text.</summary>
    public static MimeBundle Bundle(object? value)
    {
        if (value is MarkupText markup)
        {
            return new(Html, markup.Html);
        }

        Dictionary<string, string> forms = Drawn(value);
        if (forms.Count == 0)
        {
            return Undrawn(value);
        }

        // A picture says it all: as HTML it would be in the file twice.
        if (forms.ContainsKey(Png))
        {
            forms.Remove(Html);
        }

        forms.TryAdd(Plain, Text(value));
        return new(forms);
    }

    /// <summary>A value in one format; a text is taken as being in it already.</summary>
    /// <exception cref="ArgumentException">The value has no such form.</exception>
    public static MimeBundle As(object? value, string mimeType)
    {
        if (value is string or MarkupText)
        {
            return new(mimeType, value.ToString()!);
        }

        if (Drawn(value).TryGetValue(mimeType, out string? form))
        {
            return new(mimeType, form);
        }

        return mimeType switch
        {
            Plain => new(Plain, Text(value)),
            Html => new(Html, Table(value) ?? $"<pre>{WebUtility.HtmlEncode(Text(value))}</pre>"),
            _ => throw new ArgumentException($"A value of {value?.GetType().Name ?? "null"} cannot be shown as {mimeType}.", nameof(mimeType)),
        };
    }

    /// <summary>A value as text, written the same everywhere.</summary>
    public static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        bool flag => flag ? "true" : "false",
        Exception problem => $"{problem.GetType().Name}: {problem.Message}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Take(MostRows).Select(Text))}{(items.Cast<object?>().Skip(MostRows).Any() ? ", …" : "")}]",
        _ => value.ToString() ?? "",
    };

    private static MimeBundle Undrawn(object? value) => value is not (null or string or Exception) && Table(value) is { } table
        ? new([new(Html, table), new(Plain, Text(value))])
        : new(Plain, Text(value));

    /// <summary>What a type's own formatters make of a value, by format; empty where it has none.</summary>
    private static Dictionary<string, string> Drawn(object? value)
    {
        Dictionary<string, string> forms = new(StringComparer.Ordinal);
        if (value is null)
        {
            return forms;
        }

        object[] named = [.. ByConvention(value.GetType())];
        foreach (object formatter in named.Length > 0 ? named : [.. ResultDrawings.For(value.GetType())])
        {
            Type type = formatter.GetType();
            if (type.GetProperty("MimeType")?.GetValue(formatter) is string mimeType && type.GetMethod("Format", [typeof(object), typeof(TextWriter)]) is { } format)
            {
                using StringWriter writer = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
                if (Invoke(format, formatter, [value, writer]) is not false)
                {
                    forms[mimeType] = writer.ToString();
                }
            }
        }

        return forms;
    }

    private static IEnumerable<object> ByConvention(Type type)
    {
        foreach (object attribute in type.GetCustomAttributes(inherit: true).Where(attribute => attribute.GetType().Name == "TypeFormatterSourceAttribute"))
        {
            if (attribute.GetType().GetProperty("FormatterSourceType")?.GetValue(attribute) is Type source
                && Activator.CreateInstance(source, nonPublic: true) is { } made
                && source.GetMethod("CreateTypeFormatters") is { } create
                && Invoke(create, made, []) is IEnumerable formatters)
            {
                foreach (object formatter in formatters)
                {
                    yield return formatter;
                }
            }
        }
    }

    // What a formatter throws is the cell's error, not the wrapper's around it.
    private static object? Invoke(MethodInfo method, object target, object?[] arguments) =>
        method.Invoke(target, BindingFlags.DoNotWrapExceptions, binder: null, arguments, CultureInfo.InvariantCulture);

    /// <summary>A list of records, or one, as a table; null for what is better as text.</summary>
    private static string? Table(object? value)
    {
        object?[] items = value is IEnumerable list ? [.. list.Cast<object?>().Take(MostRows + 1)] : [value];
        if (items.Length == 0 || items[0] is null || (value is not IEnumerable && HasOwnText(items[0]!.GetType())))
        {
            return null;
        }

        Type type = items[0]!.GetType();
        PropertyInfo[] columns = IsSimple(type) || items.Any(item => item?.GetType() != type)
            ? []
            : [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanRead && property.GetIndexParameters().Length == 0
                // What may say who a patient is, such as the name of a file, is not for a page that is handed on.
                && property.GetCustomAttribute<BrowsableAttribute>() is not { Browsable: false })];
        if (columns.Length == 0)
        {
            return null;
        }

        StringBuilder html = new("<table>\n<thead><tr>");
        foreach (PropertyInfo column in columns)
        {
            html.Append("<th scope=\"col\">").Append(WebUtility.HtmlEncode(column.Name)).Append("</th>");
        }

        html.Append("</tr></thead>\n<tbody>");
        foreach (object? item in items.Take(MostRows))
        {
            html.Append("<tr>");
            foreach (PropertyInfo column in columns)
            {
                html.Append("<td>").Append(WebUtility.HtmlEncode(Text(column.GetValue(item)))).Append("</td>");
            }

            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table>").Append(items.Length > MostRows ? $"\n<p>The first {MostRows}.</p>" : "").ToString();
    }

    // A record's own text is the compiler's; whoever wrote another one wants it to be seen.
    private static bool HasOwnText(Type type) =>
        IsSimple(type) || (type.GetMethod("ToString", Type.EmptyTypes) is { } method && method.DeclaringType != typeof(object) && method.DeclaringType != typeof(ValueType)
            && type.GetMethod("<Clone>$") is null && !type.Name.StartsWith("<>f__AnonymousType", StringComparison.Ordinal));

    private static bool IsSimple(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || typeof(IFormattable).IsAssignableFrom(type) || type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true;
}

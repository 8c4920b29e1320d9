namespace MLNetScinti.Interactive;

/// <summary>
/// Draws values of a type in one format. .NET Interactive uses <see cref="Type"/>, <see cref="MimeType"/> and
/// <see cref="Format"/> by name.
/// </summary>
public sealed class ResultFormatter
{
    private readonly Func<object, string> _draw;

    internal ResultFormatter(Type type, string mimeType, Func<object, string> draw)
    {
        Type = type;
        MimeType = mimeType;
        _draw = draw;
    }

    /// <summary>The type of the values.</summary>
    public Type Type { get; }

    /// <summary>The format: text/html, text/plain, or image/png in base64.</summary>
    public string MimeType { get; }

    /// <summary>Writes a value; false where it is of another type.</summary>
    public bool Format(object instance, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (!Type.IsInstanceOfType(instance))
        {
            return false;
        }

        writer.Write(_draw(instance));
        return true;
    }
}

namespace MLNetScinti.Interactive;

/// <summary>
/// Makes the formatters of a type. It is what <c>TypeFormatterSource</c> attributes name; .NET Interactive makes one and calls
/// <see cref="CreateTypeFormatters"/> by name.
/// </summary>
/// <typeparam name="T">The type to draw.</typeparam>
public sealed class FormatterSource<T>
{
    /// <summary>The formatters; none for a type that nothing here knows to draw.</summary>
    public IEnumerable<object> CreateTypeFormatters() => ResultDrawings.For(typeof(T));
}

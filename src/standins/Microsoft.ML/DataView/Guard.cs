namespace Microsoft.ML;

/// <summary>The exceptions of ML.NET's argument and state checks, by kind.</summary>
internal static class Guard
{
    public static T NotNull<T>(T value, string name)
        where T : class => value ?? throw new ArgumentNullException(name);

    public static string NotEmpty(string value, string name) =>
        string.IsNullOrEmpty(value) ? throw new ArgumentNullException(name) : value;

    public static void Argument(bool condition, string name)
    {
        if (!condition)
        {
            throw new ArgumentOutOfRangeException(name);
        }
    }

    public static void Argument(bool condition, string name, string message)
    {
        if (!condition)
        {
            throw new ArgumentOutOfRangeException(name, message);
        }
    }

    public static void State(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }

    public static void Decoded(bool condition, string message = "Corrupt model file")
    {
        if (!condition)
        {
            throw new FormatException(message);
        }
    }

    public static ArgumentOutOfRangeException SchemaMismatch(string parameter, string role, string column, string expected, string actual) =>
        new(parameter, $"Schema mismatch for {role} column '{column}': expected {expected}, got {actual}");

    public static ArgumentOutOfRangeException ColumnMissing(string parameter, string role, string column) =>
        new(parameter, $"Could not find {role} column '{column}'");
}

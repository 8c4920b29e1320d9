using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Shorthand of the library's own parts for schemas, columns and rows.</summary>
internal static class ViewExtensions
{
    private static readonly MethodInfo GetGetterMethod = typeof(ViewExtensions).GetMethod(nameof(Typed), BindingFlags.NonPublic | BindingFlags.Static);

    /// <summary>The getter of a column whose type is known only at run time: a <c>ValueGetter</c> of its raw type.</summary>
    public static Delegate GetterOf(this DataViewRow row, DataViewSchema.Column column) =>
        (Delegate)Invoke(GetGetterMethod, column.Type.RawType, row, column);

    /// <summary>Calls a generic method for a type, without an exception's being wrapped.</summary>
    public static object Invoke(MethodInfo method, Type type, params object[] arguments) =>
        method.MakeGenericMethod(type).Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    public static InvalidOperationException WrongGetter<TValue>(DataViewSchema.Column column) =>
        new($"Invalid TValue in GetGetter for column #{column.Name}: {column.Type}: '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");

    public static bool[] ActiveIn(this IEnumerable<DataViewSchema.Column> columns, DataViewSchema schema, string parameter = "columnsNeeded")
    {
        Guard.NotNull(columns, parameter);
        bool[] active = new bool[schema.Count];
        foreach (DataViewSchema.Column column in columns)
        {
            active[column.Index] = true;
        }

        return active;
    }

    private static ValueGetter<T> Typed<T>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<T>(column);
}

namespace Microsoft.ML.Data;

public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
    {
        Guard.NotNull(data, nameof(data));
        Guard.NotEmpty(columnName, nameof(columnName));
        return data.GetColumn<T>(data.Schema[columnName]);
    }

    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        Guard.NotNull(data, nameof(data));
        (bool isVector, Type item) = MemberTypes.ItemOf(typeof(T));
        bool fits = typeof(T) == column.Type.RawType
            || (typeof(T) == typeof(string) && column.Type is TextDataViewType)
            || (isVector && typeof(T).IsArray && column.Type is VectorDataViewType vector && vector.ItemType.RawType == MemberTypes.RawItem(item));
        if (!fits)
        {
            throw new ArgumentOutOfRangeException(nameof(column), $"Cannot map column (name: {column.Name}, type: {column.Type}) in data to the user-defined type, {typeof(T)}.");
        }

        return Values<T>(data, column);
    }

    private static IEnumerable<T> Values<T>(IDataView data, DataViewSchema.Column column)
    {
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        MemberValues.Fill<T> fill = MemberValues.Filler<T>(cursor, column);
        while (cursor.MoveNext())
        {
            T value = default;
            fill(ref value);
            yield return value;
        }
    }
}

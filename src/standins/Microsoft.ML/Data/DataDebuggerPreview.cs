using System.Collections.Immutable;
using System.Reflection;

namespace Microsoft.ML.Data;

public sealed class DataDebuggerPreview
{
    private static readonly MethodInfo ReaderMethod = typeof(DataDebuggerPreview).GetMethod(nameof(ReaderFor), BindingFlags.NonPublic | BindingFlags.Static);

    internal DataDebuggerPreview(IDataView data, int maxRows = Defaults.MaxRows)
    {
        Guard.Argument(maxRows >= 0, nameof(maxRows));
        Schema = data.Schema;
        List<object>[] columns = [.. Schema.Select(_ => new List<object>())];
        ImmutableArray<RowInfo>.Builder rows = ImmutableArray.CreateBuilder<RowInfo>();
        using (DataViewRowCursor cursor = data.GetRowCursor(Schema))
        {
            Func<object>[] readers = [.. Schema.Select(column => (Func<object>)ViewExtensions.Invoke(ReaderMethod, column.Type.RawType, cursor, column))];
            while (rows.Count < maxRows && cursor.MoveNext())
            {
                RowInfo row = new(readers.Length);
                for (int i = 0; i < readers.Length; i++)
                {
                    object value = readers[i]();
                    columns[i].Add(value);
                    row.Values[i] = new KeyValuePair<string, object>(Schema[i].Name, value);
                }

                rows.Add(row);
            }
        }

        RowView = rows.ToImmutable();
        ColumnView = [.. Schema.Select(column => new ColumnInfo(column, [.. columns[column.Index]]))];
    }

    public DataViewSchema Schema { get; }

    public ImmutableArray<ColumnInfo> ColumnView { get; }

    public ImmutableArray<RowInfo> RowView { get; }

    public override string ToString() => $"{Schema.Count} columns, {RowView.Length} rows";

    private static Func<object> ReaderFor<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            getter(ref value);
            return value;
        };
    }

    public sealed class ColumnInfo
    {
        internal ColumnInfo(DataViewSchema.Column column, object[] values)
        {
            Column = column;
            Values = values;
        }

        public DataViewSchema.Column Column { get; }

        public object[] Values { get; }

        public override string ToString() => $"{Column.Name}: {Column.Type}";
    }

    public sealed class RowInfo
    {
        internal RowInfo(int columns) => Values = new KeyValuePair<string, object>[columns];

        public KeyValuePair<string, object>[] Values { get; }

        public override string ToString() => $"{Values.Length} columns";
    }

    internal static class Defaults
    {
        public const int MaxRows = 100;
    }
}

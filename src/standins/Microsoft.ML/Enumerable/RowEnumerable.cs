using System.Collections;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>The rows of a view as objects; what does not fit is found before the first is asked for.</summary>
internal sealed class RowEnumerable<TRow> : IEnumerable<TRow>
    where TRow : class, new()
{
    private readonly IDataView _view;
    private readonly bool _reuseRowObject;
    private readonly RowWriter<TRow> _writer;

    public RowEnumerable(IDataView view, bool reuseRowObject, bool ignoreMissingColumns, SchemaDefinition definition)
    {
        if (definition is null)
        {
            CheckMembers(view.Schema);
        }

        _view = view;
        _reuseRowObject = reuseRowObject;
        _writer = new RowWriter<TRow>(view.Schema, ignoreMissingColumns, definition);
    }

    public IEnumerator<TRow> GetEnumerator()
    {
        using DataViewRowCursor cursor = _view.GetRowCursor(_writer.Columns);
        Action<TRow> write = _writer.Over(cursor);
        TRow row = _reuseRowObject ? new TRow() : null;
        while (cursor.MoveNext())
        {
            TRow current = row ?? new TRow();
            write(current);
            yield return current;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A member for a column has the column's own type: a nullable number is none.</summary>
    private static void CheckMembers(DataViewSchema schema)
    {
        foreach (FieldInfo field in typeof(TRow).GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            Check(schema, field, field.FieldType);
        }

        foreach (PropertyInfo property in typeof(TRow).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetSetMethod() is not null))
        {
            Check(schema, property, property.PropertyType);
        }
    }

    private static void Check(DataViewSchema schema, MemberInfo member, Type actualType)
    {
        if (Nullable.GetUnderlyingType(actualType) is not null
            && member.GetCustomAttribute<NoColumnAttribute>() is null
            && schema.GetColumnOrNull(member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name) is { } column)
        {
            Type expected = column.Type.ItemType().RawType;
            throw new ArgumentOutOfRangeException(
                nameof(actualType),
                $"The expected type '{expected}' does not match the type of the '{member.Name}' member: '{actualType}'. Please change the {member.Name} member to '{expected}'");
        }
    }
}

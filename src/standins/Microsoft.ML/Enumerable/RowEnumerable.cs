using System.Collections;

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
}

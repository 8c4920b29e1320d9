using System.Collections;
using System.Text;

namespace Microsoft.Data.Analysis;

/// <summary>A view of one row of a table.</summary>
public class DataFrameRow : IEnumerable<object>
{
    private readonly DataFrame _table;
    private readonly long _row;

    internal DataFrameRow(DataFrame table, long row)
    {
        _table = table;
        _row = row;
    }

    public object this[int index]
    {
        get => _table.Columns[index][_row];
        set => _table.Columns[index][_row] = value;
    }

    public object this[string columnName]
    {
        get => _table[columnName][_row];
        set => _table[columnName][_row] = value;
    }

    public IEnumerator<object> GetEnumerator()
    {
        foreach (DataFrameColumn column in _table.Columns)
            yield return column[_row];
    }

    public IEnumerable<KeyValuePair<string, object>> GetValues()
    {
        foreach (DataFrameColumn column in _table.Columns)
            yield return new KeyValuePair<string, object>(column.Name, column[_row]);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (object value in this)
            text.Append(value?.ToString() ?? "null").Append(' ');
        return text.ToString();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

using System.Collections;

namespace Microsoft.Data.Analysis;

/// <summary>The rows of a table.</summary>
public class DataFrameRowCollection : IEnumerable<DataFrameRow>
{
    private readonly DataFrame _table;

    internal DataFrameRowCollection(DataFrame table) => _table = table;

    public long Count => _table.Columns.RowCount;

    public DataFrameRow this[long index] => new(_table, index);

    public IEnumerator<DataFrameRow> GetEnumerator()
    {
        for (long row = 0; row < Count; row++)
            yield return new DataFrameRow(_table, row);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

using System.Collections.ObjectModel;

namespace Microsoft.Data.Analysis;

/// <summary>The columns of a table: equally long, each name once.</summary>
public class DataFrameColumnCollection : Collection<DataFrameColumn>
{
    private readonly Action _changed;

    internal DataFrameColumnCollection(IEnumerable<DataFrameColumn> columns, Action changed)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _changed = changed;
        foreach (DataFrameColumn column in columns)
            Add(column);
    }

    internal long RowCount { get; set; }

    public DataFrameColumn this[string columnName]
    {
        get
        {
            int index = IndexOf(columnName);
            return index >= 0 ? this[index] : throw new ArgumentException("Column does not exist", nameof(columnName));
        }
        set
        {
            value.SetName(columnName);
            int index = IndexOf(columnName);
            if (index < 0)
                Add(value);
            else
                this[index] = value;
        }
    }

    public int IndexOf(string columnName)
    {
        for (int i = 0; i < Count; i++)
        {
            if (string.Equals(this[i].Name, columnName, StringComparison.Ordinal))
                return i;
        }
        return -1;
    }

    public void Remove(string columnName)
    {
        int index = IndexOf(columnName);
        if (index >= 0)
            RemoveAt(index);
    }

    public PrimitiveDataFrameColumn<T> GetPrimitiveColumn<T>(string name)
        where T : unmanaged => Typed<PrimitiveDataFrameColumn<T>>(name, typeof(T));

    public StringDataFrameColumn GetStringColumn(string name) => Typed<StringDataFrameColumn>(name, typeof(string));

    public BooleanDataFrameColumn GetBooleanColumn(string name) => Typed<BooleanDataFrameColumn>(name, typeof(bool));

    public SingleDataFrameColumn GetSingleColumn(string name) => Typed<SingleDataFrameColumn>(name, typeof(float));

    public DoubleDataFrameColumn GetDoubleColumn(string name) => Typed<DoubleDataFrameColumn>(name, typeof(double));

    public Int32DataFrameColumn GetInt32Column(string name) => Typed<Int32DataFrameColumn>(name, typeof(int));

    public Int64DataFrameColumn GetInt64Column(string name) => Typed<Int64DataFrameColumn>(name, typeof(long));

    protected override void InsertItem(int columnIndex, DataFrameColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        if ((RowCount > 0 || Count > 0) && column.Length != RowCount)
            throw new ArgumentException("Column lengths are mismatched", nameof(column));
        CheckName(column, -1);
        RowCount = column.Length;
        base.InsertItem(columnIndex, column);
        _changed?.Invoke();
    }

    protected override void SetItem(int columnIndex, DataFrameColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        if (RowCount > 0 && column.Length != RowCount)
            throw new ArgumentException("Column lengths are mismatched", nameof(column));
        CheckName(column, columnIndex);
        base.SetItem(columnIndex, column);
        _changed?.Invoke();
    }

    protected override void RemoveItem(int columnIndex)
    {
        base.RemoveItem(columnIndex);
        _changed?.Invoke();
    }

    protected override void ClearItems()
    {
        base.ClearItems();
        _changed?.Invoke();
    }

    private void CheckName(DataFrameColumn column, int allowedAt)
    {
        int index = IndexOf(column.Name);
        if (index >= 0 && index != allowedAt)
            throw new ArgumentException($"DataFrame already contains a column called {column.Name}", nameof(column));
    }

    private TColumn Typed<TColumn>(string name, Type type)
        where TColumn : DataFrameColumn
    {
        DataFrameColumn column = this[name];
        return column as TColumn ?? throw new ArgumentException($"Cannot cast column holding {column.DataType} values to type {type}");
    }
}

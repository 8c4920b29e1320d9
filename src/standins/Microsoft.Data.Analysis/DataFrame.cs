using System.Globalization;
using System.Text;

namespace Microsoft.Data.Analysis;

/// <summary>A table in memory: named columns of equal length.</summary>
public partial class DataFrame
{
    private const int RowsInPreview = 25;

    public DataFrame(IEnumerable<DataFrameColumn> columns)
    {
        Columns = new DataFrameColumnCollection(columns, ForgetSchema);
        Rows = new DataFrameRowCollection(this);
    }

    public DataFrame(params DataFrameColumn[] columns)
        : this((IEnumerable<DataFrameColumn>)columns)
    {
    }

    public DataFrameColumnCollection Columns { get; }

    public DataFrameRowCollection Rows { get; }

    public object this[long rowIndex, int columnIndex]
    {
        get => Columns[columnIndex][rowIndex];
        set => Columns[columnIndex][rowIndex] = value;
    }

    public DataFrameColumn this[string columnName]
    {
        get => Columns[columnName];
        set => Columns[columnName] = value;
    }

    public DataFrame this[PrimitiveDataFrameColumn<bool> rowFilter] => Filter(rowFilter);

    public DataFrame this[PrimitiveDataFrameColumn<int> rowIndices] => Filter(rowIndices);

    public DataFrame this[PrimitiveDataFrameColumn<long> rowIndices] => Filter(rowIndices);

    public DataFrame Filter(PrimitiveDataFrameColumn<bool> filter) => Pick(filter);

    public DataFrame Filter(PrimitiveDataFrameColumn<int> rowIndices) => Pick(rowIndices);

    public DataFrame Filter(PrimitiveDataFrameColumn<long> rowIndices) => Pick(rowIndices);

    public DataFrame Head(int numberOfRows) => Pick(new Int32DataFrameColumn("Filter", Enumerable.Range(0, numberOfRows)));

    public DataFrame Tail(int numberOfRows) =>
        Pick(new Int64DataFrameColumn("Filter", Enumerable.Range(0, numberOfRows).Select(row => Rows.Count - numberOfRows + row)));

    public DataFrame Clone() => new(Columns.Select(column => column.Clone()));

    public DataFrame Info()
    {
        var info = new DataFrame();
        if (Columns.Count > 0)
            info.Columns.Add(new StringDataFrameColumn("Info", ["DataType", "Length (excluding null values)"]));
        foreach (DataFrameColumn column in Columns)
            info.Columns.Add(column.Info());
        return info;
    }

    /// <summary>Appends rows by the names of their columns.</summary>
    public DataFrame Append(IEnumerable<DataFrameRow> rows, bool inPlace = false, CultureInfo cultureInfo = null)
    {
        DataFrame table = inPlace ? this : Clone();
        foreach (DataFrameRow row in rows)
            table.Append(row.GetValues(), inPlace: true, cultureInfo);
        return table;
    }

    /// <summary>Appends one row in the order of the columns, converting where the types differ; what is not given is missing.</summary>
    public DataFrame Append(IEnumerable<object> row = null, bool inPlace = false, CultureInfo cultureInfo = null)
    {
        object[] values = row is null ? [] : [.. row];
        if (values.Length > Columns.Count)
            throw new ArgumentException($"Parameter.Count exceeds the number of columns({Columns.Count}) in the DataFrame ", nameof(row));

        // Converted before anything changes: a value that does not fit leaves the table as it was.
        var converted = new object[Columns.Count];
        for (int i = 0; i < values.Length; i++)
        {
            // Text is how a file says "missing": "null" anywhere, nothing at all in a column that is not text.
            bool missing = values[i] is string text &&
                ((text.Length == 0 && Columns[i].DataType != typeof(string)) || text.Equals("null", StringComparison.OrdinalIgnoreCase));
            converted[i] = missing ? null : Convert(values[i], Columns[i], cultureInfo);
        }
        return AppendConverted(converted, inPlace);
    }

    /// <summary>Appends one row given by name; a column not named is missing in it.</summary>
    public DataFrame Append(IEnumerable<KeyValuePair<string, object>> row, bool inPlace = false, CultureInfo cultureInfo = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        var converted = new object[Columns.Count];
        foreach ((string columnName, object value) in row)
        {
            int index = Columns.IndexOf(columnName);
            if (index < 0)
                throw new ArgumentException("Column does not exist", nameof(columnName));
            converted[index] = Convert(value, Columns[index], cultureInfo);
        }
        return AppendConverted(converted, inPlace);
    }

    public override string ToString() => ToString(RowsInPreview);

    public string ToString(long rowsToShow)
    {
        int width = Math.Max(10, Columns.Select(column => column.Name.Length + 1).DefaultIfEmpty().Max());
        var text = new StringBuilder();
        foreach (DataFrameColumn column in Columns)
            text.Append(column.Name.PadRight(width));
        text.AppendLine();
        long rows = Math.Min(Rows.Count, rowsToShow);
        for (long row = 0; row < rows; row++)
        {
            foreach (object value in Rows[row])
                text.Append((value ?? "null").ToString().PadRight(width));
            text.AppendLine();
        }
        if (rows < Rows.Count)
            text.AppendLine(CultureInfo.CurrentCulture, $"Showing {rowsToShow} of {Rows.Count} rows");
        return text.ToString();
    }

    private static object Convert(object value, DataFrameColumn column, CultureInfo culture) =>
        value is null ? null : System.Convert.ChangeType(value, column.DataType, culture ?? CultureInfo.CurrentCulture);

    private DataFrame AppendConverted(object[] values, bool inPlace)
    {
        DataFrame table = inPlace ? this : Clone();
        for (int i = 0; i < values.Length; i++)
        {
            DataFrameColumn column = table.Columns[i];
            column.Resize(column.Length + 1);
            column[column.Length - 1] = values[i];
        }
        table.Columns.RowCount++;
        return table;
    }

    private DataFrame Pick(DataFrameColumn map) => new(Columns.Select(column => column.Clone(map)));
}

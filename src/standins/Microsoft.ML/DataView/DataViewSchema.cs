using System.Collections;

namespace Microsoft.ML;

public sealed partial class DataViewSchema : IReadOnlyList<DataViewSchema.Column>
{
    private readonly Column[] _columns;
    private readonly Dictionary<string, int> _byName;

    private DataViewSchema(Column[] columns)
    {
        _columns = columns;
        _byName = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Column column in columns)
        {
            _byName[column.Name] = column.Index;
        }
    }

    public int Count => _columns.Length;

    public Column this[string name]
    {
        get
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            return _byName.TryGetValue(name, out int index)
                ? _columns[index]
                : throw new ArgumentOutOfRangeException(nameof(name), $"Column '{name}' not found");
        }
    }

    public Column this[int columnIndex]
    {
        get
        {
            Guard.Argument((uint)columnIndex < (uint)_columns.Length, nameof(columnIndex));
            return _columns[columnIndex];
        }
    }

    public Column? GetColumnOrNull(string name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw new ArgumentException("name cannot be null or empty", nameof(name));
        }

        return _byName.TryGetValue(name, out int index) ? _columns[index] : null;
    }

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{Count} columns";

    internal bool TryGetIndex(string name, out int index) => _byName.TryGetValue(name, out index);

    /// <summary>The named column, or ML.NET's exception for a transform's input that is not there.</summary>
    internal Column Input(string name, string role = "input", string parameter = "inputSchema") =>
        _byName.TryGetValue(name, out int index) ? _columns[index] : throw Guard.ColumnMissing(parameter, role, name);

    internal static DataViewSchema Of(IEnumerable<DetachedColumn> columns)
    {
        DetachedColumn[] all = [.. columns];
        Dictionary<string, int> last = new(StringComparer.Ordinal);
        for (int i = 0; i < all.Length; i++)
        {
            last[all[i].Name] = i;
        }

        return new DataViewSchema([.. all.Select((column, i) => new Column(column.Name, i, last[column.Name] != i, column.Type, column.Annotations))]);
    }
}

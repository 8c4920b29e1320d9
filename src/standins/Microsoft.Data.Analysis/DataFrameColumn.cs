using System.Collections;
using Microsoft.ML;

namespace Microsoft.Data.Analysis;

/// <summary>A named, growable list of values of one type, any of which may be missing.</summary>
public abstract class DataFrameColumn : IEnumerable
{
    private long _length;

    protected DataFrameColumn(string name, long length, Type type)
    {
        Name = name;
        Length = length;
        DataType = type;
    }

    public long Length
    {
        get => _length;
        protected set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _length = value;
        }
    }

    public abstract long NullCount { get; }

    public string Name { get; private set; }

    public Type DataType { get; }

    public object this[long rowIndex]
    {
        get => GetValue(rowIndex);
        set => SetValue(rowIndex, value);
    }

    public IReadOnlyList<object> this[long startIndex, int length] => GetValues(startIndex, length);

    public static PrimitiveDataFrameColumn<T> Create<T>(string name, IEnumerable<T?> values)
        where T : unmanaged => new(name, values);

    public static PrimitiveDataFrameColumn<T> Create<T>(string name, IEnumerable<T> values)
        where T : unmanaged => new(name, values);

    public static StringDataFrameColumn Create(string name, IEnumerable<string> values) => new(name, values);

    public void SetName(string newName) => Name = newName;

    public virtual bool IsValid(long index) => GetValue(index) is not null;

    public DataFrameColumn Clone(long numberOfNullsToAppend = 0) => CloneImplementation(numberOfNullsToAppend);

    public DataFrameColumn Clone(DataFrameColumn mapIndices, bool invertMapIndices = false, long numberOfNullsToAppend = 0) =>
        CloneImplementation(mapIndices, invertMapIndices, numberOfNullsToAppend);

    public virtual StringDataFrameColumn Info() =>
        new(Name, [DataType.ToString(), (Length - NullCount).ToString()]);

    public abstract PrimitiveDataFrameColumn<bool> ElementwiseEquals<T>(T value);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumeratorCore();

    protected abstract object GetValue(long rowIndex);

    protected abstract IReadOnlyList<object> GetValues(long startIndex, int length);

    protected abstract void SetValue(long rowIndex, object value);

    protected abstract IEnumerator GetEnumeratorCore();

    protected abstract DataFrameColumn CloneImplementation(DataFrameColumn mapIndices, bool invertMapIndices, long numberOfNullsToAppend);

    protected abstract DataFrameColumn CloneImplementation(long numberOfNullsToAppend = 0);

    protected internal abstract void Resize(long length);

    protected internal abstract void AddDataViewColumn(DataViewSchema.Builder builder);

    protected internal abstract Delegate GetDataViewGetter(DataViewRowCursor cursor);

    /// <summary>The rows that a column of indices, or of booleans, picks; null stands for a missing row.</summary>
    private protected IEnumerable<long?> Picked(DataFrameColumn map, bool inverted)
    {
        IEnumerable<long?> picked = map switch
        {
            PrimitiveDataFrameColumn<long> rows => rows,
            PrimitiveDataFrameColumn<int> rows => rows.Select(row => (long?)row),
            PrimitiveDataFrameColumn<bool> kept when kept.Length <= Length =>
                kept.Select((keep, row) => (keep, row)).Where(pair => pair.keep == true).Select(pair => (long?)pair.row),
            PrimitiveDataFrameColumn<bool> => throw new ArgumentException("MapIndices exceeds column length", "boolColumn"),
            _ => throw new ArgumentException(
                $"Expected value to be of type {typeof(long)}, {typeof(int)} or {typeof(bool)}", "mapIndices"),
        };
        return inverted && map is not PrimitiveDataFrameColumn<bool> ? picked.Reverse() : picked;
    }
}

using System.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Microsoft.Data.Analysis;

/// <summary>A column of text.</summary>
public class StringDataFrameColumn : DataFrameColumn, IEnumerable<string>
{
    private readonly List<string> _values;

    public StringDataFrameColumn(string name, long length = 0)
        : this(name, Enumerable.Repeat((string)null, checked((int)length)))
    {
    }

    public StringDataFrameColumn(string name, IEnumerable<string> values)
        : base(name, 0, typeof(string))
    {
        ArgumentNullException.ThrowIfNull(values);
        _values = [.. values];
        Length = _values.Count;
    }

    public override long NullCount => _values.LongCount(value => value is null);

    public new string this[long rowIndex]
    {
        get => _values[checked((int)rowIndex)];
        set => _values[checked((int)rowIndex)] = value;
    }

    public new List<string> this[long startIndex, int length]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(startIndex, Length);
            return _values.GetRange((int)startIndex, (int)Math.Min(length, Length - startIndex));
        }
    }

    public void Append(string value)
    {
        _values.Add(value);
        Length++;
    }

    public IEnumerator<string> GetEnumerator() => _values.GetEnumerator();

    public new StringDataFrameColumn Clone(DataFrameColumn mapIndices, bool invertMapIndices, long numberOfNullsToAppend) =>
        (StringDataFrameColumn)CloneImplementation(mapIndices, invertMapIndices, numberOfNullsToAppend);

    public new StringDataFrameColumn Clone(long numberOfNullsToAppend = 0) =>
        (StringDataFrameColumn)CloneImplementation(numberOfNullsToAppend);

    public PrimitiveDataFrameColumn<bool> ElementwiseEquals(string value) =>
        new BooleanDataFrameColumn(Name, _values.Select(own => string.Equals(own, value, StringComparison.Ordinal)));

    public override PrimitiveDataFrameColumn<bool> ElementwiseEquals<T>(T value) => ElementwiseEquals(value?.ToString());

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected override object GetValue(long rowIndex) => this[rowIndex];

    protected override IReadOnlyList<object> GetValues(long startIndex, int length) => this[startIndex, length];

    protected override void SetValue(long rowIndex, object value)
    {
        if (value is not (null or string))
            throw new ArgumentException($"Expected value to be of type {typeof(string)}", nameof(value));
        this[rowIndex] = (string)value;
    }

    protected override IEnumerator GetEnumeratorCore() => GetEnumerator();

    protected override DataFrameColumn CloneImplementation(long numberOfNullsToAppend) => Copy(_values, numberOfNullsToAppend);

    protected override DataFrameColumn CloneImplementation(DataFrameColumn mapIndices, bool invertMapIndices = false, long numberOfNullsToAppend = 0) =>
        Copy(mapIndices is null ? _values : Picked(mapIndices, invertMapIndices).Select(row => row is { } some ? this[some] : null), numberOfNullsToAppend);

    protected internal override void Resize(long length)
    {
        if (length < Length)
            throw new ArgumentException("Cannot resize down", nameof(length));
        while (Length < length)
            Append(null);
    }

    protected internal override void AddDataViewColumn(DataViewSchema.Builder builder) => builder.AddColumn(Name, TextDataViewType.Instance);

    protected internal override Delegate GetDataViewGetter(DataViewRowCursor cursor) =>
        (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = this[cursor.Position].AsMemory());

    private StringDataFrameColumn Copy(IEnumerable<string> values, long nulls)
    {
        var copy = new StringDataFrameColumn(Name, values);
        copy.Resize(copy.Length + nulls);
        return copy;
    }
}

using System.Collections;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Microsoft.Data.Analysis;

/// <summary>A column of numbers, booleans or times.</summary>
public class PrimitiveDataFrameColumn<T> : DataFrameColumn, IEnumerable<T?>
    where T : unmanaged
{
    private readonly List<T?> _values;

    public PrimitiveDataFrameColumn(string name, IEnumerable<T?> values)
        : base(name, 0, typeof(T))
    {
        _values = [.. values];
        Length = _values.Count;
    }

    public PrimitiveDataFrameColumn(string name, IEnumerable<T> values)
        : this(name, values.Select(value => (T?)value))
    {
    }

    public PrimitiveDataFrameColumn(string name, long length = 0)
        : this(name, Enumerable.Repeat((T?)null, checked((int)length)))
    {
    }

    public override long NullCount => _values.LongCount(value => value is null);

    public new T? this[long rowIndex]
    {
        get => _values[checked((int)rowIndex)];
        set => _values[checked((int)rowIndex)] = value;
    }

    public new IReadOnlyList<T?> this[long startIndex, int length]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(startIndex, Length);
            return _values.GetRange((int)startIndex, (int)Math.Min(length, Length - startIndex));
        }
    }

    public void Append(T? value)
    {
        _values.Add(value);
        Length++;
    }

    public void AppendMany(T? value, long count)
    {
        _values.AddRange(Enumerable.Repeat(value, checked((int)count)));
        Length += count;
    }

    public override bool IsValid(long index) => this[index] is not null;

    public IEnumerator<T?> GetEnumerator() => _values.GetEnumerator();

    public new PrimitiveDataFrameColumn<T> Clone(long numberOfNullsToAppend = 0) =>
        (PrimitiveDataFrameColumn<T>)CloneImplementation(numberOfNullsToAppend);

    public new PrimitiveDataFrameColumn<T> Clone(DataFrameColumn mapIndices, bool invertMapIndices = false, long numberOfNullsToAppend = 0) =>
        (PrimitiveDataFrameColumn<T>)CloneImplementation(mapIndices, invertMapIndices, numberOfNullsToAppend);

    public override PrimitiveDataFrameColumn<bool> ElementwiseEquals<TValue>(TValue value)
    {
        Func<T?, bool> equals = value switch
        {
            T same => own => own is { } some && EqualityComparer<T>.Default.Equals(some, same),
            null => own => own is null,
            IConvertible other when this is not PrimitiveDataFrameColumn<bool> && other is not (string or bool) =>
                own => own is IConvertible some && some.ToDouble(CultureInfo.InvariantCulture) == other.ToDouble(CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException(),
        };
        return new BooleanDataFrameColumn(Name, _values.Select(equals));
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected virtual PrimitiveDataFrameColumn<T> CreateNewColumn(string name, long length = 0) => new(name, length);

    protected override object GetValue(long rowIndex) => this[rowIndex];

    protected override IReadOnlyList<object> GetValues(long startIndex, int length) => [.. this[startIndex, length].Select(value => (object)value)];

    protected override void SetValue(long rowIndex, object value)
    {
        if (value is not (null or T))
            throw new ArgumentException($"Expected value to be of type {DataType}", nameof(value));
        this[rowIndex] = (T?)value;
    }

    protected override IEnumerator GetEnumeratorCore() => GetEnumerator();

    protected override DataFrameColumn CloneImplementation(DataFrameColumn mapIndices, bool invertMapIndices, long numberOfNullsToAppend) =>
        Copy(mapIndices is null ? _values : Picked(mapIndices, invertMapIndices).Select(row => row is { } some ? this[some] : null), numberOfNullsToAppend);

    protected override DataFrameColumn CloneImplementation(long numberOfNullsToAppend = 0) => Copy(_values, numberOfNullsToAppend);

    protected internal override void Resize(long length)
    {
        if (length < Length)
            throw new ArgumentException("Cannot resize down", nameof(length));
        AppendMany(null, length - Length);
    }

    protected internal override void AddDataViewColumn(DataViewSchema.Builder builder) => builder.AddColumn(Name, default(T) switch
    {
        bool => BooleanDataViewType.Instance,
        float => NumberDataViewType.Single,
        double or decimal => NumberDataViewType.Double,
        byte => NumberDataViewType.Byte,
        sbyte => NumberDataViewType.SByte,
        short => NumberDataViewType.Int16,
        ushort or char => NumberDataViewType.UInt16,
        int => NumberDataViewType.Int32,
        uint => NumberDataViewType.UInt32,
        long => NumberDataViewType.Int64,
        ulong => NumberDataViewType.UInt64,
        DateTime => DateTimeDataViewType.Instance,
        _ => throw new NotSupportedException("Type is " + typeof(T).Name),
    });

    /// <summary>A missing number is NaN where the type has one, else the default of the type.</summary>
    protected internal override Delegate GetDataViewGetter(DataViewRowCursor cursor) => this switch
    {
        PrimitiveDataFrameColumn<float> own => (ValueGetter<float>)((ref float value) => value = own[cursor.Position] ?? float.NaN),
        PrimitiveDataFrameColumn<double> own => (ValueGetter<double>)((ref double value) => value = own[cursor.Position] ?? double.NaN),
        PrimitiveDataFrameColumn<decimal> own => (ValueGetter<double>)((ref double value) => value = (double?)own[cursor.Position] ?? double.NaN),
        PrimitiveDataFrameColumn<char> own => (ValueGetter<ushort>)((ref ushort value) => value = own[cursor.Position].GetValueOrDefault()),
        _ => (ValueGetter<T>)((ref T value) => value = this[cursor.Position].GetValueOrDefault()),
    };

    private PrimitiveDataFrameColumn<T> Copy(IEnumerable<T?> values, long nulls)
    {
        PrimitiveDataFrameColumn<T> copy = CreateNewColumn(Name);
        foreach (T? value in values)
            copy.Append(value);
        copy.AppendMany(null, nulls);
        return copy;
    }
}

using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Rows whose number lies at or above the lower and below the upper bound; a NaN lies nowhere.</summary>
internal sealed class RangeFilter : IRowFilter
{
    private readonly DataViewSchema.Column _column;
    private readonly double _lower;
    private readonly double _upper;

    public RangeFilter(DataViewSchema.Column column, double lower, double upper)
    {
        _column = column;
        _lower = lower;
        _upper = upper;
        Guard.Argument(lower <= upper, "Min", "min must be less than or equal to max");
        if (column.Type is not (NumberDataViewType or KeyDataViewType))
        {
            throw Guard.SchemaMismatch("columnName", "filter", column.Name, "number", column.Type.ToString());
        }

        Guard.Argument(
            column.Type.RawType == typeof(float) || column.Type.RawType == typeof(double) || column.Type is KeyDataViewType,
            "Column",
            $"Column '{column.Name}' does not have compatible type");
    }

    public IEnumerable<DataViewSchema.Column> Needed => [_column];

    public Func<bool> Over(DataViewRow row) => _column.Type switch
    {
        KeyDataViewType key when key.RawType == typeof(byte) => InRange<byte>(row, value => Fraction(value, key.Count)),
        KeyDataViewType key when key.RawType == typeof(ushort) => InRange<ushort>(row, value => Fraction(value, key.Count)),
        KeyDataViewType key when key.RawType == typeof(uint) => InRange<uint>(row, value => Fraction(value, key.Count)),
        KeyDataViewType key => InRange<ulong>(row, value => Fraction(value, key.Count)),
        { } number when number.RawType == typeof(float) => InRange<float>(row, value => value),
        _ => InRange<double>(row, value => value),
    };

    /// <summary>The middle of a key's share of 0..1; a missing key has none.</summary>
    private static double Fraction(ulong key, ulong count) => key == 0 ? double.NaN : (key - 0.5) / count;

    private Func<bool> InRange<T>(DataViewRow row, Func<T, double> number)
    {
        ValueGetter<T> getter = row.GetGetter<T>(_column);
        T value = default;
        return () =>
        {
            getter(ref value);
            double read = number(value);
            return _lower <= read && read < _upper;
        };
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Getters of a row as plain functions.</summary>
internal static class RowReading
{
    public static Func<string> Text(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.ToString();
        };
    }

    public static Func<float> Number(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<float> getter = row.GetGetter<float>(column);
        float value = 0;
        return () =>
        {
            getter(ref value);
            return value;
        };
    }

    public static Func<ReadOnlyMemory<float>> Values(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType)
        {
            Func<float> number = Number(row, column);
            return () => new[] { number() };
        }

        ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(column);
        VBuffer<float> vector = default;
        return () =>
        {
            getter(ref vector);
            return vector.DenseValues().ToArray();
        };
    }
}

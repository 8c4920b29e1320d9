using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNetScinti.Evaluation;

namespace MLNetScinti.Pipelines.Data;

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

    /// <summary>A label in letters that tell labels apart: + and - for a flag, the number of a key, 0 and 1 for each of several flags.</summary>
    public static Func<string> Pattern(DataViewRow row, DataViewSchema.Column column)
    {
        switch (column.Type)
        {
            case BooleanDataViewType:
                ValueGetter<bool> flag = row.GetGetter<bool>(column);
                bool set = false;
                return () =>
                {
                    flag(ref set);
                    return set ? "+" : "-";
                };
            case KeyDataViewType { RawType: { } raw } when raw == typeof(uint):
                ValueGetter<uint> key = row.GetGetter<uint>(column);
                uint number = 0;
                return () =>
                {
                    key(ref number);
                    return number.ToString(CultureInfo.InvariantCulture);
                };
            case VectorDataViewType { ItemType: BooleanDataViewType }:
                ValueGetter<VBuffer<bool>> flags = row.GetGetter<VBuffer<bool>>(column);
                VBuffer<bool> vector = default;
                return () =>
                {
                    flags(ref vector);
                    return string.Concat(vector.DenseValues().Select(one => one ? '1' : '0'));
                };
            default:
                throw new PatientSplitException($"The column '{column.Name}' is expected to hold Boolean, a key of UInt32 or a vector of Boolean, found {column.Type}.");
        }
    }

    /// <summary>A fact of a case; null where it is not known (an empty text, not a number).</summary>
    public static Func<Fact?> Fact(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            Func<string> text = Text(row, column);
            return () => text() is { Length: > 0 } known ? Evaluation.Fact.Of(known) : (Fact?)null;
        }

        Func<float> number = Number(row, column);
        return () => number() is var known && float.IsFinite(known) ? Evaluation.Fact.Of(known) : (Fact?)null;
    }

    /// <summary>The values of an image or a number.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">Its column.</param>
    /// <param name="reuse">Whether each row's values may take the place of those of the row before: where they are done with by then.</param>
    public static Func<ReadOnlyMemory<float>> Values(DataViewRow row, DataViewSchema.Column column, bool reuse = false)
    {
        if (column.Type is not VectorDataViewType)
        {
            Func<float> number = Number(row, column);
            return () => new[] { number() };
        }

        ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(column);
        VBuffer<float> vector = default;
        float[] values = [];
        bool lends = true;
        return () =>
        {
            int length = column.Type is VectorDataViewType { Size: > 0 } known ? known.Size : vector.Length;
            if (!reuse || values.Length != length)
            {
                values = GC.AllocateUninitializedArray<float>(length);
            }

            if (lends)
            {
                // A getter writes where there is room already: into the array itself, which saves copying an image.
                vector = new VBuffer<float>(values.Length, values);
            }

            getter(ref vector);
            if (lends && IsIn(values, vector))
            {
                return values;
            }

            if (lends || values.Length != vector.Length)
            {
                // The getter has put another buffer in its place, and may have kept the one that it was lent.
                lends = false;
                values = GC.AllocateUninitializedArray<float>(vector.Length);
            }

            vector.CopyTo(values);
            return values;
        };
    }

    private static bool IsIn(float[] values, in VBuffer<float> vector) =>
        vector.IsDense && vector.Length == values.Length && vector.GetValues() == values.AsSpan();
}

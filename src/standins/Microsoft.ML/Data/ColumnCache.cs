using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>All values of one column.</summary>
internal abstract class ColumnCache
{
    private static readonly MethodInfo CreateMethod = typeof(ColumnCache).GetMethod(nameof(CreateTyped), BindingFlags.NonPublic | BindingFlags.Static);

    public static ColumnCache Create(DataViewRow row, DataViewSchema.Column column) =>
        (ColumnCache)ViewExtensions.Invoke(CreateMethod, column.Type.RawType, row, column);

    public abstract void Take();

    private static ColumnCache CreateTyped<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>)
            ? (ColumnCache)Activator.CreateInstance(typeof(VectorCache<>).MakeGenericType(typeof(T).GetGenericArguments()), getter)
            : new ValueCache<T>(getter);
    }

    private sealed class ValueCache<T>(ValueGetter<T> getter) : ColumnCache<T>
    {
        private readonly List<T> _values = [];

        public override void Take()
        {
            T value = default;
            getter(ref value);
            _values.Add(value);
        }

        public override void Give(int row, ref T destination) => destination = _values[row];
    }

    private sealed class VectorCache<T>(ValueGetter<VBuffer<T>> getter) : ColumnCache<VBuffer<T>>
    {
        private readonly List<VBuffer<T>> _values = [];
        private VBuffer<T> _read;

        public override void Take()
        {
            getter(ref _read);
            VBuffer<T> kept = default;
            _read.CopyTo(ref kept);
            _values.Add(kept);
        }

        public override void Give(int row, ref VBuffer<T> destination) => _values[row].CopyTo(ref destination);
    }
}

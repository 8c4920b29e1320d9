using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Keeps one column's value of one row, so that the cursor it came from can go on.</summary>
internal abstract class ColumnSlot
{
    private static readonly MethodInfo CreateMethod = typeof(ColumnSlot).GetMethod(nameof(CreateTyped), BindingFlags.NonPublic | BindingFlags.Static);

    public static ColumnSlot Create(Type rawType) => (ColumnSlot)ViewExtensions.Invoke(CreateMethod, rawType);

    /// <summary>Takes the value out of a getter of the right type.</summary>
    public abstract void Take(Delegate getter);

    private static ColumnSlot CreateTyped<T>() =>
        typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>)
            ? (ColumnSlot)Activator.CreateInstance(typeof(VectorSlot<>).MakeGenericType(typeof(T).GetGenericArguments()))
            : new ValueSlot<T>();

    private sealed class ValueSlot<T> : ColumnSlot<T>
    {
        private T _value;

        public override void Take(Delegate getter) => ((ValueGetter<T>)getter)(ref _value);

        public override void Give(ref T destination) => destination = _value;
    }

    private sealed class VectorSlot<T> : ColumnSlot<VBuffer<T>>
    {
        private VBuffer<T> _value;

        public override void Take(Delegate getter) => ((ValueGetter<VBuffer<T>>)getter)(ref _value);

        public override void Give(ref VBuffer<T> destination) => _value.CopyTo(ref destination);
    }
}

using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class DataViewSchema
{
    public sealed class Annotations
    {
        private readonly (DetachedColumn Column, Delegate Getter)[] _values;

        private Annotations((DetachedColumn Column, Delegate Getter)[] values)
        {
            _values = values;
            Schema = Of(values.Select(value => value.Column));
        }

        public static Annotations Empty { get; } = new([]);

        public DataViewSchema Schema { get; }

        public ValueGetter<TValue> GetGetter<TValue>(Column column)
        {
            Guard.Argument((uint)column.Index < (uint)_values.Length, nameof(column));
            return _values[column.Index].Getter as ValueGetter<TValue> ?? throw new InvalidOperationException("Invalid call to 'GetGetter'");
        }

        public void GetValue<TValue>(string kind, ref TValue value)
        {
            if (!Schema.TryGetIndex(kind, out int index))
            {
                throw new InvalidOperationException("Invalid call to 'GetValue'");
            }

            GetGetter<TValue>(Schema[index])(ref value);
        }

        public override string ToString() => string.Join(", ", Schema.Select(column => column.Name));

        internal Delegate GetterOf(int index) => _values[index].Getter;

        public sealed class Builder
        {
            private readonly List<(DetachedColumn Column, Delegate Getter)> _values = [];

            public Builder()
            {
            }

            public void Add(Annotations annotations, Func<string, bool> selector)
            {
                Guard.NotNull(selector, nameof(selector));
                if (annotations is not null)
                {
                    _values.AddRange(annotations._values.Where(value => selector(value.Column.Name)));
                }
            }

            public void Add<TValue>(string name, DataViewType type, ValueGetter<TValue> getter, Annotations annotations = null)
            {
                Guard.NotNull(getter, nameof(getter));
                Guard.NotNull(type, nameof(type));
                Guard.Argument(type.RawType == typeof(TValue), nameof(type));
                _values.Add((new DetachedColumn(name, type, annotations), getter));
            }

            public void Add(string name, DataViewType type, Delegate getter, Annotations annotations = null)
            {
                Guard.NotNull(type, nameof(type));
                Guard.Argument(Guard.NotNull(getter, nameof(getter)).GetType() == typeof(ValueGetter<>).MakeGenericType(type.RawType), nameof(getter));
                _values.Add((new DetachedColumn(name, type, annotations), getter));
            }

            public void AddPrimitiveValue<TValue>(string name, PrimitiveDataViewType type, TValue value, Annotations annotations = null)
            {
                Guard.NotNull(type, nameof(type));
                Guard.Argument(type.RawType == typeof(TValue), nameof(type));
                Add(name, type, (ref TValue destination) => destination = value, annotations);
            }

            public Annotations ToAnnotations() => new([.. _values]);
        }
    }
}

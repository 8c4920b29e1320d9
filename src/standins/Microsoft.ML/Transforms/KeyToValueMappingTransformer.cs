using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    internal const string Signature = "KeyToValueTransform";

    private readonly (string Output, string Input)[] _columns;

    internal KeyToValueMappingTransformer(IHostEnvironment environment, (string Output, string Input)[] columns)
        : base(environment.Register(nameof(KeyToValueMappingTransformer))) => _columns = columns;

    internal static object Load(ModelLoadContext context) => new KeyToValueMappingTransformer(context.Environment, context.ReadPairs());

    private protected override RowMapper MakeMapper(DataViewSchema schema) => new Mapper(schema, _columns);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.WritePairs(_columns);
    }

    private sealed class Mapper : OneToOneMapper
    {
        private static readonly MethodInfo GetterMethod = typeof(Mapper).GetMethod(nameof(ValueGetterFor), BindingFlags.NonPublic | BindingFlags.Static);

        public Mapper(DataViewSchema schema, (string Output, string Input)[] columns)
            : base(schema, columns)
        {
            foreach ((_, string input) in columns)
            {
                DataViewSchema.Column column = schema[input];
                Guard.State(column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues) is not null, "Metadata KeyValues does not exist");
                Guard.State(column.Type.ItemType() is KeyDataViewType, $"Column '{column.Name}' is no key");
            }
        }

        protected override DataViewSchema.DetachedColumn Output(string name, DataViewSchema.Column input, int index)
        {
            PrimitiveDataViewType item = ValueType(input);
            return new DataViewSchema.DetachedColumn(name, input.Type is VectorDataViewType vector ? new VectorDataViewType(item, vector.Dimensions) : item);
        }

        protected override Delegate CreateGetter(DataViewRow row, DataViewSchema.Column input, int index) =>
            (Delegate)GetterMethod.MakeGenericMethod(input.Type.ItemType().RawType, ValueType(input).RawType)
                .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [row, input], null);

        private static PrimitiveDataViewType ValueType(DataViewSchema.Column input) =>
            (PrimitiveDataViewType)input.Annotations.Schema[AnnotationKinds.KeyValues].Type.ItemType();

        private static Delegate ValueGetterFor<TKey, TValue>(DataViewRow row, DataViewSchema.Column input)
        {
            VBuffer<TValue> names = default;
            input.GetKeyValues(ref names);
            TValue[] values = [.. names.DenseValues()];
            TValue missing = typeof(TValue) == typeof(float) ? (TValue)(object)float.NaN : typeof(TValue) == typeof(double) ? (TValue)(object)double.NaN : default;
            TValue ValueOf(TKey key)
            {
                ulong raw = Convert.ToUInt64(key, System.Globalization.CultureInfo.InvariantCulture);
                return raw == 0 || raw > (ulong)values.Length ? missing : values[raw - 1];
            }

            if (input.Type is not VectorDataViewType)
            {
                ValueGetter<TKey> getter = row.GetGetter<TKey>(input);
                TKey read = default;
                return (ValueGetter<TValue>)((ref TValue value) =>
                {
                    getter(ref read);
                    value = ValueOf(read);
                });
            }

            ValueGetter<VBuffer<TKey>> vectors = row.GetGetter<VBuffer<TKey>>(input);
            VBuffer<TKey> keys = default;
            return (ValueGetter<VBuffer<TValue>>)((ref VBuffer<TValue> value) =>
            {
                vectors(ref keys);
                VBufferEditor<TValue> editor = VBufferEditor.Create(ref value, keys.Length);
                int i = 0;
                foreach (TKey key in keys.DenseValues())
                {
                    editor.Values[i++] = ValueOf(key);
                }

                value = editor.Commit();
            });
        }
    }
}

using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class TypeConvertingTransformer : OneToOneTransformerBase
{
    internal const string Signature = "ConvertTransform";

    private readonly (string Output, string Input)[] _columns;
    private readonly DataKind _kind;

    internal TypeConvertingTransformer(IHostEnvironment environment, (string Output, string Input)[] columns, DataKind kind)
        : base(environment.Register(nameof(TypeConvertingTransformer)))
    {
        _columns = columns;
        _kind = kind;
    }

    internal static object Load(ModelLoadContext context) =>
        new TypeConvertingTransformer(context.Environment, context.ReadPairs(), (DataKind)context.Reader.ReadByte());

    private protected override RowMapper MakeMapper(DataViewSchema schema) => new Mapper(schema, this);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.WritePairs(_columns);
        ctx.Writer.Write((byte)_kind);
    }

    private sealed class Mapper : OneToOneMapper
    {
        private static readonly MethodInfo GetterMethod = typeof(Mapper).GetMethod(nameof(Converted), BindingFlags.NonPublic | BindingFlags.Static);

        private readonly PrimitiveDataViewType _target;

        public Mapper(DataViewSchema schema, TypeConvertingTransformer parent)
            : base(schema, parent._columns)
        {
            _target = TypeTable.Of(parent._kind);
            foreach ((_, string input) in parent._columns)
            {
                DataViewSchema.Column column = schema[input];
                Guard.Argument(
                    TypeConversion.IsPossible(column.Type.ItemType(), _target),
                    "inputSchema",
                    $"source column '{column.Name}' with item type '{column.Type}' is not compatible with destination type '{_target}'");
            }
        }

        protected override DataViewSchema.DetachedColumn Output(string name, DataViewSchema.Column input, int index)
        {
            DataViewType source = input.Type.ItemType();
            PrimitiveDataViewType item = source is KeyDataViewType key && KeyDataViewType.IsValidDataType(_target.RawType) ? new KeyDataViewType(_target.RawType, key.Count) : _target;
            DataViewSchema.Annotations.Builder annotations = new();
            annotations.Add(input.Annotations, kind => kind is AnnotationKinds.SlotNames || (kind is AnnotationKinds.KeyValues && item is KeyDataViewType));
            if (source is BooleanDataViewType && _target is NumberDataViewType)
            {
                annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
            }

            DataViewType type = input.Type is VectorDataViewType vector ? new VectorDataViewType(item, vector.Dimensions) : item;
            return new DataViewSchema.DetachedColumn(name, type, annotations.ToAnnotations());
        }

        protected override Delegate CreateGetter(DataViewRow row, DataViewSchema.Column input, int index) =>
            (Delegate)GetterMethod.MakeGenericMethod(input.Type.ItemType().RawType, _target.RawType)
                .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [row, input], null);

        private static Delegate Converted<TSource, TTarget>(DataViewRow row, DataViewSchema.Column input)
        {
            Func<TSource, TTarget> convert = TypeConversion.Of<TSource, TTarget>();
            if (input.Type is not VectorDataViewType)
            {
                ValueGetter<TSource> getter = row.GetGetter<TSource>(input);
                TSource read = default;
                return (ValueGetter<TTarget>)((ref TTarget value) =>
                {
                    getter(ref read);
                    value = convert(read);
                });
            }

            ValueGetter<VBuffer<TSource>> vectors = row.GetGetter<VBuffer<TSource>>(input);
            VBuffer<TSource> vector = default;
            return (ValueGetter<VBuffer<TTarget>>)((ref VBuffer<TTarget> value) =>
            {
                vectors(ref vector);
                VBufferEditor<TTarget> editor = VBufferEditor.Create(ref value, vector.Length, vector.Count);
                ReadOnlySpan<TSource> source = vector.GetValues();
                for (int i = 0; i < source.Length; i++)
                {
                    editor.Values[i] = convert(source[i]);
                }

                vector.GetIndices().CopyTo(editor.Indices);
                value = editor.Commit();
            });
        }
    }
}

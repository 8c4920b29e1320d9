using System.Globalization;
using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class NormalizingTransformer : OneToOneTransformerBase
{
    internal const string Signature = "Normalizer";

    private readonly (string Output, string Input)[] _columns;
    private readonly AffineScale[] _scales;

    internal NormalizingTransformer(IHostEnvironment environment, (string Output, string Input)[] columns, AffineScale[] scales)
        : base(environment.Register(nameof(NormalizingTransformer)))
    {
        _columns = columns;
        _scales = scales;
    }

    internal static object Load(ModelLoadContext context)
    {
        (string Output, string Input)[] columns = context.ReadPairs();
        AffineScale[] scales = [.. columns.Select((_, i) => context.LoadModel<AffineScaleModel>(Folder(i)).Scale)];
        return new NormalizingTransformer(context.Environment, columns, scales);
    }

    private protected override RowMapper MakeMapper(DataViewSchema schema) => new Mapper(schema, this);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.WritePairs(_columns);
        for (int i = 0; i < _scales.Length; i++)
        {
            ctx.SaveModel(new AffineScaleModel(_scales[i]), Folder(i));
        }
    }

    private static string Folder(int column) => string.Create(CultureInfo.InvariantCulture, $"Normalizer_{column:000}");

    private sealed class Mapper : OneToOneMapper
    {
        private readonly AffineScale[] _scales;

        public Mapper(DataViewSchema schema, NormalizingTransformer parent)
            : base(schema, parent._columns)
        {
            _scales = parent._scales;
            for (int i = 0; i < _scales.Length; i++)
            {
                DataViewSchema.Column column = schema[parent._columns[i].Input];
                NormalizingEstimator.CheckType(column.Type);
                bool fits = _scales[i].IsDouble == (column.Type.ItemType().RawType == typeof(double))
                    && _scales[i].Scales.Length == (column.Type is VectorDataViewType vector ? vector.Size : 1);
                if (!fits)
                {
                    throw Guard.SchemaMismatch("inputSchema", "input", column.Name, $"{(_scales[i].IsDouble ? "Double" : "Single")}, {_scales[i].Scales.Length} slots", column.Type.ToString());
                }
            }
        }

        protected override DataViewSchema.DetachedColumn Output(string name, DataViewSchema.Column input, int index)
        {
            DataViewSchema.Annotations.Builder annotations = new();
            annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
            annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames);
            return new DataViewSchema.DetachedColumn(name, input.Type, annotations.ToAnnotations());
        }

        protected override Delegate CreateGetter(DataViewRow row, DataViewSchema.Column input, int index) =>
            _scales[index].IsDouble ? Scaled<double>(row, input, _scales[index]) : Scaled<float>(row, input, _scales[index]);

        private static Delegate Scaled<T>(DataViewRow row, DataViewSchema.Column input, AffineScale scale)
            where T : struct, IFloatingPointIeee754<T>
        {
            T[] scales = [.. scale.Scales.Select(T.CreateTruncating)];
            T[] offsets = scale.Offsets?.Select(T.CreateTruncating).ToArray();
            T Scale(T value, int slot) => (offsets is null ? value : value - offsets[slot]) * scales[slot];
            if (input.Type is not VectorDataViewType)
            {
                ValueGetter<T> getter = row.GetGetter<T>(input);
                return (ValueGetter<T>)((ref T value) =>
                {
                    getter(ref value);
                    value = Scale(value, 0);
                });
            }

            ValueGetter<VBuffer<T>> vectors = row.GetGetter<VBuffer<T>>(input);
            VBuffer<T> read = default;
            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
            {
                if (offsets is null)
                {
                    vectors(ref value);
                    Check(value.Length, scales.Length);
                    VBufferEditor<T> editor = VBufferEditor.CreateFromBuffer(ref value);
                    ReadOnlySpan<int> indices = value.GetIndices();
                    for (int i = 0; i < editor.Values.Length; i++)
                    {
                        editor.Values[i] *= scales[value.IsDense ? i : indices[i]];
                    }

                    value = editor.Commit();
                    return;
                }

                vectors(ref read);
                Check(read.Length, scales.Length);
                VBufferEditor<T> moved = VBufferEditor.Create(ref value, read.Length);
                read.CopyTo(moved.Values);
                int others = 0;
                for (int i = 0; i < moved.Values.Length; i++)
                {
                    moved.Values[i] = Scale(moved.Values[i], i);
                    others += moved.Values[i] == T.Zero ? 0 : 1;
                }

                value = moved.Commit();
                if (others < value.Length / 2)
                {
                    value = Sparse(value, others);
                }
            });
        }

        private static void Check(int length, int expected)
        {
            if (length != expected)
            {
                throw new InvalidOperationException();
            }
        }

        private static VBuffer<T> Sparse<T>(VBuffer<T> dense, int count)
            where T : struct, IFloatingPointIeee754<T>
        {
            KeyValuePair<int, T>[] others = [.. dense.Items().Where(item => item.Value != T.Zero)];
            return new VBuffer<T>(dense.Length, count, [.. others.Select(item => item.Value)], [.. others.Select(item => item.Key)]);
        }
    }
}

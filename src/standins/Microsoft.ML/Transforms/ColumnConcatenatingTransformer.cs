using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
{
    internal const string Signature = "ConcatTransform";

    private readonly string _output;
    private readonly string[] _inputs;

    internal ColumnConcatenatingTransformer(IHostEnvironment environment, string output, string[] inputs)
        : base(environment.Register(nameof(ColumnConcatenatingTransformer)))
    {
        _output = output;
        _inputs = inputs;
    }

    internal static object Load(ModelLoadContext context) =>
        new ColumnConcatenatingTransformer(context.Environment, context.Reader.ReadString(), context.ReadTexts());

    private protected override RowMapper MakeMapper(DataViewSchema schema) => new Mapper(schema, _output, _inputs);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.Begin(Signature);
        ctx.Writer.Write(_output);
        ctx.WriteTexts(_inputs);
    }

    private sealed class Mapper : RowMapper
    {
        private static readonly MethodInfo GetterMethod = typeof(Mapper).GetMethod(nameof(Joined), BindingFlags.NonPublic | BindingFlags.Static);

        private readonly string _output;
        private readonly DataViewSchema.Column[] _inputs;
        private readonly PrimitiveDataViewType _item;

        public Mapper(DataViewSchema schema, string output, string[] inputs)
            : base(schema)
        {
            _output = output;
            _inputs = [.. inputs.Select(name => schema.Input(name))];
            _item = _inputs[0].Type.ItemType() as PrimitiveDataViewType
                ?? throw Guard.SchemaMismatch("inputSchema", "input", _inputs[0].Name, "a primitive type or a vector", _inputs[0].Type.ToString());
            foreach (DataViewSchema.Column input in _inputs)
            {
                if (!input.Type.ItemType().Equals(_item))
                {
                    throw Guard.SchemaMismatch("inputSchema", "input", input.Name, _item.ToString(), input.Type.ToString());
                }
            }
        }

        public override IEnumerable<int> DependenciesOf(bool[] activeOutputs) => activeOutputs[0] ? _inputs.Select(input => input.Index) : [];

        public override Delegate[] CreateGetters(DataViewRow input, bool[] activeOutputs)
        {
            if (!activeOutputs[0])
            {
                return [null];
            }

            return _inputs.Length == 1 && _inputs[0].Type is VectorDataViewType
                ? [input.GetterOf(_inputs[0])]
                : [(Delegate)ViewExtensions.Invoke(GetterMethod, _item.RawType, input, _inputs)];
        }

        protected override DataViewSchema.DetachedColumn[] CreateOutputs()
        {
            if (_inputs is [{ Type: VectorDataViewType } only])
            {
                return [new DataViewSchema.DetachedColumn(_output, only.Type, only.Annotations)];
            }

            bool known = _inputs.All(input => input.Type is not VectorDataViewType { IsKnownSize: false });
            int size = known ? _inputs.Sum(SizeOf) : 0;
            DataViewSchema.Annotations.Builder annotations = new();
            if (known && _inputs.Any(input => input.Type is not VectorDataViewType || input.HasSlotNames()))
            {
                VBuffer<ReadOnlyMemory<char>> names = SlotNames(size);
                annotations.Add(
                    AnnotationKinds.SlotNames,
                    new VectorDataViewType(TextDataViewType.Instance, size),
                    (ref VBuffer<ReadOnlyMemory<char>> value) => names.CopyTo(ref value));
            }

            if (_inputs.All(input => input.IsNormalized()))
            {
                annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
            }

            return [new DataViewSchema.DetachedColumn(_output, new VectorDataViewType(_item, size), annotations.ToAnnotations())];
        }

        private static int SizeOf(DataViewSchema.Column column) => column.Type is VectorDataViewType vector ? vector.Size : 1;

        private static Delegate Joined<T>(DataViewRow row, DataViewSchema.Column[] inputs)
        {
            ValueGetter<T>[] scalars = [.. inputs.Select(input => input.Type is VectorDataViewType ? null : row.GetGetter<T>(input))];
            ValueGetter<VBuffer<T>>[] vectors = [.. inputs.Select(input => input.Type is VectorDataViewType ? row.GetGetter<VBuffer<T>>(input) : null)];
            VBuffer<T>[] read = new VBuffer<T>[inputs.Length];
            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
            {
                int length = 0;
                int count = 0;
                for (int i = 0; i < inputs.Length; i++)
                {
                    if (scalars[i] is { } scalar)
                    {
                        VBufferEditor<T> one = VBufferEditor.Create(ref read[i], 1);
                        scalar(ref one.Values[0]);
                        read[i] = one.Commit();
                    }
                    else
                    {
                        vectors[i](ref read[i]);
                        VectorDataViewType type = (VectorDataViewType)inputs[i].Type;
                        if (type.IsKnownSize && type.Size != read[i].Length)
                        {
                            throw new InvalidOperationException($"Column '{inputs[i].Name}': expected {type.Size} slots, but got {read[i].Length}");
                        }
                    }

                    length += read[i].Length;
                    count += read[i].Count;
                }

                value = Join(read, length, count, value);
            });
        }

        /// <summary>Sparse where less than half of the slots hold a value.</summary>
        private static VBuffer<T> Join<T>(VBuffer<T>[] parts, int length, int count, VBuffer<T> target)
        {
            int start = 0;
            if (count >= length / 2.0)
            {
                VBufferEditor<T> dense = VBufferEditor.Create(ref target, length);
                foreach (VBuffer<T> part in parts)
                {
                    part.CopyTo(dense.Values.Slice(start, part.Length));
                    start += part.Length;
                }

                return dense.Commit();
            }

            VBufferEditor<T> sparse = VBufferEditor.Create(ref target, length, count);
            int at = 0;
            foreach (VBuffer<T> part in parts)
            {
                part.GetValues().CopyTo(sparse.Values[at..]);
                for (int i = 0; i < part.Count; i++)
                {
                    sparse.Indices[at++] = start + (part.IsDense ? i : part.GetIndices()[i]);
                }

                start += part.Length;
            }

            return sparse.Commit();
        }

        private VBuffer<ReadOnlyMemory<char>> SlotNames(int size)
        {
            List<(int Slot, string Name)> names = [];
            int start = 0;
            foreach (DataViewSchema.Column input in _inputs)
            {
                if (input.Type is not VectorDataViewType)
                {
                    names.Add((start, input.Name));
                }
                else if (input.HasSlotNames())
                {
                    VBuffer<ReadOnlyMemory<char>> own = default;
                    input.GetSlotNames(ref own);
                    names.AddRange(own.Items().Where(name => !name.Value.IsEmpty).Select(name => (start + name.Key, $"{input.Name}.{name.Value}")));
                }

                start += SizeOf(input);
            }

            return new VBuffer<ReadOnlyMemory<char>>(
                size, names.Count, [.. names.Select(name => name.Name.AsMemory())], [.. names.Select(name => name.Slot)]);
        }
    }
}

using System.Reflection;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>One input of a graph, fed from a column: the row's value is fetched into a buffer that ONNX Runtime reads where it lies.</summary>
internal abstract class OnnxInput : IDisposable
{
    private static readonly MethodInfo NumbersMethod = typeof(OnnxInput).GetMethod(nameof(Numbers), BindingFlags.NonPublic | BindingFlags.Static);

    private readonly OnnxNode _node;
    private readonly bool _hasSize;

    protected OnnxInput(OnnxNode node, DataViewSchema.Column column)
    {
        _node = node;
        _hasSize = column.Type is not VectorDataViewType { IsKnownSize: false };
        int size = column.Type is VectorDataViewType vector ? vector.Size : 1;
        int known = node.Shape.Where(dimension => dimension > 0).Aggregate(1, (product, dimension) => product * dimension);
        long[] shape = [.. node.Shape.Select(dimension => dimension > 0 ? dimension : (long)(size / known))];
        Shape = column.Type is VectorDataViewType || shape.Length != 1 ? shape : [1, 1];
        Length = checked((int)Shape.Aggregate(1L, (product, dimension) => product * dimension));
    }

    public string Name => _node.Name;

    protected long[] Shape { get; }

    protected int Length { get; }

    public static OnnxInput Create(OnnxNode node, DataViewRow row, DataViewSchema.Column column) =>
        node.ItemType is TextDataViewType
            ? new TextInput(node, row, column)
            : (OnnxInput)ViewExtensions.Invoke(NumbersMethod, node.ItemType.RawType, node, row, column);

    public abstract OrtValue Fetch();

    public abstract void Dispose();

    protected void Check(int length)
    {
        if (!_hasSize)
        {
            throw new ArgumentOutOfRangeException("index", "Index was out of range. Must be non-negative and less than the size of the collection.");
        }

        if (length != Length)
        {
#pragma warning disable CA2208 // Worded as the tensor's constructor does.
            throw new ArgumentException($"Length of memory ({length}) must match product of dimensions ({Length}).");
#pragma warning restore CA2208
        }
    }

    private static OnnxInput Numbers<T>(OnnxNode node, DataViewRow row, DataViewSchema.Column column)
    {
        Type input = typeof(NumberInput<>).MakeGenericType(typeof(T));
        return (OnnxInput)Activator.CreateInstance(input, BindingFlags.DoNotWrapExceptions | BindingFlags.Instance | BindingFlags.Public, null, [node, row, column], null);
    }

    private sealed class NumberInput<T> : OnnxInput
        where T : unmanaged
    {
        private readonly ValueGetter<VBuffer<T>> _vector;
        private readonly ValueGetter<T> _scalar;
        private readonly T[] _one;
        private VBuffer<T> _read;
        private VBuffer<T> _dense;
        private T[] _bound;
        private OrtValue _tensor;

        public NumberInput(OnnxNode node, DataViewRow row, DataViewSchema.Column column)
            : base(node, column)
        {
            if (column.Type is VectorDataViewType)
            {
                _vector = row.GetGetter<VBuffer<T>>(column);
            }
            else
            {
                _scalar = row.GetGetter<T>(column);
                _one = new T[1];
            }
        }

        public override OrtValue Fetch()
        {
            if (_scalar is not null)
            {
                _scalar(ref _one[0]);
                return Over(_one);
            }

            _vector(ref _read);
            Check(_read.Length);
            if (_read.IsDense)
            {
                return Over(_read.ValuesArray);
            }

            _read.CopyToDense(ref _dense);
            return Over(_dense.ValuesArray);
        }

        public override void Dispose() => _tensor?.Dispose();

        /// <summary>Getters reuse their buffers, so the tensor over the array of the row before is mostly the right one.</summary>
        private OrtValue Over(T[] values)
        {
            if (!ReferenceEquals(values, _bound))
            {
                _tensor?.Dispose();
                _tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(0, Length), Shape);
                _bound = values;
            }

            return _tensor;
        }
    }

    private sealed class TextInput : OnnxInput
    {
        private readonly ValueGetter<VBuffer<ReadOnlyMemory<char>>> _vector;
        private readonly ValueGetter<ReadOnlyMemory<char>> _scalar;
        private VBuffer<ReadOnlyMemory<char>> _read;
        private OrtValue _tensor;

        public TextInput(OnnxNode node, DataViewRow row, DataViewSchema.Column column)
            : base(node, column)
        {
            if (column.Type is VectorDataViewType)
            {
                _vector = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
            }
            else
            {
                _scalar = row.GetGetter<ReadOnlyMemory<char>>(column);
            }
        }

        public override OrtValue Fetch()
        {
            if (_scalar is not null)
            {
                VBufferEditor<ReadOnlyMemory<char>> one = VBufferEditor.Create(ref _read, 1);
                _scalar(ref one.Values[0]);
                _read = one.Commit();
            }
            else
            {
                _vector(ref _read);
            }

            Check(_read.Length);
            _tensor?.Dispose();
            _tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, Shape);
            int i = 0;
            foreach (ReadOnlyMemory<char> text in _read.DenseValues())
            {
                _tensor.StringTensorSetElementAt(text, i++);
            }

            return _tensor;
        }

        public override void Dispose() => _tensor?.Dispose();
    }
}
